"""What is asked where the engine lives: it takes the values themselves, not their numbers."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from verify.engines import Engine, build, keeps_graph
from verify.program import Ref
from verify.program.json_form import case_from_json
from verify.questions import POINTS


def returns_nothing(engine: Engine, stored: object) -> int | None:
    """The first instruction of a case, in its JSON form, that gives None."""
    case = case_from_json(stored)
    nodes: list[Any] = []
    if not keeps_graph(engine):
        return None  # its adapter reads numbers, and says what is none
    with suppress(Exception):  # what None leads to
        build(engine, case.program, case.point, nodes)
    return next((index for index, node in enumerate(nodes) if node is None), None)


def changes_operand(engine: Engine, stored: object) -> int | None:
    """The first instruction whose operation, on leaves of its own, changes their values.

    Args:
        engine: the engine.
        stored: the case in its JSON form.
    """
    if not keeps_graph(engine):
        return None  # what it gives are numbers, which cannot be changed
    case = case_from_json(stored)
    for index, instruction in case.program.steps():
        for point in POINTS:
            with suppress(Exception):
                leaves = [engine.lift(x) for x in point]
                before = [engine.primal(leaf) for leaf in leaves]
                refs = dict(zip(set(instruction.refs), leaves, strict=False))
                used = [refs[o.index] if isinstance(o, Ref) else 3 for o in instruction.operands]
                engine.apply(instruction.form, used)
                if [engine.primal(leaf) for leaf in leaves] != before:
                    return index
    return None


def changed_by_backward(engine: Engine, stored: object, index: int) -> tuple[float, float] | None:
    """A value before ``backward()`` and after it, where these differ.

    Args:
        engine: the engine.
        stored: the case in its JSON form.
        index: the value.
    """
    if not keeps_graph(engine):
        return None
    case = case_from_json(stored)
    nodes: list[Any] = []
    build(engine, case.program, case.point, nodes)
    before = engine.primal(nodes[index])
    engine.backward(nodes[-1])
    after = engine.primal(nodes[index])
    return None if before == after or before != before else (before, after)
