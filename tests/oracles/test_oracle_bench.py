"""The oracles together: they agree, and a wrong one is doubted and named."""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flint import arb
from oracle_samples import sample

from verify.oracles import (
    ORACLES,
    VOID,
    Answer,
    BallOracle,
    Bench,
    SymbolicOracle,
    TorchOracle,
    Truth,
    bench,
)
from verify.program.text import parse_case

if TYPE_CHECKING:
    from strategies import Batch
    from verify.oracles import Oracle
    from verify.program import Program

CASE = parse_case("x0 = 0.7\nx1 = 1.3\n%2 = mul(x0, x1)\n%3 = tanh(%2)\n%4 = add(%3, %2)")


@pytest.fixture(scope="module")
def batches() -> list[Batch]:
    return sample(300, 6)


def test_oracles_overlap_on_random_batches(batches: list[Batch]) -> None:
    together, decided = bench(), 0
    for batch in batches:
        truths = together.truths(batch.program, list(batch.points))
        assert len(truths) == len(batch.points)
        assert not any(truth.doubts for truth in truths)
        assert all(truth.how for truth in truths)
        decided += sum(not truth.troubles for truth in truths)
    assert decided > 1200


def test_symbolic_answer_lies_inside_the_ball(batches: list[Batch]) -> None:
    ball, symbolic, compared = BallOracle(), SymbolicOracle(), 0
    for batch in batches:
        points = list(batch.points)
        answers = zip(
            ball.answers(batch.program, points),
            symbolic.answers(batch.program, points),
            strict=True,
        )
        compared += sum(contained(wide, exact) for wide, exact in answers)
    assert compared > 5000


def contained(wide: Answer, exact: Answer) -> int:
    """How many numbers were compared; each lies inside, and is known far beyond float64."""
    if wide.troubles:
        return 0
    both = [
        (outer, inner)
        for outer, inner in zip(
            (*wide.primals, *wide.adjoints), (*exact.primals, *exact.adjoints), strict=True
        )
        if inner is not None
    ]
    assert all(outer.contains(inner) for outer, inner in both)
    assert all(inner.rel_accuracy_bits() >= 70 or inner.rad() < 1e-300 for _, inner in both)
    return len(both)


class Wrong:
    """An oracle off by 1e-9 in one number."""

    name = "wrong"

    def __init__(self, right: Oracle, quantity: str, index: int) -> None:
        self._right, self._quantity, self._index = right, quantity, index

    def answers(
        self, program: Program, points: list[tuple[float, ...]], seed: float = 1.0
    ) -> list[Answer]:
        return [self._spoilt(answer) for answer in self._right.answers(program, points, seed)]

    def _spoilt(self, answer: Answer) -> Answer:
        balls = list(getattr(answer, self._quantity))
        balls[self._index] = balls[self._index] * (1 + arb(1e-9))
        return replace(answer, **{self._quantity: tuple(balls)})


@pytest.mark.parametrize("right", [SymbolicOracle(), TorchOracle()], ids=lambda o: o.name)
@pytest.mark.parametrize(("quantity", "index"), [("primals", 4), ("adjoints", 0), ("adjoints", 1)])
def test_bench_doubts_an_oracle_that_is_wrong(right: Oracle, quantity: str, index: int) -> None:
    others = [oracle() for oracle in ORACLES[1:] if oracle.name != right.name]
    suspect = Bench([BallOracle(), *others, Wrong(right, quantity, index)])
    (truth,) = suspect.truths(CASE.program, [CASE.point])
    assert [(d.quantity, d.index, d.oracles) for d in truth.doubts] == [
        (quantity[:-1], index, ("ball", "wrong"))
    ]
    sentence = truth.doubts[0].sentence(CASE.program)
    assert f"ball and wrong disagree about the {quantity[:-1]} of {CASE.program.name(index)}" in (
        sentence
    )
    assert "do not overlap" in sentence


def test_bench_doubts_a_ball_that_is_wrong() -> None:
    suspect = Bench([Wrong(BallOracle(), "adjoints", 0), SymbolicOracle(), TorchOracle()])
    (truth,) = suspect.truths(CASE.program, [CASE.point])
    assert [d.oracles for d in truth.doubts] == [("wrong", "symbolic"), ("wrong", "torch")]


def test_bench_finds_no_doubt_where_nothing_is_wrong() -> None:
    (truth,) = bench().truths(CASE.program, [CASE.point])
    assert (truth.doubts, truth.troubles, truth.how) == ((), (), "cut at 2 values")


@pytest.mark.parametrize("count", [0, 1])
def test_bench_of_fewer_than_two_oracles_cannot_be_made(count: int) -> None:
    with pytest.raises(ValueError, match="at least two oracles"):
        Bench([BallOracle()] * count)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x0 = 800.0\n%1 = exp(x0)", "overflow"),
        ("x0 = -1.0\n%1 = log(x0)", "domain"),
        ("x0 = 1e-150\n%1 = mul(x0, x0)", "underflow"),
    ],
)
def test_bench_compares_nothing_where_no_enclosure_holds(text: str, reason: str) -> None:
    case = parse_case(text)
    (truth,) = bench().truths(case.program, [case.point])
    assert reason in VOID
    assert truth.troubles[0].reason == reason
    assert truth.doubts == ()


def test_bench_doubts_no_oracle_about_a_kink() -> None:
    case = parse_case("x0 = 0.0\nx1 = 0.0\n%2 = relu(x0)\n%3 = max(x0, x1)\n%4 = add(%2, %3)")
    truth: Truth
    (truth,) = bench().truths(case.program, [case.point])
    assert truth.doubts == ()
    assert {trouble.reason for trouble in truth.troubles} == {"kink", "wide"}


@pytest.mark.parametrize("oracle", [BallOracle(), TorchOracle()], ids=lambda o: o.name)
def test_oracle_leaves_the_garbage_collector_as_it_was(oracle: Oracle) -> None:
    assert gc.isenabled()
    oracle.answers(CASE.program, [CASE.point])
    assert gc.isenabled()
    gc.disable()
    try:
        oracle.answers(CASE.program, [CASE.point])
        assert not gc.isenabled()
    finally:
        gc.enable()
