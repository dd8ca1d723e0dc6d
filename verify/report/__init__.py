"""Reports: a Document, and one renderer a file. To add a format: a file, and a line in FORMATS."""

from collections.abc import Callable

from verify.report import html, json_format, markdown
from verify.report.document import (
    SCHEMA,
    Document,
    FindingRecord,
    LawRecord,
    OperationRecord,
    ValueRecord,
)

FORMATS: dict[str, tuple[str, Callable[[Document], str]]] = {
    "json": ("report.json", json_format.render),
    "markdown": ("report.md", markdown.render),
    "html": ("report.html", html.render),
}
"""Format -> (file name, renderer)."""

__all__ = [
    "FORMATS",
    "SCHEMA",
    "Document",
    "FindingRecord",
    "LawRecord",
    "OperationRecord",
    "ValueRecord",
]
