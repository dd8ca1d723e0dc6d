"""Whether an engine computes with float32: seen in what it holds, sums and differentiates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from verify.program.floats import FLOAT32

NOTE = (
    "it computes with float32: inputs are rounded to float32 first, and enclosures are those of "
    "the unit 2**-24"
)
LEFT, RIGHT = 0.1, 0.7


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
    """32 if a leaf, a sum, a product or a gradient is a float32 number where float64 is another."""
    return 32 if any(_is_single(number, exact) for number, exact in _numbers(engine)) else 64


def _is_single(number: float | None, exact: float) -> bool:
    """Whether a number is what float32 makes of the exact one, and float64 does not."""
    return number is not None and number != exact and number == FLOAT32.fit(exact)


def _numbers(engine: Driven) -> Iterator[tuple[float | None, float]]:
    """What the engine shows, and what it would in float64."""
    try:
        a, b = engine.lift(LEFT), engine.lift(RIGHT)
        yield engine.primal(a), LEFT
        if engine.has("add"):
            yield engine.primal(engine.apply("add", [a, b])), LEFT + RIGHT
        if engine.has("mul"):
            product = engine.apply("mul", [a, b])
            yield engine.primal(product), LEFT * RIGHT
            engine.backward(product)
            yield engine.adjoint(a), RIGHT
    except Exception:  # noqa: BLE001 - what it raises, the campaign will say
        return
