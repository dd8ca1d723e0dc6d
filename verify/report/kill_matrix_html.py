"""The kill matrix as a page of its own, in the style of the report."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from verify.report.html_parts import facts, scrolling, table, text
from verify.report.html_style import page
from verify.report.kill_matrix import KillMatrix, KillRecord, sentence
from verify.report.kill_matrix_svg import to_svg


def to_html(matrix: KillMatrix) -> str:
    """The matrix as one self-contained page."""
    hunts = len(matrix.hunts)
    tone = "certified" if hunts and not (matrix.survivors or matrix.misnamed) else "wrong-run"
    pairs = [
        ("hunts", f"{hunts:,}"),
        ("survivors", f"{len(matrix.survivors):,}"),
        ("named as another", f"{len(matrix.misnamed):,}"),
        ("not named", f"{len(matrix.unnamed):,}"),
    ]
    verdict = (
        f'<section class="card verdict {tone}" aria-labelledby="verdict"><h1 id="verdict">'
        '<span class="word">Kill matrix</span> the suite on trial, on engines with planted bugs'
        f'</h1><p class="sentence">{escape(sentence(matrix))}</p>{facts(pairs)}</section>'
    )
    picture = scrolling(to_svg(matrix), "The kill matrix as a picture")
    body = f"{verdict}<h2>Picture</h2>{picture}<h2>Faults and laws</h2>{_counts(matrix)}"
    for title, records in (
        ("Survivors", matrix.survivors), ("Named as another", matrix.misnamed),
        ("Not named", matrix.unnamed),
    ):  # fmt: skip
        body += f"<h2>{title}</h2>{_list(records)}" if records else ""
    return page("Kill matrix \u00b7 gradverify", "<p>gradverify mutants</p>", body, "")


def _counts(matrix: KillMatrix) -> str:
    cells = matrix.cells()
    laws = [law for law in matrix.laws if any(row[law][0] for row in cells.values())]
    rows = [
        (f"<code>{text(fault)}</code>", f"{next(iter(row.values()))[1]}",
         *(f"{row[law][0] or ''}" for law in laws))
        for fault, row in cells.items()
    ]  # fmt: skip
    heads = ("fault", "#engines", *(f"#{law}" for law in laws))
    said = "In how many of each fault\u2019s planted engines a hunt or small run sees a law broken"
    return table(said, heads, rows, "Faults and laws")


def _list(records: Iterable[KillRecord]) -> str:
    items = "".join(
        f"<li><code>{text(r.plant)}</code>, seed {r.seed}: {escape(r.law or 'nothing found')} "
        f"{text(' '.join(r.named))}</li>"
        for r in records
    )
    return f'<div class="card"><ul>{items}</ul></div>'
