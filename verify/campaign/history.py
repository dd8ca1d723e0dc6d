"""The history of an engine: what each of its definitions breaks, when a bug came and went."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from verify.campaign.budget import Budget
from verify.campaign.explore import SuiteError
from verify.campaign.plan import Plan
from verify.campaign.run import run
from verify.campaign.values import examine_values
from verify.engines import Engine, Facts, Here, Subject, TargetError, open_engine
from verify.engines.isolation import DEFAULT_LIMITS, GoneError, Isolated, Limits
from verify.engines.unfinished import BY_HAND, VALUES, WHOLE, open_by_hand, open_values
from verify.laws import LAWS
from verify.oracles import bench
from verify.program import FORMS
from verify.report import FindingRecord
from verify.report.words import finding_title

VALUE_LAWS = ("VAL", "ACC", "RUN")
"""Families of laws that an engine without gradients is examined for."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A law that a definition breaks, and how.

    Attributes:
        law, severity: the law.
        title: ``mul: shared-node overwrite``.
        operation: the form it sits in, or None.
        fault: the known bug that explains it, or None.
        count: how many cases failed.
        program: the smallest failing case as text, or None.
        message: what happened.
    """

    law: str
    severity: str
    title: str
    operation: str | None
    fault: str | None
    count: int
    program: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One definition, examined.

    Attributes:
        status: ``certified``, ``values only`` (and they are right), ``wrong``, ``in doubt``,
            ``interrupted`` or ``no engine``.
        how: ``backward``, ``rules by hand`` (each node has a rule, which was called in order) or
            ``values only``; None for what is no engine.
        sentence: the verdict in words.
        operations: the forms that it has.
        broken: the laws that it breaks, errors first.
        left_out: what of the file was not executed.
    """

    status: str
    how: str | None
    sentence: str
    operations: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()
    left_out: tuple[str, ...] = ()

    def can_show(self, law: str) -> bool:
        """Whether a breach of a law would have been seen here."""
        if self.how is None or self.status in {"in doubt", "interrupted"}:
            return False
        return self.how != VALUES or law.startswith(VALUE_LAWS)


@dataclass(frozen=True, slots=True)
class Life:
    """When a bug came and when it went.

    Attributes:
        law, severity, title: the bug.
        came: the ordinal of the first definition that has it, from 1.
        went: that of the first after it that was examined and has it no more; None while it lives.
    """

    law: str
    severity: str
    title: str
    came: int
    went: int | None


def examine_definition(
    target: str,
    budget: Budget,
    seed: int,
    limits: Limits | None = DEFAULT_LIMITS,
    overrides: Mapping[str, Any] | None = None,
) -> Entry:
    """Examine one definition as far as it can be driven; whatever goes wrong is in the entry.

    Args:
        target: the definition.
        budget: how much to examine.
        seed: makes it repeatable.
        limits: on the process that it runs in; None to run it in this one.
        overrides: what a configuration says of how it is driven.
    """
    try:
        with _opened(target, limits, overrides) as (engine, how):
            try:
                return (
                    _of_values(engine, budget, seed)
                    if how == VALUES
                    else _of_run(engine, how, budget, seed)
                )
            except SuiteError as error:
                return Entry("in doubt", how, f"The suite itself failed ({error}).")
    except (TargetError, GoneError) as error:
        return Entry("no engine", None, str(error))


@contextmanager
def _opened(
    target: str, limits: Limits | None, overrides: Mapping[str, Any] | None
) -> Iterator[tuple[Subject, str]]:
    """The definition, and how it is driven: whole, or as far as it goes. Raises TargetError."""
    given = None if overrides is None else dict(overrides)
    ways: tuple[tuple[str, Callable[..., Engine], tuple[Any, ...]], ...] = (
        (WHOLE, open_engine, (target, given)),
        (BY_HAND, open_by_hand, (target,)),
        (VALUES, open_values, (target,)),
    )
    refused: TargetError | None = None
    for how, opener, arguments in ways:
        try:
            subject = (
                Here(opener(*arguments))
                if limits is None
                else Isolated(opener, arguments, Facts, limits)
            )
        except TargetError as error:
            refused = refused or error
            continue
        with subject if isinstance(subject, Isolated) else nullcontext():
            yield subject, how
        return
    assert refused is not None  # noqa: S101 - no way was taken, so one refused
    raise refused


def _of_run(engine: Subject, how: str, budget: Budget, seed: int) -> Entry:
    laws = tuple(law for law in LAWS if law.subject != "network")
    document = run(engine, bench(), Plan(budget, seed, laws=laws))
    facts = engine.facts
    broken = tuple(_broken(finding) for finding in document.findings)
    return Entry(
        document.status, how, document.sentence, tuple(facts.spellings), broken, facts.left_out
    )


def _of_values(engine: Subject, budget: Budget, seed: int) -> Entry:
    found = examine_values(engine, bench(), budget, seed)
    broken = sorted(map(_broken, found.findings.values()), key=lambda one: one.severity != "error")
    errors = sum(one.severity == "error" for one in broken)
    judged = found.cases["agreed"] + found.cases["wrong"] + found.cases["inaccurate"]
    counted = f"{judged:,} cases, values only"
    if found.doubts:
        status, sentence = "in doubt", f"The oracles disagree: {found.doubts[0]}."
    elif errors:
        status, sentence = "wrong", f"{errors} error{'s' * (errors > 1)} in {counted}."
    elif not found.cases["agreed"]:
        status, sentence = "in doubt", "Nothing was checked: no case could be decided."
    else:
        status, sentence = VALUES, f"Every value is right in {counted}; there is no backward."
    forms, left_out = tuple(engine.facts.spellings), engine.facts.left_out
    return Entry(status, VALUES, sentence, forms, tuple(broken), left_out)


def _broken(finding: FindingRecord) -> Broken:
    return Broken(
        finding.law, finding.severity, finding_title(finding), finding.operation, finding.fault,
        finding.count, finding.program, finding.message,
    )  # fmt: skip


def lives(entries: Sequence[Entry]) -> tuple[Life, ...]:
    """Every bug's coming and going, in order; one that comes back has several lives."""
    found: list[Life] = []
    alive: dict[tuple[str, str], tuple[int, Broken]] = {}
    for number, entry in enumerate(entries, 1):
        here = {(one.law, one.title): one for one in entry.broken}
        for key in [key for key in alive if key not in here and entry.can_show(key[0])]:
            came, one = alive.pop(key)
            found.append(Life(one.law, one.severity, one.title, came, number))
        for key, one in here.items():
            alive.setdefault(key, (number, one))
    found += [Life(b.law, b.severity, b.title, came, None) for came, b in alive.values()]
    ranks = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted(found, key=lambda life: (ranks[life.severity], life.came, life.law)))


def added(before: Sequence[str], now: Sequence[str]) -> tuple[str, ...]:
    """Operations that came: an operation that is new by its name, else the new spelling's."""
    known = {FORMS[form][0].name for form in before}
    new = [form for form in now if form not in before]
    return tuple(
        dict.fromkeys(form if FORMS[form][0].name in known else FORMS[form][0].name for form in new)
    )
