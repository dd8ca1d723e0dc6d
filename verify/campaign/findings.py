"""From failing cases to findings: reproduce, shrink, diagnose, group; one bug is one finding."""

from __future__ import annotations

import hashlib
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace

from strategies import Focus
from verify.check import Checked, check, judged
from verify.diagnose import Diagnosis, diagnose
from verify.engines import DEATHS, Observation, UnderTest, subject_of
from verify.engines.isolation import GoneError
from verify.explain import explains
from verify.faults import BY_CODE, Fault
from verify.faults.mechanics import SYSTEM
from verify.laws import DEADLY
from verify.oracles import VOID, BallAlone, Bench
from verify.program import FORMS, Case, Program
from verify.program.floats import FLOATS
from verify.questions import POINTS, about, alone, is_tree, same_family
from verify.shrink import shrink, size
from verify.verdict import EngineError, Inaccurate, Mismatch

TRIES_OF_A_FLICKER = 12
"""How often a case is tried before it is said not to fail, once an engine has been inconsistent."""
PROBES = 10
"""How often a failing case is run again to see whether it fails every time."""
MAX_SHRINKS = 2
"""Failures of one law that are shrunk for each operation in focus; later ones are only counted."""
MAX_WALK_SHRINKS = 3
MAX_DEATHS = 8
"""Processes that may die for one case to become smaller; each costs the time that a hang takes."""
FAILURES = Mismatch | EngineError | Inaccurate
"""Verdicts that make a finding."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One bug.

    Attributes:
        law: code of the law it breaks.
        checked: the smallest failing case, with what was seen and what is true.
        diagnosis: where it is and, if proved, its name.
        count: how many cases failed in this way.
        also: other forms that fail because they call this operation.
        flickers: whether the same case sometimes passes.
    """

    law: str
    checked: Checked
    diagnosis: Diagnosis
    count: int
    also: tuple[str, ...] = ()
    flickers: bool = False

    @property
    def fingerprint(self) -> str:
        """Stable identity: law, operation, operand, fault."""
        d = self.diagnosis
        return fingerprint(self.law, d.form, None if d.fault else d.slot, d.fault)


def fingerprint(*parts: object) -> str:
    """Twelve hexadecimal digits that name a finding wherever it is found."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:12]


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
        if died and finding.diagnosis.form:
            self.deadly.add(finding.diagnosis.form)
        self._last[key] = finding.fingerprint
        if self._is_about_the_walk(finding):
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
            _taken=self._taken if engine is None else 0,
        )

    def forget_counts(self) -> None:
        """Count from nothing: what is known stays known, and ``counted`` gives what comes."""
        self.findings = {name: replace(found, count=0) for name, found in self.findings.items()}

    def counted(self) -> list[Finding]:
        """As ``result``, without what is known and was not met since ``forget_counts``."""
        return [finding for finding in self._in_order() if finding.count]

    def take_killers(self) -> None:
        """Findings of cases that ended the process while something else was looked at.

        A smaller case, or a question of a diagnosis, may use an operation that no program has had.
        """
        subject = subject_of(self.engine)
        for case, seen in subject.killers[self._taken :]:
            self._taken += 1
            (checked,) = self._judged(case, seen, BallAlone())
            if not _place_of(checked) <= self.deadly:
                finding = self._examine_death(checked)
                self.deadly |= _place_of(finding.checked)
                self._merge(finding)

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
                if not self._is_about_the_walk(finding):
                    self.quarantined |= {f for f in (finding.diagnosis.form,) if f}
                    self._merge(finding)

    def _failures(self, program: Program, walk: Fault) -> list[Checked]:
        points = [point[: program.n_inputs] for point in POINTS]
        found = check(self.engine, BallAlone(), program, points)
        return [
            one for one in found
            if isinstance(one.verdict, Mismatch)
            and not self._explains(walk, one)
        ]  # fmt: skip

    def _explains(self, walk: Fault, one: Checked) -> bool:
        """Whether a bug of the walk, or of every operation at once, is all that a failure shows."""
        facts = self.engine.facts
        forms = frozenset(facts.spellings if walk.scope == "operation" else ())
        return explains(walk, forms, [(one.case, one.observation)], facts.keeps_intermediates)

    def _is_explained_by(self, root: Finding, checked: Checked) -> bool:
        if not isinstance(checked.verdict, Mismatch):
            return False
        return self._explains(BY_CODE[root.diagnosis.fault or ""], checked)

    def _is_about_the_walk(self, finding: Finding) -> bool:
        """Or about every operation at once: either way it sits in no one operation."""
        fault, form = finding.diagnosis.fault, finding.diagnosis.form
        return fault is not None and form is None and BY_CODE[fault].scope != "law"

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

    def _examine(self, checked: Checked, *, in_trees: bool = False) -> Finding:
        final, tries = checked, 1
        with suppress(GoneError):  # what was seen is still a finding
            final, tries = self._shrunk(checked, in_trees)
        found = diagnose(self.engine, final, in_trees=in_trees)
        return Finding(law(final), final, found, 1, found.also, flickers=tries > 1)

    def _judged(self, case: Case, seen: Observation, bench: Bench) -> list[Checked]:
        facts = self.engine.facts
        truths = bench.truths(case.program, [case.point], FLOATS[facts.float_width])
        return judged(case.program, [case.point], [seen], truths, facts)

    def _shrunk(self, checked: Checked, in_trees: bool) -> tuple[Checked, int]:
        """The smallest case that fails in the same way, and how often it is tried to see it."""
        wanted = law_family(checked)
        certain = BallAlone()
        tries = self._tries(checked, certain)

        def fails(case: Case) -> bool:
            if in_trees and not is_tree(case.program):
                return False
            if self._avoided & (_forms(case) - _forms(checked.case)):
                return False
            return self._failure(case, certain, wanted, tries) is not None

        ranks = {  # never an operation that is known to be broken: its bug would hide this one
            form: max(1, len(methods))
            for form, methods in self.engine.facts.delegates.items()
            if form not in self.quarantined
        }
        small = shrink(checked.case, fails, ranks)
        if tries > 1:  # a step may have been refused by luck
            small = shrink(small, fails, ranks)
        return self._failure(small, self.bench, wanted, 4 * tries) or checked, tries

    def _examine_death(self, checked: Checked) -> Finding:
        """Shrink a case that ends the engine's process, by few and brief tries."""
        subject, wanted, left = subject_of(self.engine), law(checked), MAX_DEATHS
        certain, floats = BallAlone(), FLOATS[self.engine.facts.float_width]

        def dies(case: Case) -> bool:
            nonlocal left
            (truth,) = certain.truths(case.program, [case.point], floats)
            if left <= 0 or subject.worn_out or any(t.reason in VOID for t in truth.troubles):
                return False
            seen = subject.step(case.program, case.point, brief=True)
            died = seen.failure is not None and DEADLY.get(seen.failure.kind) == wanted
            left -= died
            return died

        final = checked
        with suppress(GoneError):
            ranks = {form: 1 for form in self.engine.facts.delegates if form not in self.deadly}
            small = shrink(checked.case, dies, ranks)
            seen = subject.step(small.program, small.point, brief=False)
            (again,) = self._judged(small, seen, self.bench)
            final = again if died_of(again) and law(again) == wanted else checked
        found = diagnose(self.engine, final)
        return Finding(law(final), final, found, 1, found.also)

    def _tries(self, checked: Checked, certain: Bench) -> int:
        """1 if the case fails every time, else enough that it is unlikely to be missed."""
        again = [
            self._failure(checked.case, certain, law_family(checked), 1) for _ in range(PROBES)
        ]
        return 1 if all(again) else TRIES_OF_A_FLICKER

    def _failure(self, case: Case, bench: Bench, wanted: str, tries: int) -> Checked | None:
        """The case, run until it fails in the same way, at most ``tries`` times."""
        for _ in range(tries):
            (found,) = check(self.engine, bench, case.program, [case.point])
            if isinstance(found.verdict, FAILURES) and law_family(found) == wanted:
                return found
            if died_of(found):
                self._avoided |= _place_of(found)
                return None
        return None

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
        return sorted(self._folded(), key=lambda f: (-max(f.count, 1), f.fingerprint))

    def _folded(self) -> list[Finding]:
        roots = sorted(self.findings.values(), key=self._depth)
        kept: list[Finding] = []
        for finding in roots:
            home = next((k for k in kept if self._echoes(finding, k)), None)
            if home is None:
                kept.append(finding)
                continue
            more = [f for f in (finding.diagnosis.form,) if f and f != home.diagnosis.form]
            also = tuple(dict.fromkeys((*home.also, *finding.also, *more)))
            merged = replace(home, count=home.count + finding.count, also=also)
            kept[kept.index(home)] = merged
        return kept

    def _depth(self, finding: Finding) -> tuple[bool, bool, int, bool, int]:
        """Causes before echoes: the walk, then named bugs, the plainest operations first."""
        form = finding.diagnosis.form or ""
        calls = self.engine.facts.delegates.get(form, ())
        return (
            finding.law == "ACC01",
            not self._is_about_the_walk(finding),
            len(calls) if form else len(FORMS),
            finding.diagnosis.fault is None,
            list(FORMS).index(form) if form else len(FORMS),
        )

    def _echoes(self, finding: Finding, root: Finding) -> bool:
        """Whether a finding is another one, seen again or through a form that calls it."""
        mine, theirs = finding.diagnosis, root.diagnosis
        if died_of(finding.checked) or died_of(root.checked):
            alike = _in_backward(finding) and _in_backward(root)
            return finding.law == root.law and (alike or self._shares_code(finding, root))
        if mine.fault is not None and (mine.fault, mine.form) == (theirs.fault, theirs.form):
            return True
        if finding.law == "ACC01" and root.law != "ACC01":  # numbers elsewhere disprove the formula
            return bool(mine.form and theirs.form) and same_family(str(mine.form), str(theirs.form))
        if self._is_about_the_walk(root):
            hidden = not self._is_of_a_tree(finding) and mine.fault in {None, theirs.fault}
            return hidden or self._is_explained_by(root, finding.checked)
        if mine.form is not None and mine.form == theirs.form:
            return self._is_the_same_again(finding, root)
        return finding.law[:3] == root.law[:3] and self._calls(finding, root)

    def _shares_code(self, finding: Finding, root: Finding) -> bool:
        """Whether two findings' forms run a method of one name: ``mul`` and ``rmul``."""
        delegates = self.engine.facts.delegates
        forms = (finding.diagnosis.form or "", root.diagnosis.form or "")
        mine, theirs = (set(delegates.get(form, ())) for form in forms)
        return bool(mine & theirs)

    def _is_the_same_again(self, finding: Finding, root: Finding) -> bool:
        """Two findings of one form: a wrong value is the cause of the rest, unknowns are alike."""
        if finding.diagnosis.fault is not None:
            return False
        same = finding.law[:3] == root.law[:3] and root.diagnosis.fault is None
        return root.law == "VAL01" or (
            same and finding.diagnosis.slot in {root.diagnosis.slot, None}
        )

    def _calls(self, finding: Finding, root: Finding) -> bool:
        """Whether the finding's operation runs the root's: what it says is then no proof."""
        delegates = self.engine.facts.delegates
        forms = {finding.diagnosis.form or ""}
        if finding.diagnosis.fault is None:
            forms |= {i.form for i in finding.checked.case.program.instructions}
        mine = {name for form in forms for name in delegates.get(form, ())}
        theirs = set(delegates.get(root.diagnosis.form or "", ()))
        return bool(theirs) and theirs <= mine

    def _is_of_a_tree(self, finding: Finding) -> bool:
        return is_tree(finding.checked.case.program)


def _in_backward(finding: Finding) -> bool:
    """Whether an engine failed in ``backward``: one walk goes over every operation."""
    verdict = finding.checked.verdict
    return isinstance(verdict, EngineError) and verdict.stage == "backward"


def _forms(case: Case) -> set[str]:
    return {instruction.form for instruction in case.program.instructions}


def _place_of(checked: Checked) -> set[str]:
    """The form at which a case ended the engine's process."""
    verdict, program = checked.verdict, checked.case.program
    if not isinstance(verdict, EngineError) or verdict.index < program.n_inputs:
        return set()
    return {program.at(verdict.index).form}


def died_of(checked: Checked) -> bool:
    """Whether a case ended the engine's process."""
    return isinstance(checked.verdict, EngineError) and checked.verdict.kind in DEATHS


def law_family(checked: Checked) -> str:
    """``VAL``, ``GRA``, ``RUN`` or ``ACC``: what shrinking may exchange for one another.

    What ends the process is a family of its own for each way of ending it.
    """
    return law(checked) if died_of(checked) else law(checked)[:3]


def law(checked: Checked) -> str:
    """Code of the law that a failing case breaks."""
    if isinstance(checked.verdict, Mismatch):
        return checked.verdict.law
    if isinstance(checked.verdict, EngineError):
        return DEADLY.get(checked.verdict.kind, "RUN01")
    return "ACC01"
