"""Step 1: a number that remembers what it was made from, with `+` and `*`.

The step adds the graph and a function that collects it for drawing; gradients are worked out on
paper and typed into `.grad`. What is wrong: there is no backward at all, a plain number is no
operand, operands are kept in a set, so `a + a` remembers `a` once, and `trace` visits a shared node
again on every path to it.
"""

from __future__ import annotations


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

    def __repr__(self) -> str:
        """The number and its label."""
        return f"Value({self.data}, {self.label!r})"


def trace(root: Value) -> tuple[set[Value], set[tuple[Value, Value]]]:
    """The nodes and edges under ``root``, for drawing; time grows with the number of paths."""
    nodes: set[Value] = set()
    edges: set[tuple[Value, Value]] = set()

    def visit(node: Value) -> None:
        nodes.add(node)
        for operand in node._operands:
            edges.add((operand, node))
            visit(operand)  # also where it has been visited before

    visit(root)
    return nodes, edges
