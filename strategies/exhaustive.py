"""Every program up to a size, each once: for bounded proofs instead of samples.

Programs that differ only in the names of inputs or in the order of independent instructions are
one: the one whose inputs and instructions are numbered as a walk from the output, operands from
left to right, finishes them. Programs with instructions that the output does not need are left out:
they are smaller programs.

The numbers in them are fixed, and whole, which every engine takes. Each exponent is tried in each
``pow``: a square alone would not tell ``n * x**(n - 1)`` from ``2 * x``. Other numbers go by the
place of the instruction, so that no two in a program are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from verify.program import FORMS, Instruction, Operand, Program, Ref

EXPONENTS = (3, 2, -2)
"""The numbers ``n`` of ``x ** n``, all of them in each place."""

NUMBERS = (3, 2, 5, 7)
"""The number of the first instruction, the second and so on, in forms other than ``x ** n``; after
the last comes the first again."""


def all_programs(forms: Sequence[str], size: int, max_inputs: int) -> Iterator[Program]:
    """Every program of exactly ``size`` instructions on 1 to ``max_inputs`` inputs.

    Args:
        forms: names of forms, ``add`` or ``radd``; ``sum`` adds two values. One named twice
            counts once.
        size: number of instructions, at least 1.
        max_inputs: every program uses all its inputs.
    """
    for n_inputs in range(1, max_inputs + 1):
        for instructions in _sequences(tuple(dict.fromkeys(forms)), size, n_inputs, ()):
            if _canonical(n_inputs, instructions):
                yield Program(n_inputs, instructions)


def _sequences(
    forms: tuple[str, ...], size: int, n_inputs: int, made: tuple[Instruction, ...]
) -> Iterator[tuple[Instruction, ...]]:
    left = size - len(made)
    if _sinks(n_inputs, made) > left + 1:
        return  # an instruction joins two values at most, so some would stay unused
    if left == 0:
        yield made
        return
    for form in forms:
        for instruction in _applications(form, n_inputs, len(made)):
            yield from _sequences(forms, size, n_inputs, (*made, instruction))


def _applications(form: str, n_inputs: int, place: int) -> Iterator[Instruction]:
    row, kinds = FORMS[form]
    kinds = "vv" if kinds == "*" else kinds
    values = [Ref(index) for index in range(n_inputs + place)]
    numbers = EXPONENTS if form == "pow" else (NUMBERS[place % len(NUMBERS)],)
    choices: list[Sequence[Operand]] = [values if kind == "v" else numbers for kind in kinds]
    for operands in product(*choices):
        yield Instruction(row.name, tuple(operands))


def _sinks(n_inputs: int, made: tuple[Instruction, ...]) -> int:
    used = {ref for instruction in made for ref in instruction.refs}
    return sum(index not in used for index in range(n_inputs, n_inputs + len(made)))


def _canonical(n_inputs: int, made: tuple[Instruction, ...]) -> bool:
    """Whether values are numbered in the order in which a walk from the output finishes them."""
    inputs: list[int] = []
    finished: list[int] = []
    seen: set[int] = set()
    stack = [(n_inputs + len(made) - 1, False)]
    while stack:
        index, done = stack.pop()
        if done:
            finished.append(index)
        elif index not in seen:
            seen.add(index)
            if index < n_inputs:
                inputs.append(index)
            else:
                stack.append((index, True))
                stack.extend((ref, False) for ref in reversed(made[index - n_inputs].refs))
    return inputs == list(range(n_inputs)) and finished == list(
        range(n_inputs, n_inputs + len(made))
    )
