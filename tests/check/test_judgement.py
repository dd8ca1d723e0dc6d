"""Judging: each verdict from a hand-made observation, and which cause is named first."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, dataclass, replace
from typing import TYPE_CHECKING

import pytest
from flint import arb

from verify.check import check, discrepancies, judge, judged
from verify.engines import DEATHS, Failure, Observation, open_engine
from verify.oracles import Bench, Doubt, Trouble, Truth, bench
from verify.program.text import parse_case
from verify.verdict import Agree, EngineError, Mismatch, Undecided, Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from verify.program import Case, Program

ORACLES = bench()
PRODUCT = "x0 = 3.0\nx1 = -2.0\n%2 = mul(x0, x1)\n%3 = add(%2, x0)\n%4 = mul(%3, 2)"
RIGHT = Observation((3.0, -2.0, -6.0, -3.0, -6.0), (-2.0, 6.0, 2.0, 2.0, 1.0))


@dataclass(frozen=True)
class Asked:
    """A case and what is true of it."""

    case: Case
    truth: Truth

    def judge(self, seen: Observation, intermediates: bool = True) -> Verdict:
        return judge(self.case, seen, self.truth, intermediates)


def asked(text: str) -> Asked:
    case = parse_case(text)
    (truth,) = ORACLES.truths(case.program, [case.point])
    return Asked(case, truth)


def with_primal(index: int, value: float, seen: Observation = RIGHT) -> Observation:
    primals = list(seen.primals)
    primals[index] = value
    return replace(seen, primals=tuple(primals))


def with_adjoint(index: int, value: float | None, seen: Observation = RIGHT) -> Observation:
    adjoints = list(seen.adjoints)
    adjoints[index] = value
    return replace(seen, adjoints=tuple(adjoints))


def causes(verdict: Verdict) -> list[tuple[str, int]]:
    assert isinstance(verdict, Mismatch)
    return [(found.law, found.index) for found in verdict.discrepancies]


def test_right_observation_agrees_and_counts_what_was_compared() -> None:
    assert asked(PRODUCT).judge(RIGHT) == Agree(gradients=4, primals=5)
    assert asked(PRODUCT).judge(RIGHT, intermediates=False) == Agree(gradients=2, primals=5)


def test_program_of_one_input_compares_its_own_adjoint() -> None:
    alone = asked("x0 = 2.5")
    assert alone.judge(Observation((2.5,), (1.0,))) == Agree(1, 1)
    assert causes(alone.judge(Observation((2.5,), (0.0,)))) == [("GRA01", 0)]


@pytest.mark.parametrize("value", [-2.0000001, 2.0, 0.0, math.nan, math.inf, None])
def test_wrong_gradient_of_an_input_is_a_mismatch(value: float | None) -> None:
    verdict = asked(PRODUCT).judge(with_adjoint(0, value))
    assert causes(verdict) == [("GRA01", 0)]
    (found,) = verdict.discrepancies  # type: ignore[union-attr]
    assert found.actual is value
    assert found.expected.low <= -2.0 <= found.expected.high
    assert verdict.gradients == 4  # type: ignore[union-attr]


@pytest.mark.parametrize("index", range(5))
@pytest.mark.parametrize("value", [7.0, math.nan, -math.inf])
def test_wrong_primal_is_a_mismatch(index: int, value: float) -> None:
    assert causes(asked(PRODUCT).judge(with_primal(index, value))) == [("VAL01", index)]


def test_wrong_intermediate_counts_only_where_it_is_kept() -> None:
    seen = with_adjoint(2, 1.0)
    assert causes(asked(PRODUCT).judge(seen)) == [("GRA02", 2)]
    assert asked(PRODUCT).judge(seen, intermediates=False) == Agree(2, 5)


def test_cause_named_first_is_the_first_primal_then_the_last_adjoint() -> None:
    seen = with_adjoint(0, 9.0, with_adjoint(2, 9.0, with_primal(3, 9.0, with_primal(2, 9.0))))
    assert causes(asked(PRODUCT).judge(seen)) == [
        ("VAL01", 2), ("VAL01", 3), ("GRA02", 2), ("GRA01", 0),
    ]  # fmt: skip
    both = with_adjoint(1, 9.0, with_adjoint(0, 9.0))
    assert causes(asked(PRODUCT).judge(both)) == [("GRA01", 1), ("GRA01", 0)]


def test_adjoint_of_the_output_is_nobodys_gradient() -> None:
    assert isinstance(asked(PRODUCT).judge(with_adjoint(4, 0.0)), Agree)


UNREACHED = "x0 = 3.0\nx1 = -2.0\n%2 = mul(x1, x1)"


@pytest.mark.parametrize(
    ("value", "right"),
    [(None, True), (0.0, True), (-0.0, True), (1e-300, False), (math.nan, False)],
)
def test_input_that_nothing_reaches_has_no_gradient_or_zero(
    value: float | None, right: bool
) -> None:
    verdict = asked(UNREACHED).judge(Observation((3.0, -2.0, 4.0), (value, -4.0, 1.0)))
    assert (verdict == Agree(2, 3)) is right
    assert right or causes(verdict) == [("GRA01", 0)]


def test_input_that_nothing_reaches_ends_no_comparison() -> None:
    question = asked("x0 = 3.0\nx1 = -2.0\n%2 = mul(x0, x0)")
    wrong = Observation((3.0, -2.0, 9.0), (5.0, None, 1.0))
    assert causes(question.judge(wrong)) == [("GRA01", 0)]


def test_missing_gradient_of_a_zero_that_was_computed_is_a_mismatch() -> None:
    computed = asked("x0 = 0.0\nx1 = 2.0\n%2 = mul(x0, x1)")
    seen = Observation((0.0, 2.0, 0.0), (2.0, 0.0, 1.0))
    assert isinstance(computed.judge(seen), Agree)
    assert causes(computed.judge(replace(seen, adjoints=(2.0, None, 1.0)))) == [("GRA01", 1)]


RAISED = Failure("raises", "backward", 4, "ZeroDivisionError: division by zero")
KILLED = Failure("crashes", "backward", 4, "the process ended: SIGSEGV")


@pytest.mark.parametrize("kind", DEATHS)
@pytest.mark.parametrize("text", [PRODUCT, "x0 = -1.0\n%1 = log(x0)", "x0 = 0.0\n%1 = relu(x0)"])
def test_engine_that_kills_its_process_is_an_engine_error_whatever_is_true(
    kind: str, text: str
) -> None:
    """Outside a domain an engine may raise, and must not hang; a wrong number comes second."""
    question, died = asked(text), replace(KILLED, kind=kind)
    doubt = Doubt("adjoint", 0, ("ball", "torch"), ("1", "2"))
    for truth in (question.truth, replace(question.truth, doubts=(doubt,))):
        for primals in ((), (7.0,)):
            verdict = Asked(question.case, truth).judge(Observation(primals, (), died))
            assert verdict == EngineError(kind, "backward", 4, "the process ended: SIGSEGV")


def judged_in_turn(*seen: Observation) -> list[type[Verdict]]:
    """The verdicts on an engine that was asked about three points."""
    question, facts = asked(PRODUCT), open_engine("torch").facts
    points, truths = [question.case.point] * 3, [question.truth] * 3
    found = judged(question.case.program, points, seen, truths, facts)
    assert [done.observation for done in found] == list(seen)
    return [type(done.verdict) for done in found]


DEAD = Observation((), (), KILLED)
FAILED = Observation((), (), RAISED)


def test_points_after_a_death_were_not_looked_at() -> None:
    assert judged_in_turn(DEAD) == [EngineError]
    assert judged_in_turn(RIGHT, DEAD) == [Agree, EngineError]
    assert judged_in_turn(RIGHT, FAILED, DEAD) == [Agree, EngineError, EngineError]


@pytest.mark.parametrize(
    "seen", [(), (RIGHT,), (RIGHT, RIGHT), (RIGHT, FAILED), (DEAD, RIGHT), (RIGHT,) * 4]
)
def test_point_that_was_not_looked_at_for_no_reason_is_refused(
    seen: tuple[Observation, ...],
) -> None:
    with pytest.raises(ValueError, match=r"argument 2 is (shorter|longer)"):
        judged_in_turn(*seen)


@pytest.mark.parametrize("kind", ["raises", "not a number"])
def test_engine_that_does_not_answer_is_an_engine_error(kind: str) -> None:
    seen = Observation((3.0, -2.0), (), replace(RAISED, kind=kind, stage="forward", index=2))
    assert asked(PRODUCT).judge(seen) == EngineError(
        kind, "forward", 2, "ZeroDivisionError: division by zero"
    )


def test_raise_after_a_wrong_primal_is_a_mismatch() -> None:
    seen = Observation((3.0, -2.0, -1.0), (), RAISED)
    assert causes(asked(PRODUCT).judge(seen)) == [("VAL01", 2)]
    assert asked(PRODUCT).judge(seen).gradients == 0  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "reason", "index"),
    [
        ("x0 = -1.0\n%1 = log(x0)", "domain", 1),
        ("x0 = 800.0\n%1 = exp(x0)", "overflow", 1),
        ("x0 = 1e-60\n%1 = mul(x0, x0)", "underflow", 1),
        ("x0 = 0.0\nx1 = 0.0\n%2 = max(x0, x1)\n%3 = exp(x0)\n%4 = log(%2)", "domain", 4),
    ],
)
def test_case_without_enclosure_is_undecided_whatever_was_printed(
    text: str, reason: str, index: int
) -> None:
    question = asked(text)
    n = len(question.case.program)
    for seen in (Observation((5.0,) * n, (5.0,) * n), Observation((), (), RAISED)):
        assert question.judge(seen) == Undecided(reason, index)


@pytest.mark.parametrize(
    ("slope", "right"),
    [(0.0, True), (0.5, True), (1.0, True), (-0.5, False), (1.5, False), (math.nan, False)],
)
def test_kink_is_undecided_for_every_subgradient_and_a_mismatch_beyond(
    slope: float, right: bool
) -> None:
    verdict = asked("x0 = 0.0\n%1 = relu(x0)").judge(Observation((0.0, 0.0), (slope, 1.0)))
    assert verdict == Undecided("kink", 1) if right else causes(verdict) == [("GRA01", 0)]


def test_wide_enclosure_is_undecided_inside_and_a_mismatch_outside() -> None:
    wide = asked("x0 = 1e6\n%1 = pow(x0, 2)\n%2 = sin(%1)")
    point = 1e6
    seen = Observation((point, 1e12, math.sin(1e12)), (math.cos(1e12) * 2e6, math.cos(1e12), 1.0))
    assert isinstance(wide.judge(seen), Undecided)
    assert wide.judge(seen).reason == "wide"  # type: ignore[union-attr]
    assert causes(wide.judge(with_adjoint(0, 1e9, seen))) == [("GRA01", 0)]


def test_doubt_is_about_the_oracles_and_never_the_engine() -> None:
    question = asked(PRODUCT)
    doubt = Doubt("adjoint", 1, ("ball", "torch"), ("1", "2"))
    doubted = Asked(question.case, replace(question.truth, doubts=(doubt,)))
    for seen in (RIGHT, with_adjoint(0, 9.0), Observation((), (), RAISED)):
        assert doubted.judge(seen) == Undecided("doubt", 1)


def test_discrepancies_are_outside_and_what_is_inside_is_none() -> None:
    question = asked(PRODUCT)
    ball = question.truth.enclosure.adjoints[0]
    for value in (-2.0, math.nextafter(-2.0, 0.0), math.nextafter(-2.0, -3.0), -2.0 + 1e-12):
        wrong, compared = discrepancies(
            question.case.program, with_adjoint(0, value), question.truth.enclosure
        )
        assert (wrong == ()) == bool(ball.contains(arb(value)))
        assert compared == 4


BROKEN = """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.parents, self.grad = data, parents, 0.0

    def __add__(self, other):
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        return Value(self.data * other.data, ((self, other.data), (other, other.data)))

    def backward(self, seed=1.0):
        self.grad += seed
        for parent, partial in self.parents:
            parent.backward(partial * seed)
"""


def test_check_finds_the_wrong_operand_of_a_broken_engine(tmp_path: Path) -> None:
    path = tmp_path / "checked_broken.py"
    path.write_text(BROKEN, encoding="utf-8")
    case = parse_case("x0 = 3.0\nx1 = -2.0\n%2 = mul(x0, x1)\n%3 = add(%2, x0)")
    points = [(3.0, -2.0), (1.5, 1.5), (0.5, 4.0)]
    found = check(open_engine(f"{path}:Value"), ORACLES, case.program, points)
    assert [done.case.point for done in found] == points
    assert [type(done.verdict) for done in found] == [Mismatch, Agree, Mismatch]
    assert causes(found[0].verdict) == [("GRA01", 1)]
    assert found[0].observation.adjoints[1] == -2.0


def test_check_agrees_with_a_right_engine() -> None:
    case = parse_case(PRODUCT)
    (found,) = check(open_engine("torch"), ORACLES, case.program, [case.point])
    assert found.verdict == Agree(4, 5)
    assert found.observation == RIGHT
    assert found.truth.how == "whole"


def test_first_trouble_is_the_one_that_is_named() -> None:
    question = asked(PRODUCT)
    doubts = tuple(Doubt("adjoint", i, ("ball", "torch"), ("1", "2")) for i in (3, 1, 0))
    kink, over, under, wide = (
        Trouble(reason, i) for i, reason in enumerate(("kink", "overflow", "underflow", "wide"))
    )
    for named, change in (
        (Undecided("doubt", 3), {"doubts": doubts}),
        (Undecided("overflow", 1), {"troubles": (kink, over, under)}),
        (Undecided("underflow", 2), {"troubles": (wide, under, over)}),
        (Undecided("wide", 3), {"troubles": (wide, kink)}),
        (Undecided("kink", 0), {"troubles": (kink, wide)}),
    ):
        assert judge(question.case, RIGHT, replace(question.truth, **change)) == named


def test_intermediates_are_compared_unless_they_are_not_kept() -> None:
    question, seen = asked(PRODUCT), with_adjoint(2, 1.0)
    case, truth = question.case, question.truth
    verdict = judge(case, seen, truth)
    assert verdict == judge(case, seen, truth, intermediates=True)
    assert verdict != judge(case, seen, truth, intermediates=False)
    both = discrepancies(case.program, seen, truth.enclosure)
    assert both == discrepancies(case.program, seen, truth.enclosure, intermediates=True)
    assert both[1] == 4


def test_failure_after_right_primals_is_the_failure() -> None:
    seen = Observation(RIGHT.primals, (), RAISED)
    assert isinstance(asked(PRODUCT).judge(seen), EngineError)


class Forgetful(Bench):
    """Oracles that forget the last point."""

    def truths(self, program: Program, points: list[tuple[float, ...]], *floats) -> list[Truth]:
        return super().truths(program, points, *floats)[:-1]


def test_check_refuses_oracles_that_answer_fewer_points_than_were_asked() -> None:
    """A point without a truth is not passed over in silence."""
    case = parse_case(PRODUCT)
    with pytest.raises(ValueError, match="shorter"):
        check(open_engine("torch"), Forgetful(ORACLES.oracles), case.program, [case.point] * 2)


def test_what_was_checked_cannot_be_changed() -> None:
    case = parse_case(PRODUCT)
    (found,) = check(open_engine("torch"), ORACLES, case.program, [case.point])
    with pytest.raises(FrozenInstanceError):
        found.verdict = Undecided("kink", 0)  # type: ignore[misc]
