"""FLOAT64: the number system of plain Python floats, with IEEE results instead of exceptions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

NAN = math.nan


def _quiet(function: Callable[..., float]) -> Callable[..., float]:
    """Make a function of ``math`` answer inf or nan as IEEE does, where Python raises."""

    def quiet(*operands: float) -> float:
        try:
            result = function(*operands)
        except OverflowError:
            return math.inf
        except (ValueError, ZeroDivisionError):
            return NAN
        return NAN if isinstance(result, complex) else result

    return quiet


class Float64:
    """Operations on floats, under the names that OPS uses."""

    exp = staticmethod(_quiet(math.exp))
    log = staticmethod(_quiet(math.log))
    sqrt = staticmethod(_quiet(math.sqrt))
    sin = staticmethod(_quiet(math.sin))
    cos = staticmethod(_quiet(math.cos))
    tanh = staticmethod(math.tanh)
    power = staticmethod(_quiet(pow))

    @staticmethod
    def fl(x: float) -> float:
        """The identity: a float is rounded already."""
        return x

    @staticmethod
    def either(a: float, _b: float) -> float:
        """The first of two formulas for one number."""
        return a

    @staticmethod
    def less_one(n: float) -> float:
        """``n - 1``."""
        return n - 1

    @staticmethod
    def sigmoid(x: float) -> float:
        """1 / (1 + exp(-x)), from the side that cannot overflow."""
        if x >= 0:
            return 1 / (1 + math.exp(-x))
        return math.exp(x) / (1 + math.exp(x))

    @staticmethod
    def relu(x: float) -> float:
        """max(x, 0)."""
        return x if x > 0 else 0.0

    @staticmethod
    def absolute(x: float) -> float:
        """|x|."""
        return abs(x)

    @staticmethod
    def maximum(a: float, b: float) -> float:
        """The larger of two."""
        return max(a, b)

    @staticmethod
    def minimum(a: float, b: float) -> float:
        """The smaller of two."""
        return min(a, b)

    @staticmethod
    def total(xs: Sequence[float]) -> float:
        """The sum from the left: builtin ``sum`` compensates since Python 3.12, so not that."""
        result = 0.0
        for x in xs:
            result += x
        return result

    @staticmethod
    def step(q: float) -> float:
        """1 above 0, 0 below, a half at 0."""
        return 1.0 if q > 0 else 0.0 if q < 0 else 0.5

    @staticmethod
    def sign(q: float) -> float:
        """1 above 0, -1 below, 0 at 0."""
        return (q > 0) - (q < 0)


FLOAT64: Any = Float64()
