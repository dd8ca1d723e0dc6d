"""Run a case on an engine and write down what it printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, cast

from verify.engines.engine import (
    Engine,
    FunctionalEngine,
    GraphEngine,
    NotANumberError,
    StepError,
    as_float,
    keeps_graph,
    one_line,
)
from verify.engines.raised import INTERRUPTS, RaisedError
from verify.engines.sharing import built_otherwise, one_object
from verify.program import Case, Program, Ref

HANGS, OUT_OF_MEMORY, CRASHES = DEATHS = ("hangs", "out of memory", "crashes")
"""Failures that end, or would have ended, the process that the engine runs in."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An engine did not answer.

    Attributes:
        kind: ``raises``, ``not a number``, or one of DEATHS.
        stage: ``forward``, ``backward`` or ``read``.
        index: the value being made or read; the output for ``backward``.
        message: the exception's type and text, cut to a line.
    """

    kind: str
    stage: str
    index: int
    message: str


@dataclass(frozen=True, slots=True)
class Observation:
    """What an engine printed for one case; None where it has no gradient.

    After a failure there are the primals made before it, and no adjoints.

    ``aliases`` are the values that have no gradient of their own to compare: they are an earlier
    value's own node (``relu`` may return ``self``), or the engine passes over them, see
    ``verify.engines.sharing``.
    """

    primals: tuple[float, ...]
    adjoints: tuple[float | None, ...]
    failure: Failure | None = None
    aliases: frozenset[int] = frozenset()


def observe(engine: Engine, case: Case) -> Observation:
    """Ask the engine for every primal and adjoint of a case, in the way that it can be asked.

    This is the one place that knows both kinds of engine.
    """
    if keeps_graph(engine):
        return _observe_graph(engine, case)
    return _observe_function(cast("FunctionalEngine", engine), case)


def ready(engine: Engine, case: Case) -> Callable[[], object]:
    """All is done that comes before differentiation: what is returned differentiates, once.

    A functional engine runs the function forward as it differentiates it.
    """
    if keeps_graph(engine):
        nodes: list[Any] = []
        build(engine, case.program, case.point, nodes)
        return lambda: engine.backward(nodes[-1])
    functional = cast("FunctionalEngine", engine)
    return lambda: functional.value_and_gradient(case.program, case.point)


def _observe_graph(engine: GraphEngine, case: Case) -> Observation:
    """Build the case on the engine, run backward, read every primal and adjoint."""
    nodes: list[Any] = []
    try:
        build(engine, case.program, case.point, nodes)
    except Exception as error:  # noqa: BLE001 - somebody's engine may raise anything
        failed = _failed("forward", len(nodes), error)
        return replace(failed, primals=_readable(engine, nodes))
    passed_over = _passed_over(engine, nodes, case.program)  # backward() may let go of the graph
    try:
        engine.backward(nodes[-1])
    except Exception as error:  # noqa: BLE001
        failed = _failed("backward", case.program.output, error)
        return replace(failed, primals=_readable(engine, nodes))
    seen = read(engine, nodes, case.program)
    return replace(seen, aliases=seen.aliases | passed_over) if passed_over else seen


_LAST: list[tuple[GraphEngine, Program, frozenset[int]]] = []
"""The program that was built last, and the values that the engine passed over in it."""


def _passed_over(engine: GraphEngine, nodes: list[Any], program: Program) -> frozenset[int]:
    """Looked for at the first of a program's points: it takes twice the time of the case itself."""
    if not (_LAST and _LAST[0][0] is engine and _LAST[0][1] is program):
        _LAST[:] = [(engine, program, built_otherwise(nodes, program))]
    return _LAST[0][2]


def _observe_function(engine: FunctionalEngine, case: Case) -> Observation:
    """Differentiate the case as a function; values between have no adjoints."""
    try:
        values, gradients = engine.value_and_gradient(case.program, case.point)
    except StepError as error:
        failed = _failed("forward", len(error.made), error.__cause__ or error)
        return replace(failed, primals=_floats(error.made))
    except Exception as error:  # noqa: BLE001 - somebody's engine may raise anything
        return _failed("backward", case.program.output, error)
    primals: list[float] = []
    try:
        primals.extend(as_float(value, "the value") for value in values)
        inputs = [None if g is None else as_float(g, "the gradient") for g in gradients]
    except NotANumberError as error:
        index = min(len(primals), case.program.output)
        return Observation((), (), Failure("not a number", "read", index, str(error)))
    between = (None,) * (len(primals) - len(inputs))
    return Observation(tuple(primals), (*inputs, *between))


def _floats(values: Sequence[Any]) -> tuple[float, ...]:
    """The values up to the first that is no real number."""
    found: list[float] = []
    with suppress(NotANumberError):
        found.extend(as_float(value, "the value") for value in values)
    return tuple(found)


def build(
    engine: GraphEngine, program: Program, point: tuple[float, ...], nodes: list[Any]
) -> None:
    """Append the engine's node for each value of the program to ``nodes``."""
    nodes.extend(engine.lift(x) for x in point)
    for _, instruction in program.steps():
        operands = [nodes[o.index] if isinstance(o, Ref) else o for o in instruction.operands]
        nodes.append(engine.apply(instruction.form, operands))


def read(engine: GraphEngine, nodes: list[Any], program: Program) -> Observation:
    """Read every primal and adjoint of a graph that has been differentiated.

    Args:
        engine: the engine.
        nodes: its node for each value.
        program: what they are the values of, where one operation may have been made once for two.
    """
    primals: list[float] = []
    try:
        primals.extend(engine.primal(node) for node in nodes)
        adjoints = tuple(engine.adjoint(node) for node in nodes)
    except INTERRUPTS:
        raise
    except BaseException as error:  # noqa: BLE001 - a property is somebody's code too
        index = min(len(primals), len(nodes) - 1)
        if isinstance(error, NotANumberError):
            return Observation((), (), Failure("not a number", "read", index, str(error)))
        return _failed("read", index, error)
    return Observation(tuple(primals), adjoints, aliases=one_object(nodes, program))


def _readable(engine: GraphEngine, nodes: list[Any]) -> tuple[float, ...]:
    """The primals made before the failure, as far as they can be read."""
    primals: list[float] = []
    try:
        primals.extend(engine.primal(node) for node in nodes)
    except INTERRUPTS:
        raise
    except BaseException:  # noqa: BLE001, S110 - it failed already: that is what is said
        pass
    return tuple(primals)


def _failed(stage: str, index: int, error: BaseException) -> Observation:
    kind = OUT_OF_MEMORY if isinstance(error, MemoryError) else "raises"
    return Observation((), (), Failure(kind, stage, index, describe(error)))


ADDRESS = re.compile(r"\b(?:0x[0-9a-fA-F]{6,}|\d{12,})\b")


def describe(error: BaseException) -> str:
    """An exception in one line, without addresses that change from run to run."""
    if isinstance(error, RaisedError):
        error = error.raised
    text = ADDRESS.sub("(an address)", one_line(error))
    return f"{type(error).__name__}: {text}"[:200] if text else type(error).__name__
