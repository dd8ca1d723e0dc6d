"""backward, propagate and zero_grad: what accumulates, what is reset, what stays."""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microgradref import Value
from microgradref.walk import intermediates, reachable

if TYPE_CHECKING:
    from collections.abc import Callable


def neuron() -> dict[str, Value]:
    v = {
        label: Value(data, label)
        for label, data in {"x1": 2.0, "x2": 0.0, "w1": -3.0, "w2": 1.0}.items()
    }
    v["b"] = Value(6.8813735870195432, "b")
    v["x1w1"], v["x2w2"] = v["x1"] * v["w1"], v["x2"] * v["w2"]
    v["s"] = v["x1w1"] + v["x2w2"]
    v["n"] = v["s"] + v["b"]
    v["o"] = v["n"].tanh()
    return v


def test_backward_of_the_neuron() -> None:
    v = neuron()
    v["o"].backward()
    expected = {"x1": -1.5, "w1": 1.0, "x2": 0.5, "w2": 0.0, "b": 0.5, "n": 0.5, "o": 1.0}
    assert {name: v[name].grad for name in expected} == pytest.approx(expected, abs=1e-8)


def test_propagate_by_hand_equals_backward() -> None:
    hand, auto = neuron(), neuron()
    hand["o"].grad = 1.0
    for name in ("o", "n", "s", "x1w1", "x2w2"):
        hand[name].propagate()
    auto["o"].backward()
    assert {k: v.grad for k, v in hand.items()} == {k: v.grad for k, v in auto.items()}


def test_propagate_adds_to_what_is_there() -> None:
    a = Value(3.0)
    b = a * 2
    a.grad, b.grad = 10.0, 0.5
    b.propagate()
    assert (a.grad, b.grad) == (11.0, 0.5)


def test_propagate_from_a_leaf_does_nothing() -> None:
    a = Value(3.0)
    a.grad = 1.0
    a.propagate()
    assert a.grad == 1.0


@pytest.mark.parametrize(
    ("f", "grad"),
    [
        (lambda a: a + a, 2.0),
        (lambda a: a - a, 0.0),
        (lambda a: a * a, 6.0),
        (lambda a: a / a, 0.0),
        (lambda a: a**a, 27.0 * (1.0 + math.log(3.0))),
        (lambda a: (a + a) * (a + a), 24.0),
    ],
)
def test_backward_adds_both_slots_of_a_shared_operand(
    f: Callable[[Value], Value], grad: float
) -> None:
    a = Value(3.0)
    f(a).backward()
    assert a.grad == pytest.approx(grad, rel=1e-15, abs=1e-15)


def test_backward_visits_a_shared_intermediate_once() -> None:
    n = Value(0.88137358701954305)
    e = (2 * n).exp()
    o = (e - 1) / (e + 1)
    o.backward()
    assert n.grad == pytest.approx(1.0 - o.data**2, rel=1e-14)


def test_backward_accumulates_exactly_one_gradient_a_call() -> None:
    x = Value(3.0)
    y = x * x
    z = y * x
    for calls in (1, 2, 3):
        z.backward()
        assert x.grad == 27.0 * calls
        assert (z.grad, y.grad) == (1.0, 3.0)


def test_backward_of_two_roots_sums_on_leaves() -> None:
    x = Value(2.0)
    shared = x * x
    first, second = shared * 3, shared * 5
    first.backward()
    second.backward()
    assert x.grad == 32.0
    assert shared.grad == 5.0  # The later root's alone.


def test_backward_from_an_inner_value_leaves_the_rest_alone() -> None:
    x = Value(2.0)
    y = x * x
    z = y * 3
    z.backward()
    y.backward()
    assert (x.grad, y.grad, z.grad) == (16.0, 1.0, 1.0)


def test_backward_of_a_leaf_adds_the_seed() -> None:
    x = Value(2.0)
    x.backward()
    x.backward(0.5)
    assert x.grad == 1.5


def test_backward_scales_with_the_seed() -> None:
    x = Value(3.0)
    y = x * x
    y.backward(-2)
    assert (x.grad, y.grad) == (-12.0, -2.0)


def test_backward_ignores_what_gradient_the_root_had() -> None:
    x = Value(3.0)
    y = x * x
    y.grad = 100.0
    y.backward()
    assert x.grad == 6.0


def test_backward_is_that_of_the_recorded_point() -> None:
    x, w = Value(3.0), Value(2.0)
    y = x * w
    x.data = 50.0
    y.backward()
    assert (y.data, w.grad) == (6.0, 3.0)


def test_backward_changes_no_data_and_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    v = neuron()
    before = {name: value.data for name, value in v.items()}
    v["o"].backward()
    assert {name: value.data for name, value in v.items()} == before
    assert capsys.readouterr() == ("", "")


def test_zero_grad_clears_the_value_and_all_below() -> None:
    v = neuron()
    above = v["o"] * 2
    above.backward()
    v["o"].zero_grad()
    assert all(value.grad == 0.0 for value in v.values())
    assert above.grad == 1.0


def test_copy_of_a_graph_is_independent() -> None:
    v = neuron()
    other = copy.deepcopy(v["o"])
    other.backward()
    assert v["b"].grad == 0.0
    assert other.grad == 1.0


def random_graph(choices: list[tuple[int, int, int]]) -> list[Value]:
    nodes = [Value(0.5), Value(-0.75)]
    for kind, i, j in choices:
        a, b = nodes[i % len(nodes)], nodes[j % len(nodes)]
        nodes.append((a + b, a * b, a - b, a.tanh())[kind])
    return nodes


graphs = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=30
).map(random_graph)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(graphs)
def test_order_lists_each_intermediate_once_operands_first(nodes: list[Value]) -> None:
    root = nodes[-1]
    order = intermediates(root)
    place = {node: i for i, node in enumerate(order)}
    assert len(place) == len(order)
    assert order[-1] is root
    assert place.keys() == {node for node in reachable(root) if node.operands}
    for node in order:
        for operand in node.operands:
            assert not operand.operands or place[operand] < place[node]


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(graphs)
def test_backward_sums_over_all_paths(nodes: list[Value]) -> None:
    """Against forward differentiation, which needs no order but the order of building."""
    root, leaf = nodes[-1], nodes[0]
    tangent = dict.fromkeys(nodes, 0.0)
    tangent[leaf] = 1.0
    for node in nodes:
        if node.left is not None:
            tangent[node] = tangent[node.left] * node.d_left
            if node.right is not None:
                tangent[node] += tangent[node.right] * node.d_right
    root.backward()
    assert leaf.grad == pytest.approx(tangent[root], rel=1e-9, abs=1e-12)
