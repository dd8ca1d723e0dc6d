"""A number that remembers how it was computed, and so can be differentiated."""

from __future__ import annotations

import math
import reprlib
from typing import SupportsFloat, SupportsIndex, TypeAlias

from microgradref import expression, ieee, kinks, powers
from microgradref.errors import finite, nonzero, outside
from microgradref.graph import DEFAULT_LIMIT, Graph
from microgradref.walk import intermediates, reachable

Number: TypeAlias = int | float
Spelling: TypeAlias = str | tuple[str, Number] | tuple[Number, str]


class Value:
    """A float with a gradient, and the operation that made it.

    Every operation returns a new ``Value`` that keeps its operands and, for each, the local
    partial derivative *at the point where it was computed*: changing a leaf's ``data`` later
    changes neither the results nor the gradients of graphs built before.

    ``data`` and ``grad`` are floats, ``label`` is a name to show. ``op`` is the operation as it
    was spelled: ``"+"`` between two values, ``("-", 2)`` for ``v - 2``, ``(2, "-")`` for
    ``2 - v``, ``""`` for a leaf. Two values are equal only if they are the same object.

    Overflow gives infinity as in IEEE 754, nan operands give nan, and leaving the real numbers
    raises ``DomainError``.
    """

    __slots__ = ("d_left", "d_right", "data", "grad", "label", "left", "op", "right")

    def __init__(self, data: SupportsFloat | SupportsIndex, label: str = "") -> None:
        """Make a leaf. Raises ``TypeError`` for data that is no real number, or label no string."""
        if not isinstance(data, (SupportsFloat, SupportsIndex)):
            raise TypeError(f"Value takes a real number, got {type(data).__name__}")
        if not isinstance(label, str):
            raise TypeError(f"a label is a string, got {type(label).__name__}")
        self.data = float(data)
        self.grad = 0.0
        self.label = label
        self.op: Spelling = ""
        self.left: Value | None = None
        self.d_left = 0.0
        self.right: Value | None = None
        self.d_right = 0.0

    # A rule is a line: the result, how it was spelled, and each operand with d result / d operand.

    def __add__(self, other: Value | Number) -> Value:
        """Sum x + y: slopes 1 and 1."""
        if isinstance(other, Value):
            return _record(self.data + other.data, "+", self, 1.0, other, 1.0)
        if isinstance(other, (int, float)):
            return _record(self.data + other, ("+", other), self, 1.0)
        return NotImplemented

    def __radd__(self, other: Number) -> Value:
        """Sum with a number on the left, as ``sum`` begins."""
        if isinstance(other, (int, float)):
            return _record(other + self.data, (other, "+"), self, 1.0)
        return NotImplemented

    def __sub__(self, other: Value | Number) -> Value:
        """Difference x - y: slopes 1 and -1."""
        if isinstance(other, Value):
            return _record(self.data - other.data, "-", self, 1.0, other, -1.0)
        if isinstance(other, (int, float)):
            return _record(self.data - other, ("-", other), self, 1.0)
        return NotImplemented

    def __rsub__(self, other: Number) -> Value:
        """Difference from a number."""
        if isinstance(other, (int, float)):
            return _record(other - self.data, (other, "-"), self, -1.0)
        return NotImplemented

    def __mul__(self, other: Value | Number) -> Value:
        """Product x y: slopes y and x."""
        x = self.data
        if isinstance(other, Value):
            y = other.data
            return _record(x * y, "*", self, y, other, x)
        if isinstance(other, (int, float)):
            return _record(x * other, ("*", other), self, other)
        return NotImplemented

    def __rmul__(self, other: Number) -> Value:
        """Product with a number on the left."""
        if isinstance(other, (int, float)):
            return _record(other * self.data, (other, "*"), self, other)
        return NotImplemented

    def __truediv__(self, other: Value | Number) -> Value:
        """Quotient x / y for y != 0: slopes 1 / y and -(x / y) / y."""
        x = self.data
        if isinstance(other, Value):
            y = nonzero(other.data, other.label)
            return _record(x / y, "/", self, 1.0 / y, other, -(x / y) / y)
        if isinstance(other, (int, float)):
            return _record(x / nonzero(other), ("/", other), self, 1.0 / other)
        return NotImplemented

    def __rtruediv__(self, other: Number) -> Value:
        """Quotient of a number by this value."""
        if isinstance(other, (int, float)):
            y = nonzero(self.data, self.label)
            return _record(other / y, (other, "/"), self, -(other / y) / y)
        return NotImplemented

    def __pow__(self, other: Value | Number) -> Value:
        """Power x**n: slopes n x**(n-1) and x**n log x.

        x**0 is 1 with slope 0 in x, at 0 too; 0**n has slope 0 in n. A negative x takes integer
        numbers n only: with a ``Value`` as its exponent x**n has no derivative there.
        """
        x = self.data
        if isinstance(other, Value):
            n = other.data
            powers.check_variable_exponent(x, self.label, n)
            out = powers.power(x, n)
            d_exponent = powers.exponent_slope(x, out)
            return _record(out, "**", self, powers.base_slope(x, n), other, d_exponent)
        if isinstance(other, (int, float)):
            n = float(other)
            powers.check_base(x, self.label, n)
            return _record(powers.power(x, n), ("**", other), self, powers.base_slope(x, n))
        return NotImplemented

    def __rpow__(self, other: Number) -> Value:
        """Power of a number that is not negative."""
        if isinstance(other, (int, float)):
            base = float(other)
            powers.check_variable_exponent(base, "", self.data)
            out = powers.power(base, self.data)
            return _record(out, (other, "**"), self, powers.exponent_slope(base, out))
        return NotImplemented

    def __neg__(self) -> Value:
        """Negation: slope -1."""
        return _record(-self.data, "neg", self, -1.0)

    def __abs__(self) -> Value:
        """Magnitude: slope 1 above 0, -1 below, 0 at 0."""
        return _record(abs(self.data), "abs", self, kinks.sign(self.data))

    def abs(self) -> Value:
        """The same as the builtin ``abs(value)``."""
        return self.__abs__()

    def exp(self) -> Value:
        """Exponential e**x: slope e**x. Both are infinite above about 709.78."""
        y = ieee.exp(self.data)
        return _record(y, "exp", self, y)

    def log(self) -> Value:
        """Natural logarithm for x > 0: slope 1 / x."""
        x = self.data
        if x <= 0.0:
            raise outside("log", x, self.label, "x > 0")
        return _record(math.log(x), "log", self, 1.0 / x)

    def sqrt(self) -> Value:
        """Square root r for x >= 0: slope 0.5 / r, infinite at 0."""
        x = self.data
        if x < 0.0:
            raise outside("sqrt", x, self.label, "x >= 0")
        root = math.sqrt(x)
        return _record(root, "sqrt", self, 0.5 / root if root else math.inf)

    def tanh(self) -> Value:
        """Hyperbolic tangent t: slope 1 - t**2."""
        t = math.tanh(self.data)
        return _record(t, "tanh", self, 1.0 - t * t)

    def sigmoid(self) -> Value:
        """Logistic function s = 1 / (1 + e**-x): slope s (1 - s)."""
        s = ieee.sigmoid(self.data)
        return _record(s, "sigmoid", self, s * (1.0 - s))

    def relu(self) -> Value:
        """Rectifier max(x, 0): slope 1 above 0, else 0."""
        x = self.data
        # In this order a nan survives, since no number compares as larger than nan.
        return _record(max(x, 0.0), "relu", self, kinks.step(x))

    def sin(self) -> Value:
        """Sine of finite x, in radians: slope cos x."""
        x = finite("sin", self.data, self.label)
        return _record(math.sin(x), "sin", self, math.cos(x))

    def cos(self) -> Value:
        """Cosine of finite x, in radians: slope -sin x."""
        x = finite("cos", self.data, self.label)
        return _record(math.cos(x), "cos", self, -math.sin(x))

    def max(self, other: Value | Number) -> Value:
        """Larger of two: slope 1 for the winner, 0 for the loser, a half each at a tie."""
        x, y = self.data, _data(other)
        out = x if x >= y or x != x else y
        if isinstance(other, Value):
            return _record(out, "max", self, kinks.share(x, y), other, kinks.share(y, x))
        return _record(out, ("max", other), self, kinks.share(x, y))

    def min(self, other: Value | Number) -> Value:
        """Smaller of two: slope 1 for the winner, 0 for the loser, a half each at a tie."""
        x, y = self.data, _data(other)
        out = x if x <= y or x != x else y
        if isinstance(other, Value):
            return _record(out, "min", self, kinks.share(y, x), other, kinks.share(x, y))
        return _record(out, ("min", other), self, kinks.share(y, x))

    def backward(self, seed: float = 1.0) -> None:
        """Add ``seed`` times d self / d leaf to the gradient of each leaf that self depends on.

        So leaves accumulate, exactly one gradient a call. Intermediates, self among them, are
        reset first and then hold ``seed`` times d self / d it. A leaf adds ``seed`` to itself.
        """
        order = intermediates(self)
        for node in order:
            node.grad = 0.0
        self.grad += seed
        for node in reversed(order):
            node.propagate()

    def propagate(self) -> None:
        """Apply the chain rule once: add to each operand's gradient what it owes to this one's.

        This is the single step of backpropagation by hand. A leaf has no operands to give to.
        """
        if self.left is not None:
            self.left.grad += self.grad * self.d_left
        if self.right is not None:
            self.right.grad += self.grad * self.d_right

    def zero_grad(self) -> None:
        """Set the gradient of this value and of all that it depends on to 0."""
        for node in reachable(self):
            node.grad = 0.0

    @property
    def operands(self) -> tuple[Value, ...]:
        """The values this one was computed from, in order; a number is not among them."""
        return tuple(node for node in (self.left, self.right) if node is not None)

    def expression(self) -> str:
        """How this value was computed, in Python's notation, from its operands' labels."""
        return expression.spell(self)

    def graph(self, limit: int = DEFAULT_LIMIT) -> Graph:
        """Draw this value and all it depends on; past ``limit`` values the picture says why not."""
        return Graph(self, limit)

    def _repr_svg_(self) -> str:
        return self.graph().svg

    def __repr__(self) -> str:
        """Shallow: nothing of what the value was computed from."""
        label = f", label={reprlib.repr(self.label)}" if self.label else ""
        return f"Value(data={self.data!r}, grad={self.grad!r}{label})"


def _record(
    data: float,
    op: Spelling,
    left: Value,
    d_left: float,
    right: Value | None = None,
    d_right: float = 0.0,
) -> Value:
    """Return the result of an operation. It skips ``__init__``, whose checks leaves alone need."""
    node = _new(Value)
    node.data = data
    node.grad = 0.0
    node.label = ""
    node.op = op
    node.left = left
    node.d_left = d_left
    node.right = right
    node.d_right = d_right
    return node


_new = Value.__new__


def _data(operand: Value | Number) -> float:
    if isinstance(operand, Value):
        return operand.data
    if isinstance(operand, (int, float)):
        return float(operand)
    raise TypeError(f"the operand is a Value or a number, got {type(operand).__name__}")
