"""How engines leave the real numbers: on purpose, in one way, with the right sign."""

from __future__ import annotations

import pytest
from broken_engines import GUARD, LOG
from faulty_engines import SOURCE, replaced

POW = "Value(self.data ** other, (self,))"
SLOPE = "other * self.data ** (other - 1) * out.grad  # pow"


def with_log(guard: str) -> str:
    return SOURCE + LOG.format(guard)


@pytest.mark.parametrize(
    "guard",
    ["pass", GUARD.format("self.data <= 0"), "assert self.data > 0"],
    ids=["math", "own", "assertion"],
)
def test_one_refusal_is_a_convention(breaches, guard):
    for code in ("EDG02", "EDG04", "EDG11"):
        assert not [b for b in breaches(code, with_log(guard)) if b.operation == "log"]


@pytest.mark.parametrize(
    ("guard", "said"),
    [("self.data < 0", "log(0.0) raises ValueError and log(-5e-324) ArithmeticError"),
     ("self.data == 0", "log(0.0) raises ArithmeticError and log(-5e-324) ValueError"),
     ("self.data < -0.7", "log(0.0) raises ValueError and log(-1.0) ArithmeticError")],
)  # fmt: skip
def test_test_at_the_wrong_place_shows_as_two_refusals(breaches, guard, said):
    (breach,) = breaches("EDG11", with_log(GUARD.format(guard)))
    assert breach.message == f"{said}: one domain, two refusals"
    assert breach.operation == "log"


def test_some_refused_and_some_answered_outside_is_said(breaches):
    guard = "if -0.7 < self.data < 0:\n            return Value(math.nan, (self,))"
    (breach,) = breaches("EDG11", with_log(guard))
    assert breach.message == "log(-1.0) is refused and log(-5e-324) is answered, outside one domain"


def test_limit_at_the_edge_and_a_refusal_outside_are_one_way(examine):
    guard = "if self.data == 0:\n            return Value(-math.inf, (self,))"
    book = examine("EDG11", with_log(guard))
    assert book.breaches == []
    assert book.compared == 4  # log, two domains of pow, div


def test_sine_of_infinity_is_nan_or_refused_in_one_way(breaches):
    """``math.sin`` refuses both infinities alike."""
    sine = LOG.replace("log", "sin").replace("out.grad / self.data", "out.grad")
    assert not [b for b in breaches("EDG04", SOURCE + sine.format("pass")) if b.operation == "sin"]
    guard = "if self.data > 1e300:\n            return Value(1.0, (self,))"
    (made_up,) = [b for b in breaches("EDG04", SOURCE + sine.format(guard)) if b.operation == "sin"]
    assert made_up.message == "sin(inf) gives 1.0, but sin inf is no number; nan or refused"
    (breach,) = breaches("EDG11", SOURCE + sine.format(guard))
    assert breach.message.startswith("sin(-inf) is refused and sin(inf) is answered")


def test_engine_without_a_domain_to_leave_is_not_examined(examine):
    source = SOURCE.replace("__pow__", "power_of").replace("__truediv__", "divided")
    assert examine("EDG11", source).skipped == "the engine has no operation with such a domain"


@pytest.mark.parametrize(
    ("slip", "name"),
    [("int()()", "TypeError"), ("missing", "NameError"), ("self.missing", "AttributeError")],
)
def test_slip_on_the_way_to_a_refusal_is_no_refusal(breaches, slip, name):
    source = with_log(f"if self.data <= 0:\n            raise ValueError({slip})")
    for code, times in (("EDG02", 1), ("EDG04", 2)):
        found = [b for b in breaches(code, source) if b.operation == "log"]
        assert len(found) == times
        for breach in found:
            assert f" raises {name}: " in breach.message
            assert breach.message.endswith("; this is a slip of the engine's code and no refusal")


def test_complex_number_that_is_turned_away_is_a_refusal(breaches):
    """``float(complex)`` raises TypeError: Python refuses for the engine."""
    assert breaches("EDG04") == []


@pytest.mark.parametrize(
    ("power", "wrong"),
    [("math.inf", ["** 3", "** 5", "** (-3)"]),
     ("math.copysign(math.inf, self.data)", ["** 2", "** (-2)"]),
     ("math.copysign(math.inf, self.data) if other == 3 else math.inf", ["** 5", "** (-3)"])],
)  # fmt: skip
def test_overflow_with_the_wrong_sign_is_said(breaches, power, wrong):
    """The slopes are right: of the value alone the sign is lost."""
    slope = SLOPE.replace("self.data ** (other - 1)", "self._right(other - 1)")
    source = replaced(SOURCE, (POW, "Value(self._power(other), (self,))"), (SLOPE, slope))
    source += SAFE_POWER.format(power)
    found = [b for b in breaches("EDG01", source) if b.operation == "pow"]
    assert [b.message.split(" gives ")[0].split(") ", 1)[1] for b in found] == wrong
    assert all(b.message.split(" gives ")[0].startswith("(-1e") for b in found)
    assert breaches("EDG01", source.replace(power + "  #", "self._right(other)  #")) == [
        b for b in breaches("EDG01", source) if b.operation != "pow"
    ]


SAFE_POWER = """
    def _right(self, n):
        try:
            return self.data ** n
        except OverflowError:
            return math.copysign(math.inf, self.data) if n % 2 else math.inf

    def _power(self, other):
        try:
            return self.data ** other
        except OverflowError:
            return {0}  # overflow
"""

POWER = """
    def __pow__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data ** other.data, (self, other))

        def _backward():
            self.grad += other.data * self.data ** (other.data - 1) * out.grad
            other.grad += out.data * {0} * out.grad
        out._backward = _backward
        return out

    def __rpow__(self, other):
        return Value(other) ** self
"""
LOGARITHMS = {
    "math": ("math.log(self.data)", ["power", "power", "rpow"], []),
    "0 at 0": ("(math.log(self.data) if self.data else 0.0)", [], []),
    "1 at 0": ("(math.log(self.data) if self.data else math.inf)", ["power", "power", "rpow"], []),
    "of the magnitude": ("(math.log(abs(self.data)) if self.data else 0.0)", [], ["power", "rpow"]),
}


@pytest.mark.parametrize("name", LOGARITHMS)
def test_slope_in_the_exponent_of_a_base_that_has_no_logarithm(breaches, name):
    logarithm, at_zero, below = LOGARITHMS[name]
    source = replaced(SOURCE, ("def __pow__", "def power_of")) + POWER.format(logarithm)
    forms = ("power", "rpow")
    assert [b.operation for b in breaches("EDG03", source) if b.operation in forms] == at_zero
    assert [b.operation for b in breaches("EDG04", source) if b.operation in forms] == below


NAN_SLOPES = [
    ("(out.data > 0) * out.grad", True),
    ("(out.data > 0 or out.data * 0) * out.grad", False),
]


@pytest.mark.parametrize(("slope", "said"), NAN_SLOPES)
def test_slope_of_nan_is_nan_or_said(breaches, slope, said):
    source = replaced(
        SOURCE,
        ("(out.data > 0) * out.grad", slope),
        ("self.data if self.data > 0 else 0.0", "0.0 if self.data < 0 else self.data"),
    )
    assert bool([b for b in breaches("EDG09", source) if b.operation == "relu"]) == said
    assert not [b for b in breaches("EDG05", source) if b.operation == "relu"]


DIVIDES = SLOPE.replace("self.data ** (other - 1)", "out.data / self.data")


def test_slope_that_divides_by_the_base_is_not_called_that_of_the_exponent_zero(breaches):
    """It raises for every exponent, so that the exponent 0 taken apart would mend nothing."""
    (bare,) = [b for b in breaches("EDG03") if b.operation == "pow"]
    assert (bare.case.program.instructions[0].operands[-1], bare.fault) == (0, "pow-at-zero")
    found = breaches("EDG03", replaced(SOURCE, (SLOPE, DIVIDES)) + POWER_BY_QUOTIENT)
    assert {b.operation for b in found} == {"pow", "rpow"}
    assert len(found) > 3
    assert {b.fault for b in found} == {None}


POWER_BY_QUOTIENT = """
    def __rpow__(self, other):
        out = Value(other ** self.data, (self,))

        def _backward():
            self.grad += out.data * self.data / other * out.grad
        out._backward = _backward
        return out
"""
