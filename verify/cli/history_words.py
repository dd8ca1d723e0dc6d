"""How a history is told: on the terminal and as JSON."""

from __future__ import annotations

import io
import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from verify.campaign.history import Entry, Life, added, lives
from verify.cli.streams import say
from verify.engines.unfinished import BY_HAND, VALUES, WHOLE
from verify.gate.commits import Commit
from verify.report.words import one_line

SCHEMA = "gradverify/history/1"
WIDTH = 80
DRIVEN = {WHOLE: "backward()", BY_HAND: "a rule on each node, called here by hand",
          VALUES: "values only"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """An entry and where it is: a cell, a line, a commit."""

    place: str
    entry: Entry
    ordinal: int = 0
    cell: int | None = None
    line: int | None = None
    commit: Commit | None = None


def show(target: str, told: Sequence[Told]) -> None:
    """Print a history."""
    say(one_line(target, 200))
    say(f"{_table(target, told)}\n")
    for life in lives([one.entry for one in told]):
        if life.severity == "error":
            words = f"  error  {life.law}  {one_line(life.title)}: {_when(life, told)}"
            say("\n".join(textwrap.wrap(words, WIDTH, subsequent_indent=" " * 16)))
    say("\n" + "\n".join(textwrap.wrap(_verdict(told[-1]), WIDTH)))


def _table(target: str, told: Sequence[Told]) -> str:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("commit" if any(one.commit for one in told) else "where", no_wrap=True)
    table.add_column(f"{target.rpartition(':')[2]} adds", ratio=2)
    table.add_column("and breaks", ratio=3)
    for one, adds in zip(told, _adds(told), strict=True):
        number = str(one.ordinal or "")
        table.add_row(number, Text(one.place), Text(adds), Text(_breaks(one.entry)))
    stream = io.StringIO()
    wide = Console().width  # that of the terminal
    Console(file=stream, width=max(60, min(100, wide)), color_system=None, emoji=False).print(table)
    return "\n".join(line.rstrip() for line in stream.getvalue().rstrip().splitlines())


def _adds(told: Sequence[Told]) -> Iterator[str]:
    """What each has that the one before it had not; in a history of commits, the subject too."""
    before: Sequence[str] = ()
    how: str | None = VALUES
    for one in told:
        now = one.entry.operations
        words = [*added(before, now)]
        words += [DRIVEN[one.entry.how]] if one.entry.how not in {how, None} else []
        if lost := added(now, before) if now else ():
            words.append(f"loses {' '.join(lost)}")
        said = [one_line(one.commit.subject, 60)] if one.commit is not None else []
        yield ": ".join([*said, *([" ".join(words)] if words else [])])
        before, how = now or before, one.entry.how or how


def _breaks(entry: Entry) -> str:
    if entry.how is None:
        return one_line(entry.sentence, 160)
    how = "no backward: values only, " if entry.how == VALUES else ""
    errors = [one for one in entry.broken if one.severity == "error"]
    if errors:
        said = dict.fromkeys(f"{one.law} {one_line(one.title, 80)}" for one in errors)
        return how + " · ".join(said)
    if entry.status not in {"certified", VALUES}:
        return how + one_line(entry.sentence, 160)
    return f"{how}right" if how else "nothing"


def _when(life: Life, told: Sequence[Told]) -> str:
    came = f"came with {_named(told[life.came - 1])}"
    went = f"went with {_named(told[life.went - 1])}" if life.went else "is still there"
    return f"{came}, {went}"


def _named(one: Told) -> str:
    return f"{one.ordinal} ({one.place})"


def _verdict(last: Told) -> str:
    word = "RIGHT" if last.entry.status == VALUES else last.entry.status.upper()
    return f"{word}  the last: {one_line(last.entry.sentence)}"


def as_json(target: str, told: Sequence[Told], seed: int, of: str) -> str:
    """A history as JSON; docs/history.md describes it."""
    before: Sequence[str] = ()
    rows: list[dict[str, Any]] = []
    for one in told:
        entry = one.entry
        rows.append({
            "ordinal": one.ordinal, "place": one.place, "cell": one.cell, "line": one.line,
            "commit": None if one.commit is None else asdict(one.commit),
            "status": entry.status, "how": entry.how, "sentence": entry.sentence,
            "operations": list(entry.operations), "added": list(added(before, entry.operations)),
            "lost": list(added(entry.operations, before)) if entry.operations else [],
            "broken": [asdict(broken) for broken in entry.broken],
            "left_out": list(entry.left_out),
        })  # fmt: skip
        before = entry.operations or before
    bugs = [asdict(life) for life in lives([one.entry for one in told])]
    whole = {
        "schema": SCHEMA,
        "target": target,
        "of": of,
        "seed": seed,
        "entries": rows,
        "bugs": bugs,
    }
    return json.dumps(whole, indent=2, sort_keys=True)
