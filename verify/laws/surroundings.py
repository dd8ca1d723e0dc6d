"""The law about what surrounds an engine: modules, streams, the working folder, processes."""

from __future__ import annotations

import builtins
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

from verify.engines import Engine, ready
from verify.engines.isolation import kept
from verify.engines.raised import MARK
from verify.laws.cases import single_case
from verify.laws.law import Book, Breach, Law

MODULES: tuple[ModuleType, ...] = (builtins, *kept.WATCHED)
STREAMS = ("stdin", "stdout", "stderr")
Things = dict[str, object]


def _things() -> Things:
    """What an engine has no reason to change, by name."""
    found: Things = {
        f"{module.__name__}.{name}": thing
        for module in MODULES
        for name, thing in vars(module).items()
        if callable(thing)
    }
    found |= {f"sys.{name}": getattr(sys, name) for name in STREAMS}
    found |= {
        f"the module {module.__name__}": sys.modules.get(module.__name__) for module in MODULES
    }
    return found


def _folder() -> str | None:
    try:
        return os.getcwd()  # noqa: PTH109 - Path.cwd() raises the same
    except OSError:
        return None


def surroundings_kept(engine: Engine, book: Book) -> None:
    """Each operation is run once, forward and backward; then what is around it is looked at.

    The functions of `math`, `cmath`, `random`, `operator` and `builtins` and the streams
    of `sys` must be the objects that they were, and the working folder the same and still there.
    In a process of the engine's own, a replaced builtin is noted, and everybody there, the engine
    too, goes on with the builtin as it was.
    Nothing may have been written to standard output, and (on Linux, where it can be seen) no
    process may have been left behind. In a process of the engine's own, what was changed by its
    import counts too.
    """
    things, folder, children = AT_START or (_things(), _folder(), set(_children()))
    with _output() as written:
        for form in engine.facts.spellings:
            with suppress(Exception):  # what is wrong with it, other laws say
                ready(engine, single_case(form))()
        with suppress(AttributeError, ValueError, OSError):  # None, closed, or replaced
            sys.stdout.flush()
    now = _things()
    changed = [name for name, thing in things.items() if now.get(name) is not thing]
    changed += [name for name in kept.replaced() if name not in changed]
    book.enter(Breach(f"{_listed(changed)} replaced") if changed else None)
    book.enter(_folder_breach(folder))
    book.enter(Breach("something is written to standard output") if written() else None)
    left = set(_children()) - children
    book.enter(Breach("processes are left running") if left else None)


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    return f"{shown} {'is' if len(names) == 1 else 'are'}"


def _folder_breach(before: str | None) -> Breach | None:
    now = _folder()
    if now == before:
        return None
    return Breach("the working folder is " + ("deleted" if now is None else "another"))


@contextmanager
def _output() -> Iterator[Callable[[], int]]:
    """Lead standard output into a file, and tell how many bytes it has."""
    with tempfile.TemporaryFile() as file:
        try:
            before = os.dup(1)
            os.dup2(file.fileno(), 1)
        except OSError:  # there is no standard output
            yield lambda: 0
            return
        count = 0
        try:
            yield lambda: count
        finally:
            os.dup2(before, 1)
            os.close(before)
            count = os.fstat(file.fileno()).st_size


def _children() -> Iterator[int]:
    """Processes whose parent is this one; Linux only."""
    mine = str(os.getpid())
    for stat in Path("/proc").glob("[0-9]*/stat") if sys.platform == "linux" else ():
        with suppress(OSError, IndexError):
            if (
                stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1]
                == mine
            ):
                yield int(stat.parent.name)


AT_START = (_things(), _folder(), set(_children())) if MARK in os.environ else None
"""Before the engine was imported, in a process that was made for it."""


SURROUNDINGS_LAWS = (
    Law(
        "RUN05", "warning", "changes its surroundings",
        "An operation changes nothing but its graph.",
        why="An engine shares its process with the program that uses it. One that replaces a "
        "function of `math` or `random`, prints for every operation, changes or deletes the "
        "working folder, or leaves processes behind, breaks code that has never heard of it. "
        "Often it is a trace that was left in, or a patch that was meant for one test.",
        check=surroundings_kept,
        example="math.exp is replaced",
    ),
)  # fmt: skip
