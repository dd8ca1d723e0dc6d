"""Every rule, and random graphs of them, against PyTorch in float64."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from microgradref import Value

if TYPE_CHECKING:
    from collections.abc import Callable

ULPS = 16 * 2.0**-53


def leaf(x: float) -> Any:
    return torch.tensor(x, dtype=torch.float64, requires_grad=True)


UNARY: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any], float, float]] = {
    "exp": (Value.exp, torch.exp, -700.0, 700.0),
    "log": (Value.log, torch.log, 1e-300, 1e300),
    "sqrt": (Value.sqrt, torch.sqrt, 1e-300, 1e300),
    "tanh": (Value.tanh, torch.tanh, -15.0, 15.0),
    "sigmoid": (Value.sigmoid, torch.sigmoid, -30.0, 15.0),
    "sin": (Value.sin, torch.sin, -100.0, 100.0),
    "cos": (Value.cos, torch.cos, -100.0, 100.0),
    "relu": (Value.relu, torch.relu, -5.0, 5.0),
    "abs": (Value.abs, torch.abs, -5.0, 5.0),
    "cube": (lambda v: v**3, lambda v: v**3, -50.0, 50.0),
    "root": (lambda v: v**0.3, lambda v: v**0.3, 1e-3, 1e3),
    "inverse": (lambda v: v**-2, lambda v: v**-2, 0.01, 1e3),
    "rpow": (lambda v: 2.5**v, lambda v: 2.5**v, -50.0, 50.0),
    "rdiv": (lambda v: 3 / v, lambda v: 3 / v, 0.01, 1e3),
    "rsub": (lambda v: 3 - v, lambda v: 3 - v, -10.0, 10.0),
}


@pytest.mark.parametrize("name", UNARY)
def test_unary_rule_agrees_with_torch(name: str) -> None:
    ours, theirs, low, high = UNARY[name]

    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(st.floats(low, high))
    def check(x: float) -> None:
        v, t = Value(x), leaf(x)
        out, expected = ours(v), theirs(t)
        out.backward()
        expected.backward()
        # Slopes that cancel near saturation, 1 - t*t, keep absolute accuracy only.
        slack = ULPS if name in ("tanh", "sigmoid", "sin", "cos") else 5e-324
        assert out.data == pytest.approx(expected.item(), rel=ULPS, abs=slack)
        assert v.grad == pytest.approx(t.grad.item(), rel=ULPS, abs=slack)

    check()


BINARY: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any], float]] = {
    "add": (lambda a, b: a + b, lambda a, b: a + b, -100.0),
    "sub": (lambda a, b: a - b, lambda a, b: a - b, -100.0),
    "mul": (lambda a, b: a * b, lambda a, b: a * b, -100.0),
    "div": (lambda a, b: a / b, lambda a, b: a / b, 0.01),
    "pow": (lambda a, b: a**b, lambda a, b: a**b, 0.01),
    "max": (Value.max, torch.maximum, -100.0),
    "min": (Value.min, torch.minimum, -100.0),
}


@pytest.mark.parametrize("name", BINARY)
def test_binary_rule_agrees_with_torch(name: str) -> None:
    ours, theirs, low = BINARY[name]

    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(st.floats(low, 100.0), st.floats(low, 100.0) | st.just(1.0))
    def check(x: float, y: float) -> None:
        v, w = Value(x), Value(y)
        t, u = leaf(x), leaf(y)
        out, expected = ours(v, w), theirs(t, u)
        out.backward()
        expected.backward()
        assert out.data == pytest.approx(expected.item(), rel=ULPS, abs=5e-324)
        assert v.grad == pytest.approx(t.grad.item(), rel=ULPS, abs=5e-324)
        assert w.grad == pytest.approx(u.grad.item(), rel=ULPS, abs=5e-324)

    check()


STEPS: list[tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]] = [
    (lambda a, b: a + b, lambda a, b: a + b),
    (lambda a, b: a - b, lambda a, b: a - b),
    (lambda a, b: (a * b).tanh(), lambda a, b: (a * b).tanh()),
    (lambda a, b: a / (b * b + 1), lambda a, b: a / (b * b + 1)),
    (lambda a, b: a.max(b), torch.maximum),
    (lambda a, b: a.sigmoid() ** 2, lambda a, b: a.sigmoid() ** 2),
    (lambda a, b: 2 - a.sin(), lambda a, b: 2 - a.sin()),
    (lambda a, b: abs(a).sqrt() * 0.5, lambda a, b: abs(a).sqrt() * 0.5),
]


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(STEPS) - 1), st.integers(0, 30), st.integers(0, 30)),
        min_size=1,
        max_size=15,
    ),
    st.tuples(st.floats(0.1, 2.0), st.floats(-2.0, -0.1)),
)
def test_shared_graph_agrees_with_torch(
    program: list[tuple[int, int, int]], point: tuple[float, float]
) -> None:
    ours: list[Any] = [Value(x) for x in point]
    theirs: list[Any] = [leaf(x) for x in point]
    for kind, i, j in program:
        for nodes, step in zip((ours, theirs), STEPS[kind], strict=True):
            nodes.append(step(nodes[i % len(nodes)], nodes[j % len(nodes)]))
    ours[-1].backward()
    theirs[-1].backward()
    assert ours[-1].data == pytest.approx(theirs[-1].item(), rel=1e-9, abs=1e-9)
    for v, t in zip(ours[:2], theirs[:2], strict=True):
        expected = 0.0 if t.grad is None else t.grad.item()
        if expected == expected and abs(expected) < 1e6:  # At sqrt(0) both are infinite or nan.
            assert v.grad == pytest.approx(expected, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize(
    ("ours", "theirs", "x"),
    [
        (Value.relu, torch.relu, 0.0),
        (Value.abs, torch.abs, 0.0),
        (Value.sqrt, torch.sqrt, 0.0),
        (lambda v: v**0, lambda v: v**0, 0.0),
        (lambda v: v**0.5, lambda v: v**0.5, 0.0),
        (lambda v: v.max(v), lambda v: torch.maximum(v, v), 1.0),
        (Value.exp, torch.exp, 1000.0),
        (Value.tanh, torch.tanh, -800.0),
        (Value.sigmoid, torch.sigmoid, -800.0),
        (Value.sigmoid, torch.sigmoid, 800.0),
        (lambda v: v**2, lambda v: v**2, 1e200),
        (lambda v: v ** Value(0.0), lambda v: torch.pow(v, torch.tensor(0.0)), 0.0),
        (lambda v: Value(0.0) ** v, lambda v: torch.pow(torch.tensor(0.0), v), 2.0),
    ],
)
def test_edges_are_those_of_torch(
    ours: Callable[[Value], Value], theirs: Callable[[Any], Any], x: float
) -> None:
    v, t = Value(x), leaf(x)
    out, expected = ours(v), theirs(t)
    out.backward()
    expected.backward()
    assert (out.data, v.grad) == (expected.item(), t.grad.item())
