"""Arb balls as a number system: OPS evaluated with rigorous error bounds (python-flint).

``fl`` widens a ball by one float64 rounding. With ``unit=0`` nothing is widened and the same rules
enclose the exact real value instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flint import arb, ctx

from verify.program.floats import FLOAT64, Floats

FLOAT64_UNIT = FLOAT64.unit
SMALLEST = FLOAT64.smallest
LIBM = 4
"""Units that one function of a C library may lose inside a longer formula; see OPS."""
BY_ANY_POWER = 4
"""Roundings that OPS allows a power, whatever its exponent."""
MOST_FACTORS = 1_000
"""Nobody multiplies more: a larger exponent is no reason for a wider enclosure."""

Ball = Any


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work at ``bits`` of precision, then as before."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def hull(low: float, high: float) -> Ball:
    """The ball that holds an interval."""
    return arb((low + high) / 2, (high - low) / 2)


def integer_power(x: Ball, n: int) -> Ball:
    """``x ** n``, also where x has its midpoint at 0: there Arb's own power is nan."""
    if n <= 0 or x.mid() != 0:
        return x**n
    return x.abs_upper() ** n * arb(0, 1)


class ArbSystem:
    """Operations on balls, under the names that OPS uses.

    Args:
        unit: the relative rounding of one operation, 2**-53 for float64 engines, 0 for none.
        smallest: the smallest subnormal of the engines meant.
    """

    def __init__(self, unit: float = FLOAT64_UNIT, smallest: float = SMALLEST) -> None:
        self._round_to(unit, smallest)

    def _round_to(self, unit: float, smallest: float) -> None:
        self.unit, self._smallest = unit, smallest
        self._tiny = arb(0, smallest if unit else 0)
        self._widths = [arb(1, unit * k) for k in range(17)]

    @contextmanager
    def rounding(self, floats: Floats) -> Iterator[None]:
        """Round to these numbers, then as before."""
        before = self.unit, self._smallest
        self._round_to(floats.unit, floats.smallest)
        try:
            yield
        finally:
            self._round_to(*before)

    def widened(self, x: Ball, units: int) -> Ball:
        """``x`` after losing ``units`` roundings, and one subnormal."""
        return x * self._widths[units] + self._tiny

    def fl(self, x: Ball) -> Ball:
        """``x`` after one rounding."""
        return x * self._widths[1] + self._tiny

    def either(self, a: Ball, b: Ball) -> Ball:
        """One number by either of two formulas."""
        return a.union(b)

    def accumulated(self, terms: Sequence[Ball]) -> Ball:
        """A sum of products in any order: each of ``k`` terms may lose ``k`` roundings."""
        if len(terms) == 1:
            return self.fl(terms[0])
        total = terms[0]
        magnitude = abs(total)
        for term in terms[1:]:
            total = total + term
            magnitude = magnitude + abs(term)
        k = len(terms)
        return total + magnitude * arb(0, self.unit * k) + self._tiny * k

    def total(self, xs: Sequence[Ball]) -> Ball:
        """A sum in any order."""
        return self.accumulated(xs)

    def less_one(self, n: Ball | float) -> Ball | float:
        """``n - 1``: exact for an integer, else rounded as an engine rounds it."""
        if isinstance(n, int | float):
            return int(n) - 1 if n == int(n) else self.fl(arb(n) - 1)
        return self.fl(n - 1)

    def power(self, x: Ball | float, y: Ball | float) -> Ball:
        """``x ** y``; with a value as exponent, as wide as ``exp(y * log(x))`` in float64.

        A whole power by multiplication loses a rounding for each product, and one where it is the
        reciprocal of a power: those beyond what OPS allows every power are allowed here.
        """
        if isinstance(y, int | float) and y == int(y):
            products = min(abs(int(y)), MOST_FACTORS) - 1 + (y < 0)
            more = max(0, products - BY_ANY_POWER)
            return integer_power(arb(x), int(y)) * arb(1, self.unit * more)
        if isinstance(y, int | float):
            return arb(x) ** arb(y)
        return (self.fl(y * self.widened(arb(x).log(), LIBM))).exp()

    def exp(self, x: Ball) -> Ball:
        """e**x."""
        return x.exp()

    def log(self, x: Ball | float) -> Ball:
        """Natural logarithm."""
        return arb(x).log()

    def sqrt(self, x: Ball) -> Ball:
        """Square root."""
        return x.sqrt()

    def sin(self, x: Ball) -> Ball:
        """Sine."""
        return x.sin()

    def cos(self, x: Ball) -> Ball:
        """Cosine."""
        return x.cos()

    def tanh(self, x: Ball) -> Ball:
        """Hyperbolic tangent."""
        return x.tanh()

    def sigmoid(self, x: Ball) -> Ball:
        """1 / (1 + exp(-x))."""
        return 1 / (1 + (-x).exp())

    def relu(self, x: Ball) -> Ball:
        """max(x, 0)."""
        return x.max(arb(0))

    def absolute(self, x: Ball) -> Ball:
        """|x|."""
        return abs(x)

    def maximum(self, a: Ball | float, b: Ball | float) -> Ball:
        """The larger of two."""
        return arb(a).max(arb(b))

    def minimum(self, a: Ball | float, b: Ball | float) -> Ball:
        """The smaller of two."""
        return arb(a).min(arb(b))

    def step(self, q: Ball) -> Ball:
        """The subdifferential of max(q, 0): 1 above 0, 0 below, [0, 1] at 0."""
        if q > 0:
            return arb(1)
        return arb(0) if q < 0 else hull(0, 1)

    def sign(self, q: Ball) -> Ball:
        """The subdifferential of |q|: 1 above 0, -1 below, [-1, 1] at 0."""
        if q > 0:
            return arb(1)
        return arb(-1) if q < 0 else hull(-1, 1)
