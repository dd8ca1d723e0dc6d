"""Examine a law on an engine or a network, wherever it runs."""

from __future__ import annotations

from typing import Any

from verify.engines import DiedError, Here
from verify.engines.isolation import GoneError, Isolated
from verify.laws.cases import single_case
from verify.laws.law import Book, Breach, Law
from verify.program import Case
from verify.program.json_form import case_from_json, case_to_json
from verify.verdict import DEADLY, Interval

LONG = ("SCL", "DET", "NET")
"""Laws that take seconds as a rule, and not milliseconds."""
OF_SIZE = "SCL"
"""Laws whose graphs are so large that a limit may be met by engines that are only slow."""


def examine(law: Law, tested: Any) -> tuple[Book, dict[str, Breach]]:
    """The book of a law, and breaches of the laws on processes that died of its examination.

    Args:
        law: the law.
        tested: an engine or a network that is live, or a subject that runs one.
    """
    if isinstance(tested, Here):
        return law.examine(tested.engine), {}
    if law.by_facts or not isinstance(tested, Isolated):
        return law.examine(tested), {}
    book = Book()
    if tested.worn_out:
        book.lose(tested.worn_out)
        return book, {}
    try:
        found = _asked(law, tested)
        if law.subject == "network":
            tested.refresh()
    except GoneError as error:
        book.lose(str(error))
        return book, {}
    except DiedError as error:
        return _died(law, book, error)
    book = _book(found)
    if book.skipped and tested.left_out:
        book.skip(f"{book.skipped}, without those that end its process")
    return book, {}


def _asked(law: Law, tested: Isolated) -> Any:
    """What the worker says of a law. Raises DiedError, GoneError.

    If that ends the process, and an operation by itself does, it is left out and the law is asked
    once more: what was looked for is another thing.
    """
    limits = tested.limits
    seconds = limits.long_law if law.code.startswith(LONG) else limits.law
    try:
        return tested.ask(by_code, law.code, seconds=seconds)
    except DiedError:
        if law.subject == "network" or law.code.startswith(OF_SIZE):
            raise
        forms = [form for form in tested.facts.spellings if form not in tested.left_out]
        if not tested.look_for_deadly(map(single_case, forms)):
            raise
    return tested.ask(by_code, law.code, seconds=seconds)


def by_code(subject: Any, code: str) -> dict[str, Any]:
    """Examine a law of the table on what is live in this process; the book as plain data."""
    from verify.laws import BY_CODE

    return _plain(BY_CODE[code].examine(subject))


def _died(law: Law, book: Book, error: DiedError) -> tuple[Book, dict[str, Breach]]:
    death = error.death
    said = f"{death.kind}: {death.message}"
    if law.code.startswith(OF_SIZE):
        if law.severity == "error":  # no number was wrong, and the others of the family say so
            book.skip(f"the engine {said}")
            return book, {}
        book.enter(Breach(f"could not be examined: the engine {said}"))
        return book, {}
    book.skip(f"the engine {said}")
    why = f"{death.kind} while {law.code} ({law.title}) is examined: {death.message}"
    return book, {DEADLY[death.kind]: Breach(why, cause=str(death))}


def _plain(book: Book) -> dict[str, Any]:
    return {
        "compared": book.compared,
        "breaches": [_plain_breach(breach) for breach in book.breaches],
        "skipped": book.skipped,
        "doubts": book.doubts,
    }


def _plain_breach(breach: Breach) -> dict[str, Any]:
    expected = breach.expected
    return {
        "message": breach.message,
        "operation": breach.operation,
        "case": None if breach.case is None else case_to_json(breach.case),
        "expected": None if expected is None else (expected.low, expected.high),
        "actual": breach.actual,
        "fault": breach.fault,
        "mend": breach.mend,
    }


def _book(data: dict[str, Any]) -> Book:
    return Book(
        data["compared"],
        [_breach(item) for item in data["breaches"]],
        data["skipped"],
        list(data["doubts"]),
    )


def _breach(data: dict[str, Any]) -> Breach:
    case: Case | None = None if data["case"] is None else case_from_json(data["case"])
    expected = None if data["expected"] is None else Interval(*data["expected"])
    return Breach(
        data["message"], data["operation"], case, expected, data["actual"], data["fault"],
        mend=data["mend"],
    )  # fmt: skip
