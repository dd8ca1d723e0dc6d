"""The JUnit XML form of a Document, for CI servers: a test for each law and operation.

The laws of random cases give a test for each spelling of an operation, the others one each. An
error is a failure; warnings and notes pass, and are said in the test's output; what was not
examined is skipped; a suite in doubt is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from verify.laws import BY_CODE
from verify.report.document import Document, FindingRecord, LawRecord
from verify.report.words import comparison_words, finding_title, mend_words, one_line, visible

NO_VERDICT = ("in doubt", "interrupted")
NAME = 200
"""Characters of a test's name."""
TEXT = 50_000
"""Characters of what is said of a test."""


@dataclass(frozen=True, slots=True)
class _Test:
    """One ``testcase``: its outcome is ``passed``, ``failure``, ``error`` or ``skipped``."""

    name: str
    outcome: str = "passed"
    message: str = ""
    text: str = ""
    kind: str = ""


def render(document: Document) -> str:
    """A Document as JUnit XML."""
    tests = [*_verdict(document), *_laws(document)]
    seconds = f"{document.timings.get('seconds', 0.0):.3f}"
    counts = {
        "tests": str(len(tests)),
        "failures": _count(tests, "failure"),
        "errors": _count(tests, "error"),
    }
    name = one_line(document.target, NAME)
    root = ET.Element("testsuites", {"name": "gradverify", **counts, "time": seconds})
    suite = {"name": name, **counts, "skipped": _count(tests, "skipped"), "time": seconds}
    inside = ET.SubElement(root, "testsuite", suite)
    properties = ET.SubElement(inside, "properties")
    for key, value in _properties(document):
        ET.SubElement(properties, "property", {"name": key, "value": one_line(value)})
    for test in tests:
        _write(inside, f"gradverify.{name}", test)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _count(tests: list[_Test], outcome: str) -> str:
    return str(sum(test.outcome == outcome for test in tests))


def _properties(document: Document) -> Iterator[tuple[str, str]]:
    yield "status", document.status
    yield "verdict", document.sentence
    yield "engine", document.engine["name"]
    yield "seed", str(document.seed)
    for key, value in sorted(document.environment.items()):
        yield f"version of {one_line(key, NAME)}", value


def _write(suite: ET.Element, classname: str, test: _Test) -> None:
    said = {"classname": classname, "name": one_line(test.name, NAME), "time": "0"}
    element = ET.SubElement(suite, "testcase", said)
    text = visible(test.text, TEXT)
    if test.outcome != "passed":
        kind = {"type": test.kind} if test.kind else {}
        outcome = ET.SubElement(element, test.outcome, {"message": one_line(test.message), **kind})
        outcome.text = text or None
    elif text:
        ET.SubElement(element, "system-out").text = text


def _verdict(document: Document) -> Iterator[_Test]:
    """Whether the suite can vouch for what it says; each disagreement of oracles is an error."""
    if document.status in NO_VERDICT:
        yield _Test("verdict", "error", document.sentence, document.sentence, document.status)
    else:
        yield _Test("verdict", text=f"{document.status}: {document.sentence}")
    for number, doubt in enumerate(document.doubts, 1):
        said = f"{doubt}. This says nothing about the engine."
        yield _Test(f"doubt {number}", "error", doubt, said, "in doubt")


def _laws(document: Document) -> Iterator[_Test]:
    told: set[int] = set()
    for law in document.laws:
        found = [f for f in document.findings if f.law == law.code]
        told.update(map(id, found))
        known = BY_CODE.get(law.code)
        if known is not None and known.subject == "case" and document.operations:
            yield from _by_operation(document, law, found)
        elif found:
            yield from _each(found)
        elif law.status == "held":
            yield _Test(law.code, text=f"{law.title}: {law.compared:,} comparisons held")
        else:  # broken, and its findings are about operations that were not asked for
            yield _Test(law.code, "skipped", law.why or "nothing was found that was asked for")
    yield from _each([f for f in document.findings if id(f) not in told])


def _by_operation(
    document: Document, law: LawRecord, found: list[FindingRecord]
) -> Iterator[_Test]:
    """A law of random cases: a test for each operation that was asked for."""
    names = [operation.name for operation in document.operations]
    for operation in document.operations:
        name = f"{law.code} {operation.name}"
        own = [f for f in found if f.operation == operation.name]
        callers = [f for f in found if operation.name in f.also and f.severity == "error"]
        if own:
            yield _outcome(name, own)
        elif callers:
            cause = f"it calls {finding_title(callers[0])}"
            yield _Test(name, "failure", cause, cause, law.code)
        elif not operation.supported:
            yield _Test(name, "skipped", operation.why or "the engine does not have it")
        elif not operation.checked:
            yield _Test(name, "skipped", "no case was checked")
        else:
            yield _Test(name)
    yield from _each([f for f in found if f.operation not in names])


def _each(found: list[FindingRecord]) -> Iterator[_Test]:
    """A test for each operation that findings name, and one for those that name none."""
    by_name: dict[str, list[FindingRecord]] = {}
    for finding in found:
        name = f"{finding.law} {finding.operation}" if finding.operation else finding.law
        by_name.setdefault(name, []).append(finding)
    for name, group in by_name.items():
        yield _outcome(name, group)


def _outcome(name: str, found: list[FindingRecord]) -> _Test:
    text = "\n\n".join(map(_told, found))
    errors = [finding for finding in found if finding.severity == "error"]
    if not errors:
        return _Test(name, text=text)
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    message = comparison_words(errors[0]) or errors[0].message
    return _Test(
        name, "failure", f"{finding_title(errors[0])}: {message}{more}", text, errors[0].law
    )


def _told(finding: FindingRecord) -> str:
    """A finding as lines of text."""
    parts = [
        f"{finding.severity} {finding.law} {finding_title(finding)}",
        finding.program or "",
        comparison_words(finding) or finding.message,
        finding.diagnosis,
        mend_words(finding),
        f"gradverify replay {finding.replay}" if finding.replay else "",
    ]
    return "\n".join(visible(part) for part in parts if part)
