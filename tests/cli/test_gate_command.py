"""``gradverify gate`` against a baseline: verdicts, known failures, and what is no pass."""

from __future__ import annotations

import json
import os

import pytest
from faulty_engines import SOURCE, overwriting
from gated import WITHOUT_EXP, gate, repository

pytestmark = pytest.mark.once


def test_nothing_to_compare_with_is_no_pass_and_says_how_to_begin(repository, gate):
    code, out, err = gate()
    assert (code, out) == (2, "")
    assert "Make a baseline by gradverify gate engine.py:Value --update-baseline" in err


def test_baseline_same_engine_is_open(repository, gate, tmp_path):
    assert gate("--update-baseline")[0] == 0
    first = (tmp_path / "reports" / "baseline.json").read_bytes()
    code, out, err = gate()
    assert (code, err) == (0, "")
    assert "GATE OPEN" in out
    assert gate("--update-baseline")[0] == 0
    assert (tmp_path / "reports" / "baseline.json").read_bytes() == first


def test_baseline_regression_closes_and_is_named(repository, gate):
    gate("--update-baseline")
    repository(overwriting("exp"))
    code, out, _ = gate()
    assert code == 1
    assert "new GRA01 exp: shared-node overwrite (not in the baseline)" in out
    assert "GATE CLOSED 1 new error." in out


def test_baseline_fix_is_said(repository, gate):
    repository(overwriting("exp"))
    code, out, _ = gate("--update-baseline")
    assert code == 0
    assert "error GRA01 exp: shared-node overwrite" in out
    assert "still GRA01 exp: shared-node overwrite" in gate()[1]
    repository(SOURCE)
    code, out, _ = gate()
    assert code == 0
    assert "fixed GRA01 exp: shared-node overwrite" in out


def test_lost_operation_closes(repository, gate):
    gate("--update-baseline")
    repository(WITHOUT_EXP)
    code, out, _ = gate()
    assert code == 1
    assert "lost exp: existed in the baseline" in out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(schema="gradverify/baseline/0"), "'gradverify/baseline/0'"),
        (lambda d: d.update(target="other.py:Value"), "is of other.py:Value, not of engine.py"),
        (lambda d: d["laws"].update(LIF01="held"), "holds the laws LIF01, which are not selected"),
        (lambda d: d.update(network="nn:MLP"), "was made with --network nn:MLP"),
        (lambda d: d.update(forms=None), "was made without --ops"),
        (lambda d: d.pop("findings"), "no whole baseline"),
    ],
    ids=["schema", "target", "laws", "network", "ops", "cut"],
)  # fmt: skip
def test_baseline_that_answers_another_question_is_no_pass(
    repository, gate, tmp_path, change, said
):
    gate("--update-baseline")
    path = tmp_path / "reports" / "baseline.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")
    code, out, err = gate()
    assert code == 2
    assert "GATE" not in out
    assert said in err


def test_oracle_that_does_not_answer_is_a_doubt(repository, gate, tmp_path):
    gate("--update-baseline")
    path = tmp_path / "reports" / "baseline.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["oracles"].append("maple")
    path.write_text(json.dumps(data), encoding="utf-8")
    code, out, _ = gate()
    assert code == 4
    assert "IN DOUBT the oracle maple answered in the baseline, and does not now" in out


def test_run_in_doubt_writes_no_baseline_and_opens_no_gate(repository, gate, tmp_path, monkeypatch):
    gate("--update-baseline")
    before = (tmp_path / "reports" / "baseline.json").read_bytes()
    monkeypatch.setattr("verify.campaign.status.MOST_UNDECIDED", -1)
    code, out, _ = gate()
    assert code == 4
    assert "GATE" not in out
    code, _, err = gate("--update-baseline")
    assert code == 4
    assert "no baseline was written" in err
    assert (tmp_path / "reports" / "baseline.json").read_bytes() == before


def test_interrupted_run_opens_no_gate_and_writes_no_baseline(
    repository, gate, tmp_path, monkeypatch
):
    gate("--update-baseline")
    before = (tmp_path / "reports" / "baseline.json").read_bytes()

    def stop(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("verify.campaign.explore.Explorer.finish", stop)
    for more in ((), ("--update-baseline",)):
        code, out, err = gate(*more)
        assert (code, out) == (130, "")
        assert "nothing is compared" in err
    assert (tmp_path / "reports" / "baseline.json").read_bytes() == before


def test_full_disk_keeps_the_baseline(repository, gate, tmp_path, monkeypatch):
    gate("--update-baseline")
    path = tmp_path / "reports" / "baseline.json"
    before = path.read_bytes()
    repository(overwriting("exp"))

    def refuse(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    code, _, err = gate("--update-baseline")
    assert code == 2
    assert "No space left on device" in err
    assert path.read_bytes() == before


def test_report_that_cannot_be_written_opens_no_gate(repository, gate, tmp_path):
    gate("--update-baseline")
    (tmp_path / "file").touch()
    asked = ("--report-dir", "file", "--baseline", "reports/baseline.json")
    code, out, err = gate(*asked, "--ignore-speed")
    assert code == 2
    assert "the report cannot be written" in err
    assert "GATE OPEN" in out


def test_baseline_of_the_same_file_spelt_otherwise_is_its_own(repository, gate):
    assert gate("--update-baseline", target="./engine.py:Value")[0] == 0
    assert gate()[0] == 0


def test_accepted_finding_is_known_until_it_passes(repository, gate, tmp_path):
    gate("--update-baseline")
    repository(overwriting("exp"))
    assert gate()[0] == 1
    report = json.loads((tmp_path / "reports/engine-Value/report.json").read_text(encoding="utf-8"))
    name = next(f["fingerprint"] for f in report["findings"] if f["law"] == "GRA01")
    assert gate("--accept", name)[0] == 2
    code, _, err = gate("--accept", "GRA01-1", "--reason", 'until "spring"\n')
    assert (code, err) == (0, "")
    assert gate("--accept", name, "--reason", "again")[0] == 2
    code, out, _ = gate("--no-corpus")
    assert code == 0
    assert f'known GRA01 exp {name}: until "spring"' in out
    repository(SOURCE)
    code, out, _ = gate()
    assert code == 0
    assert f"passes GRA01 exp {name} is gone" in out
    code, out, _ = gate("--strict-known")
    assert code == 1
    assert "1 known failure that passes" in out


@pytest.mark.parametrize("text", ["[[known", "[[known]]\nlaw = 'GRA01'\n"])
def test_malformed_known_failures_are_refused(repository, gate, tmp_path, text):
    gate("--update-baseline")
    (tmp_path / "reports" / "known.toml").write_text(text, encoding="utf-8")
    code, out, err = gate()
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
