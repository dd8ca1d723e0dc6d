"""Words that more than one format uses."""

from __future__ import annotations

from verify.faults import BY_CODE
from verify.report.document import Document, FindingRecord
from verify.verdict import ADVICE


def number(hexadecimal: str | None) -> str:
    """A stored float as the shortest text that reads back the same."""
    return "no gradient" if hexadecimal is None else repr(float.fromhex(hexadecimal))


def between(expected: dict[str, str]) -> str:
    """A stored enclosure as text."""
    return f"[{number(expected['low'])}, {number(expected['high'])}]"


def finding_title(finding: FindingRecord) -> str:
    """``exp: shared-node overwrite``, ``recursion``, ``mul: wrong gradient``."""
    what = BY_CODE[finding.fault].name if finding.fault else finding.title
    return (
        f"{finding.operation}: {what}"
        if finding.operation and finding.severity == "error"
        else what
    )


def undecided_words(document: Document) -> list[str]:
    """Each reason with its count and what it means."""
    return [
        f"{count:,} {reason} ({ADVICE[reason]})" for reason, count in document.undecided.items()
    ]
