"""``gradverify doctor``: what is broken in an installation is named, with what to do."""

from __future__ import annotations

import json
import os
from importlib import metadata

import pytest

from verify.cli import main
from verify.cli.doctor import look
from verify.oracles import BallOracle


def test_right_installation_is_well(gradverify):
    done = gradverify("doctor", "--json")
    assert done.err == ""
    assert done.code == 0
    found = json.loads(done.out)
    assert found["schema"] == "gradverify/doctor/1"
    names = [check["name"] for check in found["checks"]]
    assert {"oracle ball", "oracle symbolic", "oracle torch", "torch", "git", "limits"} <= {*names}
    assert not [check for check in found["checks"] if check["status"] == "BAD"]


@pytest.mark.parametrize("module", ["flint", "sympy", "torch"])
def test_oracle_that_cannot_be_imported_is_4(gradverify, tmp_path, module):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / f"{module}.py").write_text("raise ImportError('no such library')\n")
    path = os.pathsep.join([str(broken), os.environ.get("PYTHONPATH", "")])
    done = gradverify("doctor", environment={"PYTHONPATH": path})
    assert done.code == 4
    assert "Traceback" not in done.out + done.err
    assert f"{module} cannot be imported: ImportError: no such library" in done.out


def test_oracle_that_answers_wrongly_is_4(monkeypatch, capsys):
    real = BallOracle.answers

    def wrong(self, program, points, seed=1.0):
        return real(self, program, [(point[0] + 1,) for point in points], seed)

    monkeypatch.setattr(BallOracle, "answers", wrong)
    assert main(["doctor"]) == 4
    assert "gives a wrong answer to x * x + x" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["verify", "strategies", "microgradref"])
def test_package_of_the_same_name_is_4(name, tmp_path, monkeypatch, capsys):
    (tmp_path / f"{name}.py").write_text("")
    monkeypatch.chdir(tmp_path)
    assert main(["doctor"]) == 4
    assert f"{name}.py has the name of one of ours" in capsys.readouterr().out


def test_two_distributions_of_one_package_are_4(monkeypatch, capsys):
    monkeypatch.setattr(metadata, "packages_distributions", lambda: {"verify": ["ours", "theirs"]})
    assert main(["doctor"]) == 4
    assert "ours, theirs all install a package verify" in capsys.readouterr().out


def test_folder_and_git_that_are_not_there_are_noted_only(tmp_path, monkeypatch, capsys):
    (tmp_path / "reports").write_text("a file")
    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["doctor", "--report-dir", str(tmp_path / "reports")]) == 0
    out = capsys.readouterr().out
    assert "cannot be written (Read-only file system)" in out
    assert "--against cannot be used" in out


def refuse(*_arguments, **_options):
    raise OSError(30, "Read-only file system")


def test_names_are_told_apart(tmp_path):
    names = [check.name for check in look(tmp_path)]
    assert len(names) == len(set(names))
