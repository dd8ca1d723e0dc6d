"""Reports: a Document, and one renderer a file. To add a format: a file, and a line in FORMATS."""

from collections.abc import Callable

from verify.report import html, json_format, junit, markdown, pytest_file, sarif, script
from verify.report.document import (
    SCHEMA,
    Document,
    FindingRecord,
    LawRecord,
    OperationRecord,
    ValueRecord,
)

FindingFormat = tuple[
    Callable[[FindingRecord], str | None],
    Callable[[Document, FindingRecord, str | None], str | None],
]

FORMATS: dict[str, tuple[str, Callable[[Document], str]]] = {
    "json": ("report.json", json_format.render),
    "markdown": ("report.md", markdown.render),
    "html": ("report.html", html.render),
    "junit": ("report.junit.xml", junit.render),
    "sarif": ("report.sarif", sarif.render),
}
"""Format -> (file name, renderer)."""

FINDING_FORMATS: dict[str, FindingFormat] = {
    "script": (script.name_of, script.render),
    "pytest": (pytest_file.name_of, pytest_file.render),
}
"""Format of one finding -> (file name, renderer); None where a finding cannot be shown so."""

__all__ = [
    "FINDING_FORMATS",
    "FORMATS",
    "SCHEMA",
    "Document",
    "FindingRecord",
    "LawRecord",
    "OperationRecord",
    "ValueRecord",
]
