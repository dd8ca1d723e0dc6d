"""The JSON report is a public contract: every report fits its schema, and the schema is strict."""

from __future__ import annotations

import copy
import json
import re
from importlib import resources

import jsonschema
import pytest
from faulty_engines import DUPLICATE_APPEND, SOURCE, overwriting, replaced

from verify.campaign import Budget, Plan, run
from verify.campaign.coverage import SITUATIONS
from verify.engines import open_engine
from verify.laws import SEVERITIES
from verify.oracles import BallOracle, Bench, SymbolicOracle, TorchOracle
from verify.program.json_form import case_from_json
from verify.report import FORMATS, SCHEMA
from verify.report.document import STATUSES
from verify.verdict import ADVICE

pytestmark = pytest.mark.once

TEXT = (resources.files("verify.report") / "schema" / "report-1.json").read_text("utf-8")
REPORT_SCHEMA = json.loads(TEXT)
SMALL = Budget(programs=1, points=4, minimum=0, rounds=0)
NO_GRADIENT = replaced(
    overwriting("neg"),
    ("            self.grad = -out.grad  # neg\n", "            self.grad = float('nan')\n"),
)


class Stopped(TorchOracle):
    """Ctrl-C at the fourth program."""

    left = 3

    def answers(self, program, points, seed=1.0):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return super().answers(program, points, seed)


SOURCES = {
    "right": SOURCE,
    "wrong": overwriting("mul"),
    "walk": replaced(SOURCE, *DUPLICATE_APPEND),
    "nan": NO_GRADIENT,
    "raises": SOURCE + "\n    def sin(self):\n        raise ValueError('no')\n",
    "stopped": SOURCE,
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory, oracles):
    """Reports of engines right, wrong and interrupted, as decoded JSON."""
    made = {}
    for name, source in SOURCES.items():
        path = tmp_path_factory.mktemp("engines") / f"{name}.py"
        path.write_text(source)
        bench = oracles
        if name == "stopped":
            bench = Bench([BallOracle(), SymbolicOracle(), Stopped()])
        document = run(open_engine(f"{path}:Value"), bench, Plan(SMALL))
        made[name] = json.loads(FORMATS["json"][1](document))
    return made


def check(report: object) -> None:
    jsonschema.Draft202012Validator(REPORT_SCHEMA).validate(report)


def test_schema_is_one_itself():
    jsonschema.Draft202012Validator.check_schema(REPORT_SCHEMA)
    assert REPORT_SCHEMA["$id"] == "urn:gradverify:schema:report:1"
    assert REPORT_SCHEMA["properties"]["schema"]["const"] == SCHEMA


def test_schema_names_what_the_code_knows():
    defs = REPORT_SCHEMA["$defs"]
    assert tuple(REPORT_SCHEMA["properties"]["status"]["enum"]) == STATUSES
    assert tuple(defs["finding"]["properties"]["severity"]["enum"]) == SEVERITIES
    assert defs["situation"]["enum"] == list(SITUATIONS)
    reasons = REPORT_SCHEMA["properties"]["undecided"]["propertyNames"]["enum"]
    assert set(reasons) == set(ADVICE)


def objects(schema: object):
    """Every object schema within a schema."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for item in schema.values():
            yield from objects(item)
    elif isinstance(schema, list):
        for item in schema:
            yield from objects(item)


def test_every_object_is_strict_and_described():
    for schema in objects(REPORT_SCHEMA):
        assert "additionalProperties" in schema
        assert schema["additionalProperties"] is not True
        assert schema.get("description") or "propertyNames" in schema
    for name, schema in REPORT_SCHEMA["properties"].items():
        assert schema["description"], name


@pytest.mark.parametrize("name", SOURCES)
def test_report_fits_the_schema(reports, name):
    check(reports[name])


def test_report_of_the_reference_engine_fits_the_schema(oracles):
    document = run(open_engine("microgradref:Value"), oracles, Plan(SMALL, forms=("add", "exp")))
    check(json.loads(FORMATS["json"][1](document)))


def test_contract_s_fields_are_there(reports):
    for report in reports.values():
        assert {"schema", "target", "seed", "status", "totals", "operations", "findings"} <= set(
            report
        )
        assert {"engine", "environment", "timings"} <= set(report)
    totals = "programs cases gradients agreed mismatched undecided engine_errors"
    assert {*totals.split(), "oracle_disagreements"} <= set(reports["right"]["totals"])
    (finding,) = errors(reports["wrong"])
    fields = "fingerprint law severity operation operand fault count case expected actual ulps"
    assert {*fields.split(), "message", "replay"} <= set(finding)


def errors(report: dict) -> list[dict]:
    return [f for f in report["findings"] if f["severity"] == "error"]


def test_numbers_keep_their_bits(reports):
    (finding,) = errors(reports["wrong"])
    low, high = (float.fromhex(finding["expected"][end]) for end in ("low", "high"))
    actual = float.fromhex(finding["actual"])
    assert actual.hex() == finding["actual"]
    assert not low <= actual <= high
    assert low < high
    assert finding["ulps"] > 1


def test_infinite_distance_is_null(reports):
    (finding,) = errors(reports["nan"])
    assert finding["actual"] == "nan"
    assert finding["ulps"] is None


def test_case_of_a_finding_is_a_case_of_its_own_schema(reports):
    folder = resources.files("verify.program") / "schema"
    schema = json.loads((folder / "case-1.json").read_text("utf-8"))
    for report in reports.values():
        for finding in report["findings"]:
            if finding["case"] is not None:
                jsonschema.Draft202012Validator(schema).validate(finding["case"])
                case_from_json(finding["case"])


def test_report_is_json_that_strict_readers_accept(reports):
    def refuse(name: str) -> None:
        raise AssertionError(name)

    for report in reports.values():
        json.loads(json.dumps(report), parse_constant=refuse)
    assert not re.search(r"https?://(?!json-schema\.org/)", TEXT)


SPOILED = {
    "an unknown field": lambda r: r.update(extra=1),
    "no totals": lambda r: r.pop("totals"),
    "another schema": lambda r: r.update(schema="gradverify/report/2"),
    "an unknown status": lambda r: r.update(status="fine"),
    "a negative count": lambda r: r["totals"].update(cases=-1),
    "a float as a number": lambda r: r["findings"][0].update(actual=2.0),
    "a decimal string": lambda r: r["findings"][0].update(actual="2.0"),
    "a loose interval": lambda r: r["findings"][0].update(expected=["0x1p+0"]),
    "an unknown severity": lambda r: r["findings"][0].update(severity="fatal"),
    "a path to replay": lambda r: r["findings"][0].update(replay="../GRA01-1.json"),
    "a case without a file": lambda r: r["findings"][0].update(replay=None),
    "an unknown situation": lambda r: r["operations"][0]["coverage"]["0"].update(luck=1),
    "no fingerprint": lambda r: r["findings"][0].pop("fingerprint"),
    "an infinite distance": lambda r: r["findings"][0].update(ulps="inf"),
}


@pytest.mark.parametrize("how", SPOILED)
def test_schema_refuses(reports, how):
    report = copy.deepcopy(reports["wrong"])
    check(report)
    SPOILED[how](report)
    with pytest.raises(jsonschema.ValidationError):
        check(report)
