"""Digests of the numbers that an engine gives on fixed cases, and the work that is timed."""

from __future__ import annotations

import gc
import hashlib
import random
import time
from collections.abc import Iterator, Sequence
from typing import Any

from verify.engines import (
    DiedError,
    Engine,
    GraphEngine,
    UnderTest,
    build,
    keeps_graph,
    observe,
    subject_of,
)
from verify.engines.isolation import GoneError
from verify.program import FORMS, Case, Instruction, Program, Ref, alone
from verify.questions import POINTS, SHARED_GRAPHS

GRAPHS = "shared graphs"
"""Not of one operation: in which order contributions are added shows here."""
FORWARD, BACKWARD = "forward", "backward"
"""Work on a graph of many values; any other piece of work is a spelling alone."""
CHAIN, COPIES = 120, 20


def digests_here(engine: Engine, forms: Sequence[str]) -> dict[str, str]:
    """A digest for each spelling; two engines that give the same bits have the same."""
    found = {form: _digest(engine, _cases(alone(form))) for form in forms}
    graphs = [case for program in _graphs(engine) for case in _cases(program)]
    return {**found, GRAPHS: _digest(engine, graphs)} if graphs else found


def digests(tested: UnderTest, forms: Sequence[str]) -> dict[str, str]:
    """The same of an engine wherever it runs; none where its process dies of it, as a run says."""
    try:
        found: dict[str, str] = subject_of(tested).ask(digests_here, list(forms))
    except (DiedError, GoneError):
        return {}
    return found


def _digest(engine: Engine, cases: Sequence[Case]) -> str:
    told = hashlib.sha256()
    for case in cases:
        seen = observe(engine, case)
        numbers = [None if x is None else x.hex() for x in (*seen.primals, *seen.adjoints)]
        failure = (seen.failure.kind, seen.failure.stage) if seen.failure else None
        told.update(repr((numbers, failure)).encode())
    return told.hexdigest()[:12]


def _cases(program: Program) -> list[Case]:
    dice = random.Random(program.n_inputs)
    more = [tuple(dice.uniform(0.1, 2.9) for _ in range(program.n_inputs)) for _ in range(6)]
    return [Case(program, point[: program.n_inputs]) for point in (*POINTS, *more)]


def _graphs(engine: Engine) -> Iterator[Program]:
    for op in ("add", "mul"):
        if op in engine.facts.spellings:
            for inputs, pairs in SHARED_GRAPHS:
                steps = tuple(Instruction(op, (Ref(a), Ref(b))) for a, b in pairs)
                yield Program(inputs, steps)


def works(forms: Sequence[str]) -> list[str]:
    """The pieces of work that can be timed with these spellings."""
    whole = [FORWARD, BACKWARD] if joiner(forms) else []
    return [*whole, *forms]


def joiner(forms: Sequence[str]) -> str | None:
    """The operation that the timed graph is made of, or None if there is none."""
    return next((form for form in ("add", "sub", "mul") if form in forms), None)


def seconds_here(engine: Engine, what: str, repeats: int, form: str | None) -> float:
    """How long a piece of work takes, the garbage collector being off.

    Time of this process on a processor: another process that is busy does not count.

    Args:
        engine: the engine.
        what: one of ``works``.
        repeats: how often it is done.
        form: the operation that the timed graph is made of.

    Raises:
        TypeError: for an engine that keeps no graph.
        Exception: whatever the engine raises.
    """
    if not keeps_graph(engine):
        raise TypeError(f"{engine.facts.target} keeps no graph whose parts could be timed")
    program = _graph(form) if what in {FORWARD, BACKWARD} else alone(what)
    times = repeats * (1 if what in {FORWARD, BACKWARD} else COPIES)
    was_on = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        return _once(engine, program, what, times)
    finally:
        if was_on:
            gc.enable()


def seconds(tested: UnderTest, what: str, repeats: int, form: str | None) -> float:
    """The same of an engine wherever it runs. Raises DiedError where that kills it."""
    return float(subject_of(tested).ask(seconds_here, what, repeats, form))


def seconds_frozen(engine: Engine, what: str, repeats: int, form: str | None) -> float:
    """The same, in a process that is there to be timed: what it holds already is not looked at."""
    gc.freeze()
    return seconds_here(engine, what, repeats, form)


def _once(engine: GraphEngine, program: Program, what: str, times: int) -> float:
    point = POINTS[0][: program.n_inputs]
    graphs: list[list[Any]] = [[] for _ in range(times)]
    start = time.process_time()
    for nodes in graphs:
        build(engine, program, point, nodes)
    built = time.process_time()
    if what == FORWARD:
        return built - start
    for nodes in graphs:
        engine.backward(nodes[-1])
    done = time.process_time()
    return done - built if what == BACKWARD else done - start


def _graph(form: str | None) -> Program:
    if form is None:
        raise ValueError("no operation joins two values")
    steps = (Instruction(FORMS[form][0].name, (Ref(k + 1), Ref(k))) for k in range(CHAIN))
    return Program(2, tuple(steps))
