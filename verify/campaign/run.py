"""One run: explore, look at the laws, and write down what was found as a Document."""

from __future__ import annotations

import platform
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from types import FrameType
from typing import Any

from verify import __version__
from verify.campaign.budget import Budget
from verify.campaign.explore import Explorer, Progress, SuiteError, Tally
from verify.campaign.records import of_breaches, of_finding
from verify.engines import Engine
from verify.laws import LAWS, SEVERITIES
from verify.oracles import Bench
from verify.oracles.ball import POWER_BITS
from verify.program import FORMS
from verify.report import Document, FindingRecord, OperationRecord

MOST_UNDECIDED = 0.10
"""Share of undecided cases above which a run cannot vouch for the engine."""
REPORTED = ("hypothesis", "python-flint", "sympy", "torch")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is asked to do.

    Attributes:
        budget: how much to examine.
        seed: makes the run repeatable.
        forms: which forms to examine; None for all that the engine supports.
    """

    budget: Budget
    seed: int = 0
    forms: tuple[str, ...] | None = None


def run(engine: Engine, bench: Bench, plan: Plan, progress: Progress = lambda *_: None) -> Document:
    """Run the plan. An interrupt ends it early, with what was found until then.

    Raises:
        SuiteError: if the suite itself fails.
    """
    started = time.perf_counter()
    explorer = Explorer(engine, bench, plan.budget, plan.seed, plan.forms)
    records: list[FindingRecord] = []
    interrupted = False
    try:
        with _noticing_interrupts(explorer):
            explorer.run(progress)
            records += look_at_laws(engine, plan.forms)
    except KeyboardInterrupt:
        interrupted = True
    found = [of_finding(finding) for finding in explorer.collector.result()]
    document = _document(engine, plan, explorer, [*found, *records], interrupted)
    return replace(document, timings={"seconds": round(time.perf_counter() - started, 3)})


@contextmanager
def _noticing_interrupts(explorer: Explorer) -> Iterator[None]:
    """Remember a Ctrl-C: raised inside a finalizer or somebody's bare except, it would be lost."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def notice(number: int, frame: FrameType | None) -> None:
        explorer.interrupted = True
        signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGINT, notice)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def look_at_laws(engine: Engine, forms: Sequence[str] | None = None) -> list[FindingRecord]:
    """Every law that has a check of its own."""
    records: list[FindingRecord] = []
    for law in LAWS:
        if law.subject == "engine":
            records += of_breaches(law, law.examine(engine).breaches)
    return [r for r in records if forms is None or r.operation is None or r.operation in forms]


def _document(
    engine: Engine,
    plan: Plan,
    explorer: Explorer,
    findings: list[FindingRecord],
    interrupted: bool,
) -> Document:
    tally = explorer.tally
    ordered = tuple(sorted(findings, key=lambda f: -SEVERITIES.index(f.severity)))
    status, sentence = _status(explorer, plan, ordered, interrupted)
    return Document(
        target=engine.facts.target,
        seed=plan.seed,
        status=status,
        sentence=sentence,
        totals=_totals(tally),
        operations=_operations(engine, plan, explorer),
        findings=_with_files(ordered),
        engine=_facts(engine),
        environment=_environment(),
        oracles=_oracles(tally),
        undecided=dict(sorted(tally.undecided.items())),
        doubts=tuple(dict.fromkeys(d.sentence(case.program) for case, d in tally.doubts)),
        partial=interrupted or explorer.out_of_time,
    )


def _status(
    explorer: Explorer, plan: Plan, findings: Sequence[FindingRecord], interrupted: bool
) -> tuple[str, str]:
    """The verdict and the sentence that says it."""
    tally = explorer.tally
    errors = sum(f.severity == "error" for f in findings)
    counted = f"{tally.gradients:,} gradients in {tally.cases:,} cases"
    if interrupted:
        return "interrupted", f"This report is partial: stopped after {counted}, {_errors(errors)}."
    if tally.disagreements:
        times = f"{tally.disagreements} time{'s' if tally.disagreements > 1 else ''}"
        return "in doubt", f"The oracles disagree {times}. This says nothing about the engine."
    if errors:
        rest = "Everything else agreed." if tally.verdicts["Agree"] else ""
        return "wrong", f"{_errors(errors)} in {tally.cases:,} cases. {rest}".rstrip()
    if doubt := _doubt(explorer, plan):
        return "in doubt", doubt
    width = tally.median_width or 0.0
    median = f" (median width {2 * width:.1e})"
    share = 100 * tally.verdicts["Undecided"] / tally.cases
    late = " The time limit cut the run short." if explorer.out_of_time else ""
    return (
        "certified",
        f"{tally.gradients:,} gradients inside their enclosures{median}, none outside, "
        f"{share:.1f} % of cases undecided.{late}",
    )


def _doubt(explorer: Explorer, plan: Plan) -> str:
    """Why a run without errors cannot vouch for the engine; empty if it can."""
    tally = explorer.tally
    if not tally.verdicts["Agree"]:
        return "Nothing was checked: no case could be decided, so nothing is known of the engine."
    if tally.verdicts["Undecided"] > MOST_UNDECIDED * tally.cases:
        share = 100 * tally.verdicts["Undecided"] / tally.cases
        return f"{share:.0f} % of the cases are undecided, too many to vouch for the engine."
    if tally.median_width is None or tally.median_width > 2.0**-POWER_BITS:
        return "The enclosures are too wide to tell right from wrong, so nothing is known."
    lacking = explorer.coverage.lacking(plan.budget.minimum)
    if lacking and not explorer.out_of_time:
        focus, short = next(iter(lacking.items()))
        return (
            f"{len(lacking)} operand positions were examined less than they should be: "
            f"{focus.form}, operand {focus.slot}, lacks {', '.join(short)}. Try another --seed, or "
            "more --examples."
        )
    if lacking:
        return (
            f"The time limit came before {len(lacking)} operand positions reached their minimum. "
            "Give the run more --max-time."
        )
    return ""


def _errors(count: int) -> str:
    return "no errors" if count == 0 else f"{count} error{'s' if count > 1 else ''}"


def _totals(tally: Tally) -> dict[str, int]:
    return {
        "programs": tally.programs,
        "cases": tally.cases,
        "gradients": tally.gradients,
        "agreed": tally.verdicts["Agree"],
        "mismatched": tally.verdicts["Mismatch"],
        "undecided": tally.verdicts["Undecided"],
        "engine_errors": tally.verdicts["EngineError"],
        "oracle_disagreements": tally.disagreements,
    }


def _operations(engine: Engine, plan: Plan, explorer: Explorer) -> tuple[OperationRecord, ...]:
    lacking = explorer.coverage.lacking(plan.budget.minimum)
    return tuple(
        _operation(engine, form, explorer, {f: s for f, s in lacking.items() if f.form == form})
        for form in FORMS
        if form in explorer.forms or form in engine.facts.unsupported
    )


def _operation(
    engine: Engine, form: str, explorer: Explorer, lacking: dict[Any, list[str]]
) -> OperationRecord:
    verdicts: Counter[str] = explorer.by_form[form]
    return OperationRecord(
        name=form,
        supported=form in engine.facts.spellings,
        why=engine.facts.unsupported.get(form, ""),
        checked=sum(verdicts.values()),
        agreed=verdicts["Agree"],
        mismatched=verdicts["Mismatch"] + verdicts["EngineError"],
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


def _facts(engine: Engine) -> dict[str, Any]:
    facts = asdict(engine.facts)
    return {key: facts[key] for key in sorted(facts) if key != "target"}


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


__all__ = ["Plan", "SuiteError", "look_at_laws", "run"]
