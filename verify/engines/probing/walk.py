"""A walk for engines whose backward is one node's own step, as its users write it by hand."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from verify.engines.probing.calls import run
from verify.engines.probing.graphs import Lab
from verify.engines.probing.members import attributes

SOURCE = '''\
def walk(root):
    """Call each node's own step once, after the steps of all that use it."""
    order, seen, todo = [], set(), [(root, False)]
    while todo:
        node, done = todo.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            operands = []
            for name in NAMES:
                held = getattr(node, name, ())
                held = held if isinstance(held, (list, tuple, set, frozenset)) else (held,)
                operands += [each for each in held if hasattr(each, "GRADIENT")]
            if operands:
                todo += [(node, True), *((each, False) for each in operands)]
    root.GRADIENT = UNIT
    for node in reversed(order):
        STEP
'''


ONE: tuple[Callable[[Any], Any], ...] = (
    lambda a: -a, lambda a: a**2, lambda a: a.exp(), lambda a: a.log(), lambda a: a.tanh(),
    lambda a: a.relu(), lambda a: a.sigmoid(), lambda a: a.sin(), lambda a: a.sqrt(),
)  # fmt: skip
TWO: tuple[Callable[[Any, Any], Any], ...] = (
    operator.add, operator.sub, operator.mul, operator.truediv, operator.pow,
)  # fmt: skip


def operand_names(lab: Lab) -> tuple[str, ...]:
    """The members in which nodes hold their operands, and never what uses them."""
    graph = lab.graph()
    found = dict.fromkeys(_names(graph.outer, graph.inner, graph.c))
    for one in ONE:
        with suppress(Exception):
            found.update(dict.fromkeys(_names(run(one, graph.inner), graph.inner)))
    for two in TWO:
        with suppress(Exception):
            made = run(two, graph.inner, graph.c)
            found.update(dict.fromkeys(_names(made, graph.inner, graph.c)))
    inner = attributes(graph.inner)
    return tuple(name for name in found if not _holds(inner.get(name), graph.outer))


def _names(made: Any, *operands: Any) -> list[str]:
    return [name for name, held in attributes(made).items() if _holds(held, *operands)]


def _holds(held: Any, *nodes: Any) -> bool:
    there: Iterable[Any] = held if isinstance(held, list | tuple | set | frozenset) else (held,)
    return any(each is node for each in there for node in nodes)


def walk_source(names: tuple[str, ...], gradient: str, unit: str, step: str) -> str:
    """The walk as Python lines.

    Args:
        names: the members that hold a node's operands.
        gradient: the member that holds its gradient.
        unit: what the output's gradient is set to.
        step: the node's own step, ``.backward()`` or ``backward({})``.
    """
    spelt = f"node{step}" if step.startswith(".") else step.replace("{}", "node")
    text = SOURCE.replace("NAMES", repr(names)).replace("GRADIENT", gradient)
    return text.replace("UNIT", unit).replace("STEP", spelt).rstrip("\n")
