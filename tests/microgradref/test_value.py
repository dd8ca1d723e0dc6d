"""What a Value is: construction, spelling of operations, literals, identity."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from microgradref import Value


def test_value_data_is_float() -> None:
    for data in (2, True, 2.0, Fraction(1, 2)):
        assert type(Value(data).data) is float
    assert Value(True).data == 1.0


@pytest.mark.parametrize("data", ["a", "1", None, 1j, [1.0], Value(1.0)])
def test_value_refuses_what_is_no_number(data: object) -> None:
    with pytest.raises(TypeError, match=f"takes a real number, got {type(data).__name__}"):
        Value(data)  # type: ignore[arg-type]


def test_value_refuses_a_label_that_is_no_string() -> None:
    with pytest.raises(TypeError, match="a label is a string, got int"):
        Value(1.0, 2)  # type: ignore[arg-type]


def test_value_starts_with_no_gradient_and_no_label() -> None:
    v = Value(3.0)
    assert (v.grad, v.label, v.op, v.operands) == (0.0, "", "", ())


def test_value_repr_is_shallow() -> None:
    v = Value(2.0, "x")
    assert repr(v) == "Value(data=2.0, grad=0.0, label='x')"
    assert repr(v * v) == "Value(data=4.0, grad=0.0)"
    assert len(repr(Value(1.0, "y" * 10_000))) < 100


def test_value_equality_is_identity() -> None:
    a, b = Value(1.0), Value(1.0)
    assert a == a
    assert a != b
    assert len({a, b}) == 2


# Each spelling with its result and its slopes at v = 3, w = 4.
SPELLINGS = [
    ("v + w", 7.0, 1.0, 1.0),
    ("v - w", -1.0, 1.0, -1.0),
    ("v * w", 12.0, 4.0, 3.0),
    ("v / w", 0.75, 0.25, -0.1875),
    ("v ** w", 81.0, 108.0, 81.0 * math.log(3.0)),
    ("v.max(w)", 4.0, 0.0, 1.0),
    ("v.min(w)", 3.0, 1.0, 0.0),
    ("v + 2", 5.0, 1.0, 0.0),
    ("2 + v", 5.0, 1.0, 0.0),
    ("v - 2", 1.0, 1.0, 0.0),
    ("2 - v", -1.0, -1.0, 0.0),
    ("v * 2", 6.0, 2.0, 0.0),
    ("2 * v", 6.0, 2.0, 0.0),
    ("v / 2", 1.5, 0.5, 0.0),
    ("2 / w", 0.5, 0.0, -0.125),
    ("v ** 2", 9.0, 6.0, 0.0),
    ("w ** -1", 0.25, 0.0, -0.0625),
    ("2 ** v", 8.0, 8.0 * math.log(2.0), 0.0),
    ("v.max(2)", 3.0, 1.0, 0.0),
    ("v.min(2)", 2.0, 0.0, 0.0),
    ("-v", -3.0, -1.0, 0.0),
    ("abs(v)", 3.0, 1.0, 0.0),
    ("(-v).abs()", 3.0, 1.0, 0.0),
    ("v.relu()", 3.0, 1.0, 0.0),
    ("w.sqrt()", 2.0, 0.0, 0.25),
    ("v.exp()", math.exp(3.0), math.exp(3.0), 0.0),
    ("v.log()", math.log(3.0), 1.0 / 3.0, 0.0),
    ("v.sin()", math.sin(3.0), math.cos(3.0), 0.0),
    ("v.cos()", math.cos(3.0), -math.sin(3.0), 0.0),
    ("v.tanh()", math.tanh(3.0), 1.0 - math.tanh(3.0) ** 2, 0.0),
    ("sum([v, w, v])", 10.0, 2.0, 1.0),
    ("v + True", 4.0, 1.0, 0.0),
]


@pytest.mark.parametrize(("spelling", "data", "dv", "dw"), SPELLINGS)
def test_operation_value_and_slopes(spelling: str, data: float, dv: float, dw: float) -> None:
    v, w = Value(3.0), Value(4.0)
    out = eval(spelling)  # noqa: S307
    out.backward()
    assert (out.data, v.grad, w.grad) == (data, dv, dw)
    assert type(out.data) is float


def test_operation_in_place_makes_a_new_value() -> None:
    v = start = Value(3.0)
    v += 1
    v *= 2
    v -= Value(1.0)
    v /= 7
    v **= 2
    v.backward()
    assert (v.data, start.data) == (1.0, 3.0)
    assert start.grad == pytest.approx(2 * 1.0 * 2 / 7, rel=1e-15)


@pytest.mark.parametrize("other", ["a", None, 1j, [1.0], {}])
@pytest.mark.parametrize("operation", ["+", "-", "*", "/", "**"])
def test_operation_refuses_what_is_no_number(operation: str, other: object) -> None:
    v = Value(2.0)
    assert v.data == 2.0
    for spelling in (f"v {operation} other", f"other {operation} v"):
        with pytest.raises(TypeError):
            eval(spelling)  # noqa: S307


def test_max_refuses_what_is_no_number() -> None:
    for choose in (Value(2.0).max, Value(2.0).min):
        with pytest.raises(TypeError, match="a Value or a number, got str"):
            choose("a")  # type: ignore[arg-type]


def test_literal_beyond_float_is_refused() -> None:
    with pytest.raises(OverflowError):
        Value(10**400)
    with pytest.raises(OverflowError):
        Value(1.0) * 10**400


def test_operands_keep_their_order() -> None:
    a, b = Value(1.0), Value(2.0)
    assert (a - b).operands == (a, b)
    assert (b - a).operands == (b, a)
    assert (a * a).operands == (a, a)
    assert (3 - a).operands == (a,)
