"""The results of shards, merged: in any order, any number of times, the same.

Counts add up; of a finding seen in several shards the smallest case is kept; each shard counts
once, however often its result comes.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from strategies import Focus
from verify.campaign.budget import SHARD, Budget
from verify.campaign.coverage import Coverage
from verify.campaign.plan import Examined, Plan
from verify.campaign.sharded.result import Result
from verify.campaign.sharded.shard import Asked
from verify.campaign.sharded.widths import median
from verify.campaign.summary import document_of
from verify.campaign.tally import MAX_DOUBTS, Tally
from verify.engines import Subject
from verify.laws import BY_CODE
from verify.program import FORMS
from verify.program.json_form import case_from_json
from verify.report import Document, FindingRecord, LawRecord
from verify.report.read import finding_of
from verify.shrink import size


@dataclass
class MergedTally(Tally):
    """Counts of all shards, in bounded memory: widths as a histogram, the first doubts by name."""

    bins: Counter[int] = field(default_factory=Counter)
    sentences: list[str] = field(default_factory=list)

    @property
    def median_width(self) -> float | None:
        """Median relative radius, to the upper end of its bin."""
        return median(self.bins)

    @property
    def doubt_sentences(self) -> list[str]:
        """What oracles disagree about, in the words of a report."""
        return self.sentences

    def merge(self, result: Result) -> None:
        """Add the counts of one shard."""
        self.programs += result["programs"]
        self.gradients += result["gradients"]
        self.disagreements += result["disagreements"]
        for name in ("verdicts", "undecided", "oracles", "symbolic"):
            getattr(self, name).update(result[name])
        self.bins.update({int(number): n for number, n in result["widths"].items()})
        self.sentences = _first(self.sentences, result["doubts"])


class Merged:
    """What the shards of a campaign gave together; it has what a report asks of an exploration.

    Args:
        asked: the campaign.
        among: the forms that programs are made of.
        minimum: how often each situation must occur at each position.
    """

    def __init__(
        self, asked: Asked, among: tuple[str, ...] = (), minimum: int = SHARD.minimum
    ) -> None:
        self.asked, self.forms = asked, asked.forms
        self.tally = MergedTally()
        self.coverage = Coverage(asked.forms, among)
        self.by_form: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.findings: dict[str, FindingRecord] = {}
        self.laws: dict[str, LawRecord] = {}
        self.law_doubts: list[str] = []
        self.shards: set[str] = set()
        self._budget = Budget(asked.programs, asked.points, minimum, 0)
        self._cut: set[str] = set()

    def add(self, shard: str, result: Result) -> None:
        """Take the result of a shard; one that was taken before changes nothing."""
        if shard in self.shards:
            return
        self.shards.add(shard)
        if "laws" in result:
            self.laws.update({law["code"]: LawRecord(**law) for law in result["laws"]})
            self.law_doubts = _first(self.law_doubts, result["law_doubts"])
        else:
            self._add_exploration(result)
        for item in result["findings"]:
            self._add_finding(finding_of(item))

    @property
    def out_of_time(self) -> bool:
        """Whether the campaign ended before every situation occurred often enough."""
        return bool(self.coverage.lacking(self._budget.minimum))

    @property
    def cut_short(self) -> str:
        """Why the engine could not be asked to the end in some shard; empty if it could."""
        return min(self._cut, default="")

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.severity == "error" for finding in self.findings.values())

    def document(self, engine: Subject, network: Any, interrupted: bool) -> Document:
        """The report. The same shards give the same bytes, whatever the order they came in."""
        self.tally.float_width = engine.facts.float_width
        laws = tuple(BY_CODE[code] for code in self.asked.laws)
        plan = Plan(self._budget, self.asked.seed, self.forms, laws, network)
        examined = Examined([], list(self.laws.values()), self.law_doubts)
        found = sorted(self.findings.values(), key=lambda f: (-f.count, f.fingerprint, f.message))
        document = document_of(engine, plan, self, found, examined, interrupted)
        count = len(self.shards)
        said = f"{document.sentence} A campaign of {count:,} shard{'s' * (count != 1)}."
        return replace(document, sentence=said)

    def _add_exploration(self, result: Result) -> None:
        self.tally.merge(result)
        for form, verdicts in result["by_form"].items():
            self.by_form[form].update(verdicts)
        for form, slot, counts in result["coverage"]:
            self.coverage.counts[Focus(form, slot)].update(counts)
        self._cut |= {result["cut_short"]} - {""}

    def _add_finding(self, finding: FindingRecord) -> None:
        name = finding.fingerprint
        known = self.findings.get(name)
        self.findings[name] = finding if known is None else joined(known, finding)


def joined(first: FindingRecord, second: FindingRecord) -> FindingRecord:
    """Two findings of one fingerprint as one: the smaller case, all that was counted.

    Which of the two is ``first`` does not matter.

    Args:
        first: one of them.
        second: the other.
    """
    also = {*first.also, *second.also}
    return replace(
        min(first, second, key=_order),
        count=first.count + second.count,
        also=tuple(form for form in FORMS if form in also),
        flickers=first.flickers or second.flickers,
        passes_alone=first.passes_alone and second.passes_alone,
    )


def _order(finding: FindingRecord) -> tuple[tuple[float, ...], str]:
    """A total order of what is shown of a finding: by the size of its case, then by its text."""
    place: tuple[float, ...] = (float("inf"),)
    if finding.case is not None:
        place = size(case_from_json(finding.case))
    shown = replace(finding, count=0, also=(), flickers=False)
    return place, json.dumps(_words(shown), sort_keys=True)


def _words(finding: FindingRecord) -> Mapping[str, Any]:
    return {name: repr(getattr(finding, name)) for name in finding.__slots__}


def _first(known: list[str], new: list[str]) -> list[str]:
    """The first of them by name, each once: as many as a report shows, whatever came first."""
    return sorted({*known, *new})[:MAX_DOUBTS]
