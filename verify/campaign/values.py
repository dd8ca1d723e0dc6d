"""Examine the values of an engine that has no gradients: a class before its ``backward()``.

Programs are built as in a run, around every operand position in turn; only primals are compared.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from strategies import focuses
from strategies.dice import Dice
from strategies.programs import BYTES, build
from verify.campaign.budget import Budget
from verify.campaign.explore import derived_seed
from verify.check import wrong_primals
from verify.engines import DEATHS, DiedError, Failure, Observation, UnderTest, subject_of
from verify.engines.unfinished import primals_of
from verify.faults import BY_CODE as FAULTS
from verify.laws import BY_CODE, DEADLY
from verify.oracles import FORMULAS, VOID, BallOracle, Bench, Truth
from verify.program import Case
from verify.program.json_form import case_to_json
from verify.program.text import case_text
from verify.report import FindingRecord


@dataclass
class Values:
    """What became of the values.

    Attributes:
        cases: how many cases were judged, by what became of them.
        findings: by law and operation, the one with the smallest program.
        doubts: on which oracles disagree.
    """

    cases: Counter[str] = field(default_factory=Counter)
    findings: dict[tuple[str, str], FindingRecord] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)

    @property
    def deadly(self) -> set[str]:
        """Forms that ended the process: each is met once."""
        return {form for law, form in self.findings if law in DEADLY.values()}


def examine_values(engine: UnderTest, bench: Bench, budget: Budget, seed: int) -> Values:
    """Compare the primals of random programs with their enclosures."""
    forms = tuple(engine.facts.spellings)
    found = Values()
    for number, focus in enumerate(focuses(forms) * budget.programs):
        if focus.form in found.deadly or subject_of(engine).worn_out:
            continue
        data = random.Random(derived_seed(seed, number)).randbytes(BYTES)
        others = [form for form in forms if form not in found.deadly]
        batch = build(Dice(data), others, focus, budget.points)
        truths = bench.truths(batch.program, list(batch.points))
        for point, truth in zip(batch.points, truths, strict=True):
            if batch.program.forms & found.deadly:
                break
            _judge(engine, bench, Case(batch.program, tuple(point)), truth, found)
    return found


def _judge(engine: UnderTest, bench: Bench, case: Case, truth: Truth, found: Values) -> None:
    if truth.doubts:
        found.doubts.append(truth.doubts[0].sentence(case.program))
        found.cases["in doubt"] += 1
        return
    if any(trouble.reason in VOID for trouble in truth.troubles):
        found.cases["undecided"] += 1
        return
    seen = _observed(engine, case)
    wrong = wrong_primals(seen, truth.enclosure)
    if not wrong and seen.failure is None:
        found.cases["agreed"] += 1
        return
    index = wrong[0].index if wrong else seen.failure.index  # type: ignore[union-attr]
    if wrong and (formula := _formula(case, seen)):
        found.cases["inaccurate"] += 1
        _enter(found, _record("ACC01", case, index, formula, FAULTS[formula].name))
        return
    found.cases["wrong"] += 1
    law = "VAL01" if wrong else DEADLY.get(seen.failure.kind, "RUN01")  # type: ignore[union-attr]
    small = _alone(case, index, seen)
    if small is not None and _is_wrong(engine, bench, small):
        case, index = small, small.program.output
        wrong = wrong_primals(_observed(engine, case), _truth(bench, case).enclosure) or wrong
    said = wrong[0].sentence(case.program) if wrong else seen.failure.message  # type: ignore[union-attr]
    _enter(found, _record(law, case, index, None, said))


def _observed(engine: UnderTest, case: Case) -> Observation:
    """The primals of a case, and what stopped them."""
    subject = subject_of(engine)
    try:
        primals, failure = subject.ask(primals_of, case_to_json(case))
    except DiedError as error:
        again = subject.step(case.program, case.point, brief=True)
        if again.failure is not None and again.failure.kind in DEATHS:
            return again  # at which instruction is known so
        output, died = case.program.output, error.death
        return Observation((), (), Failure(died.kind, "forward", output, died.message))
    return Observation(tuple(primals), (), failure and Failure(*failure))


def _formula(case: Case, seen: Observation) -> str | None:
    """The code of a formula that loses digits and explains every value seen, or None."""
    used = {instruction.op for instruction in case.program.instructions}
    for formula in FORMULAS:
        if not used & set(formula.rows) or seen.failure is not None:
            continue
        (answer,) = BallOracle(rows=formula.rows).answers(case.program, [case.point])
        if any(t.reason in VOID for t in answer.troubles) or not wrong_primals(seen, answer):
            return formula.code
    return None


def _alone(case: Case, index: int, seen: Observation) -> Case | None:
    """The one instruction that went wrong, its operands' values as inputs."""
    program = case.program
    if index < program.n_inputs:
        return None
    single, refs = program.alone(index)
    if any(ref >= len(seen.primals) for ref in refs):
        return None
    return Case(single, tuple(seen.primals[ref] for ref in refs))


def _truth(bench: Bench, case: Case) -> Truth:
    (truth,) = bench.truths(case.program, [case.point])
    return truth


def _is_wrong(engine: UnderTest, bench: Bench, case: Case) -> bool:
    truth = _truth(bench, case)
    if truth.doubts or any(trouble.reason in VOID for trouble in truth.troubles):
        return False
    seen = _observed(engine, case)
    return seen.failure is not None or bool(wrong_primals(seen, truth.enclosure))


def _record(law: str, case: Case, index: int, fault: str | None, said: str) -> FindingRecord:
    form = case.program.at(index).form if index >= case.program.n_inputs else None
    row = BY_CODE[law]
    return FindingRecord(
        fingerprint="", law=law, severity=row.severity, title=row.title, operation=form,
        operand=None, fault=fault, count=1, case=None, program=case_text(case), quantity=None,
        expected=None, actual=None, ulps=None, digits=None, message=said,
    )  # fmt: skip


def _enter(found: Values, record: FindingRecord) -> None:
    key = (record.law, record.operation or "")
    before = found.findings.get(key)
    if before is None or len(record.program or "") < len(before.program or ""):
        found.findings[key] = record


__all__ = ["Values", "examine_values"]
