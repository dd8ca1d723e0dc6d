"""Reading a JSON report back, strictly: what cannot be a report is refused in one sentence."""

from __future__ import annotations

import json
import math
import re
from importlib import resources
from typing import Any

from verify.program import ProgramError
from verify.program.json_form import case_from_json
from verify.report.document import (
    SCHEMA,
    Document,
    FindingRecord,
    LawRecord,
    OperationRecord,
    ValueRecord,
)
from verify.report.schema_check import SchemaCheck, short

LARGEST = 64 * 2**20
"""Characters; a report of the default run has some 300,000."""
HEX = re.compile(r"-?0x[01]\.[0-9a-f]{1,13}p[+-]\d+")


class ReportError(Exception):
    """The text is not a report that this version can read; the message says where and why."""


def document_from_json(text: str) -> Document:
    """Read a Document from the text of a ``report.json``.

    Law: ``render(document_from_json(render(d))) == render(d)`` for the JSON renderer.

    Raises:
        ReportError: in one sentence, whatever the text holds.
    """
    if len(text) > LARGEST:
        raise ReportError("it is larger than 64 MiB, which no report is")
    data = _decoded(text)
    _check_version(data)
    schema = (resources.files("verify.report") / "schema" / "report-1.json").read_text("utf-8")
    try:
        problem = SchemaCheck(json.loads(schema)).problem(data)
    except RecursionError:
        raise ReportError("it is nested too deeply for a report") from None
    if problem is not None:
        raise ReportError(problem)
    return _document(data)


def _decoded(text: str) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite
        )
    except json.JSONDecodeError as error:
        raise ReportError(f"not JSON: {error.msg} at line {error.lineno}") from None
    except RecursionError:
        raise ReportError("it is nested too deeply for a report") from None
    except ValueError as error:  # an integer of thousands of digits
        raise ReportError(f"not JSON that can be read: {error}") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ReportError(f"the field {short(key)} is there twice in one object")
        found[key] = value
    return found


def _refuse(name: str) -> Any:
    raise ReportError(f"{name} is not JSON; such numbers are written with float.hex")


def _finite(literal: str) -> float:
    number = float(literal)
    if not math.isfinite(number):
        raise ReportError(f"the number {short(literal)[1:-1]} is too large for a float64")
    return number


def _check_version(data: Any) -> None:
    if not isinstance(data, dict):
        raise ReportError("it is no report: the document must be an object")
    name = data.get("schema")
    if name == SCHEMA:
        return
    if isinstance(name, str) and name.startswith("gradverify/report/"):
        raise ReportError(
            f"its schema is {short(name)}: it was made by another version of gradverify, and this "
            f"one reads {SCHEMA!r}"
        )
    if isinstance(name, str) and name.startswith("gradverify/"):
        raise ReportError(f"it is no report but {short(name)}; a report is {SCHEMA!r}")
    raise ReportError(f"it is no report: its schema is {short(name)}, not {SCHEMA!r}")


def _document(data: dict[str, Any]) -> Document:
    """A document that fits the schema."""
    findings = [_finding(item, f"findings[{i}]") for i, item in enumerate(data["findings"])]
    return Document(
        **{
            **data,
            "operations": tuple(OperationRecord(**item) for item in data["operations"]),
            "findings": tuple(findings),
            "laws": tuple(LawRecord(**item) for item in data["laws"]),
            "doubts": tuple(data["doubts"]),
        }
    )


def _finding(item: dict[str, Any], place: str) -> FindingRecord:
    _check_case(item, place)
    _check_numbers(item, place)
    return finding_of(item)


def finding_of(item: dict[str, Any]) -> FindingRecord:
    """A finding from its JSON form, which is known to be one."""
    values = tuple(ValueRecord(**value) for value in item["values"])
    return FindingRecord(**{**item, "also": tuple(item["also"]), "values": values})


def _check_case(item: dict[str, Any], place: str) -> None:
    """The case is a program, and what is said of its values fits it."""
    length = 0
    if item["case"] is not None:
        try:
            length = len(case_from_json(item["case"]).program)
        except ProgramError as error:
            raise ReportError(f"{place}.case: {error}") from None
    if item["values"] and len(item["values"]) != length:
        count = len(item["values"])
        raise ReportError(f"{place}.values has {count} entries, and the program {length} values")
    index = item["instruction"]
    if index is not None and index >= length:
        raise ReportError(f"{place}.instruction is {index}, and the program has {length} values")


def _check_numbers(data: Any, place: str) -> None:
    """Each float reads back: the schema's pattern allows exponents that no float64 has."""
    if isinstance(data, dict):
        for key, value in data.items():
            _check_numbers(value, f"{place}.{key}")
    elif isinstance(data, list):
        for index, value in enumerate(data):
            _check_numbers(value, f"{place}[{index}]")
    elif isinstance(data, str) and HEX.fullmatch(data):
        try:
            same = float.fromhex(data).hex() == data
        except OverflowError:
            same = False
        if not same:
            raise ReportError(f"{place}: {short(data)} is not made by float.hex")
