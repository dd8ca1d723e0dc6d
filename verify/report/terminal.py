"""The terminal form of a Document, by rich: readable without colour and at 60 columns.

Nothing that comes from an engine reaches the terminal as a command: what would not print is spelt
out, and no markup is read.
"""

from __future__ import annotations

import io
import textwrap
from typing import Any

from verify.report import FINDING_FORMATS
from verify.report.document import Document, FindingRecord
from verify.report.exhibit import case_of, exhibit
from verify.report.expression import in_one_line
from verify.report.terminal_table import NAME, show_operations, wrapped
from verify.report.words import (
    callers,
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
RANDOM = ("VAL", "GRA", "RUN", "ACC")
"""Families of laws whose findings count random cases."""


def render(document: Document, report: str | None = None) -> str:
    """A Document as plain text, 80 columns wide.

    Args:
        document: what to show.
        report: the folder in which the files of its findings lie, None if they are not there.
    """
    console = _plain()
    show(document, console, report)
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
        show_operations(document, console)
    _laws(document, console)
    if words := undecided_words(document):
        wrapped(console, "undecided  " + "; ".join(words), indent="           ")
        console.print()
    for finding in document.findings:
        _finding(document, finding, console, report)
    _severities(document, console)
    for doubt in document.doubts:
        wrapped(console, f"IN DOUBT  {one_line(doubt)}. This says nothing about your engine.")
    _verdict(document, console)
    if report is not None:
        _command(console, f"Report: {report}/report.html", style=None)


MILD = {
    "warning": "no wrong number on ordinary inputs, but a failure or lost digits at special ones: "
    "right engines avoid it, many training runs never meet it",
    "note": "a convention, or what is not there: no defect, but worth knowing",
}


def _severities(document: Document, console: Any) -> None:
    """How grave what is no error is, once, where there is any."""
    there = [what for what in MILD if any(f.severity == what for f in document.findings)]
    if there:
        console.print()
    for what in there:
        wrapped(console, f"{what:<10} {MILD[what]}", indent="           ")


def _header(document: Document, console: Any) -> None:
    e = document.engine
    wrapped(console, f"{one_line(document.target, 200)}   {one_line(e['name'], 200)}")
    wrapped(console, f"driven by   {engine_words(document)}", indent="            ")
    for note in e.get("notes", ()):
        wrapped(console, f"note        {one_line(note)}", indent="            ")
    there = [one_line(o.name, NAME) for o in document.operations if o.supported]
    missing = [one_line(o.name, NAME) for o in document.operations if not o.supported]
    wrapped(console, "operations  " + " ".join(there), indent="            ")
    if missing:
        wrapped(console, "not there   " + " ".join(missing), indent="            ")
    if words := left_out_words(document):
        wrapped(console, f"left out    {words}", indent="            ")
    console.print()


def _laws(document: Document, console: Any) -> None:
    if words := laws_words(document):
        wrapped(console, f"laws       {words}", indent="           ")
    if reasons := left_unexamined(document):
        said = "; ".join(f"{' '.join(codes)}: {one_line(why)}" for why, codes in reasons.items())
        wrapped(console, f"because    {said}", indent="           ")
    if document.network:
        wrapped(console, f"network    {network_words(document)}", indent="           ")
    if document.laws or document.network:
        console.print()


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
            wrapped(console, one_line(words), indent="           ", first="           ")
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
    said = comparison_words(finding) or finding.message
    _paragraph(console, said)
    diagnosis = "" if finding.diagnosis in said else finding.diagnosis  # an exception says it all
    if diagnosis or mend_words(finding):
        console.print()
    _paragraph(console, diagnosis)
    _paragraph(console, mend_words(finding))
    if also := callers(finding):
        names = ", ".join(one_line(name, NAME) for name in also)
        _paragraph(console, f"The same shows in {names}.")
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
        wrapped(console, one_line(text), indent="    ", first="    ")


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
