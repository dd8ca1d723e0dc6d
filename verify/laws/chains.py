"""The law of depth: chains of 5,000 and of 100,000 operations."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from weakref import WeakKeyDictionary

from verify.engines import Engine
from verify.engines.twin import NoTwinError, chain_case, chain_elsewhere, chain_here
from verify.laws.cases import plain_case
from verify.laws.law import Book, Breach
from verify.laws.measures import WIDER, quadratic, without_collection

SHALLOW, DEEP = 5_000, 100_000
"""Lengths of the chains that an engine should take, operations."""
WRONG = "the gradient is"
"""How what is said of a chain begins where it is differentiated, and wrongly."""
NEUTRAL = {"add": 0.0, "mul": 1.0}
"""A second operand with which a chain keeps its value and its gradient is 1."""


def deep_chain(engine: Engine, book: Book) -> None:
    """A chain of 5,000 operations is built and differentiated, then one of 100,000.

    The gradient of its first value must be 1. Where it cannot be done, bisection finds about how
    long a chain can be. An engine whose time already grows faster than its chains at 5,000 is not
    asked for 100,000, which could take hours. One that raised Python's recursion limit is asked in
    another process, which its recursion may kill.
    """
    if (case := plain_case(engine, book, (0, 0))) is None:
        return
    form = case.program.instructions[0].form
    if (error := chain_of(engine, form, SHALLOW)) is not None:
        if error.startswith(WRONG):
            book.skip(f"a long chain has a wrong gradient, which SCL04 says ({SHALLOW:,} {form})")
            return
        book.enter(_too_deep(engine, form, 1, SHALLOW, error, chain_of))
        return
    book.enter(None)
    try:
        error = _longest(engine, form)
    except _QuadraticError:
        said = f"a chain of {DEEP:,} {form} was not tried: the time of backward() grows much "
        said += f"faster than the chain, up to {SHALLOW:,}"
        book.enter(Breach(said, form, fault="quadratic-walk"))
        return
    except NoTwinError as why:
        book.skip(f"{DEEP:,} were not tried: the engine cannot be asked in another process: {why}")
        return
    if error is not None and not error.startswith(WRONG):  # else SCL04 says so
        book.enter(_too_deep(engine, form, SHALLOW, DEEP, error, _chain_for()))
    else:
        book.enter(None)


def wrong_when_deep(engine: Engine, form: str) -> str | None:
    """What is wrong with the gradient of the longest chain; None where it is right or refused."""
    try:
        error = _longest(engine, form)
    except (_QuadraticError, NoTwinError):
        return None
    return error if error is not None and error.startswith(WRONG) else None


class _QuadraticError(Exception):
    """The longest chain would take hours."""


_ASKED: WeakKeyDictionary[Engine, dict[str, str | None]] = WeakKeyDictionary()


def _longest(engine: Engine, form: str) -> str | None:
    """What is wrong with the longest chain; None if nothing.

    An engine is asked once: two laws want to know, and it takes longer than all they ask besides.

    Raises:
        _QuadraticError: its time grows much faster than the chain.
        NoTwinError: it can only be asked in another process, where it cannot be opened.
    """
    known = _ASKED.setdefault(engine, {})
    if form not in known:
        if quadratic(engine, lambda n: chain_case(form, NEUTRAL[form], n), SHALLOW // WIDER):
            raise _QuadraticError
        known[form] = _chain_for()(engine, form, DEEP)
    return known[form]


def _chain_for() -> Chain:
    """How to try a long chain.

    Recursion through C overflows its stack where the limit that Python puts on it was raised.
    """
    return chain_of if sys.getrecursionlimit() <= SHALLOW else _chain_elsewhere


Chain = Callable[[Engine, str, int], str | None]


def _too_deep(engine: Engine, form: str, low: int, high: int, error: str, chain: Chain) -> Breach:
    """The breach, with the longest chain that can be differentiated, to a percent."""
    grain = max(1, low // 100)
    while high - low > grain:
        middle = (low + high + 1) // 2
        if chain(engine, form, middle) is None:
            low = middle
        else:
            high = middle
    step = 1 if low < 10 else 10 if low < SHALLOW else 500
    about = low // step * step  # the harness's own frames cost a few
    said = (
        f"a chain of about {about} operations ({form}) is the deepest it can take: beyond, {error}"
    )
    known = error in {"RecursionError", "the interpreter crashes"}
    return Breach(said, form, fault="recursion" if known else None)


def chain_of(engine: Engine, form: str, length: int) -> str | None:
    """None if a chain of a form differentiates, and with the gradient 1; else what is wrong."""
    with without_collection():
        error = chain_here(engine, form, NEUTRAL[form], length)
    if error is not None and error.startswith(MemoryError.__name__):
        gc.collect()  # a graph is a cycle of closures, and there is no room for another
    return error


def _chain_elsewhere(engine: Engine, form: str, length: int) -> str | None:
    return chain_elsewhere(engine, form, NEUTRAL[form], length)
