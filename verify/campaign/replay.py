"""One stored case again, on any engine: fixed, still failing, or cannot run."""

from __future__ import annotations

from dataclasses import dataclass

from verify.check import check
from verify.engines import UnderTest, seen_by, subject_of
from verify.engines.isolation import GoneError
from verify.laws import BY_CODE, examine
from verify.laws.edge_breach import breach_of
from verify.laws.edge_table import EDGES
from verify.oracles import Bench
from verify.program import Case, Program
from verify.program.text import case_text, parse_case
from verify.verdict import Agree, Undecided, Verdict, sentence

OUTCOMES = ("fixed", "still failing", "cannot run", "undecided")
ANY = "any"
"""No operation in particular."""
TRIES = 12
"""An engine whose order is not kept may pass by luck: it must pass this often."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What became of a stored case.

    Attributes:
        outcome: one of OUTCOMES.
        sentence: what was seen.
    """

    outcome: str
    sentence: str


def replayed(
    engine: UnderTest, bench: Bench, law: str | None, case: Case, operation: str | None = ANY
) -> Replay:
    """Check a case again.

    Args:
        engine: the engine, not necessarily the one that the case was found on.
        bench: the oracles.
        law: the law that it broke; one with a check of its own is examined as a whole, but for
            edges, which are one case. None for a case that is checked as random ones are.
        case: the case; its seed must be 1.
        operation: where the law was broken, None if in no operation: what it is broken by elsewhere
            is another finding. ANY where that is not known.
    """
    missing = sorted(case.program.forms - set(engine.facts.spellings))
    if missing:
        return Replay("cannot run", f"the engine has no {', '.join(missing)}")
    try:
        return _again(engine, bench, law, case, operation)
    except GoneError as error:
        return Replay("cannot run", str(error))


def _again(
    engine: UnderTest, bench: Bench, law: str | None, case: Case, operation: str | None
) -> Replay:
    if law is not None and BY_CODE[law].check is not None:
        return _of_a_law(engine, law, case, operation)
    for _ in range(TRIES):
        (found,) = check(engine, bench, case.program, [case.point])
        if not isinstance(found.verdict, Agree):
            break
    return _said(found.verdict, case.program)


def _of_a_law(engine: UnderTest, code: str, case: Case, operation: str | None) -> Replay:
    law = BY_CODE[code]
    edge = next((e for e in EDGES if e.code == code and _is_same(e.case, case)), None)
    if edge is not None:
        breach = breach_of(edge, case, seen_by(engine, case))
        breaches = [breach] if breach is not None else []
    elif law.subject == "network":
        return Replay("cannot run", f"{code} is a law of networks: run with --network")
    else:
        book, deaths = examine(law, subject_of(engine))
        for deadly, breach in deaths.items():
            return Replay("still failing", f"error {deadly}: {breach.message}")
        if book.skipped and not book.compared:
            return Replay("cannot run", book.skipped)
        breaches = [b for b in book.breaches if operation in {ANY, b.operation}]
    if not breaches:
        return Replay("fixed", law.statement)
    return Replay("still failing", f"{law.severity} {code}: {breaches[0].message}")


def _is_same(text: str, case: Case) -> bool:
    """Whether a text is this case, nan being equal to nan."""
    return case_text(parse_case(text)) == case_text(case)


def _said(verdict: Verdict, program: Program) -> Replay:
    outcomes = {Agree: "fixed", Undecided: "undecided"}
    return Replay(outcomes.get(type(verdict), "still failing"), sentence(verdict, program))
