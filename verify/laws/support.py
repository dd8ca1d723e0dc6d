"""The law about which operations there are."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from verify.engines import UnderTest
from verify.laws.law import Book, Breach, Law

PYTHONS_OWN = re.compile(
    r"there is no "
    r"|TypeError: (unsupported operand|bad operand|must be real number|a float is required"
    r"|'[^']*' object (is not callable|cannot be interpreted)"
    r"|'[^']*' not supported between instances)"
    r"|AttributeError: ('[^']*' object|type object '[^']*'|module '[^']*') has no attribute "
)
"""What Python itself says of an operation that nobody wrote: the name says as much."""
WRITE_RADD = (
    "Write `__radd__ = __add__`, with which `2 + v` and `sum(values)` work; of the others write "
    "those that your users need."
)
MOST = 60


def every_operation(engine: UnderTest, book: Book) -> None:
    """Each spelling of each operation of the table is tried; those not there are listed."""
    for _ in engine.facts.spellings:
        book.enter(None)
    missing = list(engine.facts.unsupported)
    if missing:
        said = "not there: " + ", ".join(_said(engine, form) for form in missing)
        if "radd" in missing:
            said += "; without radd `2 + v` and `sum(values)`, which begins with 0 + v, raise"
        book.enter(_breach(said, missing))


def _breach(said: str, missing: Collection[str]) -> Breach:
    """What is missing; the sum of values can be had at once."""
    mend = WRITE_RADD if "radd" in missing else ""
    return Breach(said, fault="missing-operation", mend=mend)


def _said(engine: UnderTest, form: str) -> str:
    """A form, with the engine's own words where it has any."""
    why = engine.facts.unsupported[form]
    return form if PYTHONS_OWN.match(why) else f"{form} [{_shortened(why)}]"


def _shortened(words: str) -> str:
    """At most MOST characters, in whole words; an ellipsis says that something was left out."""
    if len(words) <= MOST:
        return words
    kept = words[: MOST + 1].rpartition(" ")[0] or words[:MOST]
    return f"{kept.rstrip()} ..."


SUPPORT_LAWS = (
    Law(
        "SUP01", "note", "operations not there", "Every operation of the table exists.",
        why="An operation that is missing is no bug: it says how far the examination reached. "
        "Nothing is known of what is not there. What the engine itself said when it was tried "
        "follows the name, so that an operation that was meant to exist is noticed.",
        check=every_operation,
        example="not there: power [AssertionError: only numbers as exponents], rpow, log, sqrt, "
        "sin, cos, sigmoid, abs, max, max_number, min, min_number",
        by_facts=True,
    ),
)  # fmt: skip


def requiring(forms: Collection[str]) -> Law:
    """SUP01 for an engine that must have these spellings: one that is not there is an error."""

    def check(engine: UnderTest, book: Book) -> None:
        missing = [form for form in forms if form in engine.facts.unsupported]
        for _ in range(len(forms) - len(missing)):
            book.enter(None)
        if missing:
            said = "required, and not there: " + ", ".join(_said(engine, form) for form in missing)
            book.enter(_breach(said, missing))

    (law,) = SUPPORT_LAWS
    statement = "Every operation that is required exists."
    return replace(law, severity="error", statement=statement, check=check)
