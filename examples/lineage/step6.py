"""Step 6: more operations, numbers as operands, and the first repair of the sort.

The step adds `-`, `/`, powers, `exp` and numbers on the right, drops `tanh`, and lists a node only
when it is first met, the root apart. What is wrong: a number on the left works for `*` only, so
`sum()` fails and `1 - v` and `1 / v` do not exist; `v ** 0` raises at 0, and a fractional power of
a negative number is a complex value that nobody asked for.
"""

from __future__ import annotations

import math


class Value:
    """A number in a graph, with the rule that serves its operands."""

    def __init__(
        self, data: float, operands: tuple[Value, ...] = (), op: str = "", label: str = ""
    ) -> None:
        self.data = data
        self.grad = 0.0
        self.label = label
        self._op = op
        self._operands = set(operands)
        self._backward = lambda: None

    def backward(self) -> None:
        """Call the root's rule, then those of all nodes below it, the last listed first."""
        order: list[Value] = []
        seen = set()

        def below(node: Value) -> None:
            for operand in node._operands:
                if operand not in seen:
                    seen.add(operand)
                    below(operand)
                    order.append(operand)

        below(self)
        self.grad = 1.0
        self._backward()
        for node in reversed(order):
            node._backward()

    def __add__(self, other: Value | float) -> Value:
        """Sum."""
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def rule() -> None:
            self.grad += out.grad
            other.grad += out.grad

        out._backward = rule
        return out

    def __mul__(self, other: Value | float) -> Value:
        """Product."""
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def rule() -> None:
            self.grad += out.grad * other.data
            other.grad += out.grad * self.data

        out._backward = rule
        return out

    def __pow__(self, number: float) -> Value:
        """Power of a value, by a number."""
        assert isinstance(number, int | float)  # noqa: S101 - the step refuses like this
        out = Value(self.data**number, (self,), f"**{number}")

        def rule() -> None:
            self.grad += out.grad * number * self.data ** (number - 1)

        out._backward = rule
        return out

    def exp(self) -> Value:
        """Exponential."""
        out = Value(math.exp(self.data), (self,), "exp")

        def rule() -> None:
            self.grad += out.grad * out.data

        out._backward = rule
        return out

    def __neg__(self) -> Value:
        """Negation."""
        return self * -1

    def __sub__(self, other: Value | float) -> Value:
        """Difference."""
        return self + (-other)

    def __truediv__(self, other: Value | float) -> Value:
        """Quotient."""
        return self * other**-1

    def __rmul__(self, number: float) -> Value:
        """Number times value."""
        return self * number

    def __repr__(self) -> str:
        """The number and its label."""
        return f"Value({self.data:.4f}, {self.label!r})"
