"""Whether an engine computes with float32: seen in its results."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from verify.program.floats import FLOAT32

NOTE = (
    "it computes with float32: inputs are rounded to float32 first, and enclosures are those of "
    "the unit 2**-24"
)
SHORT = 2**10
THIRD, COARSE = 1 / 3, 2.0**-7
"""A number that no format holds, and more than the coarsest of them, bfloat16, rounds it by."""
LEFT, RIGHT = 0.1, 0.7
JOINING = ("add", "mul")
"""Operations whose results at LEFT and RIGHT are no short fractions."""


class Driven(Protocol):
    """What the probe needs of an engine."""

    def lift(self, number: float) -> Any:
        """A leaf."""
        ...

    def has(self, form: str) -> bool:
        """Whether an operation is there."""
        ...

    def apply(self, form: str, operands: Sequence[Any]) -> Any:
        """One operation."""
        ...

    def primal(self, node: Any) -> float:
        """The value."""
        ...


def width_of(engine: Driven) -> int:
    """32 if sums and products are float32 numbers; if it has neither, a leaf.

    Of one operation alone, or of gradients alone, it is a bug, which wider enclosures of all
    numbers would hide.
    """
    try:
        numbers = list(_values(engine))
    except Exception:  # noqa: BLE001 - what it raises, the campaign will say
        return 64
    told = [number for number in numbers if math.isfinite(number) and not _is_short(number)]
    return 32 if told and all(map(_is_single, told)) else 64


def too_coarse(engine: Driven) -> str | None:
    """What is said of an engine whose leaves hold fewer digits than float32; None if none is."""
    try:
        held = engine.primal(engine.lift(THIRD))
    except Exception:  # noqa: BLE001 - what it raises, the campaign will say
        return None
    if FLOAT32.unit < abs(held - THIRD) / THIRD < COARSE:
        return f"it holds 1/3 as {held!r}, with fewer digits than the float32 that is needed"
    return None


def _is_short(number: float) -> bool:
    """Whether every format holds a number: 0, 1, or another short fraction."""
    return math.isfinite(number) and (number * SHORT).is_integer()


def _is_single(number: float) -> bool:
    """Whether float32 holds a number; of numbers that are no short fractions, few."""
    return number == FLOAT32.fit(number)


def _values(engine: Driven) -> Iterator[float]:
    """What shows the width."""
    a, b = engine.lift(LEFT), engine.lift(RIGHT)
    there = [form for form in JOINING if engine.has(form)]
    for form in there:
        yield engine.primal(engine.apply(form, [a, b]))
    if not there:
        yield engine.primal(a)
