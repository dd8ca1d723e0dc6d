"""Findings and breaches as records of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from verify.campaign.finding import Finding, fingerprint
from verify.check import Checked, interval
from verify.engines import DEATHS, Death
from verify.faults import BY_CODE as FAULTS
from verify.laws import BY_CODE as LAWS
from verify.laws import DEADLY, Breach, Law
from verify.laws.edge_breach import spelt
from verify.program.json_form import case_to_json
from verify.program.text import case_text
from verify.report import FindingRecord, ValueRecord
from verify.verdict import EngineError, Inaccurate, Interval, Mismatch

NAMED = 3
"""Cases like the first that are named; more are counted."""


def of_finding(finding: Finding) -> FindingRecord:
    """A finding of the random part."""
    law, diagnosis, case = LAWS[finding.law], finding.diagnosis, finding.checked.case
    quantity, expected, actual, ulps, digits = _numbers(finding)
    return FindingRecord(
        fingerprint=finding.fingerprint,
        law=law.code,
        severity=law.severity,
        title=law.title,
        operation=diagnosis.form,
        operand=diagnosis.slot,
        fault=diagnosis.fault,
        count=finding.count,
        case=case_to_json(case),
        program=case_text(case),
        quantity=quantity,
        expected=expected,
        actual=actual,
        ulps=ulps,
        digits=digits,
        message=_message(finding, law),
        diagnosis=diagnosis.sentence,
        mend=diagnosis.mend,
        also=finding.also,
        flickers=finding.flickers,
        passes_alone=finding.passes_alone,
        instruction=diagnosis.index,
        values=tuple(_values(finding.checked)),
    )


def _values(checked: Checked) -> Iterator[ValueRecord]:
    """What was seen of each value, and where it must lie."""
    seen, truth = checked.observation, checked.truth.enclosure
    for index in range(len(checked.case.program)):
        primal = seen.primals[index] if index < len(seen.primals) else None
        adjoint = seen.adjoints[index] if index < len(seen.adjoints) else None
        yield ValueRecord(
            None if primal is None else primal.hex(),
            None if adjoint is None else adjoint.hex(),
            _interval(_range(truth.primals, index)),
            _interval(_range(truth.adjoints, index)),
        )


def _range(balls: Sequence[Any], index: int) -> Interval | None:
    ball = balls[index] if index < len(balls) else None
    return None if ball is None or not ball.is_finite() else interval(ball)


def of_breaches(law: Law, breaches: Sequence[Breach]) -> list[FindingRecord]:
    """Breaches of one law, one record for each operation."""
    by_operation: dict[str | None, list[Breach]] = {}
    for breach in breaches:
        by_operation.setdefault(breach.operation, []).append(breach)
    return [_of_breaches(law, operation, group) for operation, group in by_operation.items()]


def of_incidents(deaths: Sequence[Death]) -> Iterator[FindingRecord]:
    """Deaths of the engine's process that no case repeats, one record for each kind of them."""
    for death, times in Counter(deaths).items():
        said = f"{death}; the same cases, run again one by one, did not do it"
        yield from of_breaches(LAWS[DEADLY[death.kind]], [Breach(said)] * times)


def _of_breaches(law: Law, operation: str | None, group: list[Breach]) -> FindingRecord:
    first = group[0]
    more = _others(group[1:])
    return FindingRecord(
        fingerprint=fingerprint(law.code, operation, None, first.fault),
        law=law.code,
        severity=law.severity,
        title=law.title,
        operation=operation,
        operand=None,
        fault=first.fault,
        count=len(group),
        case=case_to_json(first.case) if first.case else None,
        program=case_text(first.case) if first.case else None,
        quantity=None,
        expected=_interval(first.expected),
        actual=None if first.actual is None else first.actual.hex(),
        ulps=None,
        digits=None,
        message=first.message + more,
        mend=first.mend or ("" if first.fault else law.mend),
    )


def _others(group: list[Breach]) -> str:
    """What else breaks the law: by name where it is the edge of one operation."""
    if not group:
        return ""
    cases = [b.case for b in group if b.case and len(b.case.program.instructions) == 1]
    if len(cases) < len(group) or len(group) > NAMED:
        return f" (and {len(group)} more like it)"
    return f" (and so for {', '.join(map(spelt, cases))})"


def _numbers(finding: Finding) -> tuple[Any, Any, Any, Any, Any]:
    """Quantity, expected, actual, ulps and digits of the first wrong number."""
    verdict, program = finding.checked.verdict, finding.checked.case.program
    if not isinstance(verdict, Mismatch | Inaccurate):
        return None, None, None, None, None
    cause = verdict.discrepancies[0]
    quantity = cause.quantity(program)
    actual = None if cause.actual is None else cause.actual.hex()
    return quantity, _interval(cause.expected), actual, cause.ulps, cause.digits


def _message(finding: Finding, law: Law) -> str:
    verdict, program = finding.checked.verdict, finding.checked.case.program
    if isinstance(verdict, EngineError) and verdict.kind in DEATHS:
        return f"{finding.diagnosis.form or 'the engine'} {verdict.kind}: {verdict.message}"
    if isinstance(verdict, EngineError):
        return finding.diagnosis.sentence
    if isinstance(verdict, Inaccurate):
        lost = verdict.discrepancies[0]
        agree = f"{lost.digits} digits agree"
        return f"{finding.diagnosis.sentence} {agree} in {lost.sentence(program)}"
    if not isinstance(verdict, Mismatch):
        raise TypeError("a finding is a mismatch or an engine's error")
    where = finding.diagnosis.form or law.title
    bug = f" ({FAULTS[finding.diagnosis.fault].name})" if finding.diagnosis.fault else ""
    return f"{where}{bug}: {verdict.discrepancies[0].sentence(program)}"


def _interval(interval: Interval | None) -> dict[str, str] | None:
    return None if interval is None else {"low": interval.low.hex(), "high": interval.high.hex()}
