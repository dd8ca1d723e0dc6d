"""Step 3: every operation knows how to hand its gradient to its operands.

The step adds one rule to each node, and a person calls the rules one by one, in an order found by
eye. What is wrong: a rule *assigns* the gradient, so a node used twice keeps its last contribution
only, and since there is no backward that finds the order, the class is no engine yet.
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

    def __add__(self, other: Value) -> Value:
        """Sum of two values."""
        out = type(self)(self.data + other.data, (self, other), "+")

        def rule() -> None:
            self.grad = out.grad
            other.grad = out.grad

        out._backward = rule
        return out

    def __mul__(self, other: Value) -> Value:
        """Product of two values."""
        out = type(self)(self.data * other.data, (self, other), "*")

        def rule() -> None:
            self.grad = out.grad * other.data
            other.grad = out.grad * self.data

        out._backward = rule
        return out

    def tanh(self) -> Value:
        """Hyperbolic tangent, by exponentials."""
        grown = math.exp(2 * self.data)
        out = type(self)((grown - 1) / (grown + 1), (self,), "tanh")

        def rule() -> None:
            self.grad = out.grad * (1 - out.data**2)

        out._backward = rule
        return out

    def __repr__(self) -> str:
        """The number and its label."""
        return f"Value({self.data:.4f}, {self.label!r})"


class ByHand(Value):
    """The same rules, called in the order in which a person would call them.

    Not part of the step: it stands for the person, who calls each node's rule once, after the rules
    of all that use it. With it the suite can look at the rules.
    """

    def backward(self) -> None:
        """Call every rule once, users before operands."""
        order: list[Value] = []
        seen = set()

        def visit(node: Value) -> None:
            if node not in seen:
                seen.add(node)
                for operand in node._operands:
                    visit(operand)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node._backward()
