"""Depth, sharing, memory and repeatability."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
import tracemalloc

from microgradref import Value

MILLION = 1_000_000


def test_chain_of_a_million_needs_no_recursion() -> None:
    x = Value(1.0, "x")
    y = x
    for _ in range(MILLION):
        y = y + x
    y.backward()
    assert (y.data, x.grad) == (MILLION + 1, MILLION + 1)
    assert len(y.expression()) < 1000
    assert "not drawn" in y.graph().svg
    y.zero_grad()
    assert x.grad == 0.0
    del y  # Freeing is no recursion either: a crash here would end the test run.


def test_chain_on_the_other_side_needs_no_recursion() -> None:
    x = Value(1.0)
    y = x
    for _ in range(100_000):
        y = x * y
    y.backward()
    assert x.grad == 100_001
    assert len(y.expression()) < 1000


def test_diamond_takes_linear_time() -> None:
    x = Value(1.0, "x")
    y = x
    for _ in range(60):  # 2**60 paths.
        y = y + y
    start = time.perf_counter()
    y.backward()
    y.expression()
    y.graph()
    y.zero_grad()
    assert time.perf_counter() - start < 5.0
    y.backward()
    assert x.grad == 2.0**60


def test_graph_costs_little_memory() -> None:
    tracemalloc.start()
    x, y = Value(0.5), Value(1.0)
    for _ in range(10_000):
        y = y * x
    y.backward()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held / 10_000 < 240  # Bytes per operation; micrograd's take more than 700.


def test_graph_is_freed_without_the_collector() -> None:
    gc.disable()
    try:
        before = sum(type(thing) is Value for thing in gc.get_objects())
        y = Value(1.0) * 2 + 1
        y.backward()
        del y
        assert sum(type(thing) is Value for thing in gc.get_objects()) == before
    finally:
        gc.enable()


SCRIPT = """
from microgradref import Value
nodes = [Value(0.1 * i + 0.01) for i in range(10)]
for i in range(400):
    a, b = nodes[(7 * i) % len(nodes)], nodes[(11 * i + 3) % len(nodes)]
    nodes.append((a * b + a.tanh()) if i % 2 else (a - b.sin()))
sum(nodes).backward()
print([v.grad.hex() for v in nodes[:10]])
"""


def test_gradients_are_the_same_bits_in_every_process() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1
