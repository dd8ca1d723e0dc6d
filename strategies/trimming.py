"""Leave instructions out of a program, so that Hypothesis can shrink it one instruction at a time.

A program is built from bytes, and each choice depends on those before: Hypothesis cannot take an
instruction out of its middle. So a second draw says which instructions to keep, a byte for each.
Its zeros leave one out, and zeros are what Hypothesis shrinks towards.
"""

from __future__ import annotations

from collections.abc import Sequence

from strategies.points import Point
from strategies.sketch import Sketch, program_of
from verify.program import Program

BYTES = 32
"""Instructions beyond as many are always kept."""
LEAVE = 2
"""A byte below says which operand stands in for the instruction; two in 256 are."""

Trimmed = tuple[Program, tuple[Point, ...]]


def trimmed(
    program: Program, points: Sequence[Point], keep: bytes, wanted: str | None = None
) -> Trimmed:
    """A program without some of its instructions, and the points at which it is legal.

    Args:
        program: the whole.
        points: where it is legal.
        keep: a byte for each instruction; 0 and 1 leave it out, and its first or second operand
            that is a value stands in its place, if what remains is legal.
        wanted: a form that stays in the program, if it is in it.
    """
    found: Trimmed = (program, tuple(points))
    index = min(len(program.instructions), len(keep)) - 1
    while index >= 0:
        if keep[index] < LEAVE:
            found = _without(*found, index, keep[index], wanted) or found
        index = min(index, len(found[0].instructions)) - 1
    return found


def _without(
    program: Program, points: tuple[Point, ...], left_out: int, stand_in: int, wanted: str | None
) -> Trimmed | None:
    """The program without one instruction, None where nothing legal remains."""
    gone = program.n_inputs + left_out
    refs = program.instructions[left_out].refs
    place = refs[min(stand_in, len(refs) - 1)]
    sketch = Sketch(list(points), at_kinks=True)
    new = {index: index for index in range(program.n_inputs)}
    for index, instruction in program.steps():
        if index == gone:
            new[index] = new[place]
            continue
        moved = instruction.renamed(new.__getitem__)
        if not sketch.apply(moved.form, moved.operands, least=1):
            return None
        new[index] = len(sketch) - 1
    output = new[program.output]
    if output < program.n_inputs:
        return None
    shorter = program_of(program.n_inputs, sketch.instructions, output)
    if wanted is not None and _has(program, wanted) and not _has(shorter, wanted):
        return None
    return shorter, sketch.points


def _has(program: Program, form: str) -> bool:
    return any(instruction.form == form for instruction in program.instructions)
