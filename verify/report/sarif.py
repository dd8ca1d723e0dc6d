"""The SARIF 2.1.0 form of a Document, for code scanning.

A rule for each law, a result for each finding: at the line of the method it sits in, where the
engine's source is known. The fingerprint of a result is the finding's own: it survives edits that
do not touch the bug.
"""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import quote

from verify.laws import BY_CODE
from verify.report.document import Document, FindingRecord
from verify.report.words import (
    class_name,
    comparison_words,
    finding_title,
    mend_words,
    number,
    one_line,
    visible,
)

SCHEMA_URI = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning", "note": "note"}
NO_VERDICT = ("in doubt", "interrupted")


def render(document: Document) -> str:
    """A Document as SARIF text."""
    rules = _rules(document)
    indices = {rule["id"]: index for index, rule in enumerate(rules)}
    version = one_line(document.environment.get("gradverify", "unknown"), 60)
    run = {
        "tool": {"driver": {"name": "gradverify", "version": version, "rules": rules}},
        "automationDetails": {"id": f"gradverify/{quote(one_line(document.target, 200))}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(document)],
        "results": [_result(document, finding, indices) for finding in document.findings],
        "properties": {
            "status": document.status,
            "seed": document.seed,
            "engine": one_line(document.engine["name"]),
        },
    }
    log = {"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _rules(document: Document) -> list[dict[str, Any]]:
    """The laws examined and broken, each once, in the order of the report."""
    seen = [(law.code, law.severity, law.title) for law in document.laws]
    seen += [(f.law, f.severity, f.title) for f in document.findings]
    first = {code: (severity, title) for code, severity, title in reversed(seen)}
    return [_rule(code, *first[code]) for code in dict.fromkeys(row[0] for row in seen)]


def _rule(code: str, severity: str, title: str) -> dict[str, Any]:
    law = BY_CODE.get(code)
    rule: dict[str, Any] = {
        "id": code,
        "shortDescription": {"text": one_line(law.title if law else title)},
        "defaultConfiguration": {"level": LEVELS[severity]},
    }
    if law is not None:
        why = law.why or law.statement
        rule["fullDescription"] = {"text": law.statement}
        rule["help"] = {
            "text": f"{law.statement}\n\n{why}",
            "markdown": f"**{law.statement}**\n\n{why}",
        }
    return rule


def _invocation(document: Document) -> dict[str, Any]:
    found: dict[str, Any] = {"executionSuccessful": document.status not in NO_VERDICT}
    said = list(document.doubts)
    if not found["executionSuccessful"]:
        said.insert(0, document.sentence)
    if said:
        found["toolExecutionNotifications"] = [
            {"level": "error", "message": {"text": visible(sentence)}} for sentence in said
        ]
    return found


def _result(document: Document, finding: FindingRecord, rules: dict[str, int]) -> dict[str, Any]:
    parts = (f"{finding_title(finding)}: {comparison_words(finding) or finding.message}",
             finding.diagnosis, mend_words(finding))  # fmt: skip
    return {
        "ruleId": finding.law,
        "ruleIndex": rules[finding.law],
        "level": LEVELS[finding.severity],
        "message": {"text": _literal("\n".join(one_line(part) for part in parts if part))},
        "partialFingerprints": {"gradverify/v1": finding.fingerprint},
        "occurrenceCount": finding.count,
        "locations": [_location(document, finding)],
        "properties": _properties(finding),
    }


def _literal(text: str) -> str:
    """Text in which readers see no embedded link, ``[words](address)``, and no placeholder."""
    return re.sub(r"\{(\d+)\}", r"{{\1}}", text).replace("](", "] (")


def _properties(finding: FindingRecord) -> dict[str, Any]:
    """What has no place of its own in SARIF."""
    found: dict[str, Any] = {"flickers": finding.flickers}
    if finding.fault:
        found["fault"] = one_line(finding.fault)
    if finding.program:
        found["program"] = visible(finding.program)
    if finding.expected:
        found["expected"] = [number(finding.expected[end]) for end in ("low", "high")]
    if finding.actual:
        found["actual"] = number(finding.actual)
    if finding.replay:
        found["replay"] = f"gradverify replay {finding.replay}"
    return found


def _location(document: Document, finding: FindingRecord) -> dict[str, Any]:
    name = one_line(class_name(document.target) or document.target, 200)
    found: dict[str, Any] = {"logicalLocations": [{"name": name, "kind": "type"}]}
    method = _method(document, finding)
    if method or finding.operation:
        member = one_line(method or finding.operation or "", 200)
        whole = f"{name}.{member}"
        inner = {"name": member, "fullyQualifiedName": whole, "kind": "member"}
        found["logicalLocations"].append(inner)
    source = document.engine.get("source")
    if source is not None:
        found["physicalLocation"] = {
            "artifactLocation": _artifact(source["file"]),
            "region": {"startLine": source["methods"].get(method, source["line"])},
        }
    return found


def _method(document: Document, finding: FindingRecord) -> str | None:
    """The method that an operation was seen to call first; None where that is not known."""
    calls = document.engine.get("delegates", {}).get(finding.operation) or ()
    return next(iter(calls), None)


def _artifact(file: str) -> dict[str, str]:
    """A file as a URI: relative to the folder of the run, or absolute where it was named so."""
    path = file if file.isprintable() else visible(file, 4_000)
    if PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute():
        return {"uri": f"file:///{quote(path.replace(chr(92), '/').lstrip('/'), safe='/:')}"}
    return {"uri": quote(path), "uriBaseId": "%SRCROOT%"}
