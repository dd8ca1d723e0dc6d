"""The words on where a failure shows: the instruction, the operand, what became of a number."""

from __future__ import annotations

import struct

from verify.check import Checked
from verify.program import Program, Ref
from verify.program.text import instruction_text
from verify.verdict import Discrepancy, EngineError


def place_of(program: Program, cause: Discrepancy, form: str) -> tuple[int, int | None]:
    """The instruction and operand that show the fault."""
    if cause.law == "VAL01":
        return cause.index, None
    for index, instruction in reversed(list(program.steps())):
        if instruction.form == form and cause.index in instruction.refs:
            slots = [s for s, o in enumerate(instruction.operands) if o == Ref(cause.index)]
            return index, slots[0] if len(slots) == 1 else None
    users = [index for index, i in program.steps() if cause.index in i.refs]
    return (users[-1] if users else program.output), None


def changed_input(checked: Checked, cause: Discrepancy) -> str:
    """What became of an input's value: rounded, or changed by an operation."""
    given = checked.case.point[cause.index]
    name = checked.case.program.name(cause.index)
    if cause.actual == struct.unpack("f", struct.pack("f", given))[0]:
        return f"The engine keeps {name} = {given!r} in single precision, as {cause.actual!r}."
    return (
        f"The value of {name} was {given!r} when it was put in and is {cause.actual!r} at the end: "
        "an operation of this program changes its operand."
    )


def where_it_is(checked: Checked, cause: Discrepancy, index: int, slot: int | None) -> str:
    """The first wrong value, contribution or gradient."""
    program = checked.case.program
    text = instruction_text(program, index)
    if cause.law == "VAL01":
        return f"The first wrong value is that of {text}."
    name = program.name(cause.index)
    users = sum(cause.index in i.refs for _, i in program.steps())
    if users == 1 and slot is not None and index == program.output:
        shown = partials_of(checked, cause, index)
        return f"The first wrong contribution is that of {text} to {name}{shown}."
    return f"The first wrong gradient is that of {name}, used by {text}."


def where_it_shows(checked: Checked, cause: Discrepancy, index: int) -> str:
    """Where a bug of the walk shows first, which says nothing against the operation there."""
    if cause.law == "VAL01":
        return where_it_is(checked, cause, index, None)
    program = checked.case.program
    name, text = program.name(cause.index), instruction_text(program, index)
    return f"It shows first in the gradient of {name}, used by {text}, which is not to blame."


def partials_of(checked: Checked, cause: Discrepancy, index: int) -> str:
    """Expected and actual partial, where one contribution makes up the adjoint."""
    cotangent = checked.truth.enclosure.adjoints[index]
    if cause.actual is None or cotangent is None or cotangent.contains(0):
        return ""
    middle = float(cotangent.mid())
    expected = (cause.expected.low / 2 + cause.expected.high / 2) / middle
    actual = cause.actual / middle
    digits = ".6g" if f"{expected:.6g}" != f"{actual:.6g}" else ".17g"
    return f": the partial should be {expected:{digits}} and is {actual:{digits}}"


def what_was_raised(checked: Checked, error: EngineError) -> str:
    """An exception, and where it came from."""
    program = checked.case.program
    if error.stage == "backward":
        return f"backward raises {error.message}."
    verb = "raises" if error.kind == "raises" else "gives no number:"
    return f"{program.name(error.index)} {verb} {error.message}."
