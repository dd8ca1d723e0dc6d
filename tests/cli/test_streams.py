"""Streams that are full, closed or absent: the verdict stands, and no sentence is a crash."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from faulty_engines import SOURCE, overwriting
from finished import Finished

from verify.program.json_form import case_to_json
from verify.program.text import parse_case

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here"),
]

RUN = ("run", "--quick", "--ops", "add", "--select", "GRA")
FULL = "No space left on device"


@pytest.fixture
def shell(tmp_path):
    """Run the command line in a shell that redirects its streams."""

    def run(redirection: str, *arguments: str) -> Finished:
        done = subprocess.run(
            ["/bin/sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-m", "verify",
             *arguments],
            cwd=tmp_path, env={**os.environ, "COLUMNS": "80"}, capture_output=True, text=True,
            check=False, timeout=120,
        )  # fmt: skip
        return Finished(done.returncode, done.stdout, done.stderr)

    return run


def test_full_stdout_changes_no_verdict_when_the_report_is_written(shell, tmp_path):
    done = shell("> /dev/full", *RUN)
    assert done.code == 0
    assert FULL in done.refusal
    assert "the report is in reports/" in done.refusal
    assert list(tmp_path.rglob("report.json"))


def test_full_stdout_keeps_the_code_of_findings(shell, engine_file):
    target = engine_file(overwriting("exp"))
    done = shell("> /dev/full", "run", target, "--quick", "--ops", "exp")
    assert done.code == 1
    assert FULL in done.refusal


def test_report_that_can_go_nowhere_is_exit_code_2_and_one_sentence(shell, tmp_path):
    (tmp_path / "taken").write_text("")
    done = shell("> /dev/full", *RUN, "--report-dir", "taken")
    assert done.code == 2
    assert "the report cannot be written to taken" in done.refusal
    assert FULL in done.refusal
    assert "is on standard output" not in done.refusal


def test_json_that_stdout_does_not_take_is_exit_code_2(shell):
    done = shell("> /dev/full", *RUN, "--json", "-")
    assert done.code == 2
    assert f"the report cannot be written to standard output: {FULL}" in done.err
    assert "internal error" not in done.err


def test_full_stderr_does_not_keep_the_json_from_stdout(shell):
    done = shell("2> /dev/full", *RUN, "--json", "-")
    assert done.code == 0
    assert json.loads(done.out)["status"] == "certified"


@pytest.mark.parametrize("redirection", ["2>&-", ">&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_change_no_verdict(shell, tmp_path, redirection):
    done = shell(redirection, *RUN)
    assert (done.code, done.err) == (0, "")
    assert list(tmp_path.rglob("report.json"))


def test_refusal_without_stderr_leaves_stdout_alone(shell):
    done = shell("2>&-", "run", "no/such.py:Value")
    assert (done.code, done.out) == (3, "")


def test_json_without_stdout_is_exit_code_2(shell):
    done = shell(">&-", *RUN, "--json", "-")
    assert done.code == 2
    assert "the report cannot be written to standard output: it is closed" in done.err


@pytest.mark.parametrize("length", [1, 400], ids=["short", "long"])
def test_replay_and_full_stdout(shell, tmp_path, length):
    text = "x0 = 2.0\n" + "".join(f"%{i + 1} = add(x0, x0)\n" for i in range(length))
    (tmp_path / "case.json").write_text(json.dumps(case_to_json(parse_case(text))))
    done = shell("> /dev/full", "replay", "case.json")
    assert done.code == 2
    assert done.refusal == f"standard output cannot be written to: {FULL}"


def test_prove_and_full_stdout(shell):
    done = shell("> /dev/full", "prove", "--ops", "add", "--size", "1")
    assert done.code == 2
    assert done.refusal == f"standard output cannot be written to: {FULL}"


def test_what_an_engine_prints_is_not_in_the_report(gradverify, engine_file):
    source = SOURCE.replace(
        "    def tanh(self):\n", "    def tanh(self):\n        print('tanh!')\n"
    )
    assert source != SOURCE
    target = engine_file("print('imported!')\n" + source)
    done = gradverify("run", target, "--quick", "--ops", "tanh,add", "--json", "-")
    assert done.code == 0, done.err
    assert json.loads(done.out)["status"] == "certified"
    assert "tanh!" not in done.err
