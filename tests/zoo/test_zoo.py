"""The zoo: small engines of every make, driven with no configuration, with the verdict due."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from verify.campaign import Budget
from verify.campaign.run import Plan, run
from verify.engines import TargetError, open_engine
from verify.laws import LAWS
from verify.report import script

HERE = Path(__file__).resolve().parent
ZOO = tomllib.loads((HERE / "zoo.toml").read_text(encoding="utf-8"))["engine"]
SMALL = Budget(programs=1, points=4, minimum=1, rounds=6)
CASES = tuple(law for law in LAWS if law.subject == "case")
"""The laws of random cases: those that say whether values and gradients are right."""
SEEN = ("construct", "primal", "gradient", "backward", "zero_grad", "float_width", "reset")
DRIVEN = [row for row in ZOO if row["verdict"] != "refused"]
REFUSED = [row for row in ZOO if row["verdict"] == "refused"]
WRONG = [row for row in ZOO if row["verdict"] == "wrong"]


def target(row) -> str:
    text = (HERE / "engines" / f"{row['file']}.py").read_text(encoding="utf-8")
    if "import numpy" in text:
        pytest.importorskip("numpy")
    return f"{HERE / 'engines' / row['file']}.py:{row['class']}"


def named(rows):
    return pytest.mark.parametrize("row", rows, ids=lambda row: row["file"])


@named(DRIVEN)
def test_engine_is_found_as_it_is(row):
    facts = open_engine(target(row)).facts
    for key in SEEN:
        if key in row:
            assert str(getattr(facts, key)) == str(row[key]), key
    for form, spelling in row.get("spellings", {}).items():
        assert facts.spellings[form] == spelling
    for form in row.get("missing", ()):
        assert facts.unsupported[form]
    assert len(facts.notes) == row.get("notes", facts.float_width == 32)
    assert facts.overrides == {}


@pytest.mark.once
@named(DRIVEN)
def test_engine_has_the_verdict_due(row, oracles):
    document = run(open_engine(target(row)), oracles, Plan(SMALL, laws=CASES))
    errors = [f for f in document.findings if f.severity == "error"]
    due = [(op or None, fault) for op, fault in row.get("faults", ())]
    assert [(f.operation, f.fault) for f in errors] == due, [f.message for f in errors]
    assert document.status == {"clean": "certified", "wrong": "wrong"}[row["verdict"]]
    assert document.totals["gradients"] > 500


@pytest.mark.once
@named(WRONG)
def test_finding_s_script_needs_the_engine_alone_and_shows_it(row, oracles, tmp_path):
    document = run(open_engine(target(row)), oracles, Plan(SMALL, laws=CASES))
    finding = next(f for f in document.findings if f.severity == "error")
    text = script.render(document, finding)
    assert text is not None
    path = tmp_path / "finding.py"
    path.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1, done.stderr
    if finding.law != "RUN01":
        assert "WRONG" in done.stdout, done.stderr


@named(REFUSED)
def test_class_that_cannot_be_driven_is_refused_with_a_true_reason(row):
    with pytest.raises(TargetError, match=re.escape(row["reason"])):
        open_engine(target(row))


def test_every_engine_has_a_row_and_every_row_an_engine():
    files = {path.stem for path in (HERE / "engines").glob("*.py")}
    assert files == {row["file"] for row in ZOO}
    assert len(DRIVEN) >= 25
