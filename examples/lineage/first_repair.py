"""The first repair of the sort, with the fewest operations: one half of an open question.

A node is listed when it is first met, after all below it; the root is never listed, and its rule is
called first. `textbook.py` differs in its `ordered` and nothing else.
"""

from __future__ import annotations


class Value:
    """A number in a graph, with the rule that serves its operands."""

    def __init__(self, data: float, operands: tuple[Value, ...] = ()) -> None:
        self.data = data
        self.grad = 0.0
        self._operands = operands
        self._backward = lambda: None

    def __add__(self, other: Value) -> Value:
        """Sum of two values."""
        out = Value(self.data + other.data, (self, other))

        def rule() -> None:
            self.grad += out.grad
            other.grad += out.grad

        out._backward = rule
        return out

    def __mul__(self, other: Value) -> Value:
        """Product of two values."""
        out = Value(self.data * other.data, (self, other))

        def rule() -> None:
            self.grad += out.grad * other.data
            other.grad += out.grad * self.data

        out._backward = rule
        return out

    def backward(self) -> None:
        """Call every rule in the order found."""
        self.grad = 1.0
        for node in ordered(self):
            node._backward()


def ordered(root: Value) -> list[Value]:
    """The nodes in the order in which their rules are called."""
    found: list[Value] = []
    seen = set()

    def below(node: Value) -> None:
        for operand in node._operands:
            if operand not in seen:
                seen.add(operand)
                below(operand)
                found.append(operand)

    below(root)
    return [root, *reversed(found)]
