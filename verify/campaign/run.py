"""One run: explore, look at the laws, and write down what was found as a Document."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType

from verify.campaign.explore import Explorer, Progress, SuiteError
from verify.campaign.plan import Examined, Plan, SharedDeath
from verify.campaign.records import of_breaches, of_finding, of_incidents
from verify.campaign.summary import document_of
from verify.engines import Subject, UnderTest, subject_of
from verify.laws import BY_CODE, DEADLY, SEVERITIES, Breach, Law, examine
from verify.oracles import Bench
from verify.questions import same_family
from verify.report import Document, FindingRecord, LawRecord


def run(
    engine: UnderTest, bench: Bench, plan: Plan, progress: Progress = lambda *_: None
) -> Document:
    """Run the plan. An interrupt ends it early, with what was found until then.

    Raises:
        SuiteError: if the suite itself fails.
    """
    started = time.perf_counter()
    subject = subject_of(engine)
    explorer = Explorer(subject, bench, plan.budget, plan.seed, plan.forms)
    examined = Examined()
    interrupted = False

    def enough() -> bool:
        collected = explorer.collector.findings.values()
        recalled = [one.finding for one in plan.recalled]
        found = [BY_CODE[f.law].severity for f in (*recalled, *collected)]
        return any(map(plan.is_enough, [*found, *(r.severity for r in examined.findings)]))

    try:
        with _noticing_interrupts(explorer):
            if plan.explores and not enough():
                explorer.begin(progress, enough)
            look_at_laws(subject, plan, examined, enough)
            if plan.explores and not enough():
                explorer.finish(progress, enough)
    except KeyboardInterrupt:
        interrupted = True
    explorer.collector.take_killers()
    for one in plan.recalled:
        explorer.collector.recall(one.kept.fingerprint, one.finding)
    add_incidents(subject, examined)
    # what ends the engine's process is said whatever laws were selected
    always = {law.code for law in plan.laws} | set(DEADLY.values())
    found = [of_finding(f) for f in explorer.collector.result() if f.law in always]
    findings = [*found, *(_after(found, one) for one in examined.findings)]
    document = document_of(subject, plan, explorer, findings, examined, interrupted)
    return replace(document, timings={"seconds": round(time.perf_counter() - started, 3)})


def _after(found: Sequence[FindingRecord], breach: FindingRecord) -> FindingRecord:
    """The breach; where what else is wrong may be its cause, that comes first.

    A walk that is wrong on fresh graphs says nothing of what it leaves for the next; an operation
    whose values are wrong anyway says nothing of its edges.
    """
    walk = next((f for f in found if f.law == "GRA01" and f.fault and f.operation is None), None)
    if walk and breach.law.startswith("LIF") and not breach.fault and breach.severity != "error":
        return replace(breach, mend=f"Mend GRA01 first: this may come of it. {breach.mend}")
    form = breach.operation
    if breach.fault or form is None or not breach.law.startswith("EDG"):
        return breach
    wrong = [
        f for f in found if f.law == "VAL01" and f.operation and same_family(f.operation, form)
    ]
    if not wrong:
        return breach
    said = f"Mend {wrong[0].operation} (VAL01) first: this may come of it."
    return replace(breach, mend=said)


def look_at_laws(
    engine: UnderTest, plan: Plan, examined: Examined, enough: Callable[[], bool] = lambda: False
) -> None:
    """Examine each law of the plan that has a check of its own.

    Those whose breach is an error come first; where that is enough, the others are left out.
    """
    for severity in reversed(SEVERITIES):
        if enough():
            return
        for law in plan.laws:
            subject = plan.network if law.subject == "network" else subject_of(engine)
            if law.severity == severity and law.check is not None and subject is not None:
                _look(law, subject, plan, examined)


def _look(law: Law, subject: object, plan: Plan, examined: Examined) -> None:
    book, deaths = examine(law, subject)
    for code, breach in deaths.items():
        _enter_death(law, BY_CODE[code], breach, examined)
    examined.doubts.extend(book.doubts)
    status = "broken" if book.breaches else "not examined" if book.skipped else "held"
    examined.laws.append(
        LawRecord(law.code, law.severity, law.title, status, book.compared, book.skipped)
    )
    wanted = [
        breach for breach in book.breaches
        if plan.forms is None or breach.operation is None or breach.operation in plan.forms
    ]  # fmt: skip
    examined.findings.extend(of_breaches(law, wanted))


def _enter_death(law: Law, broken: Law, breach: Breach, examined: Examined) -> None:
    """What ends the process in the same way while several laws are examined is one finding."""
    key = (broken.code, breach.cause)
    if key not in examined.deaths:
        examined.deaths[key] = SharedDeath(len(examined.findings), breach.message)
        examined.findings.extend(of_breaches(broken, [breach]))
        return
    death = examined.deaths[key]
    death.also.append(law.code)
    examined.findings[death.place] = replace(
        examined.findings[death.place],
        count=1 + len(death.also),
        message=f"{death.told}; the same while others are: {', '.join(death.also)}",
    )


def add_incidents(subject: Subject, examined: Examined) -> None:
    """What ended the engine's process once and not again is a finding without a case."""
    examined.findings.extend(of_incidents(subject.incidents))


@contextmanager
def _noticing_interrupts(explorer: Explorer) -> Iterator[None]:
    """Remember a Ctrl-C: raised inside a finalizer or somebody's bare except, it would be lost."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def notice(number: int, frame: FrameType | None) -> None:
        explorer.interrupted = True
        signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGINT, notice)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


__all__ = ["Plan", "SuiteError", "add_incidents", "look_at_laws", "run"]
