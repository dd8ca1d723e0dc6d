"""A finding as a pytest file: it needs the engine and pytest alone."""

from __future__ import annotations

from verify.report import script
from verify.report.document import Document, FindingRecord
from verify.report.exhibit import RETURN, Check, exhibit
from verify.report.script import header, imports, number


def name_of(finding: FindingRecord) -> str | None:
    """The test's file: ``test_GRA01_1.py`` beside ``GRA01-1.json``; None without a case."""
    name = script.name_of(finding)
    return None if name is None else f"test_{name.replace('-', '_')}"


def render(document: Document, finding: FindingRecord, root: str | None = None) -> str | None:
    """A finding as a test, or None where no program can show it.

    Args:
        document: the report, for how the engine is spelt.
        finding: one of its findings.
        root: the folder that gradverify was run in, relative to the test's; None if pytest is to
            be started there.
    """
    found, name = exhibit(document, finding), name_of(finding)
    if found is None or name is None:
        return None
    lines = [*header(finding, "A test for pytest."), *imports(document, found, root), ""]
    lines += [*number(document), "", f"def {name.removesuffix('.py')}():"]
    for step in found.body:
        if isinstance(step, Check):
            lines += [f"    {line}" for line in _assertion(step)]
        else:
            lines.append(f"    {step.replace(RETURN, '    return')}".rstrip())
    return "\n".join([*lines, ""])


def _assertion(check: Check) -> list[str]:
    if check.low is None:
        condition, must = "actual != actual", "be nan"
    elif check.low == check.high:
        condition, must = f"actual == {check.low}", f"be {{{check.low}!r}}"
    else:
        condition = f"{check.low} <= actual <= {check.high}"
        must = f"lie in [{check.low}, {check.high}]"
    message = f"{check.what} is {{actual!r}}, but must {must}"
    return [f"actual = {check.actual}", f"assert {condition}, (", f"    f{message!r}", ")"]
