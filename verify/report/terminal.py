"""The terminal form of a Document, by rich: readable without colour and at 80 columns."""

from __future__ import annotations

import textwrap
from typing import Any

from verify.report import pytest_file, script
from verify.report.document import Document, FindingRecord
from verify.report.exhibit import exhibit
from verify.report.words import (
    between,
    finding_title,
    laws_words,
    network_words,
    number,
    undecided_words,
)

STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}
BANNERS = {"certified": ("CERTIFIED", "bold green"), "wrong": ("WRONG", "bold red"),
           "in doubt": ("IN DOUBT", "bold magenta"),
           "interrupted": ("INTERRUPTED", "bold yellow"),
           "stopped": ("STOPPED", "bold yellow")}  # fmt: skip
SHOWN = ("shared", "nested", "held", "both")


def show(document: Document, console: Any, report: str | None) -> None:
    """Print a Document.

    Args:
        document: what to print.
        console: a ``rich.console.Console``.
        report: folder of the report, None if it was not written.
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
        _wrapped(console, f"IN DOUBT  {doubt}. This says nothing about your engine.")
    _verdict(document, console)
    if report is not None:
        console.print(
            f"Report: {report}/report.html", soft_wrap=True, markup=False, highlight=False
        )


def _header(document: Document, console: Any) -> None:
    e = document.engine
    zero = e["zero_grad"] or "no zero_grad"
    found = f"primal {e['primal']}   gradient {e['gradient']}   backward {e['backward']}   {zero}"
    _wrapped(console, f"{document.target}   {e['name']}   {found}")
    there = [o.name for o in document.operations if o.supported]
    missing = [o.name for o in document.operations if not o.supported]
    _wrapped(console, "operations  " + " ".join(there), indent="            ")
    if missing:
        _wrapped(console, "not there   " + " ".join(missing), indent="            ")
    console.print()


def _table(document: Document, console: Any) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column("operation", no_wrap=True)
    for name in SHOWN:
        table.add_column(name, justify="center", no_wrap=True)
    for name in ("checked", "agreed", "wrong", "undecided"):
        table.add_column(name, justify="right", no_wrap=True)
    for o in document.operations:
        if not o.supported:
            continue
        marks = [_mark(o.coverage, o.lacking, name) for name in SHOWN]
        style = "red" if o.mismatched else None
        table.add_row(
            o.name, *marks, *map(str, (o.checked, o.agreed, o.mismatched, o.undecided)), style=style
        )
    console.print(table)


def _laws(document: Document, console: Any) -> None:
    if words := laws_words(document):
        _wrapped(console, f"laws       {words}", indent="           ")
    if document.network:
        _wrapped(console, f"network    {network_words(document)}", indent="           ")
    if document.laws or document.network:
        console.print()


def _mark(coverage: dict[str, dict[str, int]], lacking: dict[str, list[str]], name: str) -> str:
    """``ok`` where every position that can be in the situation was, often enough."""
    if any(name in short for short in lacking.values()):
        return "NO"
    return "ok" if any(counts.get(name) for counts in coverage.values()) else "-"


def _finding(document: Document, finding: FindingRecord, console: Any, report: str | None) -> None:
    from rich.text import Text

    cases = "case" if finding.count == 1 else "cases"
    times = f"  in {finding.count:,} {cases}" if finding.severity == "error" else ""
    head = Text(f"  {finding.severity:<8} ", style=STYLES[finding.severity])
    head.append(f"{finding.law}  {finding_title(finding)}", style="bold")
    head.append(times, style="dim")
    console.print(head)
    if finding.severity != "error":
        _wrapped(console, finding.message, indent="           ", first="           ")
        _replay(document, finding, console, report)
        return
    console.print()
    if finding.program:
        console.print(textwrap.indent(finding.program, "    "), markup=False, highlight=False)
        console.print()
    if finding.expected and finding.quantity:
        printed = f"{finding.quantity} = {number(finding.actual)}"
        line = f"{printed}, but must lie in {between(finding.expected)} ({_distance(finding)})"
        _wrapped(console, line, indent="    ", first="    ")
        console.print()
    else:
        _wrapped(console, finding.message, indent="    ", first="    ")
        console.print()
    for part in (finding.diagnosis, finding.mend):
        if part:
            _wrapped(console, part, indent="    ", first="    ")
    if finding.also:
        also = f"The same shows in {', '.join(finding.also)}."
        _wrapped(console, also, indent="    ", first="    ")
    if finding.flickers:
        text = "The same case passes in some runs."
        _wrapped(console, text, indent="    ", first="    ")
    console.print()
    _replay(document, finding, console, report)
    console.print()


def _distance(finding: FindingRecord) -> str:
    digits = f"{finding.digits} digits agree"
    if finding.ulps is None or finding.ulps == float("inf"):
        return digits
    return f"{digits}, {finding.ulps:.2g} ulp away"


def _replay(document: Document, finding: FindingRecord, console: Any, report: str | None) -> None:
    if finding.replay and report is not None:
        again = f"           gradverify replay {report}/{finding.replay}"
        console.print(again, soft_wrap=True, markup=False, highlight=False, style="dim")
        if finding.severity == "error" and exhibit(document, finding) is not None:
            for what, form in (("script:", script), ("test:", pytest_file)):
                line = f"           {what:<7} {report}/{form.name_of(finding)}"
                console.print(line, soft_wrap=True, markup=False, highlight=False, style="dim")


def _verdict(document: Document, console: Any) -> None:
    from rich.text import Text

    word, style = BANNERS[document.status]
    line = Text(f"{word}  ", style=style)
    line.append(document.sentence, style="default not bold")
    console.print()
    console.print(line)


def _wrapped(console: Any, text: str, indent: str = "", first: str = "") -> None:
    width = min(console.width, 100)
    for line in textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=indent, break_long_words=False,
        break_on_hyphens=False,
    ):  # fmt: skip
        console.print(line, markup=False, highlight=False, soft_wrap=True)
