"""A straightforward checker of gradients, as one writes it in an afternoon; kept to compare with.

A Hypothesis composite draws a DAG and a point; ``sympy.diff`` differentiates the whole expression
by each input and ``evalf`` evaluates it; torch differentiates in float64; the engine's gradients
must agree with both to a relative tolerance.
"""

from __future__ import annotations

from typing import Any

import sympy
import torch
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as with_seed
from hypothesis import strategies as st
from micrograd.engine import Value

INPUTS = 3
"""As many as the programs of our strategies have on average."""
TOLERANCE = 1e-6
BINARY = ("add", "mul", "sub")
UNARY = ("relu", "square")


@st.composite
def dags(draw: Any, size: int) -> tuple[list[tuple[str, int, int]], list[float]]:
    """A DAG of exactly ``size`` instructions, each on recent values, and a point."""
    steps = []
    for made in range(INPUTS, INPUTS + size):
        name = draw(st.sampled_from(BINARY + UNARY))
        first = made - 1
        second = draw(st.integers(max(0, made - 4), made - 1))
        steps.append((name, first, second))
    point = [draw(st.floats(0.25, 2.0)) for _ in range(INPUTS)]
    return steps, point


def apply(name: str, a: Any, b: Any, relu: Any) -> Any:
    """One instruction, in any of the three systems."""
    if name == "add":
        return a + b
    if name == "mul":
        return a * b * 0.5
    if name == "sub":
        return a - b * 0.25
    return relu(a) if name == "relu" else a**2 * 0.25


def values(steps: list[tuple[str, int, int]], inputs: list[Any], relu: Any) -> list[Any]:
    """All values."""
    found = list(inputs)
    for name, a, b in steps:
        found.append(apply(name, found[a], found[b], relu))
    return found


def check(steps: list[tuple[str, int, int]], point: list[float]) -> int:
    """Check micrograd's gradients; how many."""
    inputs = [Value(x) for x in point]
    values(steps, inputs, Value.relu)[-1].backward()
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in point]
    values(steps, tensors, torch.relu)[-1].backward()
    symbols = sympy.symbols(f"x:{INPUTS}", real=True)
    output = values(steps, list(symbols), lambda x: sympy.Max(x, 0))[-1]
    at = dict(zip(symbols, point, strict=True))
    for symbol, ours, theirs in zip(symbols, inputs, tensors, strict=True):
        exact = float(sympy.diff(output, symbol).evalf(subs=at))
        by_torch = 0.0 if theirs.grad is None else float(theirs.grad)
        for other in (exact, by_torch):
            assert abs(ours.grad - other) <= TOLERANCE * max(1.0, abs(other))  # noqa: S101
    return len(point)


def certify(size: int, programs: int, seed: int) -> int:
    """Check programs that Hypothesis draws; how many gradients."""
    checked = 0

    @with_seed(seed)
    @settings(
        max_examples=programs, database=None, deadline=None, derandomize=False,
        phases=(Phase.generate,), suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(dags(size))
    def examine(drawn: tuple[list[tuple[str, int, int]], list[float]]) -> None:
        nonlocal checked
        checked += check(*drawn)

    examine()
    return checked
