"""What an engine remembers of a graph after backward: flags on nodes, nodes in containers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from verify.engines import GraphEngine
from verify.laws.cases import built
from verify.program import Case


def remembers(engine: GraphEngine, case: Case) -> bool:
    """Whether backward leaves a mark: a flag of a node that changes, or a container that holds it.

    An engine that frees its graph, or clears its tape, prints after another backward what one that
    skips visited nodes prints. Only the latter must remember which nodes it has visited.
    """
    nodes = built(engine, case)
    before = [_flags(node) for node in nodes]
    engine.backward(nodes[-1])
    after, adjoints = [_flags(node) for node in nodes], [engine.adjoint(node) for node in nodes]
    for name in {name for found in (*before, *after) for name in found}:
        numbers = [found.get(name) for found in after]
        is_gradient = numbers == adjoints and not any(type(number) is bool for number in numbers)
        if not is_gradient and numbers != [found.get(name) for found in before]:
            return True
    held = {id(node) for node in nodes}
    return any(_holds(container, held) for container in _containers(type(nodes[-1])))


def _flags(node: Any) -> dict[str, Any]:
    """Attributes that are whole numbers or truth values; a gradient may be one of them."""
    slots = [name for base in type(node).__mro__ for name in getattr(base, "__slots__", ())]
    found = {name: getattr(node, name, None) for name in slots} | getattr(node, "__dict__", {})
    return {name: value for name, value in found.items() if type(value) in {bool, int}}


def _containers(cls: type) -> Iterator[Any]:
    """Sets, lists and dicts that outlive a call: of the class, of its module, default arguments."""
    module = sys.modules.get(cls.__module__)
    for name, thing in [*vars(cls).items(), *(vars(module).items() if module else ())]:
        if isinstance(thing, set | list | dict) and not name.startswith("__"):
            yield thing
        defaults = getattr(thing, "__defaults__", None) or ()
        yield from (d for d in defaults if isinstance(d, set | list | dict))


def _holds(container: Any, held: set[int]) -> bool:
    items = [*container, *container.values()] if isinstance(container, dict) else container
    return any(id(item) in held or (type(item) is int and item in held) for item in items)
