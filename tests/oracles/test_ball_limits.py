"""Where the ball oracle stops deciding: the limits it states, met from both sides."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError
from typing import TYPE_CHECKING

import pytest
from flint import arb
from oracle_samples import ask

from verify.oracles import BallOracle
from verify.oracles.ball import Step, narrow, operands_of, outside
from verify.program import OPS, Instruction, Program, Ref
from verify.program.floats import FLOAT32

if TYPE_CHECKING:
    from verify.oracles import Answer

POWER = 2.0**-20
"""An enclosure has power up to this width, beside the numbers it was summed from."""


def reasons(answer: Answer) -> list[tuple[str, int]]:
    return [(trouble.reason, trouble.index) for trouble in answer.troubles]


WIDTHS = [
    ("x0 = 1.0\n%1 = add(x0, 1.0)", 1, 1.0, "one rounding of a sum"),
    ("x0 = 5.0\n%1 = mul(x0, 3.0)\n%2 = sub(%1, 15.0)", 2, 1.0, "15 units beside 15: it cancels"),
    ("x0 = 5.0\n%1 = mul(x0, 3.0)\n%2 = sub(15.0, %1)", 2, 1.0, "the same with a partial of -1"),
    (
        "x0 = 5.0\n%1 = mul(x0, 0.5)\n%2 = sub(%1, 2.5)\n%3 = mul(%2, 0.25)\n%4 = add(%3, 0.0)",
        4, 1.0, "0.625 units beside 0.25 of 1 of 2.5",
    ),
    ("x0 = 1.0\n%1 = sub(x0, x0)", 0, 0.5, "two terms of 1, two roundings each, beside 2"),
    (
        "x0 = 1.0\n%1 = mul(x0, 4.0)\n%2 = mul(x0, 4.0)\n%3 = sub(%1, %2)",
        0, 1 / 4, "32 units of two terms of 4 beside 8",
    ),
    ("x0 = 1.0\n%1 = neg(x0)\n%2 = add(x0, %1)", 0, 2 / 5, "5 units of terms of 1 beside 2"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "index", "limit", "why"), WIDTHS)
def test_enclosure_has_power_up_to_a_part_of_what_it_was_summed_from(
    text: str, index: int, limit: float, why: str
) -> None:
    """The unit of rounding is a parameter: made large, it puts a width where it is wanted."""
    _, inside = ask(BallOracle(unit=0.99 * limit * POWER), text)
    _, beyond = ask(BallOracle(unit=1.01 * limit * POWER), text)
    assert ("wide", index) not in reasons(inside), why
    assert ("wide", index) in reasons(beyond), why


@pytest.mark.parametrize("scale", [1.0, 3.0, 1e-90, 1e90])
def test_ball_is_narrow_up_to_the_width_stated(scale: float) -> None:
    for middle in (0.0, scale, -7 * scale):
        assert narrow(arb(middle, 0.999999 * POWER * scale), scale)
        assert not narrow(arb(middle, 1.000001 * POWER * scale), scale)
        ball = arb(middle, scale)
        assert narrow(ball, float(ball.rad()) / POWER), "as wide as allowed"


def test_width_below_every_number_that_is_compared_is_no_loss() -> None:
    """Numbers under 1e-100 are not compared; a ball around 0 may be as wide as 1e-300."""
    assert narrow(arb(0, 0.999e-300), 0.0)
    assert not narrow(arb(0, 1.001e-300), 0.0)


SIZES = [
    (1e100, None), (math.nextafter(1e100, math.inf), "overflow"), (math.inf, "overflow"),
    (math.nan, "overflow"), (1e-100, None), (math.nextafter(1e-100, 0.0), "underflow"),
    (5e-324, "underflow"), (0.0, None), (1.0, None),
]  # fmt: skip


@pytest.mark.parametrize(("size", "reason"), SIZES)
@pytest.mark.parametrize("sign", [1, -1])
def test_number_is_decided_from_1e_minus_100_to_1e100(
    size: float, reason: str | None, sign: int
) -> None:
    """Inputs are numbers too, and so is an input that nothing uses."""
    for text in (f"x0 = {sign * size!r}", f"x0 = {sign * size!r}\nx1 = 1.0\n%2 = neg(x1)"):
        _, answer = ask(BallOracle(), text)
        assert reasons(answer)[:1] == ([(reason, 0)] if reason else [])


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("x0 = 1e60\n%1 = div(x0, 1e-60)\n%2 = mul(%1, 0.0)", ("overflow", 1)),
        ("x0 = 1.0\n%1 = mul(x0, 1e60)\n%2 = sub(%1, 1e60)\n%3 = mul(%2, 1e60)", ("overflow", 0)),
        ("x0 = 1e60\n%1 = mul(x0, 1e-60)\n%2 = mul(%1, 1e-60)", ("underflow", 0)),
    ],
)
def test_size_of_every_value_and_adjoint_counts(text: str, trouble: tuple[str, int]) -> None:
    _, answer = ask(BallOracle(), text)
    assert trouble in reasons(answer)


REACHING = [
    (1.0, 0.99e100, None), (1.0, 1.01e100, "overflow"), (-9e99, 0.9e99, None),
    (9e99, 1.1e99, "overflow"), (-9e99, 1.1e99, "overflow"), (1.0, math.inf, "overflow"),
    (1e-101, 9.1e-101, None), (1e-101, 0.9e-101, "underflow"), (-5e-101, 4.9e-101, "underflow"),
    (1e-101, 1.1e-101, None),
]  # fmt: skip


@pytest.mark.parametrize(("middle", "radius", "reason"), REACHING)
def test_what_an_enclosure_reaches_counts_and_not_its_middle(
    middle: float, radius: float, reason: str | None
) -> None:
    """A coordinate may be a ball. Of numbers too small none is compared, unless 0 is among them."""
    (answer,) = BallOracle().answers(Program(1, ()), [(arb(middle, radius),)])
    assert reasons(answer) == [*([(reason, 0)] if reason else []), ("wide", 0)]


def test_number_whose_rounding_may_pass_the_limit_is_undecided() -> None:
    """The largest number below 1e100, divided by 1: a right engine may print more than 1e100."""
    below = math.nextafter(1e100, 0.0)
    _, answer = ask(BallOracle(), f"x0 = {below!r}\n%1 = div(x0, 1.0)\n%2 = mul(x0, 0.5)")
    assert reasons(answer) == [("overflow", 1)]


@pytest.mark.parametrize(
    ("size", "reason"),
    [(1e12, None), (1.01e12, "overflow"), (1e-12, None), (0.99e-12, "underflow")],
)
def test_oracle_for_other_numbers_has_their_limits(size: float, reason: str | None) -> None:
    _, answer = ask(BallOracle().among(FLOAT32), f"x0 = {size!r}")
    assert reasons(answer) == ([(reason, 0)] if reason else [])


def test_oracle_for_other_numbers_keeps_its_rules() -> None:
    rules = {"exp": next(op for op in OPS if op.name == "sin")}
    (answer,) = (
        BallOracle(rows=rules)
        .among(FLOAT32)
        .answers(Program(1, (Instruction("exp", (Ref(0),)),)), [(0.5,)])
    )
    slope = math.cos(0.5)
    assert answer.primals[1].contains(arb(math.sin(0.5) * (1 + FLOAT32.unit)))
    assert answer.adjoints[0].contains(arb(slope * (1 + FLOAT32.unit)))
    assert not answer.adjoints[0].contains(arb(slope * (1 + 20 * FLOAT32.unit)))


LONG = 400


@pytest.mark.parametrize("op", ["max", "min"])
def test_long_program_is_answered_like_a_short_one(op: str) -> None:
    """A chain, then the extremum of one value: what holds at value 2 holds at value 400."""
    chain = [Instruction("neg", (Ref(index),)) for index in range(LONG)]
    same = Ref(int(str(LONG)))  # equal, and from 257 on another object
    program = Program(1, (*chain, Instruction(op, (Ref(LONG), same))))
    (answer,) = BallOracle().answers(program, [(1.5,)])
    assert not answer.troubles
    assert answer.adjoints[-1] == 1
    assert answer.adjoints[0].contains(arb(1))
    assert float(answer.adjoints[0].rad()) < 1e-12
    assert answer.primals[-1].contains(arb(1.5))


@pytest.mark.parametrize("op", ["max", "min"])
def test_extremum_of_two_equal_values_is_a_kink_and_of_one_value_is_none(op: str) -> None:
    one = f"x0 = 2.0\nx1 = 2.0\n%2 = {op}(x1, x1)"
    two = f"x0 = 2.0\nx1 = 2.0\n%2 = {op}(x1, x0)"
    number = f"x0 = 2.0\nx1 = 2.0\n%2 = {op}(x1, 2.0)"
    for text, kinks in ((one, []), (two, [("kink", 2)]), (number, [("kink", 2)])):
        _, answer = ask(BallOracle(), text)
        assert [found for found in reasons(answer) if found[0] != "wide"] == kinks


def test_operands_keep_their_places_and_numbers_stay_numbers() -> None:
    primals = [arb(5), arb(0)]
    quotient = Instruction("div", (Ref(1), Ref(0)))
    assert operands_of(quotient, primals) == [arb(0), arb(5)]
    assert outside(quotient, operands_of(quotient, primals)) is None
    assert outside(quotient, primals) == "domain"
    assert operands_of(Instruction("sub", (2, Ref(0))), primals) == [2, arb(5)]


def test_step_is_ready_for_many_points_and_cannot_be_changed() -> None:
    rows = {op.name: op for op in OPS}
    step = Step.of(1, Instruction("exp", (Ref(0),)), {"exp": rows["sin"]})
    assert (step.index, step.row.name, step.same_node) == (1, "sin", False)
    with pytest.raises(FrozenInstanceError):
        step.index = 2  # type: ignore[misc]
