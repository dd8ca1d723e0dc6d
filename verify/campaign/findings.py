"""From failing cases to findings: reproduce, shrink, diagnose, group; one bug is one finding."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace

from strategies import Focus
from verify.campaign.anew import passes_anew, told_apart
from verify.campaign.finding import (
    Finding,
    died_of,
    law,
    law_family,
    place_of,
)
from verify.campaign.folding import Folding
from verify.campaign.shrinking import Shrinking
from verify.check import Checked, check
from verify.diagnose import diagnose
from verify.engines import UnderTest, subject_of
from verify.engines.isolation import GoneError
from verify.faults import BY_CODE, Fault
from verify.faults.mechanics import SYSTEM
from verify.oracles import BallAlone, Bench
from verify.program import FORMS, Case, Program, alone
from verify.program.floats import FLOATS
from verify.questions import POINTS, about, is_tree
from verify.shrink import LARGE, MAX_WORK, Work, size
from verify.verdict import EngineError, Inaccurate, Mismatch

MAX_SHRINKS = 2
"""Failures of one law that are shrunk for each operation in focus; later ones are only counted."""
MAX_WALK_SHRINKS = 3
ALL_WORK, LEAST_WORK = 40_000, 3_000
"""Instructions that shrinking may try in all, and what each failure has even when they are spent.

Those of one bug that only large graphs show would be spent on each operation anew.
"""


@dataclass
class Collector:
    """Turns failures into findings as they come.

    Args:
        engine: the engine under test.
        bench: all the oracles, for the last word on a shrunk case.

    Attributes:
        findings: by fingerprint.
        quarantined: forms that are known to be broken: in other programs they would hide bugs.
        deadly: those of them that end the engine's process.
    """

    engine: UnderTest
    bench: Bench
    findings: dict[str, Finding] = field(default_factory=dict)
    quarantined: set[str] = field(default_factory=set)
    deadly: set[str] = field(default_factory=set)
    _shrinks: Counter[tuple[str, str]] = field(default_factory=Counter)
    _last: dict[tuple[str, str], str] = field(default_factory=dict)
    _taken: int = 0
    _avoided: set[str] = field(default_factory=set)
    _walks: int = 0
    _walk: str = ""
    _left: int = ALL_WORK
    _large: dict[str, str] = field(default_factory=dict)
    _anew: dict[Case, bool] = field(default_factory=dict)

    def add(self, checked: Checked, focus: Focus) -> None:
        """Take one failure: shrink it if its like has not been seen often, else count it."""
        with SYSTEM.rounding(FLOATS[self.engine.facts.float_width]):
            self._add(checked, focus)

    def _add(self, checked: Checked, focus: Focus) -> None:
        about = checked.verdict.formula if isinstance(checked.verdict, Inaccurate) else focus.form
        key = (law_family(checked), about)
        walks = key[0] == "GRA" and self._walks >= MAX_WALK_SHRINKS  # it changes no value
        if self._shrinks[key] >= MAX_SHRINKS or walks:
            self._count(self._last.get(key, self._walk))
            return
        self._shrinks[key] += 1
        died = died_of(checked)
        finding = self._examine_death(checked) if died else self._examine(checked)
        if finding is None:
            self._last[key] = self._large[key[0]]
            self._count(self._last[key])
            return
        if len(finding.checked.case.program.instructions) > LARGE:
            self._large[key[0]] = finding.fingerprint
        if died and finding.diagnosis.form:
            self.deadly.add(finding.diagnosis.form)
        self._last[key] = finding.fingerprint
        if finding.is_about_the_walk:
            first = not self._walks
            self._walks, self._walk = self._walks + 1, finding.fingerprint
            if first:
                self._look_beneath(BY_CODE[finding.diagnosis.fault or ""])
        elif finding.diagnosis.form and key[0] != "ACC":
            self.quarantined.add(finding.diagnosis.form)
        self._merge(finding)

    def heir(self, engine: UnderTest | None = None) -> Collector:
        """A collector that begins with what this one found, and shrinks no bug of it anew.

        Failures of an operation in focus that were blamed on another are no reason to look less
        closely at this operation.

        Args:
            engine: the same engine, if it runs in another process now.
        """
        last = {
            key: name
            for key, name in self._last.items()
            if self.findings[name].diagnosis.form == key[1]
        }
        return replace(
            self,
            engine=self.engine if engine is None else engine,
            findings=dict(self.findings),
            quarantined=set(self.quarantined),
            deadly=set(self.deadly),
            _avoided=set(self._avoided),
            _shrinks=Counter({key: self._shrinks[key] for key in last}),
            _last=last,
            _large=dict(self._large),
            _taken=self._taken if engine is None else 0,
        )

    def forget_counts(self) -> None:
        """Count from nothing: what is known stays known, and ``counted`` gives what comes."""
        self.findings = {name: replace(found, count=0) for name, found in self.findings.items()}

    def counted(self) -> list[Finding]:
        """As ``result``, without what is known and was not met since ``forget_counts``."""
        return [finding for finding in self._in_order() if finding.count]

    def forget_killers(self) -> None:
        """Of cases that ended the process, ``take_killers`` takes those that come."""
        self._taken = len(subject_of(self.engine).killers)

    def take_killers(self) -> None:
        """Findings of cases that ended the process while something else was looked at.

        A smaller case, or a question of a diagnosis, may use an operation that no program has had.
        """
        subject = subject_of(self.engine)
        for case, seen in subject.killers[self._taken :]:
            self._taken += 1
            (checked,) = self._shrinking.judged(case, seen, BallAlone())
            if not self._is_known(checked):
                finding = self._examine_death(checked)
                self.deadly |= place_of(finding.checked)
                self._merge(finding)

    def _is_known(self, checked: Checked) -> bool:
        """Whether a form that is known to be deadly has ended the process here, as far as is seen.

        In ``backward`` the place is the output's, whichever operation of the graph did it.
        """
        verdict = checked.verdict
        if isinstance(verdict, EngineError) and verdict.stage != "forward":
            return bool(checked.case.program.forms & self.deadly)
        return place_of(checked) <= self.deadly

    def _look_beneath(self, walk: Fault) -> None:
        """Look for bugs of operations where no walk can hide them: in trees.

        A tree that the walk's own fault explains tells nothing.
        """
        for form, methods in self.engine.facts.delegates.items():
            if len(methods) > 1 or FORMS[form][1] == "*":
                continue  # made of other operations: it has a graph inside
            single = alone(form)
            trees = [single, *(q for q in about(self.engine, single, form) if is_tree(q))]
            failing = next((c for tree in trees for c in self._failures(tree, walk)), None)
            if failing is not None:
                finding = self._examine(failing, in_trees=True)
                if finding is not None and not finding.is_about_the_walk:
                    self.quarantined |= {f for f in (finding.diagnosis.form,) if f}
                    self._merge(finding)

    def _failures(self, program: Program, walk: Fault) -> list[Checked]:
        points = [point[: program.n_inputs] for point in POINTS]
        found = check(self.engine, BallAlone(), program, points)
        return [
            one for one in found
            if isinstance(one.verdict, Mismatch)
            and not self._folding.explains(walk, one)
        ]  # fmt: skip

    @property
    def _shrinking(self) -> Shrinking:
        return Shrinking(self.engine, self.bench, self._avoided)

    @property
    def _folding(self) -> Folding:
        return Folding(self.engine.facts)

    def _count(self, name: str) -> None:
        found = self.findings[name]
        self.findings[name] = replace(found, count=found.count + 1)

    def _merge(self, finding: Finding) -> None:
        name = finding.fingerprint
        known = self.findings.get(name)
        if known is None:
            self.findings[name] = finding
            return
        smaller = min(known, finding, key=lambda f: size(f.checked.case))
        also = tuple(dict.fromkeys((*known.also, *finding.also)))
        self.findings[name] = replace(smaller, count=known.count + 1, also=also)

    def _examine(self, checked: Checked, *, in_trees: bool = False) -> Finding | None:
        """The finding, or None for one more large case where no work is left for such."""
        final, tries = checked, 1
        spent, work = self._left <= 0, Work(instructions=min(MAX_WORK, max(self._left, LEAST_WORK)))
        self._left -= work.instructions
        with suppress(GoneError):  # what was seen is still a finding
            final, tries = self._shrinking.smallest(
                checked, self.quarantined, work, in_trees=in_trees
            )
        self._left += max(0, work.instructions)
        is_large = len(final.case.program.instructions) > LARGE
        if spent and is_large and law_family(final) in self._large:
            return None
        found = diagnose(self.engine, final, in_trees=in_trees)
        if tries > 1 and found.fault is None and not is_tree(final.case.program):
            found = replace(found, form=None, slot=None, also=())  # a walk may be to blame
        return Finding(law(final), final, found, 1, found.also, flickers=tries > 1)

    def _examine_death(self, checked: Checked) -> Finding:
        final = self._shrinking.deadly(checked, self.deadly)
        found = diagnose(self.engine, final)
        return Finding(law(final), final, found, 1, found.also)

    def recall(self, fingerprint: str, finding: Finding) -> None:
        """Take a case of the corpus that fails; what was found anew as well is left as it is.

        So a report has the same bytes with and without the case, unless it was needed.

        Args:
            fingerprint: of the finding that the case was kept for.
            finding: what it shows now.
        """
        if fingerprint not in self.findings:
            self.findings.setdefault(finding.fingerprint, replace(finding, count=0))

    def result(self) -> list[Finding]:
        """The findings, those that only echo another folded into it, the most frequent first."""
        return [replace(f, count=max(f.count, 1)) for f in self._in_order()]

    def _in_order(self) -> list[Finding]:
        """Each asked anew: not before all is found, for a new process forgets what makes it fail.

        What then has lost its name may be another finding seen again.
        """
        found = self._folding.in_order(self.findings.values())
        told = [told_apart(f) if self._passes_anew(f) else f for f in found]
        return self._folding.in_order(told) if told != found else found

    def _passes_anew(self, finding: Finding) -> bool:
        if finding.flickers or died_of(finding.checked):
            return False
        case = finding.checked.case
        if case not in self._anew:
            self._anew[case] = passes_anew(self.engine, case)
        return self._anew[case]
