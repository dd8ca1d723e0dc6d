"""``gradverify prove``: what was counted is said, however it ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from verify import check
from verify.cli import main
from verify.oracles import Bench, bench
from verify.oracles.meeting import Doubt


@pytest.fixture
def pressed(monkeypatch):
    """Press Ctrl-C while the given program is checked."""

    def after(programs: int) -> None:
        left = iter(range(programs))

        def judged(*arguments):
            if next(left, None) is None:
                raise KeyboardInterrupt
            return check.judged(*arguments)

        monkeypatch.setattr("verify.campaign.prove.judged", judged)

    return after


def test_ctrl_c_says_what_was_checked_so_far(pressed, capsys):
    pressed(3)
    code = main(["prove", "--ops", "add", "--size", "2", "--inputs", "1"])
    shown = capsys.readouterr()
    assert (code, shown.err) == (130, "")
    assert "programs of add on up to 1 inputs: 1 of size 1, 2 of size 2\n" in shown.out
    assert "INTERRUPTED  3 programs agreed, 0 undecided; nothing is proved" in shown.out
    assert "PROVED" not in shown.out


def test_ctrl_c_before_the_first_program_says_so(pressed, capsys):
    pressed(0)
    code = main(["prove", "--ops", "add", "--size", "2"])
    shown = capsys.readouterr()
    assert code == 130
    assert shown.err == "gradverify: stopped before anything was checked\n"
    assert "INTERRUPTED" not in shown.out


def test_all_means_every_spelling_the_engine_has(engine_file, capsys):
    assert main(["prove", engine_file(), "--ops", "all", "--size", "1"]) == 0
    shown = capsys.readouterr().out
    assert "programs of add add_number radd sub" in shown
    assert "PROVED" in shown


def test_oracles_that_disagree_prove_nothing(monkeypatch, capsys):
    class Disagreeing(Bench):
        def truths(self, program, points, floats):
            doubt = Doubt("adjoint", 0, ("ball", "torch"), ("1", "2"))
            return [
                replace(truth, doubts=(doubt,)) for truth in super().truths(program, points, floats)
            ]

    monkeypatch.setattr("verify.cli.prove.bench", lambda: Disagreeing(bench().oracles))
    code = main(["prove", "--ops", "add", "--size", "1"])
    shown = capsys.readouterr().out
    assert code == 4
    assert "IN DOUBT  the oracles disagree with each other about 2 programs" in shown
    assert "PROVED" not in shown
