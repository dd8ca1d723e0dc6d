"""FORMULAS: each holds what an engine by that formula can print at worst, and no more than that.

The worst is found here without ball arithmetic: a spelling is computed with mpmath at 60 digits,
each of its roundings is made as bad as it may be, one at a time, and the harms are added. They
are so small that they do not act on each other.
"""

from __future__ import annotations

import math
import random
from dataclasses import FrozenInstanceError
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import mpmath
import pytest
from flint import arb
from oracle_samples import ask

from verify.oracles import FORMULAS, BallOracle
from verify.oracles.arb_system import LIBM, ArbSystem, precision
from verify.program.text import parse_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from verify.program import Op

UNIT = mpmath.mpf(2) ** -53
DIFFERENCES = FORMULAS[:3]
"""Those whose worst is found here; the others are held against what floats print."""
ROWS: dict[str, Op] = {name: row for formula in DIFFERENCES for name, row in formula.rows.items()}
CODES = {name: formula.code for formula in DIFFERENCES for name in formula.rows}


class Worst:
    """Real arithmetic in which one chosen rounding is as bad as it may be (-1: none)."""

    def __init__(self, bad: int) -> None:
        self.bad, self.roundings = bad, 0

    def rounded(self, x: Any, units: int = 1) -> Any:
        self.roundings += 1
        return x * (1 + units * UNIT) if self.roundings - 1 == self.bad else x

    def exp(self, x: Any) -> Any:
        """A C library's, or the power of a rounded e: that is off like a rounded argument."""
        return self.rounded(mpmath.exp(self.rounded(x)), 4)

    def log(self, x: Any) -> Any:
        return self.rounded(mpmath.log(x), 4)

    def tanh(self, x: Any) -> Any:
        return self.rounded(mpmath.tanh(x), 4)


def below(w: Worst, x: Any) -> Any:
    return w.rounded(w.exp(2 * x) + 1)


def by_logarithm(w: Worst, x: Any, n: Any) -> Any:
    return mpmath.exp(w.rounded(n * w.log(x)))


def less_one(w: Worst, n: Any) -> Any:
    return n - 1 if n == int(n) else w.rounded(n - 1)


def power_less_one(w: Worst, x: Any, n: Any) -> Any:
    """The C library's power; with an exponent that was rounded, no better than by logarithms."""
    return x ** (n - 1) if n == int(n) else by_logarithm(w, x, less_one(w, n))


PRIMALS: dict[str, list[Any]] = {
    "tanh": [
        lambda w, x, _n: w.rounded(w.exp(2 * x) - 1) / below(w, x),
        lambda w, x, _n: w.rounded(w.exp(x) - w.exp(-x)) / w.rounded(w.exp(x) + w.exp(-x)),
        lambda w, x, _n: w.rounded(2 / w.rounded(1 + w.exp(-2 * x))) - 1,
        lambda w, x, _n: 1 - w.rounded(2 / below(w, x)),
    ],
    "sigmoid": [
        lambda w, x, _n: w.rounded(w.tanh(x / 2) + 1) / 2,
        lambda w, x, _n: 1 - w.rounded(1 / w.rounded(1 + w.exp(x))),
        lambda w, x, _n: w.exp(x) / w.rounded(1 + w.exp(x)),
    ],
    "pow": [by_logarithm],
}
"""The spellings of each operation; the last rounding is the operation's accuracy, added later."""

PARTIALS: dict[str, list[Any]] = {
    "tanh": [
        lambda w, x, _n: 1 - w.rounded(mpmath.tanh(x) ** 2),
        lambda w, x, _n: 2 * w.rounded(
            w.exp(2 * x)
            * w.rounded(
                w.rounded(1 / below(w, x))
                - w.rounded(w.rounded(w.exp(2 * x) - 1) / w.rounded(below(w, x) * below(w, x)))
            )
        ),
    ],
    "pow": [
        lambda w, x, n: n * w.rounded(power_less_one(w, x, n)),
        lambda w, x, n: n * w.rounded(by_logarithm(w, x, less_one(w, n))),
        lambda w, x, n: n * w.rounded(x**n / x),
    ],
}  # fmt: skip

ARGUMENTS = [-30.0, -9.0, -4.5, -2.0, -0.9, -0.3, -1e-3, -1e-9, 1e-9, 1e-3, 0.3, 0.9, 2.0, 4.5, 9.0]
BASES = [(3.0, 7), (0.01, 3), (1.25, -2), (0.3, 1.5), (7.0, -2.25), (2.0, 0.3), (900.0, 2)]
POINTS = {"tanh": [(x,) for x in ARGUMENTS], "sigmoid": [(x,) for x in ARGUMENTS], "pow": BASES}


def worst(spelling: Any, x: float, n: float) -> tuple[Any, Any]:
    """The least and the most that an engine with this spelling can print."""
    counted = Worst(-1)
    middle = spelling(counted, mpmath.mpf(x), mpmath.mpf(n))
    harm = sum(
        abs(spelling(Worst(bad), mpmath.mpf(x), mpmath.mpf(n)) - middle)
        for bad in range(counted.roundings)
    )
    return middle - harm, middle + harm


def hull(spellings: list[Any], x: float, n: float) -> tuple[Any, Any]:
    ends = [worst(spelling, x, n) for spelling in spellings]
    return min(low for low, _ in ends), max(high for _, high in ends)


def as_mpf(ball: arb) -> Any:
    """A ball of no radius as a number."""
    man, exp = ball.man_exp()
    return mpmath.ldexp(mpmath.mpf(int(man)), int(exp))


def assert_is_hull(ball: arb, low: Any, high: Any) -> None:
    """The ball is the interval, but for Arb's own rounding of a quotient's radius."""
    slack = (high - low) / 100 + abs(high) * mpmath.mpf(2) ** -70
    assert abs(as_mpf(ball.lower()) - low) <= slack
    assert abs(as_mpf(ball.upper()) - high) <= slack


CASES = [(name, *point) for name, points in POINTS.items() for point in points]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_formula_holds_the_worst_engine_of_its_kind_and_no_worse(case: tuple[Any, ...]) -> None:
    name, x, *rest = case
    n = rest[0] if rest else 0.0
    with mpmath.workdps(60), precision(200):
        system, row = ArbSystem(), ROWS[name]
        value = row.primal(system, arb(x), *rest)
        assert_is_hull(value, *hull(PRIMALS[name], x, n))
        if name in PARTIALS:
            exact = arb(x) ** rest[0] if rest else arb(x).tanh()
            slope = row.partial(0)(system, exact, arb(x), *rest)
            assert_is_hull(slope, *hull(PARTIALS[name], x, n))


@pytest.mark.parametrize(("x", "n"), [(-2.0, 3), (-0.5, -1), (0.0, 2), (-3.0, 2.0)])
def test_power_of_a_base_that_has_no_logarithm_is_as_always(x: float, n: float) -> None:
    text = f"x0 = {x!r}\n%1 = pow(x0, {n!r})"
    case = parse_case(text)
    (plain,) = BallOracle().answers(case.program, [case.point])
    (formula,) = BallOracle(rows=ROWS).answers(case.program, [case.point])
    assert not plain.troubles
    assert str(plain) == str(formula)


def test_sigmoid_by_difference_has_the_slope_of_any_sigmoid() -> None:
    """Only the value is by another formula: the row keeps its rule for the partial."""
    _, plain = ask(BallOracle(), "x0 = 3.0\n%1 = sigmoid(x0)")
    _, formula = ask(BallOracle(rows=ROWS), "x0 = 3.0\n%1 = sigmoid(x0)")
    truth = 1 / (1 + math.exp(-3.0)) / (1 + math.exp(3.0))
    for answer in (plain, formula):
        assert answer.adjoints[0].contains(arb(truth))
        assert answer.adjoints[0].rel_accuracy_bits() > 40


FLOATS: dict[str, list[Callable[[float, float], float]]] = {
    "tanh": [
        lambda x, _n: (math.exp(2 * x) - 1) / (math.exp(2 * x) + 1),
        lambda x, _n: (math.exp(x) - math.exp(-x)) / (math.exp(x) + math.exp(-x)),
        lambda x, _n: 2 / (1 + math.exp(-2 * x)) - 1,
        lambda x, _n: 1 - 2 / (math.exp(2 * x) + 1),
        lambda x, _n: math.tanh(x),
    ],
    "sigmoid": [
        lambda x, _n: (math.tanh(x / 2) + 1) / 2,
        lambda x, _n: 1 - 1 / (1 + math.exp(x)),
        lambda x, _n: math.exp(x) / (1 + math.exp(x)),
        lambda x, _n: 1 / (1 + math.exp(-x)),
    ],
    "pow": [lambda x, n: math.exp(n * math.log(x)), lambda x, n: float(x**n)],
}


@pytest.mark.parametrize("name", FLOATS)
def test_formula_holds_what_python_prints_and_the_rule_of_the_table_does_not(name: str) -> None:
    dice, lost = random.Random(11), 0
    for _ in range(200):
        x = math.exp(dice.uniform(-4, 3)) * (dice.choice((-1, 1)) if name != "pow" else 1)
        n = dice.choice((2, 3, -1, 0.5, -1.5, 8.5))
        operand = f", {n!r}" if name == "pow" else ""
        text = f"x0 = {x!r}\n%1 = {name}(x0{operand})"
        _, wide = ask(BallOracle(rows=ROWS), text)
        _, narrow = ask(BallOracle(), text)
        printed = [arb(spelled(x, n)) for spelled in FLOATS[name]]
        assert all(map(wide.primals[1].contains, printed)), text
        lost += not all(map(narrow.primals[1].contains, printed))
    assert lost > 20


def test_formulas_have_names_and_cannot_be_changed() -> None:
    assert CODES == {
        "tanh": "tanh-by-exponentials",
        "sigmoid": "sigmoid-by-difference",
        "pow": "power-by-logarithms",
    }
    for formula in FORMULAS:
        with pytest.raises(FrozenInstanceError):
            formula.code = "other"  # type: ignore[misc]


BY_CODE = {formula.code: formula for formula in FORMULAS}
LOG2 = 1.4426950408889634
LOSSY: dict[tuple[str, str], Callable[[float], float]] = {
    ("exp-by-power-of-two", "exp"): lambda x: 2.0 ** (x * LOG2),
    ("exp-by-power-of-two", "sigmoid"): lambda x: 1 / (1 + 2.0 ** (-x * LOG2)),
    ("rounded-angle", "sin"): math.sin,
    ("rounded-angle", "cos"): lambda x: math.sin(math.pi / 2 - x),
}
"""The values that floats print by each formula; of sin it is the slope that loses digits."""


@pytest.mark.parametrize(("code", "name"), LOSSY)
def test_formula_of_rounded_arguments_holds_what_floats_print(code: str, name: str) -> None:
    dice, lost, wide = random.Random(5), 0, BallOracle(rows=BY_CODE[code].rows)
    for _ in range(300):
        x = dice.uniform(-28, 28)
        text = f"x0 = {x!r}\n%1 = {name}(x0)"
        if name != "sin":
            printed = arb(LOSSY[code, name](x))
            assert ask(wide, text)[1].primals[1].contains(printed), text
            lost += not ask(BallOracle(), text)[1].primals[1].contains(printed)
        slope = ask(wide, text)[1].adjoints[0]
        assert slope.contains(ask(BallOracle(), text)[1].adjoints[0].mid())
        if name == "sin":  # its slope is that cosine
            printed = arb(math.sin(math.pi / 2 - x))
            assert slope.contains(printed), text
            lost += not ask(BallOracle(), text)[1].adjoints[0].contains(printed)
        assert float(slope.rad()) < 1e-12 * max(1.0, math.exp(min(x, 28)))
    assert lost > 20


def test_slope_of_a_power_of_two_is_as_wide_as_its_two_constants_make_it() -> None:
    """The slope of ``2 ** (x / log 2)`` is its value times log 2, and that over log 2."""
    partial = BY_CODE["exp-by-power-of-two"].rows["exp"].partials[0]
    dice, system, most = random.Random(3), ArbSystem(), arb(0)
    with precision(79):
        for _ in range(20_000):
            y = math.exp(dice.uniform(-5, 5))
            printed = arb((y * math.log(2)) * (1 / math.log(2)))
            slope = partial(system, arb(y), arb(0))
            assert slope.contains(printed)
            assert slope.rad() < 2.001 * 2.0**-53 * y
            most = max(most, abs(printed - y) / y)
    assert most > 1.9 * 2.0**-53


def test_slope_of_a_sigmoid_by_a_power_of_two_is_as_wide_as_its_chain_makes_it() -> None:
    """y**2, rounded, times e**-x from the library, times log 2 and its inverse: three products."""
    unit, dice, most = Fraction(1, 2**53), random.Random(1), Fraction(0)
    for _ in range(60_000):  # near 1 a rounding is as large as it gets
        square, power = 1 + dice.random() * 0.005, LOG2 * (1 + dice.random() * 0.005)
        printed = Fraction((square * (power * math.log(2))) * LOG2)
        most = max(most, abs(printed / (Fraction(square) * Fraction(power)) - 1))
    assert most > 3 * unit
    off = abs(Fraction(LOG2) * Fraction(math.log(2)) - 1)
    assert 3 * unit + off < 4 * unit
    partial = BY_CODE["exp-by-power-of-two"].rows["sigmoid"].partials[0]
    with precision(79):
        slope = partial(ArbSystem(), arb(0.5), arb(0))  # both formulas give 1/4 there
    units = float(slope.rad()) / 0.25 * 2.0**53
    assert float(most / unit) + 1 + LIBM < units < 4.001 + 1 + LIBM
