"""JUnit XML: read by an independent reader, counted rightly, and valid whatever an engine says."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from junitparser import Error, Failure, JUnitXml, Skipped
from report_samples import SAMPLES, WHOLE, documents

from verify.laws import BY_CODE
from verify.report.junit import render

pytestmark = pytest.mark.once

CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "testcase": {"skipped", "error", "failure", "system-out"},
}
"""Element -> what may stand in it; the part of the Jenkins schema (junit-10.xsd) used here."""
ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "property": {"name", "value"},
    "testcase": {"classname", "name", "time"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message"},
}


def cases(document) -> dict:
    """Name -> testcase, as junitparser reads them."""
    (suite,) = JUnitXml.fromstring(render(document).encode())
    found = {case.name: case for case in suite}
    assert len(found) == len(list(suite))
    return found


def outcome(case) -> type | None:
    return type(case.result[0]) if case.result else None


def check_form(document) -> None:
    text = render(document)
    root = ET.fromstring(text.encode())  # noqa: S314 - our own text
    assert root.tag == "testsuites"
    for element in root.iter():
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
        assert set(element.keys()) == ATTRIBUTES.get(element.tag, set())
    (suite,) = JUnitXml.fromstring(text.encode())
    found = [outcome(case) for case in suite]
    assert suite.tests == len(found) >= 1
    assert suite.failures == found.count(Failure)
    assert suite.errors == found.count(Error)
    assert suite.skipped == found.count(Skipped)


@pytest.mark.parametrize("name", SAMPLES)
def test_report_is_read_and_counted_by_an_independent_reader(name):
    check_form(SAMPLES[name])


@given(documents())
@settings(max_examples=60)
def test_any_report_is_valid_junit(document):
    check_form(document)


def test_error_fails_the_test_of_its_law_and_operation():
    found = cases(replace(WHOLE, doubts=()))
    (failure,) = found["GRA01 mul"].result
    assert isinstance(failure, Failure)
    assert failure.message.startswith(
        "mul: shared-node overwrite: d %4 / d x0 = 13.0, but must lie in [25.0, 25.0] (0 digits"
    )
    assert "%2 = mul(x0, x1)" in failure.text
    assert "gradverify replay GRA01-1.json" in failure.text
    assert [name for name, case in found.items() if outcome(case) is Failure] == ["GRA01 mul"]


def test_caller_of_a_wrong_operation_fails_too_and_says_why():
    caller = replace(WHOLE.operations[0], name="imul")
    right = replace(caller, name="add")
    found = cases(replace(WHOLE, operations=(*WHOLE.operations, caller, right)))
    (failure,) = found["GRA01 imul"].result
    assert isinstance(failure, Failure)
    assert failure.message == "it calls mul: shared-node overwrite"
    assert found["GRA01 add"].is_passed


def test_warnings_and_notes_pass_and_are_said():
    found = cases(WHOLE)
    for name, words in {"EDG01 exp": "exp(800.0) raises", "SUP01": "not there: log"}.items():
        assert found[name].is_passed
        assert words in found[name].system_out


def test_what_was_not_examined_is_skipped_and_says_why():
    found = cases(WHOLE)
    for name, why in {"LIF09": "the engine has none", "GRA01 log": "there is no log"}.items():
        (skipped,) = found[name].result
        assert isinstance(skipped, Skipped)
        assert skipped.message == why


def test_unchecked_operation_is_skipped():
    idle = replace(WHOLE.operations[0], name="add", checked=0, agreed=0, mismatched=0)
    (skipped,) = cases(replace(WHOLE, operations=(idle,)))["GRA01 add"].result
    assert isinstance(skipped, Skipped)


@pytest.mark.parametrize("status", ["in doubt", "interrupted"])
def test_suite_in_doubt_is_an_error(status):
    found = cases(replace(WHOLE, status=status, sentence="Nothing was checked."))
    (error,) = found["verdict"].result
    assert isinstance(error, Error)
    assert error.message == "Nothing was checked."
    assert outcome(found["doubt 1"]) is Error


def test_certified_engine_has_no_failure_and_no_error():
    held = replace(WHOLE.laws[0], status="held")
    clean = replace(WHOLE, status="certified", findings=(), doubts=(), laws=(held,))
    found = cases(clean)
    assert {outcome(case) for case in found.values()} == {None, Skipped}
    assert found["GRA01 mul"].is_passed


def test_every_law_of_every_report_has_a_test():
    for name, document in SAMPLES.items():
        if name == "hostile":
            continue  # all its operations have one name
        names = cases(document)
        for law in document.laws:
            assert any(name.startswith(law.code) for name in names)
        for finding in document.findings:
            assert any(name.startswith(finding.law) for name in names)
    assert BY_CODE["GRA01"].subject == "case"


def test_time_is_that_of_the_run_and_else_zero():
    (suite,) = JUnitXml.fromstring(render(WHOLE).encode())
    assert suite.time == 1.5
    (suite,) = JUnitXml.fromstring(render(replace(WHOLE, timings={})).encode())
    assert suite.time == 0
