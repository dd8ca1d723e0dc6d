"""The Python form: a script with the user's engine alone, which prints expected and actual.

It needs nothing of this project, so it can be sent to whoever wrote the engine. It exits 0 if every
number lies where it must, 1 if not, and 1 too if the engine raises.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from verify.program.case import Case
from verify.program.program import Instruction, Operand, Program, ProgramError, Ref

Bounds = tuple[float, float]
"""The smallest and the largest number that is right, both allowed."""

_COMPARE = """
outside = False


def compare(name, actual, low, high):
    global outside
    right = low == high == 0.0 if actual is None else low <= actual <= high
    outside = outside or not right
    mark = "" if right else "   WRONG"
    print(f"{name}: expected [{low!r}, {high!r}], actual {actual!r}{mark}")

"""


def to_python(
    case: Case,
    *,
    imports: Sequence[str],
    construct: str,
    spellings: Mapping[str, str],
    primal: str,
    gradient: str,
    backward: str,
    expected: Sequence[Bounds],
    output: Bounds | None = None,
) -> str:
    """A case as a standalone script.

    Args:
        case: what to compute. A seed other than 1 is spelled as a factor of the output.
        imports: lines that make the engine available.
        construct: how a number becomes a value, ``Value({})``.
        spellings: form -> template, ``{0} + {1}``; a template of ``{0} += {1}`` is two statements.
        primal: how a value's number is read, ``.data``.
        gradient: how its gradient is read, ``.grad``.
        backward: how the output is differentiated, ``.backward()``.
        expected: the bounds of each input's gradient, in order.
        output: the bounds of the output's value, if that is to be compared too.

    Raises:
        ProgramError: if a form has no spelling, or the bounds do not fit the inputs.
    """
    if len(expected) != case.program.n_inputs:
        raise ProgramError(
            f"the program has {case.program.n_inputs} inputs, the expected gradients "
            f"{len(expected)}"
        )
    program = _seeded(case)
    lines = [*imports, "", *building(replace(case, program=program), construct, spellings)]
    result = python_name(program, program.output)
    lines += [f"{result}{backward}", _COMPARE]
    if output is not None:
        answer = python_name(program, case.program.output)
        lines.append(_compare(f"value of {answer}", f"{answer}{primal}", output))
    lines += [
        _compare(f"d {result} / d x{i}", f"x{i}{gradient}", bounds)
        for i, bounds in enumerate(expected)
    ]
    return "\n".join([*lines, "raise SystemExit(int(outside))", ""])


def building(case: Case, construct: str, spellings: Mapping[str, str]) -> list[str]:
    """The statements that make every value of a case, ``v2 = x0 * x1``; the seed is left out.

    Raises:
        ProgramError: if a form has no spelling.
    """
    lines = [
        f"x{i} = {construct.replace('{}', python_number(x))}" for i, x in enumerate(case.point)
    ]
    for index, instruction in case.program.steps():
        lines += _statements(case.program, index, instruction, spellings)
    return lines


def python_name(program: Program, index: int) -> str:
    """The variable that holds a value: ``x0``, ``v3``."""
    return f"x{index}" if index < program.n_inputs else f"v{index}"


def python_number(number: float) -> str:
    """A number as Python reads it back: ``2.5``, ``float('inf')``."""
    return repr(number) if math.isfinite(number) else f"float('{number!r}')"


def _seeded(case: Case) -> Program:
    """The program, its output multiplied by the seed where that is not 1."""
    if case.seed == 1.0:
        return case.program
    weighted = Instruction("mul", (Ref(case.program.output), case.seed))
    return replace(case.program, instructions=(*case.program.instructions, weighted))


def _statements(
    program: Program, index: int, instruction: Instruction, spellings: Mapping[str, str]
) -> Iterator[str]:
    template = spellings.get(instruction.form)
    if template is None:
        raise ProgramError(f"%{index}: there is no spelling of {instruction.form}")
    name = python_name(program, index)
    operands = [_spelt(program, operand, template) for operand in instruction.operands]
    if "= {1}" in template:
        yield f"{name} = {operands[0]}"
        operands[0] = name
        yield _filled(template, operands)
    else:
        yield f"{name} = {_filled(template, operands)}"


def _filled(template: str, operands: Sequence[str]) -> str:
    text = template.replace("{*}", ", ".join(operands))
    for slot, operand in enumerate(operands):
        text = text.replace(f"{{{slot}}}", operand)
    return text


def _spelt(program: Program, operand: Operand, template: str) -> str:
    if isinstance(operand, Ref):
        return python_name(program, operand.index)
    number = python_number(operand)
    return f"({number})" if number.startswith("-") and "**" in template else number


def _compare(name: str, actual: str, bounds: Bounds) -> str:
    low, high = map(python_number, bounds)
    return f"compare({name!r}, {actual}, {low}, {high})"
