"""Values of a program that are no values of their own in the engine's graph.

An engine may give one node for two instructions that are alike, return an operand (``0 + x``,
``-(-x)``), or build a result on what its operand was made of: ``2 - (-x)`` on ``x``. Gradients of
inputs are what they are in any graph. Those between are the program's only where its graph is the
engine's.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from types import FunctionType, ModuleType
from typing import Any

from verify.program import Program, Ref

MOST_VALUES = 64
"""Of a program whose links are followed: random cases are smaller."""
MOST_THINGS = 500
"""Looked at from one node: what holds more is a tape, or a whole module."""
NO_LINKS = type, ModuleType


def one_object(nodes: Sequence[Any], program: Program) -> frozenset[int]:
    """Values that have no gradient of their own since a node stands for several.

    Every value whose node is an earlier value's; and what it was made of in the program and the
    earlier one was not, to which the engine passes nothing on.
    """
    _, first = _firsts(nodes)
    found: set[int] = set()
    for index, one in enumerate(first):
        if index != one:
            found.add(index)
            found |= _between(program, first, index, one)
    return frozenset(found)


def built_otherwise(nodes: Sequence[Any], program: Program) -> frozenset[int]:
    """Values that have no gradient of their own since a result was built on what they are made of.

    That is seen in what a node holds: besides its operands, or in their place, a value beneath
    them. Where nodes hold their users or a tape, as leaves then do too, nothing is seen.
    """
    if not 1 < len(program.instructions) <= MOST_VALUES:
        return frozenset()
    firsts, first = _firsts(nodes)
    if any(_held(nodes[i], firsts) != set() for i in range(program.n_inputs)):
        return frozenset()
    found: set[int] = set()
    for index, _ in program.steps():
        if first[index] != index:
            continue
        deeper = (_held(nodes[index], firsts) or set()) - _operands(program, first, index)
        if deeper:
            mine = _beneath(program, first, index)
            if not deeper <= mine:
                return frozenset()
            found |= mine.difference(deeper, *(_beneath(program, first, i) for i in deeper))
    return frozenset(i for i in found if i >= program.n_inputs)


def _between(program: Program, first: list[int], index: int, one: int) -> set[int]:
    """Values that lose a gradient, or get one, where a value is an earlier one's node.

    One that was made of the earlier one (``0 + x``) has a share in its gradient anyway.
    """
    mine = _beneath(program, first, index)
    lost = mine - _beneath(program, first, one) - {one}
    if one not in mine:
        lost.add(one)
    return {i for i in lost if i >= program.n_inputs}


def _firsts(nodes: Sequence[Any]) -> tuple[dict[int, int], list[int]]:
    """The first value of each node, by the node's id and by each value."""
    firsts: dict[int, int] = {}
    return firsts, [firsts.setdefault(id(node), index) for index, node in enumerate(nodes)]


def _operands(program: Program, first: list[int], index: int) -> set[int]:
    if index < program.n_inputs:
        return set()
    return {first[o.index] for o in program.at(index).operands if isinstance(o, Ref)}


def _beneath(program: Program, first: list[int], index: int) -> set[int]:
    """All that a value is made of, by the first value of each node."""
    found: set[int] = set()
    todo = _operands(program, first, index)
    while todo:
        each = todo.pop()
        if each not in found:
            found.add(each)
            todo |= _operands(program, first, each)
    return found


def _held(node: Any, firsts: dict[int, int]) -> set[int] | None:
    """The values whose nodes a node refers to, itself or by hidden ones; None if that is too much.

    Nothing of the engine's is called.
    """
    found: set[int] = set()
    seen, level = {id(node)}, [node]
    while level:
        level = [each for each in filter(gc.is_tracked, _linked(level)) if id(each) not in seen]
        seen.update(map(id, level))
        if len(seen) > MOST_THINGS:
            return None
        found.update(firsts[id(each)] for each in level if id(each) in firsts)
        level = [each for each in level if id(each) not in firsts]
    return found


def _linked(things: list[Any]) -> Iterator[Any]:
    """What they refer to; functions to what they have closed over, and not to their module."""
    rest = []
    for thing in things:
        if type(thing) is FunctionType:
            yield from thing.__closure__ or ()
            yield from thing.__defaults__ or ()
        elif not issubclass(type(thing), NO_LINKS):
            rest.append(thing)
    yield from gc.get_referents(*rest)
