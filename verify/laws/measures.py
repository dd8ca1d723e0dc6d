"""What is measured of an engine: the steps and the time it takes, and how they grow."""

from __future__ import annotations

import gc
import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from verify.engines import Engine, ready
from verify.program import Case

REPEATS = 3
ATTEMPTS = 3
WIDER = 8
"""How many times as large the larger of two timed graphs is."""


@contextmanager
def without_collection() -> Iterator[None]:
    """No garbage collection: its cost grows with the heap, and its callbacks are not the engine's.

    Hypothesis is told of each collection by a callback, which at the bottom of an engine's
    recursion could only fail, and Python would say so on stderr.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def steps_of(action: Callable[[], object]) -> int:
    """How many lines of Python run and how many functions, Python's or C's, are called.

    It is a count, not a time, so it is the same on a slow or a busy machine. Work inside one call
    of a C function is not seen.
    """
    count = 0

    def line(_frame: FrameType, _event: str, _arg: Any) -> Any:
        nonlocal count
        count += 1
        return line

    def call(_frame: FrameType, event: str, _arg: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    tracer, profiler = sys.gettrace(), sys.getprofile()
    sys.settrace(line)
    sys.setprofile(call)
    try:
        action()
    finally:
        sys.setprofile(profiler if callable(profiler) else None)  # cProfile's can only be left out
        sys.settrace(tracer if callable(tracer) else None)
    return count


def superlinear(
    prepare: Callable[[int], Callable[[], object]], small: int, large: int, suspected: float
) -> bool:
    """Whether the time of an action clearly grows faster than the size it is prepared for.

    Linear time makes the ratio of the two times ``large / small``, what is suspected makes it
    ``suspected``. The border is the geometric mean: a ratio beyond it is nearer to what is
    suspected. Time is the processor's and not the clock's, the least of several repeats, so that a
    busy machine is no reason; and the ratio must be beyond the border in each of several attempts.

    Args:
        prepare: makes the action for a size; this is not timed.
        small: the smaller size.
        large: the larger size.
        suspected: the ratio of times that is suspected, more than ``large / small``.
    """
    border = math.sqrt(suspected * large / small)
    return all(_least(prepare, large) > border * _least(prepare, small) for _ in range(ATTEMPTS))


def _least(prepare: Callable[[int], Callable[[], object]], size: int) -> float:
    """Seconds of processor time, the least of several repeats."""
    found = []
    with without_collection():
        for _ in range(REPEATS):
            action = prepare(size)
            started = time.process_time()
            action()
            found.append(time.process_time() - started)
    return min(found)


def quadratic(engine: Engine, make: Callable[[int], Case], small: int) -> bool:
    """Whether backward's time on graphs of a size and of WIDER times it is nearer to quadratic."""
    return superlinear(lambda n: ready(engine, make(n)), small, WIDER * small, WIDER**2)
