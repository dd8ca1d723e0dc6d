"""Step 2: `tanh`, so that a neuron can be written down.

The step adds one operation; the backward pass of a whole neuron is still worked out on paper. What
is wrong: tanh is a quotient of exponentials, which overflows past 355 and loses digits near 0, and
nothing of step 1 is mended: there is no backward.
"""

from __future__ import annotations

import math


class Value:
    """A number in a graph."""

    def __init__(
        self, data: float, operands: tuple[Value, ...] = (), op: str = "", label: str = ""
    ) -> None:
        self.data = data
        self.grad = 0.0
        self.label = label
        self._op = op
        self._operands = set(operands)

    def __add__(self, other: Value) -> Value:
        """Sum of two values."""
        return Value(self.data + other.data, (self, other), "+")

    def __mul__(self, other: Value) -> Value:
        """Product of two values."""
        return Value(self.data * other.data, (self, other), "*")

    def tanh(self) -> Value:
        """Hyperbolic tangent, by exponentials."""
        grown = math.exp(2 * self.data)
        return Value((grown - 1) / (grown + 1), (self,), "tanh")

    def __repr__(self) -> str:
        """The number and its label."""
        return f"Value({self.data}, {self.label!r})"
