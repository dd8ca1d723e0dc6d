"""SymPy expressions as a number system: the functions OPS names, as a module.

Numbers other than exponents become symbols of their own, so that SymPy never folds exact
fractions of thousands of digits. ``|x|`` is a function whose derivative is a sign; relu, max and
min are written with it, so their rules are SymPy's chain rule and not ours:
``max(a, b) = (a + b + |a - b|) / 2``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import sympy
from sympy import Symbol as symbol  # noqa: N813 - a function of the number system, like exp
from sympy import cos, exp, log, sin, sqrt, tanh


class Sign(sympy.Function):  # type: ignore[misc]
    """The derivative of Modulus: any number of [-1, 1] at 0."""


class Modulus(sympy.Function):  # type: ignore[misc]
    """|x| of a real x."""

    def fdiff(self, argindex: int = 1) -> Any:
        """D |x| = sign x."""
        return Sign(self.args[0])


class Constant(sympy.Symbol):  # type: ignore[misc]
    """A number that SymPy must not fold: a symbol that knows its value."""

    def __new__(cls, value: float) -> Any:
        """The symbol of one number; an int and a float are different symbols."""
        made = super().__new__(cls, f"c[{value!r}]")
        made.value = value
        return made


def number(value: float) -> Any:
    """A number as an operand."""
    return Constant(value)


def power(x: Any, y: Any) -> Any:
    """``x ** y``, a number as exponent kept as an exact rational."""
    if isinstance(y, Constant) and math.isfinite(y.value):
        return x ** sympy.Rational(*y.value.as_integer_ratio())
    return x**y


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x))."""
    return 1 / (1 + exp(-x))


def relu(x: Any) -> Any:
    """(x + |x|) / 2."""
    return (x + absolute(x)) / 2


def absolute(x: Any) -> Any:
    """|x|."""
    return sympy.Integer(0) if x == 0 else Modulus(x)


def maximum(a: Any, b: Any) -> Any:
    """(a + b + |a - b|) / 2."""
    return (a + b + absolute(a - b)) / 2


def minimum(a: Any, b: Any) -> Any:
    """(a + b - |a - b|) / 2."""
    return (a + b - absolute(a - b)) / 2


def total(xs: Sequence[Any]) -> Any:
    """The sum."""
    return sympy.Add(*xs)


__all__ = [
    "Constant", "Modulus", "Sign", "absolute", "cos", "exp", "log", "maximum", "minimum", "number",
    "power", "relu", "sigmoid", "sin", "sqrt", "symbol", "tanh", "total",
]  # fmt: skip
