"""Overflow, saturation, nan, kinks, and leaving the real numbers."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from microgradref import DomainError, Value

INF, NAN = math.inf, math.nan
Unary = Callable[[Value], Value]


def slope(f: Unary, x: float) -> tuple[float, float]:
    v = Value(x)
    out = f(v)
    out.backward()
    return out.data, v.grad


OVERFLOWS: list[tuple[str, Unary, float, float, float]] = [
    ("exp", Value.exp, 1000.0, INF, INF),
    ("exp", Value.exp, -1000.0, 0.0, 0.0),
    ("tanh", Value.tanh, 800.0, 1.0, 0.0),
    ("tanh", Value.tanh, -800.0, -1.0, 0.0),
    ("sigmoid", Value.sigmoid, 800.0, 1.0, 0.0),
    ("sigmoid", Value.sigmoid, -800.0, 0.0, 0.0),
    ("square", lambda v: v**2, 1e200, INF, 2e200),
    ("cube", lambda v: v**3, -1e200, -INF, INF),
    ("square", lambda v: v**2, -1e200, INF, -2e200),
    ("reciprocal", lambda v: v**-1, 1e-310, INF, -INF),
    ("rpow", lambda v: 2**v, 5000.0, INF, INF),
    ("mul", lambda v: v * 1e200, 1e200, INF, 1e200),
    ("div", lambda v: v / 1e-200, 1e200, INF, 1e200),
    ("rdiv", lambda v: 1e200 / v, 1e-200, INF, -INF),
    ("log", Value.log, INF, INF, 0.0),
    ("log", Value.log, 5e-324, math.log(5e-324), INF),
]


@pytest.mark.parametrize(("name", "f", "x", "data", "grad"), OVERFLOWS)
def test_overflow_is_ieee(name: str, f: Unary, x: float, data: float, grad: float) -> None:
    assert slope(f, x) == (data, grad), name


def test_sigmoid_is_accurate_on_both_sides() -> None:
    assert slope(Value.sigmoid, -40.0)[0] == pytest.approx(math.exp(-40.0), rel=1e-15)
    assert slope(Value.sigmoid, 0.0) == (0.5, 0.25)
    for x in (0.1, 1.0, 5.0, 30.0):
        low, high = slope(Value.sigmoid, -x), slope(Value.sigmoid, x)
        assert low[0] + high[0] == pytest.approx(1.0, abs=3e-16)


def test_tanh_keeps_digits_near_zero() -> None:
    assert slope(Value.tanh, 1e-12) == (math.tanh(1e-12), 1.0)


UNARY: list[Unary] = [
    Value.exp, Value.log, Value.sqrt, Value.tanh, Value.sigmoid, Value.relu, Value.sin, Value.cos,
    Value.abs, lambda v: -v, lambda v: v + 1, lambda v: 1 - v, lambda v: v * 2, lambda v: 2 / v,
    lambda v: v**2, lambda v: v**0.5, lambda v: v**-3, lambda v: 2**v, lambda v: v.max(1),
    lambda v: v.min(1), lambda v: Value(1.0).max(v), lambda v: Value(1.0).min(v),
    lambda v: Value(2.0) ** v, lambda v: v ** Value(2.0), lambda v: v / 3, lambda v: v - 1,
]  # fmt: skip


@pytest.mark.parametrize("f", UNARY)
def test_nan_operand_gives_nan(f: Unary) -> None:
    assert math.isnan(slope(f, NAN)[0])


@pytest.mark.parametrize("f", [Value.relu, Value.abs, lambda v: v.max(1), lambda v: v.min(1)])
def test_nan_operand_of_a_kink_has_a_nan_slope(f: Unary) -> None:
    assert math.isnan(slope(f, NAN)[1])


def test_nan_exceptions_of_power_are_those_of_ieee() -> None:
    assert slope(lambda v: v**0, NAN) == (1.0, 0.0)
    assert (Value(1.0) ** Value(NAN)).data == 1.0
    assert math.isnan((Value(-2.0) ** NAN).data)


KINKS: list[tuple[str, Unary, float, float]] = [
    ("relu", Value.relu, 0.0, 0.0),
    ("relu", Value.relu, -0.0, 0.0),
    ("abs", Value.abs, 0.0, 0.0),
    ("max, tie", lambda v: v.max(1), 1.0, 0.5),
    ("min, tie", lambda v: v.min(1), 1.0, 0.5),
    ("max of itself", lambda v: v.max(v), 1.0, 1.0),
    ("min of itself", lambda v: v.min(v), 1.0, 1.0),
]


@pytest.mark.parametrize(("name", "f", "x", "grad"), KINKS)
def test_kink_slope_is_as_documented(name: str, f: Unary, x: float, grad: float) -> None:
    assert slope(f, x)[1] == grad, name


def test_tie_gives_half_to_each() -> None:
    for choose in (Value.max, Value.min):
        a, b = Value(2.0), Value(2.0)
        choose(a, b).backward()
        assert (a.grad, b.grad) == (0.5, 0.5)


POWERS: list[tuple[Unary, float, float, float]] = [
    (lambda v: v**0, 0.0, 1.0, 0.0),
    (lambda v: v**0.0, -2.0, 1.0, 0.0),
    (lambda v: v**1, 0.0, 0.0, 1.0),
    (lambda v: v**2, 0.0, 0.0, 0.0),
    (lambda v: v**0.5, 0.0, 0.0, INF),
    (lambda v: v**0.5, -0.0, 0.0, INF),
    (lambda v: v**3, -2.0, -8.0, 12.0),
    (lambda v: v**-2, -2.0, 0.25, 0.25),
    (lambda v: v ** Value(0.0), 0.0, 1.0, 0.0),
    (lambda v: v ** Value(2.0), 0.0, 0.0, 0.0),
    (lambda v: Value(0.0) ** v, 2.0, 0.0, 0.0),
    (lambda v: Value(0.0) ** v, 0.0, 1.0, 0.0),
    (lambda v: 0**v, 2.0, 0.0, 0.0),
    (lambda v: 0**v, 0.0, 1.0, 0.0),
    (lambda v: 1**v, 5.0, 1.0, 0.0),
    (Value.sqrt, 0.0, 0.0, INF),
    (Value.sqrt, -0.0, 0.0, INF),
]


@pytest.mark.parametrize(("f", "x", "data", "grad"), POWERS)
def test_power_at_its_edges(f: Unary, x: float, data: float, grad: float) -> None:
    assert slope(f, x) == (data, grad)


OUTSIDE: list[tuple[Unary, float, str]] = [
    (Value.log, -1.0, "log: operand -1.0 ('x') is outside the domain x > 0"),
    (Value.log, 0.0, "log: operand 0.0 ('x') is outside the domain x > 0"),
    (Value.log, -INF, "log: operand -inf ('x') is outside the domain x > 0"),
    (Value.sqrt, -1e-300, "sqrt: operand -1e-300 ('x') is outside the domain x >= 0"),
    (Value.sin, INF, "sin: operand inf ('x') is outside the domain of finite x"),
    (Value.cos, -INF, "cos: operand -inf ('x') is outside the domain of finite x"),
    (lambda v: 1 / v, 0.0, "div: operand 0.0 ('x') is outside the domain y != 0"),
    (lambda v: Value(1.0) / v, -0.0, "div: operand -0.0 ('x') is outside the domain y != 0"),
    (lambda v: v / 0, 1.0, "div: operand 0 is outside the domain y != 0"),
    (lambda v: v**-1, 0.0, "pow: operand 0.0 ('x') is outside the domain x != 0 of"),
    (lambda v: v**-0.5, 0.0, "pow: operand 0.0 ('x') is outside the domain x != 0 of"),
    (lambda v: v**0.5, -8.0, "pow: operand -8.0 ('x') is outside the domain x >= 0 of the non-"),
    (lambda v: v ** (1 / 3), -8.0, "exponent 0.3333333333333333"),
    (lambda v: v ** Value(2.0), -2.0, "x >= 0 of an exponent that is a Value"),
    (lambda v: v ** Value(-1.0), 0.0, "x != 0 of the negative exponent -1.0"),
    (lambda v: (-2) ** v, 2.0, "pow: operand -2.0 is outside the domain x >= 0"),
    (lambda v: 0**v, -1.0, "pow: operand 0.0 is outside the domain x != 0"),
]


@pytest.mark.parametrize(("f", "x", "message"), OUTSIDE)
def test_leaving_the_domain_is_one_clear_error(f: Unary, x: float, message: str) -> None:
    with pytest.raises(DomainError) as caught:
        f(Value(x, "x"))
    assert message in str(caught.value)


def test_domain_error_is_arithmetic_error_and_value_error() -> None:
    assert issubclass(DomainError, ArithmeticError)
    assert issubclass(DomainError, ValueError)


def test_domain_error_omits_an_empty_label() -> None:
    with pytest.raises(DomainError, match=r"^log: operand -1\.0 is outside the domain x > 0$"):
        Value(-1.0).log()


def test_infinities_follow_ieee() -> None:
    # An infinity is no real number: from there on the rules are those of IEEE 754.
    assert math.isnan((Value(INF) - Value(INF)).data)
    assert math.isnan((Value(0.0) * Value(INF)).data)
