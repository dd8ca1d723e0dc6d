"""Which findings are one bug, seen again or through an operation that calls the broken one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from verify.campaign.finding import Finding, died_of, in_backward
from verify.check import Checked
from verify.engines import Facts
from verify.explain import explains
from verify.faults import BY_CODE, Fault
from verify.program import FORMS
from verify.questions import is_tree, same_family
from verify.verdict import Inaccurate, Mismatch


@dataclass(frozen=True, slots=True)
class Folding:
    """Folds what only echoes another finding into it.

    Args:
        facts: of the engine under test; ``delegates`` says which operations call which.
    """

    facts: Facts

    def explains(self, fault: Fault, one: Checked) -> bool:
        """Whether a bug of the walk, or of every operation at once, is all that a failure shows."""
        if not isinstance(one.verdict, Mismatch | Inaccurate):
            return False
        forms = frozenset(self.facts.spellings if fault.scope == "operation" else ())
        return explains(fault, forms, [(one.case, one.observation)], self.facts.keeps_intermediates)

    def in_order(self, findings: Iterable[Finding]) -> list[Finding]:
        """The causes, each with what echoes it folded in, the most frequent first."""
        return sorted(self._folded(findings), key=lambda f: (-max(f.count, 1), f.fingerprint))

    def _folded(self, findings: Iterable[Finding]) -> list[Finding]:
        roots = sorted(findings, key=self._depth)
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
        calls = self.facts.delegates.get(form, ())
        return (
            finding.law == "ACC01",
            not finding.is_about_the_walk,
            len(calls) if form else len(FORMS),
            finding.diagnosis.fault is None,
            list(FORMS).index(form) if form else len(FORMS),
        )

    def _echoes(self, finding: Finding, root: Finding) -> bool:
        """Whether a finding is another one, seen again or through a form that calls it."""
        mine, theirs = finding.diagnosis, root.diagnosis
        if died_of(finding.checked) or died_of(root.checked):
            alike = in_backward(finding) and in_backward(root)
            return finding.law == root.law and (alike or self._shares_code(finding, root))
        if mine.fault is not None and (mine.fault, mine.form) == (theirs.fault, theirs.form):
            return True
        unknown = mine.fault is None and theirs.fault is None and mine.form is not None
        alike = (mine.form, finding.law) == (theirs.form, root.law)
        if unknown and alike and (mine.slot == theirs.slot or None in {mine.slot, theirs.slot}):
            return True
        if finding.law == "ACC01" and root.law != "ACC01":
            return self._disproves(root, finding)
        if root.is_about_the_walk:
            in_a_graph = not is_tree(finding.checked.case.program)
            hidden = in_a_graph and mine.fault in {None, theirs.fault}
            return hidden or self.explains(BY_CODE[root.diagnosis.fault or ""], finding.checked)
        if mine.form is not None and mine.form == theirs.form:
            return self._is_the_same_again(finding, root)
        return finding.law[:3] == root.law[:3] and self._calls(finding, root)

    def _disproves(self, root: Finding, formula: Finding) -> bool:
        """Whether digits need not have been lost by a formula: another bug gives the same numbers.

        A formula is proved by numbers that lie where it loses digits. Another bug may put a number
        there: one of the walk that explains all that was seen, one of an operation in the program.
        """
        mine, theirs = formula.diagnosis, root.diagnosis
        if root.is_about_the_walk:
            return self.explains(BY_CODE[theirs.fault or ""], formula.checked)
        used = {str(mine.form), *formula.checked.case.program.forms}
        return theirs.form is not None and any(same_family(theirs.form, form) for form in used)

    def _shares_code(self, finding: Finding, root: Finding) -> bool:
        """Whether two findings' forms run a method of one name: ``mul`` and ``rmul``."""
        delegates = self.facts.delegates
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
        delegates = self.facts.delegates
        forms = {finding.diagnosis.form or ""}
        if finding.diagnosis.fault is None:
            forms |= finding.checked.case.program.forms
        mine = {name for form in forms for name in delegates.get(form, ())}
        theirs = set(delegates.get(root.diagnosis.form or "", ()))
        return bool(theirs) and theirs <= mine
