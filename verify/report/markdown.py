"""The Markdown form of a Document: fits a CI summary, which takes 1 MiB at most."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from verify.report.document import Document, FindingRecord, OperationRecord
from verify.report.words import (
    between,
    callers,
    digits_words,
    finding_title,
    left_out_words,
    mend_words,
    network_words,
    number,
    one_line,
    undecided_words,
    visible,
)

LARGEST = 1_000_000
"""Bytes at most: GitHub shows no job summary of more than 1 MiB."""
LONG_TABLE = 12
"""Rows; a table that has more is folded away."""
CUT = "This report was cut here: it is too long for a summary. report.json has the rest."


def render(document: Document) -> str:
    """A Document as Markdown."""
    parts = [_head(document)]
    parts += _findings(document.findings)
    parts += [_operations(document.operations), _laws(document), _oracles(document)]
    return _capped([part.rstrip() + "\n" for part in parts if part])


def _capped(parts: Sequence[str]) -> str:
    """The parts that fit, whole, and a sentence where any is left out."""
    room = LARGEST - len(CUT) - 2
    kept: list[str] = []
    for part in parts:
        room -= len(part.encode()) + 1
        if room < 0:
            return "\n".join([*kept, f"{CUT}\n"])
        kept.append(part)
    return "\n".join(kept)


def _head(document: Document) -> str:
    totals = document.totals
    lines = [
        f"# {_text(document.target, 200)}: {document.status}",
        "",
        _text(document.sentence),
        "",
        f"{_text(document.engine['name'], 200)} · seed {document.seed} · "
        f"{totals['programs']:,} programs · "
        f"{totals['cases']:,} cases · {totals['gradients']:,} gradients · "
        f"{totals['undecided']:,} cases undecided",
        "",
    ]
    lines += [f"- {_text(note)}" for note in document.engine.get("notes", ())]
    if left := left_out_words(document):
        lines += [f"Left out of the engine's file: {_text(left)}.", ""]
    if words := undecided_words(document):
        lines += ["Undecided: " + "; ".join(words) + ".", ""]
    lines += [f"- IN DOUBT: {_text(doubt)}" for doubt in document.doubts]
    return "\n".join(lines)


def _findings(findings: tuple[FindingRecord, ...]) -> list[str]:
    if not findings:
        return ["No findings."]
    return ["## Findings", *map(_finding, findings)]


def _finding(finding: FindingRecord) -> str:
    lines = [f"### {finding.severity} {finding.law} {_text(finding_title(finding), 300)}", ""]
    if finding.program and finding.severity == "error":
        lines += [*_fenced(finding.program), ""]
    if finding.expected and finding.quantity:
        agree = f" ({digits_words(finding)})" if finding.digits is not None else ""
        lines += [f"{_code(finding.quantity)} = {number(finding.actual)}, but must lie in "
                  f"{_text(between(finding.expected))}{agree}.", ""]  # fmt: skip
    else:
        lines += [_text(finding.message), ""]
    lines += [_prose(part) + "\n" for part in (finding.diagnosis, mend_words(finding)) if part]
    if finding.severity == "error":
        also = ", ".join(_text(name, 100) for name in callers(finding))
        same = f" The same shows in {also}." if also else ""
        lines += [f"Seen in {finding.count:,} case{'s' * (finding.count != 1)}.{same}", ""]
    if finding.replay:
        lines += [f"Replay: `gradverify replay {finding.replay}`", ""]
    return "\n".join(lines)


def _operations(operations: tuple[OperationRecord, ...]) -> str:
    heads = ("operation", "checked:", "agreed:", "mismatched:", "undecided:")
    rows = [
        (_text(o.name, 100), str(o.checked), str(o.agreed), str(o.mismatched), str(o.undecided))
        for o in operations
        if o.supported
    ]
    lines = ["## Operations", "", *_table(heads, rows, f"{len(rows)} operations")]
    missing = [_text(o.name, 100) for o in operations if not o.supported]
    if missing:
        lines += ["", "Not there: " + " ".join(missing) + "."]
    return "\n".join(lines)


def _laws(document: Document) -> str:
    if not document.laws:
        return ""
    heads = ("law", "title", "status", "compared:", "why not")
    rows = [
        (law.code, _text(law.title, 300), law.status, f"{law.compared:,}", _text(law.why, 500))
        for law in document.laws
    ]
    lines = ["## Laws", "", *_table(heads, rows, f"{len(rows)} laws")]
    if document.network:
        lines += ["", f"Network: {_text(network_words(document))}."]
    return "\n".join(lines)


def _oracles(document: Document) -> str:
    found = document.oracles
    return (
        "## Oracles\n\n"
        f"Cases answered: ball {found['ball']:,}, symbolic {found['symbolic']:,} "
        f"({found['whole']:,} differentiated whole, {found['cut']:,} cut at shared values), torch "
        f"{found['torch']:,}. Disagreements: {document.totals['oracle_disagreements']}."
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], name: str) -> list[str]:
    """A table, folded away if it is long. Columns of numbers are named with a colon at the end."""
    lines = [
        _row(head.removesuffix(":") for head in heads),
        f"|{'|'.join('---:' if head.endswith(':') else '---' for head in heads)}|",
        *map(_row, rows),
    ]
    if len(rows) <= LONG_TABLE:
        return lines
    return [f"<details><summary>{name}</summary>", "", *lines, "", "</details>"]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _fenced(text: str) -> list[str]:
    """Text as it is, in a fence longer than any in it."""
    shown = visible(text, 20_000)
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", shown, fence]


def _code(words: str) -> str:
    """A few words as code; words with a backquote as text."""
    return _text(words, 200) if "`" in words else f"`{one_line(words, 200)}`"


def _text(text: str, longest: int = 2_000) -> str:
    """Somebody's words on one line, which Markdown shows as they are: no markup and no link."""
    return _begun(_escaped(one_line(text, longest)))


def _prose(text: str) -> str:
    """As ``_text``; what stands between backquotes is set as code."""
    parts = re.split(r"`([^`]{1,200})`", one_line(text))
    said = (f"`{part}`" if index % 2 else _escaped(part) for index, part in enumerate(parts))
    return _begun("".join(said))


def _escaped(text: str) -> str:
    for sign in "\\`*_<>[]|#~$&@":
        text = text.replace(sign, "\\" + sign)
    text = text.replace("://", ":\\//")
    return re.sub(r"(?i)\bwww\.", lambda found: found[0].replace(".", "\\."), text)


def _begun(line: str) -> str:
    """A line that begins no list, rule or heading."""
    line = re.sub(r"^(\d{1,9})([.)])(?=\s|$)", r"\1\\\2", line)
    return re.sub(r"^([-+=:])", r"\\\1", line)
