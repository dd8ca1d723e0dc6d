"""A JSON report reads back as it was, and what is none is refused in one sentence."""

from __future__ import annotations

import copy
import json
import random
from importlib import resources

import jsonschema
import pytest
from faulty_engines import overwriting
from hypothesis import given, settings
from report_samples import SAMPLES, WHOLE, documents

from verify.campaign import Budget, Plan, run
from verify.engines import open_engine
from verify.report import FINDING_FORMATS, FORMATS
from verify.report import read as reading
from verify.report.json_format import render
from verify.report.read import ReportError, document_from_json
from verify.report.schema_check import SchemaCheck
from verify.report.terminal import render as terminal

pytestmark = pytest.mark.once

SCHEMA = json.loads(
    (resources.files("verify.report") / "schema" / "report-1.json").read_text("utf-8")
)
TEXT = render(WHOLE)


def report() -> dict:
    return json.loads(TEXT)


@pytest.mark.parametrize("name", SAMPLES)
def test_report_reads_back_as_it_was(name):
    text = render(SAMPLES[name])
    assert render(document_from_json(text)) == text


@given(documents())
@settings(max_examples=100)
def test_any_report_reads_back_as_it_was(document):
    text = render(document)
    assert render(document_from_json(text)) == text


def test_report_of_a_run_reads_back_as_it_was(engine_file, oracles):
    engine = open_engine(engine_file(overwriting("mul")))
    document = run(engine, oracles, Plan(Budget(programs=1, points=4, minimum=0, rounds=0)))
    text = render(document)
    again = document_from_json(text)
    assert render(again) == text
    for _, form in FORMATS.values():
        assert form(again) == form(document)
    assert terminal(again) == terminal(document)


def spoilt(change) -> str:
    data = report()
    change(data)
    return json.dumps(data)


def at(data: object, *path: object) -> object:
    for part in path:
        data = data[part]
    return data


def put(*path: object):
    """Put the last item at the path of the others."""
    *place, key, value = path
    return lambda data: at(data, *place).__setitem__(key, value)


REFUSED = {
    "findings[0].law is 'gra01', which does not look like": put("findings", 0, "law", "gra01"),
    "findings[0].law must be a string": put("findings", 0, "law", 7),
    "findings[1] must be an object": put("findings", 1, None),
    "findings[0].expected lacks high": put(
        "findings", 0, "expected", {"low": "0x1.0000000000000p+0"}
    ),
    "findings[0].expected.low is '1.0', which does not look like": put(
        "findings", 0, "expected", {"low": "1.0", "high": "1.0"}
    ),
    "findings[0].actual: '0x1.0000000000000p+9999' is not made by float.hex": put(
        "findings", 0, "actual", "0x1.0000000000000p+9999"
    ),
    "findings[0].count is 0, which is less than 1": put("findings", 0, "count", 0),
    "findings[0].count must be a whole number": put("findings", 0, "count", True),
    "findings[0].digits is 18, which is more than 17": put("findings", 0, "digits", 18),
    "findings[0].message is empty": put("findings", 0, "message", ""),
    "findings[0].values has 4 entries, and the program 5 values": lambda data: data["findings"][0][
        "values"
    ].pop(),
    "findings[0].instruction is 5, and the program has 5 values": put(
        "findings", 0, "instruction", 5
    ),
    "findings[0].case: %2: there is no operation": put(
        "findings", 0, "case", "instructions", 0, "op", "none"
    ),
    "findings[0].replay is '../../x.json', which does not look like": put(
        "findings", 0, "replay", "../../x.json"
    ),
    "findings[2].replay must be null": put("findings", 2, "replay", "SUP01-1.json"),
    "the document lacks totals": lambda data: data.pop("totals"),
    "totals lacks cases": lambda data: data["totals"].pop("cases"),
    "the document has a field that is not known here: 'extra'": put("extra", 1),
    "status is 'fine', which is none of certified, wrong": put("status", "fine"),
    "the name undecided.luck is 'luck', which is none of": put("undecided", {"luck": 1}),
    "engine.source lacks methods": put("engine", "source", {"file": "x", "line": 1}),
    "timings.seconds is -1, which is less than 0": put("timings", "seconds", -1),
    "it was made by another version of gradverify": put("schema", "gradverify/report/2"),
    "it is no report but 'gradverify/case/1'": put("schema", "gradverify/case/1"),
    "it is no report: its schema is None": lambda data: data.pop("schema"),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_refusal_names_the_place(sentence):
    with pytest.raises(ReportError) as refusal:
        document_from_json(spoilt(REFUSED[sentence]))
    assert str(refusal.value).startswith(sentence) or sentence in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "not JSON: Expecting value at line 1"),
        ("[]", "the document must be an object"),
        ("[" * 200_000, "it is nested too deeply"),
        ('{"a":' * 5_000 + "1" + "}" * 5_000, "it is n"),
        (TEXT.replace('"seed": 7', '"seed": 7, "seed": 8'), "the field 'seed' is there twice"),
        (TEXT.replace('"seed": 7', '"seed": NaN'), "NaN is not JSON"),
        (TEXT.replace('"seed": 7', '"seed": -Infinity'), "-Infinity is not JSON"),
        (TEXT.replace("1.5", "1e999"), "the number 1e999 is too large"),
        (TEXT.replace('"seed": 7', '"seed": ' + "7" * 5_000), "not JSON that can be read"),
        (TEXT.replace('"seed": 7', '"seed": 7.0'), "seed must be a whole number"),
    ],
)
def test_text_that_is_no_report_is_refused(text, sentence):
    assert text != TEXT
    with pytest.raises(ReportError) as refusal:
        document_from_json(text)
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_nesting_where_anything_may_stand_is_refused_not_crashed():
    deep: object = 1
    for _ in range(900):
        deep = {"ref": deep}
    text = json.dumps(report() | {"doubts": [deep]})
    with pytest.raises(ReportError, match=r"doubts\[0\] must be a string"):
        document_from_json(text)


def test_text_beyond_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(reading, "LARGEST", 100)
    with pytest.raises(ReportError, match="larger than 64 MiB"):
        document_from_json(TEXT)


OTHER = (
    None,
    True,
    -1,
    0,
    10**30,
    1.5,
    "",
    "x",
    "nan",
    "0x1.8000000000000p+1",
    [],
    {},
    [[]],
    {"x": 1},
)


def mutated(chance: random.Random) -> str:
    """A report with something wrong in its text or in its structure; or, by luck, a report."""
    if chance.random() < 0.4:
        signs = list(TEXT)
        for _ in range(chance.randint(1, 3)):
            signs[chance.randrange(len(signs))] = chance.choice('{}[]",:0x-\\e \x00\ud800\u202e')
        return "".join(signs)
    data = report()
    for _ in range(chance.randint(1, 3)):
        *place, key = chance.choice([path for path in PATHS if path])
        try:
            holder = at(data, *place)
            if chance.random() < 0.3:
                del holder[key]
            else:
                holder[key] = copy.deepcopy(chance.choice(OTHER))
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    return json.dumps(data)


def paths(data: object, path: tuple = ()) -> list[tuple]:
    """The path of everything within a document."""
    if not isinstance(data, dict | list):
        return [path]
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    return [path, *(found for key, item in pairs for found in paths(item, (*path, key)))]


PATHS = paths(report())


def test_a_thousand_spoilt_reports_are_refused_or_rendered():
    """No traceback: each is refused in one sentence, or is a report that every format takes."""
    chance = random.Random(20_241)
    refusals: list[str] = []
    rendered = 0
    for _ in range(1_000):
        text = mutated(chance)
        try:
            document = document_from_json(text)
        except ReportError as error:
            refusals.append(str(error))
            continue
        rendered += 1
        for _, form in FORMATS.values():
            assert form(document)
        assert terminal(document)
        for finding in document.findings:
            for _, form in FINDING_FORMATS.values():
                form(document, finding, None)
    assert all(0 < len(said) < 1_000 and said.isprintable() for said in refusals)
    assert len(refusals) > 900
    assert rendered > 20


def test_reader_agrees_with_an_independent_validator():
    """What jsonschema refuses is refused; what it takes and we refuse is in our own rules."""
    validator = jsonschema.Draft202012Validator(SCHEMA)
    ours = SchemaCheck(SCHEMA)
    chance = random.Random(7)
    verdicts = {True: 0, False: 0}
    for _ in range(500):
        try:
            data = json.loads(mutated(chance))
        except ValueError:
            continue
        fits = validator.is_valid(data)
        verdicts[fits] += 1
        assert (ours.problem(data) is None) == fits, ours.problem(data)
    assert min(verdicts.values()) > 20


def test_schema_check_refuses_a_keyword_that_it_does_not_know():
    with pytest.raises(NotImplementedError, match="multipleOf"):
        SchemaCheck({"multipleOf": 2}).problem(3)
