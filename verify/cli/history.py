"""``gradverify history``: every definition of a class in a notebook, or every commit of a file."""

from __future__ import annotations

import argparse
import ast
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from verify.campaign import DEFAULT, QUICK
from verify.campaign.history import Entry, examine_definition
from verify.cli import exit_codes
from verify.cli.history_side import examine_there
from verify.cli.history_words import Told, as_json, show
from verify.cli.opening import limits_of, overrides_of
from verify.cli.store import write_whole
from verify.cli.streams import complain, reason, say, silence
from verify.engines import TargetError
from verify.engines.isolation import Limits
from verify.engines.loading import parse_target
from verify.engines.written import Text, read_file
from verify.gate.checkout import CheckoutError, checkout
from verify.gate.commits import commits_of, top_folder

SUFFIXES = (".ipynb", ".py")
LOOKS = frozenset({"__add__", "__mul__", "__radd__", "__rmul__"})
"""Methods that give a class the look of an engine."""
CODES = {
    "certified": exit_codes.CLEAN, "values only": exit_codes.CLEAN, "wrong": exit_codes.FINDINGS,
    "no engine": exit_codes.NO_ENGINE, "in doubt": exit_codes.IN_DOUBT,
    "interrupted": exit_codes.INTERRUPTED,
}  # fmt: skip


class UsageError(Exception):
    """The command line asks for something that cannot be done."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: a file, and a class in it; None where it cannot be read as it is now."""

    path: Path
    name: str
    text: Text | None


def history_command(options: argparse.Namespace) -> int:
    """Examine, and say what came and went; the exit code is the last one's."""
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.devnull)
    told: list[Told] = []
    try:
        asked = _asked(options.target, options.git)
        found = _commits(asked, options) if options.git else _definitions(asked, options)
        for one in found:
            told.append(one)
            if one.entry.status == "interrupted":
                break
    except TargetError as error:
        return _refuse(str(error), exit_codes.NO_ENGINE)
    except (UsageError, CheckoutError) as error:
        return _refuse(str(error), exit_codes.USAGE)
    except KeyboardInterrupt:
        if not told:
            raise  # nothing was examined: main says so
        told.append(Told("", Entry("interrupted", None, "stopped here")))
    return _deliver(asked, told, options)


def _deliver(asked: Asked, told: list[Told], options: argparse.Namespace) -> int:
    code = CODES.get(told[-1].entry.status, exit_codes.IN_DOUBT)
    target = f"{asked.path.as_posix()}:{asked.name}"
    text = as_json(target, told, options.seed, "commits" if options.git else "definitions")
    if options.json == "-":
        say(text)
        return code
    show(target, told)
    if options.json is not None:
        try:
            write_whole(Path(options.json), text + "\n")
        except (OSError, ValueError) as error:
            why = reason(error) if isinstance(error, OSError) else error
            return _refuse(f"the JSON cannot be written to {options.json}: {why}", code or 2)
    return code


def _asked(target: str, committed: bool) -> Asked:
    """The file, and the class that is named or that alone has the look of an engine."""
    if target.endswith(SUFFIXES):
        path, name = Path(target), None
    else:
        parts = parse_target(target)
        if not parts.place.endswith(SUFFIXES) or parts.ordinal is not None:
            raise UsageError(
                f"{target!r}: history is of a file: write lesson.ipynb, lesson.ipynb:Class or "
                "engine.py:Class --git"
            )
        path, name = Path(parts.place), parts.name
    try:
        text = _read(path)
    except TargetError:
        if name is None or not committed:
            raise
        return Asked(path, name, None)  # commits are examined, and not what is there now
    if name is None:
        name = _guessed(path, text)
    elif not text.definitions(name):
        raise TargetError(f"{path.name} has no class {name!r} at its top level")
    return Asked(path, name, text)


def _read(path: Path) -> Text:
    try:
        return read_file(path)
    except SyntaxError as error:
        where = f" at line {error.lineno}" if error.lineno else ""
        raise TargetError(f"{path.name} has a syntax error{where}: {error.msg}") from None
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        raise TargetError(f"{path.name} cannot be read: {error}") from None


def _guessed(path: Path, text: Text) -> str:
    classes = dict.fromkeys(
        node.name
        for node in text.body
        if isinstance(node, ast.ClassDef)
        and LOOKS & {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
    )
    if not classes:
        broken = "".join(
            f"; its cell {cell.number} has {cell.trouble}" for cell in text.cells if cell.trouble
        )
        raise TargetError(
            f"no class of {path.name} adds or multiplies{broken}: name the one to follow, "
            f"{path.name}:Class"
        )
    if len(classes) > 1:
        choices = " or ".join(f"{path.name}:{name}" for name in classes)
        raise UsageError(f"{path.name} has several classes that look like an engine: say {choices}")
    return next(iter(classes))


def _definitions(asked: Asked, options: argparse.Namespace) -> Iterator[Told]:
    """Each definition in the file; the last one is as all that follows leaves it."""
    budget = QUICK if options.quick else DEFAULT
    found = asked.text.definitions(asked.name) if asked.text is not None else []
    first = max(0, len(found) - options.max_count) if options.max_count else 0
    for number, definition in list(enumerate(found, 1))[first:]:
        _progress(number - first, len(found) - first)
        ordinal = "" if number == len(found) else f"@{number}"
        target = f"{asked.path}:{asked.name}{ordinal}"
        with silence():
            entry = examine_definition(
                target, budget, options.seed, _limits(options), _overrides(asked, options)
            )
        place = f"cell {definition.cell}" if definition.cell else f"line {definition.line}"
        yield Told(place, entry, number, cell=definition.cell or None, line=definition.line or None)


def _commits(asked: Asked, options: argparse.Namespace) -> Iterator[Told]:
    """Each commit that touched the file."""
    top = top_folder()
    commits = commits_of(asked.path, options.max_count)
    for number, commit in enumerate(commits, 1):
        _progress(number, len(commits))
        with checkout(commit.revision, f"{top / commit.path}:{asked.name}") as place:
            roots = (place.tree, place.tree / "src")
            question = {
                "target": place.target, "quick": options.quick, "seed": options.seed,
                "limits": (limits := _limits(options)) and asdict(limits),
                "overrides": _overrides(asked, options), "roots": [str(root) for root in roots],
            }  # fmt: skip
            entry = examine_there(place.here, question)
        yield Told(commit.short, entry, number, commit=commit)


def _limits(options: argparse.Namespace) -> Limits | None:
    return None if options.in_process else limits_of(options)


def _overrides(asked: Asked, options: argparse.Namespace) -> dict[str, Any] | None:
    """What the configuration says of this class; of each of its definitions."""
    return overrides_of(options, f"{asked.path.as_posix()}:{asked.name}")


def _progress(number: int, count: int) -> None:
    if sys.stderr is not None and sys.stderr.isatty():
        end = "\r" if number < count else "\r\x1b[K"
        print(f"{number} of {count}", end=end, file=sys.stderr, flush=True)


def _refuse(sentence: str, code: int) -> int:
    complain(sentence)
    return code
