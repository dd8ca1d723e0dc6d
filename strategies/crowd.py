"""One program in which every operation is applied to the same two values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verify.program import FORMS, Instruction, Operand, Program, Ref

NUMBER = 3
"""The number of forms that take one: legal in every place, and a slope that no other has."""
JOINING = ("add", "sub", "mul")
"""What may join the results; each gives every result a partial other than 0."""


def crowd(forms: Sequence[str], nested: bool = False) -> Program | None:
    """Every form on x0 and x1, in both orders, the results joined; None if nothing can join them.

    With ``nested`` every form is applied to two values that are made of x0 and x1 instead: those
    have to pass on what dozens of users give them, and not before the last has.

    An engine that keeps something of an operation on its operand (a slope, a mark, a closure) lets
    one operation overwrite what another has left there. Programs of a few random operations meet
    most pairs of operations seldom; this one meets all of them.
    """
    join = next((form for form in JOINING if form in forms), None)
    if join is None:
        return None
    under: tuple[Instruction, ...] = ()
    if nested:
        under = (Instruction(join, (Ref(0), Ref(1))), Instruction(join, (Ref(2), Ref(0))))
    begin = 2 + len(under)
    made = [one for form in forms for one in _applied(form, begin - 2)]
    total, joined = begin, []
    for number in range(1, len(made)):
        joined.append(Instruction(join, (Ref(total), Ref(begin + number))))
        total = begin - 1 + len(made) + number
    return Program(2, (*under, *made, *joined))


def _applied(form: str, left: int) -> Iterator[Instruction]:
    """The instructions of one form, on a value and the next."""
    row, kinds = FORMS[form]
    kinds = kinds.replace("*", "vv")
    for first, second in ((left, left + 1), (left + 1, left)):
        values = iter((Ref(first), Ref(second)))
        operands: tuple[Operand, ...] = tuple(
            next(values) if kind == "v" else NUMBER for kind in kinds
        )
        yield Instruction(row.name, operands)
