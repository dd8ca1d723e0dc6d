"""What a run found, written down as a Document."""

from __future__ import annotations

import platform
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from importlib import metadata
from typing import Any

from verify import __version__
from verify.campaign.plan import Examined, Plan
from verify.campaign.status import Explored, status_of, stopped
from verify.campaign.tally import Tally
from verify.engines import UnderTest
from verify.laws import SEVERITIES
from verify.program import FORMS
from verify.report import Document, FindingRecord, LawRecord, OperationRecord

LATE = ("EDG", "SCL01", "SUP")
"""Beginnings of codes of laws whose findings come after others of their severity."""
REPORTED = ("hypothesis", "python-flint", "sympy", "torch")


def document_of(
    engine: UnderTest,
    plan: Plan,
    explorer: Explored,
    findings: Sequence[FindingRecord],
    examined: Examined,
    interrupted: bool,
) -> Document:
    """The Document of a run that has ended."""
    tally = explorer.tally
    ordered = tuple(sorted(findings, key=_rank))
    status, sentence = status_of(explorer, plan, ordered, examined, interrupted)
    return Document(
        target=engine.facts.target,
        seed=plan.seed,
        status=status,
        sentence=sentence,
        totals=_totals(tally),
        operations=_operations(engine, plan, explorer),
        findings=_with_files(ordered),
        laws=_in_order(plan, [*_case_laws(plan, tally, ordered), *examined.laws]),
        engine=_facts(engine),
        environment=_environment(),
        oracles=_oracles(tally),
        undecided=dict(sorted(tally.undecided.items())),
        doubts=_doubts(tally, examined),
        network=None if plan.network is None else plan.network.facts.as_dict(),
        partial=interrupted
        or explorer.out_of_time
        or bool(explorer.cut_short)
        or stopped(plan, ordered),
    )


def _rank(finding: FindingRecord) -> tuple[int, int]:
    """The worst first; among equals what changes numbers, then edges, depth, what is not there."""
    late = [i for i, code in enumerate(LATE) if finding.law.startswith(code)]
    return -SEVERITIES.index(finding.severity), late[0] if late else -1


def _in_order(plan: Plan, laws: Sequence[LawRecord]) -> tuple[LawRecord, ...]:
    codes = [law.code for law in plan.laws]
    return tuple(sorted(laws, key=lambda law: codes.index(law.code)))


def _doubts(tally: Tally, examined: Examined) -> tuple[str, ...]:
    """What oracles disagree about, each once."""
    return tuple(dict.fromkeys([*tally.doubt_sentences, *examined.doubts]))


def _case_laws(plan: Plan, tally: Tally, findings: Sequence[FindingRecord]) -> Iterator[LawRecord]:
    """The laws that every random case is checked against."""
    broken = {finding.law for finding in findings}
    decided = tally.cases - tally.verdicts["Undecided"]
    for law in plan.laws:
        if law.subject == "case":
            status = "broken" if law.code in broken else "held"
            yield LawRecord(law.code, law.severity, law.title, status, decided)


def _totals(tally: Tally) -> dict[str, int]:
    return {
        "programs": tally.programs,
        "cases": tally.cases,
        "gradients": tally.gradients,
        "agreed": tally.verdicts["Agree"],
        "mismatched": tally.verdicts["Mismatch"],
        "inaccurate": tally.verdicts["Inaccurate"],
        "undecided": tally.verdicts["Undecided"],
        "engine_errors": tally.verdicts["EngineError"],
        "oracle_disagreements": tally.disagreements,
    }


def _operations(engine: UnderTest, plan: Plan, explorer: Explored) -> tuple[OperationRecord, ...]:
    lacking = explorer.coverage.lacking(plan.budget.minimum)
    return tuple(
        _operation(engine, form, explorer, {f: s for f, s in lacking.items() if f.form == form})
        for form in FORMS
        if form in explorer.forms or form in engine.facts.unsupported
    )


def _operation(
    engine: UnderTest, form: str, explorer: Explored, lacking: dict[Any, list[str]]
) -> OperationRecord:
    verdicts: Counter[str] = explorer.by_form[form]
    return OperationRecord(
        name=form,
        supported=form in engine.facts.spellings,
        why=engine.facts.unsupported.get(form, ""),
        checked=sum(verdicts.values()),
        agreed=verdicts["Agree"],
        mismatched=verdicts["Mismatch"] + verdicts["EngineError"],
        inaccurate=verdicts["Inaccurate"],
        undecided=verdicts["Undecided"],
        coverage={
            str(focus.slot): {name: counts[name] for name in sorted(counts)}
            for focus, counts in explorer.coverage.counts.items()
            if focus.form == form
        },
        lacking={str(focus.slot): short for focus, short in lacking.items()},
    )


def _with_files(findings: Sequence[FindingRecord]) -> tuple[FindingRecord, ...]:
    """Name the replay file of each finding that has a case: ``GRA01-1.json``."""
    seen: Counter[str] = Counter()
    named = []
    for finding in findings:
        if finding.case is not None:
            seen[finding.law] += 1
            finding = replace(finding, replay=f"{finding.law}-{seen[finding.law]}.json")  # noqa: PLW2901
        named.append(finding)
    return tuple(named)


def _facts(engine: UnderTest) -> dict[str, Any]:
    facts = asdict(engine.facts)
    left_out = {"target"} if facts["lacks"] else {"target", "lacks"}
    return {key: facts[key] for key in sorted(facts) if key not in left_out}


def _oracles(tally: Tally) -> dict[str, Any]:
    names = {name: tally.oracles[name] for name in ("ball", "symbolic", "torch")}
    width = tally.median_width
    return {
        **names,
        "whole": tally.symbolic["whole"],
        "cut": tally.symbolic["cut"],
        "median_relative_radius": None if width is None else width.hex(),
    }


def _environment() -> dict[str, str]:
    versions = {name: metadata.version(name) for name in REPORTED}
    return {
        "gradverify": __version__,
        "python": platform.python_version(),
        "platform": sys.platform,
        **versions,
    }
