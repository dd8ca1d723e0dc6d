"""One answer for each law and operation, each from random cases of its own.

``run`` examines everything together. Here each operation is explored by itself, with a seed that is
made from the run's and the operation's name, so that an answer is the same alone, in any order and
in any process: what tests of a runner that deselects, repeats and distributes must be. See
``docs/decisions/conformance-tests.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from verify.campaign.budget import Budget
from verify.campaign.explore import Explorer, derived_seed
from verify.campaign.finding import Finding
from verify.campaign.records import of_breaches, of_finding
from verify.campaign.summary import too_wide, undecided_share
from verify.engines import Engine
from verify.laws import SEVERITIES, Law
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
    explorer: Explorer
    findings: tuple[Finding, ...]

    def of(self, code: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.law == code]


class Examiner:
    """Answers questions about one engine; each exploration is made once, when it is needed.

    Args:
        engine: the engine under test.
        bench: the oracles.
        budget: how much to examine of each operand position.
        seed: makes the answers repeatable.
        network: a network to examine besides the engine, or None.
    """

    def __init__(
        self, engine: Engine, bench: Bench, budget: Budget, seed: int, network: Any = None
    ) -> None:
        self._engine, self._bench, self._network = engine, bench, network
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
        if explored.explorer.tally.doubts:
            case, doubt = explored.explorer.tally.doubts[0]
            return Outcome("in doubt", why=doubt.sentence(case.program))
        if question.about == GRAPH:
            return self._of_the_graph(law, explored)
        return self._of_an_operation(law, question.about, explored)

    def _look(self, law: Law) -> Outcome:
        """A law with a check of its own."""
        book = law.examine(self._network if law.subject == "network" else self._engine)
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
            return _untold(explored, "no case could be decided, so nothing is known of the engine")
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
            return _untold(explored, "no case could be decided")
        lacking = explored.explorer.coverage.lacking(self._budget.minimum)
        if lacking:
            focus, short = next(iter(lacking.items()))
            said = f"operand {focus.slot} lacks {', '.join(short)}: try another seed"
            return _untold(explored, f"it was examined less than it should be: {said}")
        return _held(agreed)

    def _calls(self, form: str, other: str | None) -> bool:
        """Whether an operation runs another's methods, and so has its bugs."""
        delegates = self._engine.facts.delegates
        theirs = set(delegates.get(other or "", ()))
        return bool(theirs) and theirs <= set(delegates.get(form, ()))

    def _is_told(self, finding: Finding) -> bool:
        """Whether another question's own exploration shows this finding, or one in its place."""
        form = finding.diagnosis.form
        if form is not None and form not in self._engine.facts.spellings:
            return False
        there = self._explored(form or GRAPH).of(finding.law)
        return any(form == f.diagnosis.form or form in f.also for f in there)

    def _explored(self, about: str) -> _Explored:
        """The exploration of one operation, or of the whole, made once."""
        if about not in self._made:
            made = self._explorer(about)
            made.run()
            self._made[about] = _Explored(made, tuple(made.collector.result()))
        return self._made[about]

    def _explorer(self, about: str) -> Explorer:
        if about == GRAPH:
            budget = replace(self._budget, programs=1, minimum=0, rounds=0)
            return Explorer(self._engine, self._bench, budget, derived_seed(self._seed, GRAPH))
        made = Explorer(
            self._engine,
            self._bench,
            self._budget,
            derived_seed(self._seed, about),
            (about,),
            tuple(self._engine.facts.spellings),
        )
        # what the whole shows is neither met nor shrunk again for each operation
        made.collector = self._explored(GRAPH).explorer.collector.heir()
        return made


def questions(engine: Engine, laws: Sequence[Law]) -> Iterator[Question]:
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


def _untold(explored: _Explored, why: str) -> Outcome:
    """Too little was decided: because of a bug that another test shows, or nobody knows why."""
    return _hidden(explored.findings[0]) if explored.findings else Outcome("in doubt", why=why)
