"""One answer for each law and operation, each from random cases of its own.

``run`` examines everything together. Here each operation is explored by itself, with a seed that is
made from the run's and the operation's name, so that an answer is the same alone, in any order and
in any process: what tests of a runner that deselects, repeats and distributes must be. See
``docs/decisions/conformance-tests.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from verify.campaign.budget import Budget
from verify.campaign.explore import Explorer, derived_seed
from verify.campaign.finding import Finding
from verify.campaign.records import of_breaches, of_finding, of_incidents
from verify.campaign.status import too_wide, undecided_share
from verify.engines import Death, UnderTest, subject_of
from verify.engines.isolation import GoneError
from verify.laws import BY_CODE, DEADLY, SEVERITIES, Law, examine
from verify.oracles import Bench
from verify.report import FindingRecord
from verify.report.words import finding_title

GRAPH = "graph"
"""Stands where an operation is named for bugs that sit in none: the walk, backward, the leaves."""
FAILED = ("Mismatch", "EngineError", "Inaccurate")
"""Names of the verdicts that make a finding."""


@dataclass(frozen=True, slots=True)
class Question:
    """One law, and what it is asked of.

    Attributes:
        law: the law.
        about: a form such as ``radd``, or GRAPH; None for a law with a check of its own.
    """

    law: Law
    about: str | None = None

    @property
    def name(self) -> str:
        """``GRA01-mul``, ``GRA01-graph``, ``LIF01``."""
        return self.law.code if self.about is None else f"{self.law.code}-{self.about}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a Question.

    Attributes:
        status: ``held``, ``broken``, ``not examined`` or ``in doubt``.
        findings: what breaks the law, of any severity.
        why: why it was not examined, or what is in doubt.
        compared: how many comparisons, or cases, agreed.
    """

    status: str
    findings: tuple[FindingRecord, ...] = ()
    why: str = ""
    compared: int = 0

    def failing(self, fail_on: str) -> tuple[FindingRecord, ...]:
        """The findings of this severity or worse."""
        severe = SEVERITIES[SEVERITIES.index(fail_on) :]
        return tuple(finding for finding in self.findings if finding.severity in severe)


@dataclass(frozen=True, slots=True)
class _Explored:
    """An exploration as it ended.

    Attributes:
        explorer: what explored.
        findings: what it found, and what was known before.
        incidents: deaths in it that no case could be shown to cause.
        cut_short: why the engine could not be asked to the end; empty if it could.
    """

    explorer: Explorer
    findings: tuple[Finding, ...]
    incidents: tuple[Death, ...] = ()
    cut_short: str = ""

    def of(self, code: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.law == code]

    def death(self, form: str | None) -> Finding | None:
        """What ended the engine's process in this operation, or in none."""
        return next(
            (
                f for f in self.findings
                if f.law in DEADLY.values() and (form in {f.diagnosis.form, *f.also}
                                                 or f.diagnosis.form is None)
            ),
            None,
        )  # fmt: skip


class Examiner:
    """Answers questions about one engine; each exploration is made once, when it is needed.

    Args:
        engine: the engine under test, live or in a process of its own. Each death of that process
            fails the question that met it.
        bench: the oracles.
        budget: how much to examine of each operand position.
        seed: makes the answers repeatable.
        network: a network to examine besides the engine, or None.
    """

    def __init__(
        self, engine: UnderTest, bench: Bench, budget: Budget, seed: int, network: Any = None
    ) -> None:
        self._subject, self._bench, self._network = subject_of(engine), bench, network
        self._budget, self._seed = budget, seed
        self._made: dict[str, _Explored] = {}

    def answer(self, question: Question) -> Outcome:
        """Examine one law.

        Raises:
            SuiteError: if the suite itself fails.
        """
        law = question.law
        if question.about is None:
            return self._look(law)
        explored = self._explored(question.about)
        if explored.incidents:
            return Outcome("broken", tuple(of_incidents(tuple(dict.fromkeys(explored.incidents)))))
        if explored.explorer.tally.doubts:
            case, doubt = explored.explorer.tally.doubts[0]
            return Outcome("in doubt", why=doubt.sentence(case.program))
        if question.about == GRAPH:
            return self._of_the_graph(law, explored)
        return self._of_an_operation(law, question.about, explored)

    def _look(self, law: Law) -> Outcome:
        """A law with a check of its own."""
        book, deaths = examine(law, self._network if law.subject == "network" else self._subject)
        if deaths:
            died = (of_breaches(BY_CODE[code], [breach]) for code, breach in deaths.items())
            return Outcome("broken", tuple(chain.from_iterable(died)))
        if book.gone:
            return Outcome("in doubt", why=book.skipped)
        if book.doubts:
            return Outcome("in doubt", why=book.doubts[0])
        if book.breaches:
            return Outcome("broken", tuple(of_breaches(law, book.breaches)))
        if book.skipped:
            return Outcome("not examined", why=book.skipped)
        if not book.compared:
            return Outcome("in doubt", why=f"{law.code} compared nothing")
        return Outcome("held", compared=book.compared)

    def _of_the_graph(self, law: Law, explored: _Explored) -> Outcome:
        """One program for each operand position: bugs that sit in no operation show in any."""
        if own := [f for f in explored.of(law.code) if f.diagnosis.form is None]:
            return _broken(own)
        tally = explored.explorer.tally
        if not tally.verdicts["Agree"]:
            why = "no case could be decided, so nothing is known of the engine"
            return _untold(explored, None, why)
        if explored.cut_short:
            return Outcome("in doubt", why=explored.cut_short)
        why = undecided_share(tally) or too_wide(tally)
        return Outcome("in doubt", why=why) if why else _held(tally.verdicts["Agree"])

    def _of_an_operation(self, law: Law, form: str, explored: _Explored) -> Outcome:
        """What breaks the law is this operation's unless another question is sure to show it."""
        found = explored.of(law.code)
        failed = any(explored.explorer.by_form[form][verdict] for verdict in FAILED)
        own = [
            f for f in found
            if form in {f.diagnosis.form, *f.also}
            or (failed and self._calls(form, f.diagnosis.form))
            or not self._is_told(f)
        ]  # fmt: skip
        if own:
            return _broken(own)
        if hiding := next((f for f in found if f.diagnosis.form is None), None):
            return _hidden(hiding)
        agreed = explored.explorer.by_form[form]["Agree"]
        if not agreed:
            return _untold(explored, form, "no case could be decided")
        lacking = explored.explorer.coverage.lacking(self._budget.minimum)
        if lacking:
            focus, short = next(iter(lacking.items()))
            said = f"operand {focus.slot} lacks {', '.join(short)}: try another seed"
            return _untold(explored, form, f"it was examined less than it should be: {said}")
        if explored.cut_short:
            return Outcome("in doubt", why=explored.cut_short)
        return _held(agreed)

    def _calls(self, form: str, other: str | None) -> bool:
        """Whether an operation runs another's methods, and so has its bugs."""
        delegates = self._subject.facts.delegates
        theirs = set(delegates.get(other or "", ()))
        return bool(theirs) and theirs <= set(delegates.get(form, ()))

    def _is_told(self, finding: Finding) -> bool:
        """Whether another question's own exploration shows this finding, or one in its place."""
        form = finding.diagnosis.form
        if form is not None and form not in self._subject.facts.spellings:
            return False
        there = self._explored(form or GRAPH).of(finding.law)
        return any(form == f.diagnosis.form or form in f.also for f in there)

    def _explored(self, about: str) -> _Explored:
        """The exploration of one operation, or of the whole, made once."""
        if about not in self._made:
            made = self._explorer(about)
            made.collector.forget_killers()
            before = len(self._subject.incidents)
            made.run()
            with suppress(GoneError):  # it is cut short, then
                made.collector.take_killers()
            found, met = made.collector.result(), self._subject.incidents[before:]
            self._made[about] = _Explored(made, tuple(found), tuple(met), made.cut_short)
        return self._made[about]

    def _explorer(self, about: str) -> Explorer:
        if about == GRAPH:
            budget = replace(self._budget, programs=1, minimum=0, rounds=0)
            return Explorer(self._subject, self._bench, budget, derived_seed(self._seed, GRAPH))
        made = Explorer(
            self._subject,
            self._bench,
            self._budget,
            derived_seed(self._seed, about),
            (about,),
            tuple(self._subject.facts.spellings),
        )
        # what the whole shows is neither met nor shrunk again for each operation
        made.collector = self._explored(GRAPH).explorer.collector.heir()
        return made


def questions(engine: UnderTest, laws: Sequence[Law]) -> Iterator[Question]:
    """All questions about an engine, those of one exploration side by side.

    Laws of random cases are asked of the graph and of each spelling that the engine has.
    """
    of_cases = [law for law in laws if law.subject == "case"]
    for about in (GRAPH, *engine.facts.spellings):
        yield from (Question(law, about) for law in of_cases)
    yield from (Question(law) for law in laws if law.subject != "case")


def _held(compared: int) -> Outcome:
    return Outcome("held", compared=compared)


def _broken(found: Sequence[Finding]) -> Outcome:
    return Outcome("broken", tuple(map(of_finding, found)))


def _hidden(finding: Finding) -> Outcome:
    bug = of_finding(finding)
    name = bug.operation or GRAPH
    why = f"hidden by {bug.law}-{name}, which is broken: {finding_title(bug)}"
    return Outcome("not examined", why=why)


def _untold(explored: _Explored, form: str | None, why: str) -> Outcome:
    """Too little was decided: it ended the process, another test's bug hid it, or nobody knows."""
    if (death := explored.death(form)) is not None:
        return _broken([death])
    if explored.cut_short:
        return Outcome("in doubt", why=explored.cut_short)
    return _hidden(explored.findings[0]) if explored.findings else Outcome("in doubt", why=why)
