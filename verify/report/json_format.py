"""The JSON form of a Document: sorted keys, so the same run gives the same bytes, timings aside."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from verify.report.document import Document


def as_json(document: Document) -> dict[str, Any]:
    """A Document as a JSON-ready dictionary."""
    return asdict(document)


def render(document: Document) -> str:
    """A Document as JSON text. NaN and Infinity are not JSON, so an infinite distance is null."""
    return json.dumps(_finite(as_json(document)), indent=2, sort_keys=True, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None
    return value
