"""The JSON form: what is stored and replayed. Every float is ``float.hex``, so bits survive.

The schema is ``schema/case-1.json`` beside this file. Reading is strict: a document that does not
fit is refused with one sentence, whatever it holds.
"""

from __future__ import annotations

import json
from typing import Any

from verify.program.case import Case
from verify.program.program import Instruction, Operand, Program, ProgramError, Ref

SCHEMA = "gradverify/case/1"


def case_to_json(case: Case) -> dict[str, Any]:
    """A case as a JSON-ready dictionary."""
    return {
        "schema": SCHEMA,
        "inputs": [value.hex() for value in case.point],
        "instructions": [
            {"op": i.op, "operands": [_operand_to_json(o) for o in i.operands]}
            for i in case.program.instructions
        ],
        "seed": case.seed.hex(),
    }


def case_from_json(data: object) -> Case:
    """Read a case from a decoded JSON document.

    Raises:
        ProgramError: in one sentence, if the document is not a case of this schema.
    """
    document = _object(data, "the document", {"schema", "inputs", "instructions", "seed"})
    if document["schema"] != SCHEMA:
        raise ProgramError(f"the schema is {_short(document['schema'])}, not {SCHEMA!r}")
    point = tuple(_float(v, f"x{i}") for i, v in enumerate(_list(document["inputs"], "inputs")))
    instructions = tuple(
        _instruction(item, index)
        for index, item in enumerate(_list(document["instructions"], "instructions"), len(point))
    )
    return Case(Program(len(point), instructions), point, _float(document["seed"], "the seed"))


def parse_json(text: str) -> object:
    """Decode JSON text.

    Raises:
        ProgramError: in one sentence, if the text is not JSON, or nested beyond reason.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise ProgramError(f"not JSON: {error.msg} at line {error.lineno}") from None
    except RecursionError:
        raise ProgramError("not a case: the JSON is nested too deeply") from None
    except ProgramError:
        raise
    except ValueError as error:  # an integer literal of thousands of digits
        raise ProgramError(f"not JSON that can be read: {error}") from None


def _refuse_constant(name: str) -> object:
    raise ProgramError(f"{name} is not JSON; floats are written with float.hex")


def _operand_to_json(operand: Operand) -> dict[str, int | str]:
    if isinstance(operand, Ref):
        return {"ref": operand.index}
    return {"float": operand.hex()} if isinstance(operand, float) else {"int": operand}


def _instruction(item: object, index: int) -> Instruction:
    found = _object(item, f"%{index}", {"op", "operands"})
    if not isinstance(found["op"], str):
        raise ProgramError(f"%{index}: op must be a string")
    operands = _list(found["operands"], f"%{index}: operands")
    return Instruction(
        found["op"], tuple(_operand(o, f"%{index}: {i}") for i, o in enumerate(operands))
    )


def _operand(item: object, where: str) -> Operand:
    if isinstance(item, dict) and len(item) == 1:
        ((kind, value),) = item.items()
        if kind == "ref" and type(value) is int:
            return Ref(value)
        if kind == "int" and type(value) is int:
            return value
        if kind == "float":
            return _float(value, where)
    raise ProgramError(
        f"{where}: an operand is one of {{'ref': n}}, {{'int': n}} or {{'float': hex}}"
    )


def _float(value: object, where: str) -> float:
    if not isinstance(value, str):
        raise ProgramError(f"{where} must be a string made by float.hex")
    try:
        number = float.fromhex(value)
    except (ValueError, OverflowError):
        number = None
    if number is None or number.hex() != value:
        raise ProgramError(f"{where}: {_short(value)} is not made by float.hex")
    return number


def _object(data: object, what: str, keys: set[str]) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ProgramError(f"{what} must be an object")
    if missing := sorted(keys - data.keys()):
        raise ProgramError(f"{what} lacks {', '.join(missing)}")
    if extra := sorted(data.keys() - keys):
        raise ProgramError(f"{what} has unknown keys: {_short(', '.join(extra))}")
    return data


def _list(value: object, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise ProgramError(f"{what} must be a list")
    return value


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
