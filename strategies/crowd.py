"""One program in which every operation is applied to the same two values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verify.program import FORMS, Instruction, Operand, Program, Ref

NUMBER = 3
"""The number of forms that take one: legal in every place, and a slope that no other has."""
JOINING = ("add", "sub", "mul")
"""What may join the results; each gives every result a partial other than 0."""


def crowd(forms: Sequence[str]) -> Program | None:
    """Every form on x0 and x1, in both orders, the results joined; None if nothing can join them.

    An engine that keeps something of an operation on its operand (a slope, a mark, a closure) lets
    one operation overwrite what another has left there. Programs of a few random operations meet
    most pairs of operations seldom; this one meets all of them.
    """
    join = next((form for form in JOINING if form in forms), None)
    if join is None:
        return None
    made = [one for form in forms for one in _applied(form)]
    total, joined = 2, []
    for number in range(1, len(made)):
        joined.append(Instruction(join, (Ref(total), Ref(2 + number))))
        total = 1 + len(made) + number
    return Program(2, (*made, *joined))


def _applied(form: str) -> Iterator[Instruction]:
    """The instructions of one form."""
    row, kinds = FORMS[form]
    kinds = kinds.replace("*", "vv")
    for first, second in ((0, 1), (1, 0)):
        values = iter((Ref(first), Ref(second)))
        operands: tuple[Operand, ...] = tuple(
            next(values) if kind == "v" else NUMBER for kind in kinds
        )
        yield Instruction(row.name, operands)
