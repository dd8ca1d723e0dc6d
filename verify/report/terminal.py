"""The terminal form of a Document, by rich: readable without colour and at 60 columns.

Nothing that comes from an engine reaches the terminal as a command: what would not print is spelt
out, and no markup is read.
"""

from __future__ import annotations

import io
import textwrap
from typing import Any

from verify.report import FINDING_FORMATS
from verify.report.document import Document, FindingRecord, OperationRecord
from verify.report.exhibit import case_of, exhibit
from verify.report.expression import in_one_line
from verify.report.words import (
    comparison_words,
    engine_words,
    finding_title,
    laws_words,
    left_out_words,
    left_unexamined,
    mend_words,
    network_words,
    one_line,
    undecided_words,
    visible,
)

STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}
BANNERS = {"certified": ("CERTIFIED", "bold green"), "wrong": ("WRONG", "bold red"),
           "in doubt": ("IN DOUBT", "bold magenta"),
           "interrupted": ("INTERRUPTED", "bold yellow"),
           "stopped": ("STOPPED", "bold yellow")}  # fmt: skip
SHOWN = ("shared", "nested", "held", "both")
MEANING = (
    "yes: each operand was tried shared with another use, nested (a result itself), when its "
    "gradient already held something, and as both operands at once"
)
RANDOM = ("VAL", "GRA", "RUN", "ACC")
"""Families of laws whose findings count random cases."""
COUNTED = ("checked", "agreed", "wrong", "lossy", "undecided")
"""Columns of counts; ``lossy`` is there only where digits were lost."""
WIDE = 76
"""Columns that the table needs to show each situation by itself."""
WIDE_WITH_LOSSY = 84
"""Columns that it needs with ``lossy`` as well; with fewer it leaves less space between."""
NAME = 100
"""Characters of a name."""


def render(document: Document) -> str:
    """A Document as plain text, 80 columns wide, without the files beside a report."""
    console = _plain()
    show(document, console, None)
    return str(console.file.getvalue())


def of_finding(finding: FindingRecord) -> str:
    """What a terminal shows of one finding, as plain text, without the files beside a report."""
    console = _plain()
    _told(finding, console)
    return str(console.file.getvalue()).rstrip("\n")


def _plain() -> Any:
    """A console of 80 columns that writes to a string."""
    from rich.console import Console

    return Console(
        file=io.StringIO(), width=80, color_system=None, force_terminal=False, highlight=False,
        emoji=False,
    )  # fmt: skip


def show(document: Document, console: Any, report: str | None) -> None:
    """Print a Document.

    Args:
        document: what to print.
        console: a ``rich.console.Console``.
        report: folder of the report as a shell reads it, None if it was not written.
    """
    _header(document, console)
    if document.totals["cases"]:
        _table(document, console)
    _laws(document, console)
    if words := undecided_words(document):
        _wrapped(console, "undecided  " + "; ".join(words), indent="           ")
        console.print()
    for finding in document.findings:
        _finding(document, finding, console, report)
    for doubt in document.doubts:
        _wrapped(console, f"IN DOUBT  {one_line(doubt)}. This says nothing about your engine.")
    _verdict(document, console)
    if report is not None:
        _command(console, f"Report: {report}/report.html", style=None)


def _header(document: Document, console: Any) -> None:
    e = document.engine
    _wrapped(console, f"{one_line(document.target, 200)}   {one_line(e['name'], 200)}")
    _wrapped(console, f"driven by   {engine_words(document)}", indent="            ")
    for note in e.get("notes", ()):
        _wrapped(console, f"note        {one_line(note)}", indent="            ")
    there = [one_line(o.name, NAME) for o in document.operations if o.supported]
    missing = [one_line(o.name, NAME) for o in document.operations if not o.supported]
    _wrapped(console, "operations  " + " ".join(there), indent="            ")
    if missing:
        _wrapped(console, "not there   " + " ".join(missing), indent="            ")
    if words := left_out_words(document):
        _wrapped(console, f"left out    {words}", indent="            ")
    console.print()


def _table(document: Document, console: Any) -> None:
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


def _printed(table: Any, console: Any) -> None:
    """A table without what rich puts around it: lines of spaces, and spaces at the ends."""
    with console.capture() as taken:
        console.print(table)
    lines = taken.get().splitlines()
    shown = [line for line in lines if line.strip()]
    console.file.write("\n".join(shown) + "\n")


def _below_the_table(console: Any, quiet: list[OperationRecord]) -> None:
    """What the marks mean, and the rows that have nothing to say beside those that have."""
    if quiet:
        names = " ".join(one_line(o.name, NAME) for o in quiet)
        cases = sum(o.agreed for o in quiet)
        said = f"agreed     in {cases:,} cases, nothing wrong: {names}"
        _wrapped(console, said, indent="           ")
    _wrapped(console, f"covered    {MEANING}", indent="           ")
    console.print()


def _laws(document: Document, console: Any) -> None:
    if words := laws_words(document):
        _wrapped(console, f"laws       {words}", indent="           ")
    if reasons := left_unexamined(document):
        said = "; ".join(f"{' '.join(codes)}: {one_line(why)}" for why, codes in reasons.items())
        _wrapped(console, f"because    {said}", indent="           ")
    if document.network:
        _wrapped(console, f"network    {network_words(document)}", indent="           ")
    if document.laws or document.network:
        console.print()


def _mark(coverage: dict[str, dict[str, int]], lacking: dict[str, list[str]], name: str) -> str:
    """``yes`` where every position that can be in the situation was, often enough."""
    if any(name in short for short in lacking.values()):
        return "NO"
    return "yes" if any(counts.get(name) for counts in coverage.values()) else "-"


def _finding(document: Document, finding: FindingRecord, console: Any, report: str | None) -> None:
    _told(finding, console)
    _files(document, finding, console, report)
    if finding.severity == "error" and finding is not document.findings[-1]:
        console.print()


def _told(finding: FindingRecord, console: Any) -> None:
    """A finding in words: an error with all that is known of it, the others in a sentence."""
    _heading(finding, console)
    if finding.severity != "error":
        for words in (finding.message, _where(finding), mend_words(finding)):
            _wrapped(console, one_line(words), indent="           ", first="           ")
        return
    console.print()
    if finding.program:
        shown = textwrap.indent(visible(finding.program), "    ")
        console.print(shown, markup=False, highlight=False)
        console.print()
        case = case_of(finding)
        written = in_one_line(case, finding.quantity) if case is not None else ""
        if written:
            _paragraph(console, written)
            console.print()
    _paragraph(console, comparison_words(finding) or finding.message)
    if finding.diagnosis or mend_words(finding):
        console.print()
    _paragraph(console, finding.diagnosis)
    _paragraph(console, mend_words(finding))
    if finding.also:
        also = ", ".join(one_line(name, NAME) for name in finding.also)
        _paragraph(console, f"The same shows in {also}.")
    if finding.flickers:
        _paragraph(console, "The same case passes in some runs.")


def _where(finding: FindingRecord) -> str:
    """The program and the point of a warning that names a number of it: ``Written out: ... at``."""
    case = case_of(finding) if finding.quantity else None
    written = in_one_line(case, finding.quantity) if case is not None else ""
    if case is None or not written:
        return ""
    return f"{written}; at " + ", ".join(f"x{i} = {x!r}" for i, x in enumerate(case.point))


def _heading(finding: FindingRecord, console: Any) -> None:
    from rich.text import Text

    cases = "case" if finding.count == 1 else "cases"
    random = finding.severity == "error" and finding.law[:3] in RANDOM
    times = f"  in {finding.count:,} {cases}" if random else ""
    head = Text(f"  {finding.severity:<8} ", style=STYLES[finding.severity])
    head.append(f"{finding.law}  {one_line(finding_title(finding), 300)}", style="bold")
    head.append(times, style="dim")
    console.print(head)


def _paragraph(console: Any, text: str) -> None:
    if text:
        _wrapped(console, one_line(text), indent="    ", first="    ")


def _files(document: Document, finding: FindingRecord, console: Any, report: str | None) -> None:
    """What shows the finding again: the command and, for an error, its script and its test."""
    if not finding.replay or report is None:
        return
    if finding.severity != "error":
        _command(console, f"           gradverify replay {report}/{finding.replay}")
        return
    console.print()
    _command(console, f"    again:   gradverify replay {report}/{finding.replay}")
    if exhibit(document, finding) is not None:
        for what, (name_of, _) in zip(("script:", "test:"), FINDING_FORMATS.values(), strict=True):
            _command(console, f"    {what:<8} {report}/{name_of(finding)}")


def _command(console: Any, line: str, style: str | None = "dim") -> None:
    """A line to be copied: it is not broken, however narrow the terminal is."""
    shown = visible(line, 10_000)
    console.print(shown, soft_wrap=True, markup=False, highlight=False, style=style)


def _verdict(document: Document, console: Any) -> None:
    from rich.text import Text

    word, style = BANNERS[document.status]
    indent = " " * (len(word) + 2)
    first, *others = textwrap.wrap(
        one_line(document.sentence), min(console.width, 100), initial_indent=indent,
        subsequent_indent=indent, break_on_hyphens=False,
    ) or [indent]  # fmt: skip
    line = Text(f"{word}  ", style=style)
    line.append(first[len(indent) :], style="default not bold")
    if document.findings or document.doubts:
        console.print()
    console.print(line, soft_wrap=True)
    for other in others:
        console.print(other, markup=False, highlight=False, soft_wrap=True)


def _wrapped(console: Any, text: str, indent: str = "", first: str = "") -> None:
    """Words on as many lines as they need; a word longer than a line is broken."""
    width = min(console.width, 100)
    for line in textwrap.wrap(
        visible(text, 10_000), width, initial_indent=first, subsequent_indent=indent,
        break_on_hyphens=False,
    ):  # fmt: skip
        console.print(line, markup=False, highlight=False, soft_wrap=True)
