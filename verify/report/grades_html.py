"""The table of many engines as a page, in the style of the report; it links to each report."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from verify.report.grades import Grade, sentence
from verify.report.html_parts import facts, table, text
from verify.report.html_style import page

HEADS = ("engine", "verdict", "#errors", "#warnings", "#notes", "#operations", "what is wrong")


def to_html(grades: Sequence[Grade]) -> str:
    """The table as one self-contained page."""
    right = sum(grade.verdict == "certified" for grade in grades)
    tone = "certified" if grades and right == len(grades) else "wrong-run"
    pairs = [("engines", f"{len(grades):,}"), ("certified", f"{right:,}")]
    head = (
        f'<section class="card verdict {tone}" aria-labelledby="verdict"><h1 id="verdict">'
        f'<span class="word">{right:,} of {len(grades):,}</span> engines are certified</h1>'
        f'<p class="sentence">{escape(sentence(grades))}</p>{facts(pairs)}</section>'
    )
    shown = table("Each engine; its name opens its report", HEADS, map(_row, grades), "Engines")
    return page("Engines \u00b7 gradverify", "<p>gradverify grade</p>", head + shown, "")


def _row(grade: Grade) -> tuple[str, ...]:
    name = text(grade.engine, 200)
    if grade.report is not None:
        name = f'<a href="{escape(quote(grade.report))}">{name}</a>'
    counts = (grade.errors, grade.warnings, grade.notes, grade.operations)
    numbers = ("" if count is None else f"{count:,}" for count in counts)
    tone = "good" if grade.verdict == "certified" else "bad"
    verdict = f'<td class="{tone}">{escape(grade.verdict)}</td>'
    return (name, verdict, *numbers, f'<td class="words">{text("; ".join(grade.wrong), 300)}</td>')
