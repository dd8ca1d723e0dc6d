"""The Markdown form of a Document: fits a CI summary."""

from __future__ import annotations

from verify.report.document import Document, FindingRecord, OperationRecord
from verify.report.words import (
    between,
    finding_title,
    network_words,
    number,
    undecided_words,
)


def render(document: Document) -> str:
    """A Document as Markdown."""
    totals = document.totals
    lines = [
        f"# {_text(document.target)}: {document.status}",
        "",
        _text(document.sentence),
        "",
        f"{_text(document.engine['name'])} · seed {document.seed} · "
        f"{totals['programs']:,} programs · "
        f"{totals['cases']:,} cases · {totals['gradients']:,} gradients · "
        f"{totals['undecided']:,} cases undecided",
        "",
    ]
    if words := undecided_words(document):
        lines += ["Undecided: " + "; ".join(words) + ".", ""]
    lines += [f"- IN DOUBT: {_text(doubt)}" for doubt in document.doubts]
    lines += _findings(document.findings)
    lines += _operations(document.operations)
    lines += _laws(document)
    lines += _oracles(document)
    return "\n".join(lines).rstrip() + "\n"


def _findings(findings: tuple[FindingRecord, ...]) -> list[str]:
    if not findings:
        return ["No findings.", ""]
    lines = ["## Findings", ""]
    for finding in findings:
        lines += [f"### {finding.severity} {finding.law} {_text(finding_title(finding))}", ""]
        if finding.program and finding.severity == "error":
            lines += ["```text", finding.program, "```", ""]
        if not (finding.expected and finding.quantity):
            lines += [_text(finding.message), ""]
        else:
            lines += [f"`{finding.quantity}` = {number(finding.actual)}, but must lie in "
                      f"{between(finding.expected)} "
                      f"({finding.digits} digits agree).", ""]  # fmt: skip
        lines += [_text(part) + "\n" for part in (finding.diagnosis, finding.mend) if part]
        if finding.replay:
            lines += [f"Replay: `gradverify replay {finding.replay}`", ""]
    return lines


def _operations(operations: tuple[OperationRecord, ...]) -> list[str]:
    lines = ["## Operations", "", "| operation | checked | agreed | mismatched | undecided |",
             "|---|---:|---:|---:|---:|"]  # fmt: skip
    lines += [
        f"| {o.name} | {o.checked} | {o.agreed} | {o.mismatched} | {o.undecided} |"
        for o in operations
        if o.supported
    ]
    missing = [o.name for o in operations if not o.supported]
    if missing:
        lines += ["", "Not there: " + " ".join(missing) + "."]
    return [*lines, ""]


def _laws(document: Document) -> list[str]:
    if not document.laws:
        return []
    lines = ["## Laws", "", "| law | status | compared | |", "|---|---|---:|---|"]
    lines += [
        f"| {law.code} {_text(law.title)} | {law.status} | {law.compared:,} | {_text(law.why)} |"
        for law in document.laws
    ]
    if document.network:
        lines += ["", f"Network: {_text(network_words(document))}."]
    return [*lines, ""]


def _oracles(document: Document) -> list[str]:
    found = document.oracles
    return [
        "## Oracles",
        "",
        f"Cases answered: ball {found['ball']:,}, symbolic {found['symbolic']:,} "
        f"({found['whole']:,} differentiated whole, {found['cut']:,} cut at shared values), torch "
        f"{found['torch']:,}. Disagreements: {document.totals['oracle_disagreements']}.",
    ]


def _text(text: str) -> str:
    """Text that Markdown shows as it is."""
    for sign in "\\`*_<>[]|#":
        text = text.replace(sign, "\\" + sign)
    return " ".join(text.split())
