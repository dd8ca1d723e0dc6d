"""Whether an engine computes with float32: seen in what it holds, sums and differentiates."""

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
JOINING = ("mul", "div")
SLOPED = (*JOINING, "exp", "tanh", "sin", "sigmoid")
"""Operations whose slopes at LEFT and RIGHT are no short fractions."""


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

    def backward(self, output: Any) -> None:
        """Differentiate."""
        ...

    def primal(self, node: Any) -> float:
        """The value."""
        ...

    def adjoint(self, node: Any) -> float | None:
        """The gradient."""
        ...


def width_of(engine: Driven) -> int:
    """32 if a leaf, a sum or a product is a float32 number where float64 is another.

    Or if gradients are, of every operation that is asked: of one alone it is a bug of that one,
    which wider enclosures of all numbers would hide.
    """
    try:
        if any(_is_single(number) and number != exact for number, exact in _values(engine)):
            return 32
    except Exception:  # noqa: BLE001 - what it raises, the campaign will say
        return 64
    width = 64
    for form in filter(engine.has, SLOPED):
        slope = _slope(engine, form)
        if slope is None or _is_short(slope):
            continue  # it says nothing
        if not _is_single(slope):
            return 64  # and no more is asked: an operation may hang
        width = 32
    return width


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


def _values(engine: Driven) -> Iterator[tuple[float, float]]:
    """What the engine shows, and what it would in float64."""
    a, b = engine.lift(LEFT), engine.lift(RIGHT)
    yield engine.primal(a), LEFT
    for form, exact in (("add", LEFT + RIGHT), ("mul", LEFT * RIGHT)):
        if engine.has(form):
            yield engine.primal(engine.apply(form, [a, b])), exact


def _slope(engine: Driven, form: str) -> float | None:
    """The gradient of the first operand; None if it cannot be had."""
    try:
        a, b = engine.lift(LEFT), engine.lift(RIGHT)
        engine.backward(engine.apply(form, [a, b] if form in JOINING else [a]))
        return engine.adjoint(a)
    except Exception:  # noqa: BLE001 - what it raises, the campaign will say
        return None
