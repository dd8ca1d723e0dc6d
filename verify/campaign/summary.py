"""What a run found, written down as a Document."""

from __future__ import annotations

import platform
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from importlib import metadata
from typing import Any, Protocol

from verify import __version__
from verify.campaign.coverage import Coverage
from verify.campaign.explore import Tally
from verify.campaign.plan import Examined, Plan
from verify.engines import UnderTest
from verify.laws import SEVERITIES
from verify.program import FORMS
from verify.program.floats import FLOATS
from verify.report import Document, FindingRecord, LawRecord, OperationRecord
from verify.report.words import finding_title

MOST_UNDECIDED = 0.10
"""Share of undecided cases above which a run cannot vouch for the engine."""
LATE = ("EDG", "SCL01", "SUP")
"""Beginnings of codes of laws whose findings come after others of their severity."""
NAMED = 3
"""Errors that the verdict calls by name."""
REPORTED = ("hypothesis", "python-flint", "sympy", "torch")


class Explored(Protocol):
    """What random cases gave: an Explorer, or what the shards of a campaign gave together."""

    forms: tuple[str, ...]
    coverage: Coverage
    by_form: defaultdict[str, Counter[str]]

    @property
    def out_of_time(self) -> bool:
        """Whether it ended before all was examined that should have been."""
        ...

    @property
    def tally(self) -> Tally:
        """The counts."""
        ...

    @property
    def cut_short(self) -> str:
        """Why the engine could not be asked to the end; empty if it could."""
        ...


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
    status, sentence = _status(explorer, plan, ordered, examined, interrupted)
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
        or _stopped(plan, ordered),
    )


def _status(
    explorer: Explored,
    plan: Plan,
    findings: Sequence[FindingRecord],
    examined: Examined,
    interrupted: bool,
) -> tuple[str, str]:
    """The verdict and the sentence that says it."""
    tally = explorer.tally
    errors = sum(f.severity == "error" for f in findings)
    counted = f"{tally.gradients:,} gradients in {tally.cases:,} cases"
    if interrupted:
        return "interrupted", f"This report is partial: stopped after {counted}, {_errors(errors)}."
    if disagreements := tally.disagreements + len(examined.doubts):
        times = f"{disagreements} time{'s' if disagreements > 1 else ''}"
        return "in doubt", f"The oracles disagree {times}. This says nothing about the engine."
    if errors and _stopped(plan, findings):
        return "wrong", f"{_errors(errors)} so far, after {counted}: stopped at the first."
    if errors:
        if not plan.explores:
            return "wrong", f"{_errors(errors)} by {len(examined.laws)} laws."
        agreed = f"{tally.verdicts['Agree']:,} of {tally.cases:,} random cases agreed"
        cut = f" The run was cut short: {explorer.cut_short}." if explorer.cut_short else ""
        return "wrong", f"{_errors(errors)}: {_names(findings)}. {agreed}.{cut}"
    if _stopped(plan, findings):
        return "stopped", f"Stopped at the first finding, after {counted}."
    if doubt := _nothing_compared(examined.laws) or (
        _doubt(explorer, plan) if plan.explores else ""
    ):
        return "in doubt", doubt
    if not plan.explores:
        return _laws_alone(examined.laws)
    width = tally.median_width or 0.0
    median = f" (median width {2 * width:.1e})"
    share = 100 * tally.verdicts["Undecided"] / tally.cases
    count = tally.verdicts["Inaccurate"]
    lossy = f" {count:,} more cases lose digits: see the warnings." if count else ""
    late = " The time limit cut the run short." if explorer.out_of_time else ""
    return (
        "certified",
        f"{tally.gradients:,} gradients inside their enclosures{median}, none outside, "
        f"{share:.1f} % of cases undecided{_milder(findings)}.{lossy}{late}",
    )


def _rank(finding: FindingRecord) -> tuple[int, int]:
    """The worst first; among equals what changes numbers, then edges, depth, what is not there."""
    late = [i for i, code in enumerate(LATE) if finding.law.startswith(code)]
    return -SEVERITIES.index(finding.severity), late[0] if late else -1


def _names(findings: Sequence[FindingRecord]) -> str:
    """The errors by name, as far as a line holds them."""
    names = [f"{finding_title(f)} ({f.law})" for f in findings if f.severity == "error"]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _milder(findings: Sequence[FindingRecord]) -> str:
    """``; 2 warnings, 1 note``: certified is not the same as nothing to say."""
    counts = Counter(finding.severity for finding in findings)
    said = [
        f"{counts[what]} {what}{'s' * (counts[what] > 1)}"
        for what in ("warning", "note")
        if counts[what]
    ]
    return "; " + ", ".join(said) if said else ""


def _in_order(plan: Plan, laws: Sequence[LawRecord]) -> tuple[LawRecord, ...]:
    codes = [law.code for law in plan.laws]
    return tuple(sorted(laws, key=lambda law: codes.index(law.code)))


def _doubts(tally: Tally, examined: Examined) -> tuple[str, ...]:
    """What oracles disagree about, each once."""
    return tuple(dict.fromkeys([*tally.doubt_sentences, *examined.doubts]))


def _stopped(plan: Plan, findings: Sequence[FindingRecord]) -> bool:
    """Whether a finding ended the run, as it was asked to."""
    return any(plan.is_enough(finding.severity) for finding in findings)


def _nothing_compared(laws: Sequence[LawRecord]) -> str:
    """A law that compared nothing and does not say why is no pass."""
    empty = [law.code for law in laws if law.status == "held" and not law.compared]
    if not empty:
        return ""
    return f"{', '.join(empty)} compared nothing: the suite cannot vouch for what was not examined."


def _laws_alone(laws: Sequence[LawRecord]) -> tuple[str, str]:
    """The verdict of a run without random cases."""
    compared = sum(law.compared for law in laws)
    if not compared:
        return "in doubt", "Nothing was checked: no law that was selected could be examined."
    counted = f"{compared:,} comparisons by {len(laws)} laws"
    return "certified", f"{counted}, no errors. Random cases were not selected."


def _case_laws(plan: Plan, tally: Tally, findings: Sequence[FindingRecord]) -> Iterator[LawRecord]:
    """The laws that every random case is checked against."""
    broken = {finding.law for finding in findings}
    decided = tally.cases - tally.verdicts["Undecided"]
    for law in plan.laws:
        if law.subject == "case":
            status = "broken" if law.code in broken else "held"
            yield LawRecord(law.code, law.severity, law.title, status, decided)


def _doubt(explorer: Explored, plan: Plan) -> str:
    """Why a run without errors cannot vouch for the engine; empty if it can."""
    tally = explorer.tally
    if explorer.cut_short:
        return f"The run was cut short: {explorer.cut_short}."
    if not tally.verdicts["Agree"]:
        return "Nothing was checked: no case could be decided, so nothing is known of the engine."
    if why := undecided_share(tally) or too_wide(tally):
        return why
    lacking = explorer.coverage.lacking(plan.budget.minimum)
    if lacking and not explorer.out_of_time:
        focus, short = next(iter(lacking.items()))
        return (
            f"{len(lacking)} operand positions were examined less than they should be: "
            f"{focus.form}, operand {focus.slot}, lacks {', '.join(short)}. Try another --seed, or "
            "more --examples."
        )
    if lacking:
        many = "s" * (len(lacking) > 1)
        return (
            f"The run ended before {len(lacking)} operand position{many} reached the minimum. "
            "Give the run more --max-time."
        )
    return ""


def undecided_share(tally: Tally) -> str:
    """Why so many undecided cases are too many; empty if they are not."""
    if tally.verdicts["Undecided"] <= MOST_UNDECIDED * tally.cases:
        return ""
    share = 100 * tally.verdicts["Undecided"] / tally.cases
    return f"{share:.0f} % of the cases are undecided, too many to vouch for the engine."


def too_wide(tally: Tally) -> str:
    """Why enclosures so wide say nothing; empty if they are narrow enough."""
    power_bits = FLOATS[tally.float_width].power_bits
    if tally.median_width is not None and tally.median_width <= 2.0**-power_bits:
        return ""
    return "The enclosures are too wide to tell right from wrong, so nothing is known."


def _errors(count: int) -> str:
    return "no errors" if count == 0 else f"{count} error{'s' if count > 1 else ''}"


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
