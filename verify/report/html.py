"""The HTML form of a Document: one page that opens offline and needs no script to be read."""

from __future__ import annotations

from html import escape

from verify.report.document import Document
from verify.report.html_finding import finding_html
from verify.report.html_parts import facts, plain, plural, text
from verify.report.html_style import page
from verify.report.html_tables import coverage, environment, laws, operations, oracles, undecided
from verify.report.words import finding_title, left_out_words, network_words

WORDS = {
    "certified": "Certified", "wrong": "Wrong", "in doubt": "In doubt",
    "interrupted": "Interrupted", "stopped": "Stopped",
}  # fmt: skip
TONES = {"wrong": "wrong-run", "in doubt": "in-doubt"}
SEVERITIES = ("error", "warning", "note")


def render(document: Document) -> str:
    """A Document as HTML."""
    word = WORDS.get(document.status, document.status)
    body = [_verdict(document, word), _doubts(document), _findings(document)]
    if document.totals["cases"]:
        body += [operations(document), coverage(document)]
    body += [laws(document), undecided(document), _network(document)]
    body += [oracles(document), environment(document)]
    title = f"{plain(word)}: {plain(document.target, 100)} \u00b7 gradverify"
    footer = f"<p>Written by gradverify. Report format {text(document.schema, 100)}.</p>"
    shown = "\n".join(part for part in body if part)
    return page(title, "<p>gradverify report</p>", shown, footer)


def _verdict(document: Document, word: str) -> str:
    totals = document.totals
    tone = TONES.get(document.status, document.status if document.status in WORDS else "")
    pairs = [
        ("gradients compared", f"{totals['gradients']:,}"),
        ("cases", f"{totals['cases']:,}"),
        ("programs", f"{totals['programs']:,}"),
        ("cases undecided", f"{totals['undecided']:,}"),
        ("engine", text(str(document.engine["name"]), 200)),
        ("seed", f"{document.seed}"),
    ]
    if words := left_out_words(document):
        pairs.append(("left out of its file", text(words)))
    partial = "<p>This report is partial: the run did not end by itself.</p>"
    return (
        f'<section class="card verdict {tone}" aria-labelledby="verdict">'
        f'<h1 id="verdict"><span class="word">{escape(word)}</span> {text(document.target, 400)}'
        f'</h1><p class="sentence">{text(document.sentence)}</p>'
        f"{partial if document.partial else ''}{facts(pairs)}{_index(document)}</section>"
    )


def _index(document: Document) -> str:
    """What was found, in a line each."""
    if not document.findings:
        return "<p>No findings.</p>"
    counts = [
        f"{count} {severity}{plural(count)}"
        for severity in SEVERITIES
        if (count := sum(f.severity == severity for f in document.findings))
    ]
    rows = "".join(
        f'<li class="{escape(f.severity)}"><span class="tag">{escape(f.severity)}</span> '
        f'<a href="#finding-{place}">{text(f.law, 40)} {text(finding_title(f), 200)}</a></li>'
        for place, f in enumerate(document.findings, 1)
    )
    return (
        f'<nav aria-label="Findings"><p class="quiet">{", ".join(counts)}</p>'
        f'<ul class="index">{rows}</ul></nav>'
    )


def _doubts(document: Document) -> str:
    if not document.doubts:
        return ""
    rows = "".join(f"<li>{text(doubt)}</li>" for doubt in document.doubts)
    return (
        '<section aria-labelledby="doubts"><h2 id="doubts">In doubt</h2>'
        '<div class="card finding in-doubt"><p>The oracles disagree with each other. This says '
        f"nothing about your engine; please report it.</p><ul>{rows}</ul></div></section>"
    )


def _findings(document: Document) -> str:
    if not document.findings:
        return ""
    shown = "\n".join(
        finding_html(document, finding, place) for place, finding in enumerate(document.findings, 1)
    )
    return f'<section aria-labelledby="findings"><h2 id="findings">Findings</h2>\n{shown}</section>'


def _network(document: Document) -> str:
    if not document.network:
        return ""
    said = text(network_words(document))
    return (
        '<section aria-labelledby="network"><h2 id="network">Network</h2>'
        f'<div class="card"><p>{said}</p></div></section>'
    )
