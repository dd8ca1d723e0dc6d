"""Programs in which operations meet each other: on two values, on each other's, on their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from strategies.points import Point
from strategies.programs import Batch
from strategies.sketch import Sketch, program_of
from verify.program import FORMS, Instruction, Program, Ref, alone

NUMBER = 3
"""The number of forms that take one: legal in every place, and a slope that no other has."""
CROWDED = ((0.8125, 0.59375), (1.3125, 0.78125))
"""Points at which every operation is legal, and no slope is 0 or like another."""
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
    yield _one(form, left, left + 1)
    yield _one(form, left + 1, left)


def _one(form: str, *refs: int) -> Instruction:
    """An instruction of a form on the first of some values, with a number where it takes one."""
    return alone(form, NUMBER).instructions[0].renamed(refs.__getitem__)


def after(inner: str, forms: Sequence[str], point: Point) -> Program | None:
    """Every form on what ``inner`` gives, where it is legal, the results joined.

    An engine that treats an operation on its own kind, or on its inverse, as a special case
    (``-(-x)``, ``log(exp(x))``) shows it in no program of either alone. Together with the same for
    every other ``inner`` this meets every operation on every other.

    Args:
        inner: the form that is applied first, to the joined x0 and x1, and to x0.
        forms: those that are applied to its result, and to that join where they take two.
        point: two numbers, at which all of it must be legal.
    """
    join = next((form for form in JOINING if form in forms), None)
    sketch = Sketch([point])
    if join is None or not sketch.apply(join, (Ref(0), Ref(1)), least=1):
        return None
    if not sketch.apply(inner, _one(inner, 2, 0).operands, least=1):
        return None
    for form in forms:
        for one in _applied(form, 2):
            sketch.apply(form, one.operands, least=1)
    made = range(4, len(sketch))
    total = made[0] if made else 3
    for result in made[1:]:
        if sketch.apply(join, (Ref(total), Ref(result)), least=1):
            total = len(sketch) - 1
    return program_of(2, sketch.instructions, total)


LONG, WIDE = 5, 12
"""How often an operation of two takes its own result, and how many operands one of many has."""


def again(form: str) -> list[Batch]:
    """A form of two values on its own results and x0, again and again; one of many on many.

    ``x * x * x * x``: an engine that merges such chains, or counts users in a small field, is wrong
    from some length on. Nothing for forms that take one value.
    """
    row, kinds = FORMS[form]
    if kinds == "*":
        wide = Instruction(row.name, tuple(Ref(k % 3) for k in range(WIDE)))
        return [Batch(Program(3, (wide,)), tuple((x, y, x + y) for x, y in CROWDED))]
    if kinds != "vv":
        return []
    steps = tuple(Instruction(row.name, (Ref(k), Ref(0))) for k in range(LONG))
    return [Batch(Program(1, steps), tuple((x,) for x, _ in CROWDED))]
