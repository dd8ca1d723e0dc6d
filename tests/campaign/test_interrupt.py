"""Ctrl-C at any moment: the report is written, and says that it is partial."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faulty_engines import SOURCE, overwriting, replaced

from verify.campaign import QUICK, Budget, Plan, run
from verify.cli import main
from verify.engines import open_engine
from verify.oracles import BallOracle, Bench, SymbolicOracle, TorchOracle

SMALL = Budget(programs=1, points=4, minimum=0, rounds=0)


class Interrupted:
    """The torch oracle, until somebody presses Ctrl-C."""

    name = "torch"

    def __init__(self, after: int) -> None:
        self._oracle, self._left = TorchOracle(), after

    def answers(self, program, points, seed=1.0):
        self._left -= 1
        if self._left < 0:
            raise KeyboardInterrupt
        return self._oracle.answers(program, points, seed)


def interrupted(after: int) -> Bench:
    return Bench([BallOracle(), SymbolicOracle(), Interrupted(after)])


@pytest.mark.parametrize("after", [0, 1, 5])
def test_interrupt_keeps_what_was_done(engine_file, after):
    document = run(open_engine(engine_file()), interrupted(after), Plan(SMALL))
    assert document.status == "interrupted"
    assert document.partial
    assert document.totals["programs"] == after
    assert "partial" in document.sentence


def test_interrupt_keeps_the_findings(engine_file):
    source = overwriting("add")
    document = run(open_engine(engine_file(source)), interrupted(40), Plan(SMALL))
    assert document.status == "interrupted"
    assert [f.fault for f in document.findings if f.severity == "error"] == ["overwrite"]


def test_interrupt_inside_the_engine_is_the_user_s(engine_file):
    """An engine that is running when Ctrl-C comes has not failed."""
    source = replaced(
        SOURCE,
        ("        out = Value(math.tanh(self.data), (self,))\n",
         "        out = Value(math.tanh(self.data), (self,))\n"
         "        if self.data not in (0.75, 1.5):\n            raise KeyboardInterrupt\n"),
    )  # fmt: skip
    document = run(open_engine(engine_file(source)), interrupted(10**6), Plan(SMALL))
    assert document.status == "interrupted"
    assert document.totals["engine_errors"] == 0


def test_interrupt_while_looking_at_the_laws_keeps_the_cases(engine_file, monkeypatch):
    def pressed(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["verify.campaign.run"], "look_at_laws", pressed)
    document = run(open_engine(engine_file()), interrupted(10**6), Plan(SMALL))
    assert document.status == "interrupted"
    assert document.totals["agreed"] > 0


def test_interrupted_run_is_exit_code_130_with_a_report(engine_file, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("verify.cli.run.bench", lambda: interrupted(3))
    code = main(["run", engine_file(), "--quick", "--report-dir", str(tmp_path / "reports")])
    shown = capsys.readouterr().out
    assert code == 130
    assert "INTERRUPTED  This report is partial" in shown
    (report,) = (tmp_path / "reports").rglob("report.json")
    written = json.loads(report.read_text())
    assert (written["status"], written["partial"]) == ("interrupted", True)


def test_interrupt_before_the_start_is_exit_code_130(monkeypatch, capsys):
    def pressed(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("verify.cli.run.opened", pressed)
    assert main(["run"]) == 130
    shown = capsys.readouterr()
    assert shown.err == "gradverify: stopped before anything was checked\n"


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_real_ctrl_c_leaves_a_partial_report(engine_file, tmp_path):
    """The engine says when it is being examined; then the signal comes."""
    begun = tmp_path / "begun"
    source = replaced(
        SOURCE,
        ("        self.grad = 1.0\n",
         "        self.grad = 1.0\n"
         "        if len(topo) > 8:\n"
         f"            open({str(begun)!r}, 'w').close()\n"),
    )  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "verify", "run", engine_file(source), "--examples", "1000"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for _ in range(600):
            if begun.exists():
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert "This report is partial" in out
    (report,) = (tmp_path / "reports").rglob("report.json")
    assert json.loads(Path(report).read_text())["partial"] is True


def test_an_interrupt_that_gets_lost_still_stops_the_run(engine_file, oracles):
    """An engine with a bare except swallows the exception; the next program must not begin."""
    source = replaced(
        SOURCE,
        ("        self.grad = 1.0\n",
         "        self.grad = 1.0\n"
         "        try:\n"
         "            import signal\n"
         "            signal.raise_signal(signal.SIGINT)\n"
         "        except BaseException:\n"
         "            pass\n"),
    )  # fmt: skip
    document = run(open_engine(engine_file(source)), oracles, Plan(QUICK))
    assert document.status == "interrupted"
    assert document.totals["programs"] <= 1
