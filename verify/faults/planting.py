"""How a fault is planted: a small change of the text of ``plain_engine.py``.

A change that finds nothing to change raises: a fault that was not planted would look like one that
was missed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

Edit = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Plant:
    """An engine with one fault.

    Attributes:
        fault: the fault's code.
        operation: the operation it sits in; empty for a fault of the whole engine.
        edit: what makes the plain engine faulty.
        what: tells two plants of one fault in one operation apart; usually empty.
    """

    fault: str
    operation: str
    edit: Edit
    what: str = ""

    @property
    def name(self) -> str:
        """``overwrite-mul``, ``forgotten-operand-sub-1``, ``duplicate-append``."""
        return "-".join(part for part in (self.fault, self.operation, self.what) if part)

    @property
    def source(self) -> str:
        """The engine's text. Raises ValueError if the fault finds no place in it."""
        return self.edit(plain())


@cache
def plain() -> str:
    """The right engine's text."""
    return Path(__file__).with_name("plain_engine.py").read_text(encoding="utf-8")


def replacing(*pairs: tuple[str, str]) -> Edit:
    """Each text, which must occur exactly once, replaced."""

    def edit(source: str) -> str:
        for old, new in pairs:
            if source.count(old) != 1:
                raise ValueError(f"{old!r} occurs {source.count(old)} times, not once")
            source = source.replace(old, new)
        return source

    return edit


def rewriting(pattern: str, new: str | Callable[[re.Match[str]], str]) -> Edit:
    """A pattern, which must match exactly once, rewritten."""

    def edit(source: str) -> str:
        source, count = re.subn(pattern, new, source)
        if count != 1:
            raise ValueError(f"{pattern!r} matches {count} times, not once")
        return source

    return edit


def on_lines(operation: str, slots: Iterable[int], change: Callable[[str, str], str]) -> Edit:
    """The lines that add to the gradients of some operands, changed.

    ``change`` gets the operand's name (``self``) and its partial (``b``), and returns the line.
    """

    def edit(source: str) -> str:
        for slot in slots:
            marked = rf"( +)(\w+)\.grad \+= \((.+)\) \* out\.grad  # {operation} {slot}\n"
            new = rewriting(marked, lambda m: f"{m[1]}{change(m[2], m[3])}  # {operation}\n")
            source = new(source)
        return source

    return edit
