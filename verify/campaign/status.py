"""The verdict on a run, and the sentence that says it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Protocol

from verify.campaign.coverage import Coverage
from verify.campaign.plan import Examined, Plan
from verify.campaign.tally import Tally
from verify.program.floats import FLOATS
from verify.report import FindingRecord, LawRecord
from verify.report.words import finding_title

MOST_UNDECIDED = 0.10
"""Share of undecided cases above which a run cannot vouch for the engine."""
NAMED = 3
"""Errors that the verdict calls by name."""


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


def status_of(
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
    if errors and stopped(plan, findings):
        return "wrong", f"{_errors(errors)} so far, after {counted}: stopped at the first."
    if errors:
        if not plan.explores:
            return "wrong", f"{_errors(errors)} by {len(examined.laws)} laws."
        agreed = f"{tally.verdicts['Agree']:,} of {tally.cases:,} random cases agreed"
        if undecided := tally.verdicts["Undecided"]:
            agreed += f", {undecided:,} {'is' if undecided == 1 else 'are'} undecided"
        cut = f" The run was cut short: {explorer.cut_short}." if explorer.cut_short else ""
        return "wrong", f"{_errors(errors)}: {_names(findings)}. {agreed}.{cut}"
    if stopped(plan, findings):
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


def stopped(plan: Plan, findings: Sequence[FindingRecord]) -> bool:
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
