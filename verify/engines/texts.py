"""What somebody's objects say of themselves: their ``__str__`` may raise, or take long."""

from __future__ import annotations

import time

from verify.engines.raised import INTERRUPTS

LONGEST = 10_000
"""Characters that are read of a text."""
SLOW = 0.25
"""Seconds that a text may take; one of a usual engine takes microseconds."""
PLAIN = frozenset({str, int, float, bool, type(None)})
UNREADABLE = "(its text cannot be read)"
TOO_MUCH = "(its text is too long to be read)"
_without_text: set[object] = set()
"""Kinds of objects whose text was too much: nobody waits for it a second time."""


def text_of(thing: object) -> str:
    """The text of an object, or in brackets why there is none."""
    if type(thing) is str:
        return thing[:LONGEST]
    try:
        kind, is_plain = _kind(thing)
        if kind in _without_text:
            return TOO_MUCH
        began = time.perf_counter()
        text = str(thing)
        if is_plain:
            return text[:LONGEST]
        if len(text) <= LONGEST and time.perf_counter() - began <= SLOW:
            return text
    except MemoryError:
        pass
    except INTERRUPTS:
        raise
    except BaseException:  # noqa: BLE001 - a __str__ is somebody's code too
        return UNREADABLE
    _without_text.add(kind)
    return TOO_MUCH


def _kind(thing: object) -> tuple[object, bool]:
    """What objects with texts of one kind have in common, and whether Python makes the text.

    ``ValueError(node)`` may take long, and ``ValueError("no")`` does not.
    """
    if not isinstance(thing, BaseException):
        return type(thing), type(thing) in PLAIN
    of = tuple(map(type, thing.args))
    is_builtin = type(thing).__module__ == "builtins"
    return (type(thing), of), is_builtin and PLAIN.issuperset(of)
