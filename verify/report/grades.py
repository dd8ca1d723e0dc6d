"""Many engines in one table: a row for each, as text, CSV and Markdown; HTML is a file beside this.

There are no marks in it. What an error is worth is for whoever grades to say.
"""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from verify.report.document import Document
from verify.report.words import finding_title, one_line

COLUMNS = (
    "engine", "verdict", "errors", "warnings", "notes", "operations", "gradients", "what is wrong",
    "report",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would calculate."""


@dataclass(frozen=True, slots=True)
class Grade:
    """What became of one engine.

    Attributes:
        engine: its target.
        verdict: ``certified``, ``wrong``, ``in doubt``, ``no engine``, ``not examined``,
            ``out of time``, ``crashed`` or ``interrupted``.
        wrong: titles of its errors, or the one sentence on why there is no report.
        errors, warnings, notes: how many findings of each severity; None without a report.
        operations: spellings that it has; None without a report.
        gradients: compared with their enclosures; None without a report.
        report: its page, relative to the table; None without a report.
    """

    engine: str
    verdict: str
    wrong: tuple[str, ...]
    errors: int | None = None
    warnings: int | None = None
    notes: int | None = None
    operations: int | None = None
    gradients: int | None = None
    report: str | None = None


def grade_of(document: Document, report: str) -> Grade:
    """The row of an engine that was examined."""
    severities = [finding.severity for finding in document.findings]
    errors = tuple(finding_title(f) for f in document.findings if f.severity == "error")
    return Grade(
        engine=document.target,
        verdict=document.status,
        wrong=errors or document.doubts,
        errors=severities.count("error"),
        warnings=severities.count("warning"),
        notes=severities.count("note"),
        operations=sum(operation.supported for operation in document.operations),
        gradients=document.totals["gradients"],
        report=report,
    )


def sentence(grades: Sequence[Grade]) -> str:
    """``3 engines: 1 certified, 1 wrong, 1 no engine.``, for the head of a table."""
    verdicts = [grade.verdict for grade in grades]
    counted = ", ".join(f"{verdicts.count(v):,} {v}" for v in dict.fromkeys(verdicts))
    return f"{len(grades):,} engine{'' if len(grades) == 1 else 's'}: {counted}."


def to_text(grades: Sequence[Grade]) -> str:
    """A line for each engine and under it what is wrong; at most 80 columns, but for long names."""
    rows = [("engine", "verdict", "errors", "warnings")]
    rows += [(_name(g), g.verdict, _number(g.errors), _number(g.warnings)) for g in grades]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_columns(rows[0], widths)]
    for grade, row in zip(grades, rows[1:], strict=True):
        lines.append(_columns(row, widths))
        for what in grade.wrong:
            lines += textwrap.wrap(one_line(what, 300), 76, initial_indent="    ",
                                   subsequent_indent="    ")  # fmt: skip
    return "".join(f"{line}\n" for line in lines)


def _columns(row: Sequence[str], widths: Sequence[int]) -> str:
    words = (f"{cell:<{width}}" for cell, width in zip(row[:2], widths[:2], strict=True))
    numbers = (f"{cell:>{width}}" for cell, width in zip(row[2:], widths[2:], strict=True))
    return "  ".join([*words, *numbers])


def to_csv(grades: Sequence[Grade]) -> str:
    """For a spreadsheet: names are the students', and none of them is calculated."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_inert(cell) for cell in _cells(grade)] for grade in grades)
    return text.getvalue()


def to_markdown(grades: Sequence[Grade]) -> str:
    """For a page or an issue."""
    lines = [
        f"# {sentence(grades)}",
        "",
        f"| {' | '.join(COLUMNS)} |",
        "|---|---|---:|---:|---:|---:|---:|---|---|",
        *(f"| {' | '.join(_escaped(cell) for cell in _cells(grade))} |" for grade in grades),
    ]
    return "\n".join(lines) + "\n"


def _cells(grade: Grade) -> tuple[str, ...]:
    counts = (grade.errors, grade.warnings, grade.notes, grade.operations, grade.gradients)
    numbers = ("" if count is None else str(count) for count in counts)
    return (_name(grade), grade.verdict, *numbers, _wrong(grade), grade.report or "")


def _name(grade: Grade) -> str:
    return one_line(grade.engine, 200)


def _wrong(grade: Grade) -> str:
    return one_line("; ".join(grade.wrong), 300)


def _number(count: int | None) -> str:
    return "-" if count is None else f"{count:,}"


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _escaped(cell: str) -> str:
    return "".join(f"\\{c}" if c in "\\`*_[]<>|&#~" else c for c in cell)
