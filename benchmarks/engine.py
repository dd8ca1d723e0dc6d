"""Time and memory of microgradref against micrograd 0.1.0, side by side in one run.

    python benchmarks/engine.py [--pairs N] [--json FILE]

The same program runs on both engines, from the same numbers:

* ``step``: the notebook's training step (3 inputs, layers 4-4-1, four samples; forward, squared
  error, zero the gradients, backward, update at 0.01). One MLP is written here over either
  ``Value`` class, with identical weights, and with relu where the notebook has tanh, since
  micrograd has no tanh.
* ``library step``: the same step with each library's own MLP class and identical weights: tanh
  throughout in ours, relu in the hidden layers and a linear output in micrograd's.
* ``build`` and ``backward``: a graph of n operations in which results are used more than once
  and depth grows with n. micrograd recurses, so both run in a thread with a large stack and the
  recursion limit raised.
* ``bytes``: memory per operation of that graph after backward, by tracemalloc.

Runs alternate ours, theirs, ours, theirs. Each pair gives one ratio, theirs / ours: above 1, ours
is faster or smaller. The table shows the median ratio and its quartiles over all pairs. Garbage is
collected before each run, outside the clock, since micrograd's graphs are cyclic and would
otherwise be collected on the other's time; within a run the collector stays on.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import random
import statistics
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import micrograd.engine
import micrograd.nn

import microgradref

INPUTS = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
TARGETS = [1.0, -1.0, -1.0, 1.0]
RATE = 0.01
OURS, THEIRS = microgradref.Value, micrograd.engine.Value
SIZES = (10**2, 10**3, 10**4, 10**5)
ALONE = 10**6  # Ours only: micrograd's recursion would need a stack of gigabytes.

Row = dict[str, Any]
Measure = Callable[[], float]
Network = tuple[Callable[[Sequence[float]], Any], list[Any]]


def relu_mlp(value: Any, seed: int) -> Network:
    """Return an MLP over ``value`` as a function, and its parameters."""
    rng = random.Random(seed)

    def neuron(n: int) -> tuple[list[Any], Any]:
        return [value(rng.uniform(-1, 1)) for _ in range(n)], value(rng.uniform(-1, 1))

    layers = [[neuron(n) for _ in range(width)] for n, width in ((3, 4), (4, 4), (4, 1))]

    def forward(x: Sequence[Any]) -> Any:
        for layer in layers:
            x = [sum((w * xi for w, xi in zip(ws, x, strict=True)), b).relu() for ws, b in layer]
        return x[0]

    return forward, [p for layer in layers for ws, b in layer for p in [*ws, b]]


def library_mlp(library: Any, seed: int) -> Network:
    """Return a library's own MLP and its parameters, with the weights of ``seed``."""
    mlp = library.MLP(3, [4, 4, 1])
    rng = random.Random(seed)
    for parameter in mlp.parameters():
        parameter.data = rng.uniform(-1, 1)
    return mlp, mlp.parameters()


def training_step(forward: Callable[[Sequence[float]], Any], parameters: list[Any]) -> None:
    """One step of the notebook's training: forward, loss, zero, backward, update."""
    loss = sum((y - forward(x)) ** 2 for x, y in zip(INPUTS, TARGETS, strict=True))
    for p in parameters:
        p.grad = 0.0
    loss.backward()
    for p in parameters:
        p.data -= RATE * p.grad


def seconds_per_step(forward: Callable[[Sequence[float]], Any], parameters: list[Any]) -> float:
    """Time 20 steps, enough to drown the clock's resolution."""
    start = time.perf_counter()
    for _ in range(20):
        training_step(forward, parameters)
    return (time.perf_counter() - start) / 20


def shared_graph(value: Any, n: int) -> Any:
    """Build n operations over four leaves; every other result is used twice."""
    a, b, c, x = value(0.5), value(-0.25), value(0.125), value(1.0)
    for _ in range(n // 4):
        y = x * a
        x = y * b + y + c
    return x


def seconds_to_build(value: Any, n: int) -> float:
    """Time building the graph; freeing the one before is not counted."""
    start = time.perf_counter()
    root = shared_graph(value, n)
    elapsed = time.perf_counter() - start
    del root
    return elapsed


def seconds_backward(value: Any, n: int) -> float:
    """Time one backward over a fresh graph."""
    root = shared_graph(value, n)
    start = time.perf_counter()
    root.backward()
    return time.perf_counter() - start


def bytes_per_operation(value: Any, n: int) -> float:
    """Memory that the graph holds after backward, per operation."""
    gc.collect()
    tracemalloc.start()
    root = shared_graph(value, n)
    root.backward()
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del root
    return held / n


def paired(name: str, unit: str, ours: Measure, theirs: Measure, pairs: int) -> Row:
    """Measure alternately and return medians and the quartiles of the ratio."""
    ours(), theirs()  # Warm both up.
    samples = [(_clean(ours), _clean(theirs)) for _ in range(pairs)]
    ratios = [them / us for us, them in samples]
    low, middle, high = statistics.quantiles(ratios, n=4) if pairs > 1 else ratios * 3
    return {
        "name": name,
        "unit": unit,
        "ours": statistics.median(us for us, _ in samples),
        "micrograd": statistics.median(them for _, them in samples),
        "ratio": middle,
        "ratio_quartiles": [low, high],
        "pairs": pairs,
    }


def _clean(measure: Measure) -> float:
    gc.collect()
    return measure()


def alone(name: str, unit: str, measure: Measure) -> Row:
    """Measure what only ours can do."""
    return {"name": name, "unit": unit, "ours": _clean(measure), "micrograd": None, "ratio": None}


def run(pairs: int) -> list[Row]:
    """Take every measurement; fewer pairs where one takes long."""
    rows = [
        _steps("step, relu MLP", relu_mlp(OURS, 1), relu_mlp(THEIRS, 1), pairs),
        _steps("library step", library_mlp(microgradref, 1), library_mlp(micrograd.nn, 1), pairs),
    ]
    for what, unit, measure, most, sizes in (
        ("build", "s", seconds_to_build, pairs, SIZES),
        ("backward", "s", seconds_backward, pairs, SIZES),
        # Hardly varies; and tracing allocations makes micrograd's deep recursion take minutes.
        ("bytes/operation", "B", bytes_per_operation, 3, SIZES[:-1]),
    ):
        for n in sizes:
            ours, theirs = partial(measure, OURS, n), partial(measure, THEIRS, n)
            count = max(3, min(most, 300_000 // n))
            rows += [paired(f"{what}, n = {n:,}", unit, ours, theirs, count)]
        rows += [alone(f"{what}, n = {ALONE:,}", unit, partial(measure, OURS, ALONE))]
    return rows


def _steps(name: str, ours: Network, theirs: Network, pairs: int) -> Row:
    return paired(
        name, "s", partial(seconds_per_step, *ours), partial(seconds_per_step, *theirs), pairs
    )


def with_deep_stack(task: Callable[[], None]) -> None:
    """Run ``task`` where micrograd's recursion has room."""
    sys.setrecursionlimit(10**6)
    threading.stack_size(1 << 30)
    thread = threading.Thread(target=task)
    thread.start()
    thread.join()


def table(rows: list[Row]) -> str:
    """The measurements as text."""
    lines = [f"{'':28}{'ours':>12}{'micrograd':>12}{'ratio':>8}   quartiles"]
    for row in rows:
        line = f"{row['name']:28}{_quantity(row['ours'], row['unit']):>12}"
        if row["ratio"] is None:
            line += f"{'-':>12}"
        else:
            low, high = row["ratio_quartiles"]
            line += f"{_quantity(row['micrograd'], row['unit']):>12}{row['ratio']:>7.2f}x"
            line += f"   {low:.2f} to {high:.2f} ({row['pairs']} pairs)"
        lines.append(line)
    return "\n".join(lines)


def _quantity(amount: float, unit: str) -> str:
    if unit == "B":
        return f"{amount:.0f} B"
    return f"{amount * 1e6:.1f} us" if amount < 1e-3 else f"{amount * 1e3:.1f} ms"


def main() -> None:
    """Measure, print the table, and write it as JSON if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=int, default=30, help="pairs per measurement (30)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the measurements here too")
    options = parser.parse_args()
    rows: list[Row] = []
    with_deep_stack(lambda: rows.extend(run(options.pairs)))
    print(table(rows))
    if options.json:
        environment = {
            "python": platform.python_version(),
            "implementation": platform.python_implementation(),
            "micrograd": version("micrograd"),
        }
        document = {"environment": environment, "measurements": rows}
        options.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
