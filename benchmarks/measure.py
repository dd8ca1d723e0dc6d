"""Two ways of doing one thing, measured side by side: pairs, their ratios, and the spread."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

Row = dict[str, Any]
PACKAGES = ("hypothesis", "micrograd", "python-flint", "sympy", "torch")


def cpu_seconds(task: Callable[[], Any]) -> float:
    """CPU time of one call of this process: others at work on the machine are not counted."""
    gc.collect()
    started = time.process_time()
    task()
    return time.process_time() - started


def paired(name: str, a: Callable[[], float], b: Callable[[], float], pairs: int) -> Row:
    """Measure both alternately, each first as often as the other; a ratio for each pair.

    Args:
        name: what the row is called.
        a: gives the numerator, in any unit.
        b: gives the denominator.
        pairs: how many.
    """
    samples = []
    for pair in range(pairs):
        if pair % 2:
            second = b()
            samples.append((a(), second))
        else:
            samples.append((a(), b()))
    return ratios(name, samples)


def ratios(name: str, samples: list[tuple[float, float]]) -> Row:
    """Medians of both, and median and quartiles of their ratios."""
    found = [a / b for a, b in samples]
    low, middle, high = statistics.quantiles(found, n=4) if len(found) > 1 else found * 3
    return {
        "name": name,
        "a": statistics.median(a for a, _ in samples),
        "b": statistics.median(b for _, b in samples),
        "ratio": middle,
        "quartiles": [low, high],
        "pairs": len(found),
    }


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        **{name: version(name) for name in PACKAGES},
    }
