"""``gradverify faults`` and ``gradverify mutants``."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest

from verify.cli.main import main
from verify.faults import FAULTS
from verify.faults.plants import PLANTS

pytestmark = pytest.mark.once


def test_faults_lists_every_fault_and_what_is_left_out(capsys):
    assert main(["faults"]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n{fault.code} " in shown for fault in FAULTS)
    assert f"{len(FAULTS)} faults, {len(PLANTS)} planted engines. Left out:" in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_fault_is_shown_with_its_sources_and_plants(capsys):
    assert main(["faults", "duplicate-append"]) == 0
    shown = capsys.readouterr().out
    assert "Seen in: the notebook." in shown
    assert "Planted in: duplicate-append" in shown


def test_planted_engine_is_shown_as_a_diff(capsys):
    assert main(["faults", "overwrite-mul"]) == 0
    shown = capsys.readouterr().out
    assert "-            self.grad += (b) * out.grad  # mul 0" in shown
    assert "+            self.grad = (b) * out.grad  # mul" in shown


def test_unknown_fault_is_exit_code_2_with_a_suggestion(gradverify):
    done = gradverify("faults", "overwrit")
    assert done.code == 2
    assert (
        done.refusal
        == "there is no fault and no planted engine 'overwrit'; did you mean overwrite?"
    )


def test_mutants_writes_the_kill_matrix(gradverify, tmp_path):
    done = gradverify(
        "mutants", "--only", "no-seed,overwrite-exp", "--jobs", "1", "--report-dir", "m"
    )
    assert done.code == 0
    assert (
        "2 of 2 hunts killed (2 planted engines, seeds: 1); 100.0 % by their own name" in done.out
    )
    data = json.loads((tmp_path / "m" / "kill-matrix-of-some.json").read_text())
    assert data["schema"] == "gradverify/kill-matrix/1"
    assert {hunt["plant"] for hunt in data["hunts"]} == {"no-seed", "overwrite-exp"}
    assert "GRA01" in data["broken"]["no-seed"]
    assert "| overwrite | 1 |" in (tmp_path / "m" / "kill-matrix-of-some.md").read_text()
    assert ET.parse(tmp_path / "m" / "kill-matrix-of-some.svg").getroot().tag.endswith("svg")  # noqa: S314


def test_mutants_of_no_such_fault_is_exit_code_2(gradverify):
    done = gradverify("mutants", "--only", "nothing")
    assert done.code == 2
    assert done.refusal == "--only nothing: no planted engine has such a fault or name"
