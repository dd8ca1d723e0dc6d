"""What a law is, and what a breach of one says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from verify.engines import Engine
from verify.program import Case
from verify.verdict import Interval

SEVERITIES = ("note", "warning", "error")


@dataclass(frozen=True, slots=True)
class Breach:
    """An engine was seen to break a law.

    Attributes:
        message: what happened and what should have, in one sentence.
        operation: the form it happened in, or None.
        case: a case that shows it, or None where a case cannot.
        expected: where the number must lie, or None.
        actual: what was printed, or None.
    """

    message: str
    operation: str | None = None
    case: Case | None = None
    expected: Interval | None = None
    actual: float | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """A property every correct engine has.

    Attributes:
        code: stable name, used in reports and options.
        severity: ``error`` for a wrong number returned silently or an exception on ordinary input,
            ``warning`` for an edge, ``note`` for a convention or something missing.
        title: a few words.
        statement: the law in one sentence.
        check: looks for breaches; None for the laws that every random case is checked against.
    """

    code: str
    severity: str
    title: str
    statement: str
    check: Callable[[Engine], Iterable[Breach]] | None = None
