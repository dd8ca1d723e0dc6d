"""Labels composed from operands' labels, and their bounds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microgradref import Value
from microgradref.expression import MAX_LABEL, MAX_OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = {"x": Value(0.5, "x"), "y": Value(1.5, "y"), "z": Value(-0.25, "z")}
FUNCTIONS: dict[str, object] = {
    "tanh": Value.tanh,
    "sin": Value.sin,
    "abs": abs,
    "max": Value.max,
    "inf": math.inf,
    "nan": math.nan,
}


@pytest.mark.parametrize(
    "text",
    [
        "x + y",
        "x - (y - z)",
        "x - y - z",
        "(x + y) * z",
        "x * y + z",
        "x / (y * z)",
        "x * (y / z)",
        "-x ** 2",
        "(-x) ** 2",
        "(-x) * y",
        "-(x * y)",
        "2 ** -x",
        "x ** y ** 3",
        "(y ** x) ** 2",
        "2 - x",
        "x - 2",
        "2.0 * x",
        "x + -2",
        "tanh(x + y)",
        "max(x, y)",
        "max(x, 2)",
        "abs(-x)",
        "x ** -2.5",
        "-0.0 * x",
    ],
)
def test_expression_is_what_was_written(text: str) -> None:
    value = eval(text, {**FUNCTIONS, **NAMES})  # noqa: S307
    shown = value.expression()
    # Python needs no parentheses around a sign on the left of a product.
    assert shown == text.replace("(-x) * y", "-x * y")


def test_expression_of_a_leaf_is_its_label_or_number() -> None:
    assert Value(2.0, "x").expression() == "x"
    assert Value(2.0).expression() == "2.0"


def test_expression_stops_at_labels_below_the_value() -> None:
    x, w = Value(1.0, "x"), Value(2.0, "w")
    n = x * w
    o = n.tanh()
    o.label = "o"
    assert o.expression() == "tanh(x * w)"
    n.label = "n"
    assert o.expression() == "tanh(n)"
    assert n.expression() == "x * w"


def test_expression_parenthesises_a_label_that_is_itself_an_expression() -> None:
    a = Value(1.0, "p + q")
    assert (a * 2).expression() == "(p + q) * 2"
    assert a.tanh().expression() == "tanh(p + q)"
    assert (Value(1.0, "W0-N0-L0") * 2).expression() == "W0-N0-L0 * 2"


def test_expression_writes_a_shared_part_once() -> None:
    x = Value(0.5, "x")
    e = (2 * x).exp()
    assert ((e - 1) / (e + 1)).expression() == "(exp(2 * x) - 1) / (… + 1)"


def test_expression_shortens_long_labels() -> None:
    text = (Value(1.0, "a" * 10_000) + 1).expression()
    assert text == "a" * (MAX_LABEL - 1) + "… + 1"


def test_expression_keeps_the_operations_nearest_to_the_value() -> None:
    y = Value(1.0, "x")
    for _ in range(MAX_OPERATIONS):
        y = y.sin()
    assert y.expression() == "sin(" * MAX_OPERATIONS + "x" + ")" * MAX_OPERATIONS
    y = y.cos()
    assert y.expression() == "cos(" + "sin(" * 99 + "…" + ")" * MAX_OPERATIONS


def test_expression_is_computed_when_shown() -> None:
    x = Value(1.0)
    y = x + 1
    x.label = "late"
    assert y.expression() == "late + 1"
    assert y.label == ""


OPERATIONS: list[Callable[[Value, Value], Value]] = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: -a,
    lambda a, b: a.tanh(),
    lambda a, b: a.max(b),
    lambda a, b: abs(a) ** 2,
    lambda a, b: 2 - a,
    lambda a, b: a * -3,
    lambda a, b: (-a) ** 2,
]


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.lists(st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 50), st.integers(0, 50))))
def test_expression_evaluates_to_the_value(
    program: list[tuple[Callable[[Value, Value], Value], int, int]],
) -> None:
    nodes = list(NAMES.values())
    for operation, i, j in program:
        nodes.append(operation(nodes[i % len(nodes)], nodes[j % len(nodes)]))
    text = nodes[-1].expression()
    if "…" not in text:
        again = eval(text, {**FUNCTIONS, **NAMES})  # noqa: S307
        assert again.data.hex() == nodes[-1].data.hex()


def test_expression_parenthesises_a_negative_base() -> None:
    assert (Value(-2.0) ** 2).expression() == "(-2.0) ** 2"
