"""Case x Engine x Oracles -> Verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb

from verify.engines import DEATHS, Facts, Failure, Observation, UnderTest, subject_of
from verify.oracles import FORMULAS, VOID, Answer, BallOracle, Bench, Truth
from verify.program import Case, Program
from verify.program.floats import FLOAT64, FLOATS, Floats
from verify.verdict import (
    Agree,
    Discrepancy,
    EngineError,
    Inaccurate,
    Interval,
    Mismatch,
    Undecided,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A case, what the engine printed, what is true, and the verdict."""

    case: Case
    observation: Observation
    truth: Truth
    verdict: Verdict


def check(
    tested: UnderTest, bench: Bench, program: Program, points: Sequence[tuple[float, ...]]
) -> list[Checked]:
    """Check one program at several points; the oracles prepare it once.

    Its numbers are first rounded to what the engine holds, where that is float32. An engine in a
    process of its own works while the oracles do. After a point that killed it, the others were not
    looked at, and are not there.
    """
    subject = subject_of(tested)
    program, points = fitted(program, points, subject.facts)
    collect = subject.begin([(program, points)])
    truths = bench.truths(program, points, FLOATS[subject.facts.float_width])
    (seen,) = collect()
    return judged(program, points, seen, truths, subject.facts)


def fitted(
    program: Program, points: Sequence[tuple[float, ...]], facts: Facts
) -> tuple[Program, list[tuple[float, ...]]]:
    """A program and points, with the numbers that the engine holds."""
    floats = FLOATS[facts.float_width]
    return floats.fit_program(program), [floats.fit_point(point) for point in points]


def judged(
    program: Program,
    points: Sequence[tuple[float, ...]],
    seen: Sequence[Observation],
    truths: Sequence[Truth],
    facts: Facts,
) -> list[Checked]:
    """The verdict at each point that an engine was seen at.

    Raises:
        ValueError: if there is not a truth for each point, or an observation for each up to a
            death: a point is never passed over in silence.
    """
    keeps, floats = facts.keeps_intermediates, FLOATS[facts.float_width]
    asked = list(zip(points, truths, strict=True))
    if seen and _death(seen[-1]):
        asked = asked[: len(seen)]  # the others were not looked at
    found = []
    for (point, truth), observation in zip(asked, seen, strict=True):
        case = Case(program, tuple(point))
        verdict = judge(case, observation, truth, keeps)
        if isinstance(verdict, Mismatch):
            verdict = excused(case, observation, verdict, keeps, floats)
        found.append(Checked(case, observation, truth, verdict))
    return found


def _death(observation: Observation) -> Failure | None:
    failure = observation.failure
    return failure if failure and failure.kind in DEATHS else None


def judge(
    case: Case, observation: Observation, truth: Truth, intermediates: bool = True
) -> Verdict:
    """The verdict on what an engine printed."""
    if death := _death(observation):  # nothing excuses this
        return EngineError(death.kind, death.stage, death.index, death.message)
    if truth.doubts:
        return Undecided("doubt", truth.doubts[0].index)
    if void := [trouble for trouble in truth.troubles if trouble.reason in VOID]:
        return Undecided(void[0].reason, void[0].index)
    if failure := observation.failure:
        if wrong := wrong_primals(observation, truth.enclosure):
            return Mismatch(wrong, 0)  # what it then raised is a consequence
        return EngineError(failure.kind, failure.stage, failure.index, failure.message)
    wrong, gradients = discrepancies(case.program, observation, truth.enclosure, intermediates)
    if wrong:
        return Mismatch(wrong, gradients)
    if truth.troubles:
        return Undecided(truth.troubles[0].reason, truth.troubles[0].index)
    return Agree(gradients, len(observation.primals))


def excused(
    case: Case,
    observation: Observation,
    verdict: Mismatch,
    intermediates: bool = True,
    floats: Floats = FLOAT64,
) -> Verdict:
    """The verdict after a look at formulas that lose digits: one may hold every number seen.

    Where its own enclosure is empty or has no power, nothing can be said of an engine that uses it.
    """
    if observation.failure is not None:
        return verdict
    used = {instruction.op for instruction in case.program.instructions}
    able = [formula for formula in FORMULAS if used & set(formula.rows)]
    for chosen in [*([formula] for formula in able), *([able] if len(able) > 1 else [])]:
        rows = {name: row for formula in chosen for name, row in formula.rows.items()}
        (answer,) = BallOracle(rows=rows, floats=floats).answers(case.program, [case.point])
        reasons = {trouble.reason for trouble in answer.troubles}
        if reasons & VOID or not all(ball.is_finite() for ball in answer.adjoints):
            return Undecided("accuracy", verdict.discrepancies[0].index)
        wrong, gradients = discrepancies(case.program, observation, answer, intermediates)
        if wrong and verdict.law == "VAL01" and wrong[0].law != "VAL01":
            return Mismatch(wrong, gradients)  # the formula explains the values, not the gradients
        if wrong:
            continue
        if reasons:
            return Undecided("accuracy", verdict.discrepancies[0].index)
        first = chosen[0]
        op = next(i.op for i in case.program.instructions if i.op in first.rows)
        return Inaccurate(first.code, op, verdict.discrepancies, gradients)
    return verdict


def discrepancies(
    program: Program, observation: Observation, enclosure: Answer, intermediates: bool = True
) -> tuple[tuple[Discrepancy, ...], int]:
    """Every number outside its enclosure, the cause first, and how many gradients were compared."""
    wrong = list(wrong_primals(observation, enclosure))
    gradients = 0
    for index in range(program.output - 1, -1, -1) if len(program) > 1 else (0,):
        is_input = index < program.n_inputs
        if index in observation.aliases or not (is_input or intermediates):
            continue
        gradients += 1
        actual, ball = observation.adjoints[index], enclosure.adjoints[index]
        if actual is None and ball.is_zero():
            continue  # a value that nothing reaches may have no gradient at all
        if actual is None or not holds(ball, actual):
            law = "GRA01" if is_input else "GRA02"
            wrong.append(Discrepancy(law, index, interval(ball), actual))
    return tuple(wrong), gradients


def wrong_primals(observation: Observation, enclosure: Answer) -> tuple[Discrepancy, ...]:
    """Every primal that was read and lies outside its enclosure, the earliest first."""
    pairs = enumerate(zip(observation.primals, enclosure.primals, strict=False))
    return tuple(
        Discrepancy("VAL01", index, interval(ball), actual)
        for index, (actual, ball) in pairs
        if not holds(ball, actual)
    )


def holds(ball: Any, number: float) -> bool:
    """Whether a number lies in its enclosure."""
    return math.isfinite(number) and bool(ball.contains(arb(number)))


def interval(ball: Any) -> Interval:
    """The float64 numbers that a ball holds: a number refused is never inside what is shown.

    A ball that falls between two float64 numbers gives those two.
    """
    low, high = float(ball.lower()), float(ball.upper())
    while not holds(ball, low) and arb(low) < ball.mid():
        low = math.nextafter(low, math.inf)
    while not holds(ball, high) and arb(high) > ball.mid():
        high = math.nextafter(high, -math.inf)
    while holds(ball, below := math.nextafter(low, -math.inf)):
        low = below
    while holds(ball, above := math.nextafter(high, math.inf)):
        high = above
    return Interval(min(low, high), max(low, high))
