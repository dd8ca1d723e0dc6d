"""What a law is, what a breach of one says, and the book that an examination is kept in."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from verify.engines import describe
from verify.program import Case
from verify.verdict import Interval

SEVERITIES = ("note", "warning", "error")
SUBJECTS = ("case", "engine", "network")


@dataclass(frozen=True, slots=True)
class Breach:
    """A law was seen to be broken.

    Attributes:
        message: what happened and what should have, in one sentence.
        operation: the form it happened in, or None.
        case: a case that shows it, or None where a case cannot.
        expected: where the number must lie, or None.
        actual: what was printed, or None.
        fault: code of the known fault whose mechanism was seen at work, or None. Never a guess.
        cause: how the engine's process ended, whichever law was asked; empty if it did not.
        mend: what to do, where that is not what the law or the fault says; else empty.
    """

    message: str
    operation: str | None = None
    case: Case | None = None
    expected: Interval | None = None
    actual: float | None = None
    fault: str | None = None
    cause: str = ""
    mend: str = ""


@dataclass
class Book:
    """What the examination of one law on one subject found.

    A book that compared nothing and gives no reason is no pass: the run is then in doubt.

    Attributes:
        compared: how many comparisons were made.
        breaches: those that failed.
        skipped: why the law cannot be examined on this subject; empty if it was.
        doubts: disagreements between oracles, which say nothing about the subject.
        gone: whether it is skipped because the subject cannot be asked any more.
    """

    compared: int = 0
    breaches: list[Breach] = field(default_factory=list)
    skipped: str = ""
    doubts: list[str] = field(default_factory=list)
    gone: bool = False

    def enter(self, breach: Breach | None) -> None:
        """Count one comparison; None is one that held."""
        self.compared += 1
        if breach is not None:
            self.breaches.append(breach)

    def skip(self, why: str) -> None:
        """The law cannot be examined here: ``the engine has no add``."""
        self.skipped = why

    def lose(self, why: str) -> None:
        """The subject cannot be asked any more: another one might show a breach."""
        self.skipped, self.gone = why, True

    def doubt(self, sentence: str) -> None:
        """The oracles disagree: the run is in doubt."""
        self.doubts.append(sentence)

    @property
    def empty(self) -> bool:
        """Whether nothing was compared and nobody said why."""
        return not (self.compared or self.breaches or self.skipped or self.doubts)


@dataclass(frozen=True, slots=True)
class Law:
    """A property every correct engine has.

    Attributes:
        code: stable name, used in reports and options.
        severity: ``error`` for a wrong number returned silently or an exception on ordinary input,
            ``warning`` for an edge, ``note`` for a convention or something missing.
        title: a few words.
        statement: the law in one sentence.
        why: what goes wrong where it is broken, and what to look for: a paragraph for its page.
        check: writes what it finds about an engine (or a network) into the book; None for the laws
            that every random case is checked against.
        subject: ``case``, ``engine`` or ``network``.
        example: what is said of an engine that breaks it; a test makes such an engine say it.
        by_facts: whether the check looks at the engine's facts alone, so that no engine need run.
        mend: what to do where it is broken and no known fault says more; may be empty.
        needs: the ability that the check asks of an engine, ``GRAPH``; empty if it asks for none.
    """

    code: str
    severity: str
    title: str
    statement: str
    why: str = ""
    check: Callable[[Any, Book], None] | None = None
    subject: str = "engine"
    example: str = ""
    by_facts: bool = False
    mend: str = ""
    needs: str = ""

    def examine(self, subject: Any) -> Book:
        """Look for breaches. What an engine raises where the law expects none is a breach.

        Raises:
            ValueError: for a law that is checked on random cases only.
            Exception: whatever a bug of this suite raises; it says nothing about the subject.
        """
        if self.check is None:
            raise ValueError(f"{self.code} is checked on random cases")
        book = Book()
        if self.needs and self.needs in subject.facts.lacks:
            book.skip(subject.facts.lacks[self.needs])
            return book
        try:
            self.check(subject, book)
        except Exception as error:
            if _is_ours(error):
                raise
            book.enter(Breach(f"could not be examined: {describe(error)} was raised"))
        return book


ADAPTERS = frozenset({"engines", "networks"})
"""Parts of this package that run other people's code."""


def _is_ours(error: BaseException) -> bool:
    """Whether this suite failed, and not the engine that it asked.

    It did where its own code raised, the adapters that run engines aside, and where what its
    oracles called did: a library that they are built on.
    """
    package = Path(__file__).resolve().parent.parent
    files = [Path(f.filename).resolve() for f in traceback.extract_tb(error.__traceback__)]
    own = [file.relative_to(package) for file in files if package in file.parents]
    if not own:
        return False
    part = own[-1].parts[0]
    raised_here = files[-1] == package / own[-1]
    return part not in ADAPTERS if raised_here else part == "oracles"


def selected(laws: tuple[Law, ...], select: str | None, ignore: str | None) -> tuple[Law, ...]:
    """The laws whose code begins with one of ``select`` (all, if None) and none of ``ignore``.

    Raises:
        ValueError: naming a prefix that fits no law.
    """
    wanted, unwanted = _prefixes(laws, select), _prefixes(laws, ignore)
    return tuple(
        law for law in laws
        if (select is None or law.code.startswith(wanted)) and not law.code.startswith(unwanted)
    )  # fmt: skip


def _prefixes(laws: tuple[Law, ...], text: str | None) -> tuple[str, ...]:
    parts = tuple(part.strip().upper() for part in (text or "").split(",") if part.strip())
    for part in parts:
        if not any(law.code.startswith(part) for law in laws):
            known = " ".join(sorted({law.code[:3] for law in laws}))
            raise ValueError(f"no law's code begins with {part!r}; the families are {known}")
    if text is not None and not parts:
        raise ValueError("no law is named")
    return parts
