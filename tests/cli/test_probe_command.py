"""``gradverify probe`` shows how an engine is driven, and obeys the configuration."""

from __future__ import annotations

import json

import pytest
from faulty_engines import SOURCE

from verify.cli import main
from verify.engines import open_engine
from verify.program import FORMS


@pytest.fixture
def here(tmp_path, engine_file, monkeypatch):
    engine_file(SOURCE, name="engine")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_probe_shows_every_form_as_there_or_not_and_why(here, capsys):
    assert main(["probe", "engine.py:Value"]) == 0
    out = capsys.readouterr().out
    shown = {line.split()[0] for line in out.splitlines() if line.startswith("  ")}
    assert set(FORMS) <= shown
    facts = open_engine("engine.py:Value").facts
    for text in (facts.construct, facts.primal, facts.gradient, facts.backward, "float64"):
        assert text in out
    assert "AssertionError: only numbers as exponents" in out
    assert "(configuration)" not in out


def test_probe_as_json_is_the_facts(here, capsys):
    assert main(["probe", "engine.py:Value", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found.pop("format") == "gradverify-probe-1"
    facts = open_engine("engine.py:Value").facts
    assert found["spellings"] == facts.spellings
    assert set(found) == set(facts.__dataclass_fields__)


def test_what_the_configuration_says_is_marked(here, capsys):
    (here / "gradverify.toml").write_text(
        'target = "engine.py:Value"\n[engine]\nfloat-width = 32\n'
        '[engine.spellings]\nexp = "{0}.exp()"\n'
    )
    assert main(["probe"]) == 0
    out = capsys.readouterr().out
    assert "float32   (configuration)" in out
    assert "{0}.exp()   (configuration)" in out


def test_table_is_about_the_configuration_s_own_target_alone(here, engine_file, capsys):
    (here / "gradverify.toml").write_text(
        'target = "engine.py:Value"\n[engine]\nfloat-width = 32\n'
    )
    engine_file(SOURCE, name="other")
    assert main(["probe", "other.py:Value"]) == 0
    assert "float64" in capsys.readouterr().out


@pytest.mark.parametrize("command", [["run", "--quick"], ["prove", "--size", "1"], ["probe"]])
def test_override_that_does_not_work_is_one_sentence_and_code_2(here, capsys, command):
    (here / "gradverify.toml").write_text('[engine]\nbackward = ".backwrad()"\n')
    assert main([command[0], "engine.py:Value", *command[1:]]) == 2
    err = capsys.readouterr().err
    assert err.startswith("gradverify: engine.backward = '.backwrad()' does not work: ")
    assert err.count("\n") == 1


def test_run_obeys_the_table_and_the_report_says_so(here, capsys):
    (here / "gradverify.toml").write_text('[engine]\nunsupported = ["pow", "exp"]\n')
    arguments = ["run", "engine.py:Value", "--quick", "--select", "VAL", "--report-dir", "o"]
    assert main([*arguments, "--ops", "mul"]) == 0
    document = json.loads((here / "o" / "engine-Value" / "report.json").read_text())
    assert document["engine"]["overrides"] == {"unsupported": ["pow", "exp"]}
    assert document["engine"]["unsupported"]["pow"] == "left out by the configuration"
    capsys.readouterr()
    assert main([*arguments, "--ops", "exp"]) == 2
    assert "the engine has none of these operations" in capsys.readouterr().err


def test_no_engine_is_code_3(here, capsys):
    assert main(["probe", "engine.py:Vale"]) == 3
    assert capsys.readouterr().err.count("\n") == 1
