"""Step 4: `backward()` finds the order by itself.

The step adds a sort of the writer's own invention, which lists everything below the root. What is
wrong: the sort lists a shared node once for each meeting, so its rule runs more than once; and the
rules still assign, which hides that and is itself the overwrite of step 3.
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
                order.append(operand)  # whether or not it is in the list already

        below(self)
        self.grad = 1.0
        self._backward()
        for node in reversed(order):
            node._backward()

    def __add__(self, other: Value) -> Value:
        """Sum of two values."""
        out = Value(self.data + other.data, (self, other), "+")

        def rule() -> None:
            self.grad = out.grad
            other.grad = out.grad

        out._backward = rule
        return out

    def __mul__(self, other: Value) -> Value:
        """Product of two values."""
        out = Value(self.data * other.data, (self, other), "*")

        def rule() -> None:
            self.grad = out.grad * other.data
            other.grad = out.grad * self.data

        out._backward = rule
        return out

    def tanh(self) -> Value:
        """Hyperbolic tangent, by exponentials."""
        grown = math.exp(2 * self.data)
        out = Value((grown - 1) / (grown + 1), (self,), "tanh")

        def rule() -> None:
            self.grad = out.grad * (1 - out.data**2)

        out._backward = rule
        return out

    def __repr__(self) -> str:
        """The number and its label."""
        return f"Value({self.data:.4f}, {self.label!r})"
