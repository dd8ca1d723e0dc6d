"""What a run counts: cases by verdict, gradients compared, widths of enclosures, doubts."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass, field

from verify.check import Checked
from verify.oracles import Doubt
from verify.program import Case
from verify.verdict import Agree, Mismatch, Undecided

MAX_DOUBTS = 20


@dataclass
class Tally:
    """Counts over a run, and the few things kept whole."""

    programs: int = 0
    gradients: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    undecided: Counter[str] = field(default_factory=Counter)
    oracles: Counter[str] = field(default_factory=Counter)
    symbolic: Counter[str] = field(default_factory=Counter)
    widths: list[float] = field(default_factory=list)
    doubts: list[tuple[Case, Doubt]] = field(default_factory=list)
    disagreements: int = 0
    float_width: int = 64

    @property
    def cases(self) -> int:
        """Cases judged, whatever the verdict."""
        return sum(self.verdicts.values())

    @property
    def doubt_sentences(self) -> list[str]:
        """What oracles disagree about, in the words of a report."""
        return [doubt.sentence(case.program) for case, doubt in self.doubts]

    @property
    def median_width(self) -> float | None:
        """Median relative radius of the decided enclosures of gradients that are not zero."""
        return statistics.median(self.widths) if self.widths else None

    def add(self, checked: Checked) -> None:
        """Count one case."""
        verdict, truth = checked.verdict, checked.truth
        self.verdicts[type(verdict).__name__] += 1
        self.symbolic["cut" if truth.how.startswith("cut") else "whole"] += 1
        self.disagreements += len(truth.doubts)
        if truth.doubts and len(self.doubts) < MAX_DOUBTS:
            self.doubts.append((checked.case, truth.doubts[0]))
        if isinstance(verdict, Undecided):
            self.undecided[verdict.reason] += 1
        if isinstance(verdict, Agree | Mismatch):
            self.gradients += verdict.gradients
            for ball in truth.enclosure.adjoints[: checked.case.program.n_inputs]:
                if not ball.contains(0):
                    self.widths.append(float(ball.rad()) / abs(float(ball.mid())))
