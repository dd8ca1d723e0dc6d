"""Orders in which to visit a graph. Nothing recurses: depth costs memory, never the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from microgradref.value import Value


def intermediates(root: Value) -> list[Value]:
    """Return the values at and under ``root`` that have operands, each once, operands first.

    ``root`` comes last, unless it is a leaf: then the list is empty. Operands are followed in
    their own order, so the same program gives the same list, and the same bits, every time.
    Time is linear in the number of operands.
    """
    order: list[Value] = []
    seen: set[Value] = set()
    entered: list[Value] = []
    stack: list[Value | None] = [root] if root.left is not None else []
    push, pop = stack.append, stack.pop  # Looked up once: this loop is half of backward's time.
    while stack:
        node = pop()
        if node is None:  # All that was pushed above this mark is listed; its value is next.
            order.append(entered.pop())
        elif node not in seen:
            seen.add(node)
            entered.append(node)
            push(None)
            left, right = node.left, node.right
            if right is not None and right.left is not None:
                push(right)
            if left is not None and left.left is not None:
                push(left)
    return order


def reachable(root: Value) -> Iterator[Value]:
    """Yield ``root`` and all it depends on, each once, nearest first."""
    found = [root]
    seen = {root}
    for node in found:  # The list grows while it is read.
        yield node
        for operand in (node.left, node.right):
            if operand is not None and operand not in seen:
                seen.add(operand)
                found.append(operand)
