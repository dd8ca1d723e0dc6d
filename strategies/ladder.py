"""Every operation by itself, at numbers from small to large."""

from __future__ import annotations

import math

from strategies.points import Point
from strategies.programs import Batch
from strategies.sketch import Sketch
from verify.program import FORMS, alone

RUNGS = (1e-12, 1e-8, 1e-4, 0.017, 0.29, 1.7, 3.9, 5.7, 7.3, 9.1, 11.3, 17.9, 29.3, 61.7)
"""Magnitudes of inputs, each with both signs; none but the first three has a short mantissa."""
APART = 5
"""So many rungs lie between the two inputs of an operation of two."""
NUMBERS: dict[str, tuple[float, ...]] = {"pow": (3, 2, 5, -3, 9, 8.5, 4, 6, 7, 10, -4, 2.5, 1 / 3)}
"""The numbers of forms that take one: an odd power and an even one have different signs."""
NUMBER = (3, 0, -12, 250)
"""Those of the others: a short cut for 0 that is right in ``__radd__`` is wrong in ``__rsub__``."""


def ladders(form: str, reach: float = math.inf) -> list[Batch]:
    """A form alone on its inputs, at every rung where it is legal; with each number, if it has any.

    A formula that loses digits loses them at some magnitudes only: tanh by exponentials near 0, a
    power of two in the place of exp far from it. What a random program computes there may be hidden
    by what else it computes; here nothing else is, and no rung is left to luck.

    Args:
        form: the operation and its spelling.
        reach: the largest magnitude. Beyond what numbers of a format allow, formulas of right
            engines overflow inside, and what they print then is for the laws of edges (EDG01).
    """
    numbers = NUMBERS.get(form, NUMBER) if "n" in FORMS[form][1] else NUMBER[:1]
    return [made for number in numbers if (made := _ladder(form, number, reach)) is not None]


def _ladder(form: str, number: float, reach: float) -> Batch | None:
    program = alone(form, number)
    signs = [(i, sign) for i in range(len(RUNGS)) for sign in (1, -1)]
    points = [_point(*place, program.n_inputs) for place in signs]
    sketch = Sketch([p for p in points if max(map(abs, p)) <= reach], far=True)
    if not sketch.apply(form, program.instructions[0].operands, least=1):
        return None
    return Batch(program, sketch.points)


def _point(rung: int, sign: int, count: int) -> Point:
    """The signs of two inputs are alike on every other rung."""
    second = RUNGS[(rung + APART) % len(RUNGS)] * (sign if rung % 2 else -sign)
    return (sign * RUNGS[rung], second)[:count]
