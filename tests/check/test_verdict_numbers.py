"""Verdicts as data: what cannot be constructed, and how far off a number is said to be."""

from __future__ import annotations

import dataclasses
import math
import random
from fractions import Fraction

import pytest
from flint import arb

from verify.check import holds, interval
from verify.oracles.arb_system import precision
from verify.program.text import parse_case
from verify.verdict import (
    ADVICE,
    Agree,
    Discrepancy,
    EngineError,
    Inaccurate,
    Interval,
    Mismatch,
    Undecided,
    sentence,
)

LARGEST = 1.7976931348623157e308
TINY = 5e-324
PROGRAM = parse_case("x0 = 1.0\nx1 = 2.0\n%2 = mul(x0, x1)\n%3 = exp(%2)").program


def off(low: float, high: float, actual: float | None) -> Discrepancy:
    return Discrepancy("GRA01", 0, Interval(low, high), actual)


@pytest.mark.parametrize(("gradients", "primals"), [(0, 0), (0, 3), (3, 0), (-1, 1)])
def test_agree_that_compared_nothing_cannot_be_made(gradients: int, primals: int) -> None:
    with pytest.raises(ValueError, match="must have compared at least one"):
        Agree(gradients, primals)
    assert Agree(1, 1) == Agree(gradients=1, primals=1)


def test_mismatch_without_discrepancy_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="at least one discrepancy"):
        Mismatch((), 4)


def test_loss_of_digits_without_a_number_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="at least one discrepancy"):
        Inaccurate("tanh-by-exponentials", "tanh", (), 4)


def test_mismatch_breaks_the_law_of_its_cause() -> None:
    cause = Discrepancy("VAL01", 2, Interval(1.0, 1.0), 2.0)
    assert Mismatch((cause, off(0.0, 0.0, 1.0)), 1).law == "VAL01"
    assert Mismatch((off(0.0, 0.0, 1.0), cause), 1).law == "GRA01"


@pytest.mark.parametrize(
    "verdict",
    [
        Agree(1, 2), Mismatch((off(1.0, 1.0, 2.0),), 1), Undecided("kink", 3), Interval(0.0, 1.0),
        EngineError("raises", "forward", 2, "TypeError"), off(1.0, 1.0, None),
        Inaccurate("tanh-by-exponentials", "tanh", (off(1.0, 1.0, 2.0),), 1),
    ],
)  # fmt: skip
def test_verdicts_cannot_be_changed(verdict: object) -> None:
    for field in dataclasses.fields(verdict):  # type: ignore[arg-type]
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(verdict, field.name, None)


ULPS: list[tuple[float, float, float | None, float]] = [
    (1.0, 1.0, math.nextafter(1.0, 2.0), 1),
    (1.0, 1.0, math.nextafter(1.0, 0.0), 1),
    (1.0, 2.0, math.nextafter(2.0, 3.0), 1),
    (1.0, 2.0, math.nextafter(1.0, 0.0), 1),
    (1.0, 1.0, 2.0, 2.0**52),
    (-2.0, -1.0, math.nextafter(-1.0, 0.0), 1),
    (-2.0, -1.0, math.nextafter(-2.0, -3.0), 1),
    (TINY, TINY, -TINY, 2),
    (TINY, 1.0, 0.0, 1),
    (TINY, 1.0, -0.0, 1),
    (-0.0, 0.0, TINY, 1),
    (0.0, 0.0, -3 * TINY, 3),
    (LARGEST, LARGEST, math.inf, 1),
    (-LARGEST, 0.0, -math.inf, 1),
    (0.0, 1.0, math.nan, math.inf),
    (0.0, 1.0, None, math.inf),
]


@pytest.mark.parametrize(("low", "high", "actual", "ulps"), ULPS)
def test_ulps_count_steps_to_the_nearer_end(
    low: float, high: float, actual: float | None, ulps: float
) -> None:
    assert off(low, high, actual).ulps == ulps


def test_ulps_are_steps_of_nextafter() -> None:
    dice = random.Random(4)
    for _ in range(300):
        start = dice.choice(
            (dice.uniform(-2, 2), dice.uniform(-9, 9) * TINY, 2.0 ** dice.randint(-9, 9))
        )
        steps, number = dice.randint(1, 30), start
        towards = dice.choice((-math.inf, math.inf))
        for _ in range(steps):
            number = math.nextafter(number, towards)
        assert off(start, start, number).ulps == steps


def test_ulps_of_a_number_at_an_end_are_none() -> None:
    """The ends are rounded outward: a number outside by less than a step may sit at one."""
    assert off(1.0, 2.0, 1.0).ulps == 0
    assert off(1.0, 2.0, 2.0).ulps == 0


def test_ulps_of_a_number_inside_are_none() -> None:
    for low, actual, high in ((1.0, 1.5, 2.0), (-2.0, -1.5, -1.0), (-1.0, 0.0, 1.0)):
        assert off(low, high, actual).ulps == 0


DIGITS: list[tuple[float, float, float | None, int]] = [
    (1.0, 1.0, 1.0, 17),
    (1.0, 1.0, 1.1, 1),
    (1.1, 1.1, 1.0, 1),
    (1.0, 1.0, 1.0 + 0.9e-9, 9),
    (1.0, 1.0, 1.0 + 2.0**-52, 15),
    (100.0, 100.0, 101.0, 2),
    (1e300, 1e300, 1.0001e300, 4),
    (-3.0, -1.0, -2.0, 17),
    (1.0, 1.0, -1.0, 0),
    (1.0, 1.0, 0.0, 0),
    (0.0, 0.0, 1.0, 0),
    (0.0, 0.0, -0.0, 17),
    (TINY, TINY, 3 * TINY, 0),
    (LARGEST, LARGEST, -LARGEST, 0),
    (LARGEST / 2, LARGEST, LARGEST, 0),
    (LARGEST, math.inf, 3.0, 0),
    (-math.inf, math.inf, 3.0, 0),
    (1.0, 1.0, math.inf, 0),
    (1.0, 1.0, math.nan, 0),
    (1.0, 1.0, None, 0),
]


@pytest.mark.parametrize(("low", "high", "actual", "digits"), DIGITS)
def test_digits_agree_with_the_middle(
    low: float, high: float, actual: float | None, digits: int
) -> None:
    assert off(low, high, actual).digits == digits


def test_digits_of_neighbours_are_fifteen() -> None:
    """Different numbers never count as equal, however near they are."""
    dice = random.Random(6)
    for _ in range(300):
        number = (
            dice.choice((-1, 1))
            * dice.choice((dice.uniform(1, 2), 1.0))
            * 2.0 ** dice.randint(-900, 900)
        )
        for other in (math.nextafter(number, math.inf), math.nextafter(number, -math.inf)):
            assert off(number, number, other).digits == 15


def test_discrepancy_says_what_was_printed_and_where_it_must_lie() -> None:
    wrong = Discrepancy("GRA01", 1, Interval(0.1, 0.3), 0.5)
    assert wrong.sentence(PROGRAM) == "d %3 / d x1 = 0.5, but must lie in [0.1, 0.3]"
    absent = dataclasses.replace(wrong, law="GRA02", index=2, actual=None)
    assert absent.sentence(PROGRAM) == "d %3 / d %2 = no gradient, but must lie in [0.1, 0.3]"
    assert dataclasses.replace(wrong, law="VAL01", index=2).quantity(PROGRAM) == "%2"


def test_verdict_in_one_line_names_the_cause() -> None:
    cause = Discrepancy("VAL01", 2, Interval(2.0, 2.0), 3.0)
    wrong, shown = (cause, off(0.0, 0.0, 1.0)), "%2 = 3.0, but must lie in [2.0, 2.0]"
    for verdict, text in (
        (Agree(3, 4), "3 gradients and 4 values inside their enclosures"),
        (Agree(1, 1), "1 gradient and 1 value inside their enclosures"),
        (Mismatch(wrong, 3), f"VAL01: {shown}"),
        (
            Inaccurate("tanh-by-exponentials", "tanh", wrong, 3),
            f"ACC01 (tanh-by-exponentials): {shown}",
        ),
        (EngineError("raises", "forward", 3, "TypeError"), "RUN01: %3 raises: TypeError"),
        (Undecided("kink", 2), ADVICE["kink"]),
    ):
        assert sentence(verdict, PROGRAM) == text


def test_advice_is_a_sentence_for_every_reason() -> None:
    reasons = {"kink", "domain", "overflow", "underflow", "wide", "accuracy", "doubt"}
    assert reasons == set(ADVICE)
    assert all(len(text.split()) > 4 for text in ADVICE.values())


def exactly(number: arb) -> Fraction:
    """A ball of no radius as a fraction."""
    man, exp = number.man_exp()
    return Fraction(int(man)) * Fraction(2) ** int(exp)


def balls() -> list[arb]:
    """Balls of every size and width, at a precision beyond float64."""
    dice = random.Random(5)
    found = [
        arb(0),
        arb(1),
        arb(-3.5),
        arb(0, TINY),
        arb(1, 2.0**-53),
        arb(0.5, 0.5),
        arb(-1, TINY),
    ]
    with precision(80):
        for _ in range(500):
            middle = arb(dice.uniform(-2, 2)) / 3 * arb(2) ** dice.choice((0, 9, -60, 300, -300))
            found.append(middle * arb(1, 2.0 ** -dice.randint(1, 70)) + arb(0, TINY))
    return found


def test_interval_is_the_numbers_that_the_ball_holds_and_no_others() -> None:
    for ball in balls():
        middle, radius = exactly(ball.mid()), exactly(ball.rad())
        found = interval(ball)
        if not holds(ball, found.low):  # it falls between two neighbours
            assert found.high == math.nextafter(found.low, math.inf)
            assert Fraction(found.low) < middle - radius <= middle + radius < Fraction(found.high)
            continue
        assert middle - radius <= Fraction(found.low) <= Fraction(found.high) <= middle + radius
        assert not holds(ball, math.nextafter(found.low, -math.inf))
        assert not holds(ball, math.nextafter(found.high, math.inf))


def test_number_is_held_exactly_where_the_ball_reaches() -> None:
    for ball in balls():
        low, high = (
            exactly(ball.mid()) - exactly(ball.rad()),
            exactly(ball.mid()) + exactly(ball.rad()),
        )
        found = interval(ball)
        for end in (found.low, found.high):
            for number in (math.nextafter(end, -math.inf), end, math.nextafter(end, math.inf)):
                assert holds(ball, number) == (low <= Fraction(number) <= high)
    assert not holds(arb(0, math.inf), math.inf)
    assert not any(holds(arb(0, 1), number) for number in (math.nan, math.inf, -math.inf))
