"""The table of operations in the terminal form."""

from __future__ import annotations

import textwrap
from typing import Any

from verify.report.document import Document, OperationRecord
from verify.report.words import one_line, visible

SHOWN = ("shared", "nested", "held", "both")
MEANING = (
    "yes: each operand was tried shared with another use, nested (a result itself), when its "
    "gradient already held something, and as both operands at once"
)
WRONG_MEANS = (
    "a row counts the cases drawn for its operation; the fault in them may be another's: see the "
    "errors below"
)
LOSSY_MEANS = "right, but with fewer digits than the operation's formula should give: ACC01"
COUNTED = ("checked", "agreed", "wrong", "lossy", "undecided")
"""Columns of counts; ``lossy`` is there only where digits were lost."""
WIDE = 76
"""Columns that the table needs to show each situation by itself."""
WIDE_WITH_LOSSY = 84
"""Columns that it needs with ``lossy`` as well; with fewer it leaves less space between."""
NAME = 100
"""Characters of a name."""


def show_operations(document: Document, console: Any) -> None:
    """Print what was counted of each operation, and what the columns mean."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    lossy = any(o.inaccurate for o in document.operations)
    space = 0 if lossy and console.width < WIDE_WITH_LOSSY else 1
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True, padding=(0, space))
    table.add_column("operation", no_wrap=True)
    wide = console.width >= WIDE
    for name in SHOWN if wide else ("covered",):
        table.add_column(name, justify="center", no_wrap=True)
    columns = [name for name in COUNTED if lossy or name != "lossy"]
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    there = [o for o in document.operations if o.supported]
    wrong = any(o.mismatched for o in there)
    quiet = [o for o in there if wrong and o.agreed + o.undecided == o.checked and not o.lacking]
    for o in there:
        if o in quiet:
            continue
        marks = [_mark(o.coverage, o.lacking, name) for name in SHOWN]
        marks = marks if wide else ["NO" if o.lacking else "yes"]
        style = "red" if o.mismatched else None
        counts = map(str, (o.checked, o.agreed, o.mismatched, o.inaccurate, o.undecided))
        shown = [count for count, name in zip(counts, COUNTED, strict=True) if name in columns]
        table.add_row(Text(one_line(o.name, 24)), *marks, *shown, style=style)
    _printed(table, console)
    _below_the_table(console, quiet)
    if wrong:
        wrapped(console, f"wrong      {WRONG_MEANS}", indent="           ")
    if lossy:
        wrapped(console, f"lossy      {LOSSY_MEANS}", indent="           ")
    wrapped(console, f"covered    {MEANING}", indent="           ")
    console.print()


def _printed(table: Any, console: Any) -> None:
    """A table without what rich puts around it: lines of spaces, and spaces at the ends."""
    with console.capture() as taken:
        console.print(table)
    lines = taken.get().splitlines()
    shown = [line for line in lines if line.strip()]
    console.file.write("\n".join(shown) + "\n")


def _below_the_table(console: Any, quiet: list[OperationRecord]) -> None:
    """The rows that have nothing to say beside those that have."""
    if quiet:
        names = " ".join(one_line(o.name, NAME) for o in quiet)
        cases = sum(o.agreed for o in quiet)
        undecided = sum(o.undecided for o in quiet)
        more = f" and {undecided:,} undecided" if undecided else ""
        said = f"agreed     in {cases:,} cases, nothing wrong{more}: {names}"
        wrapped(console, said, indent="           ")


def _mark(coverage: dict[str, dict[str, int]], lacking: dict[str, list[str]], name: str) -> str:
    """``yes`` where every position that can be in the situation was, often enough."""
    if any(name in short for short in lacking.values()):
        return "NO"
    return "yes" if any(counts.get(name) for counts in coverage.values()) else "-"


def wrapped(console: Any, text: str, indent: str = "", first: str = "") -> None:
    """Words on as many lines as they need; a word longer than a line is broken."""
    width = min(console.width, 100)
    for line in textwrap.wrap(
        visible(text, 10_000), width, initial_indent=first, subsequent_indent=indent,
        break_on_hyphens=False,
    ):  # fmt: skip
        console.print(line, markup=False, highlight=False, soft_wrap=True)
