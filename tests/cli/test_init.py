"""``gradverify init``: what a new engine's folder needs, and nothing written over."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from faulty_engines import SOURCE, overwriting

from verify.cli import main
from verify.cli.workflow import WORKFLOW, workflow_for

GIT = shutil.which("git") or "git"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "engine.py").write_text(SOURCE, encoding="utf-8")
    return tmp_path


def test_init_writes_what_gate_then_uses(folder, capsys):
    assert main(["init", "--quick"]) == 0
    out = capsys.readouterr().out
    for name in ("gradverify.toml", "reports/baseline.json", ".github/workflows/gradverify.yml"):
        assert (folder / name).is_file()
        assert name in out
    assert 'target = "engine.py:Value"' in (folder / "gradverify.toml").read_text()
    assert (folder / ".github/workflows/gradverify.yml").read_text() == WORKFLOW
    assert main(["gate"]) == 0
    (folder / "engine.py").write_text(overwriting("exp"), encoding="utf-8")
    assert main(["gate"]) == 1
    capsys.readouterr()


@pytest.mark.parametrize(
    "name", ["gradverify.toml", "reports/baseline.json", ".github/workflows/gradverify.yml"]
)
def test_init_writes_over_nothing(folder, capsys, name):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")
    assert main(["init", "engine.py:Value"]) == 2
    assert f"{name} is there already" in capsys.readouterr().err
    assert path.read_text() == "mine"
    assert len([p for p in folder.rglob("*") if p.is_file()]) == 2


def test_init_of_what_is_no_engine_writes_nothing(folder, capsys):
    assert main(["init", "absent.py:Value"]) == 3
    assert capsys.readouterr().err
    assert [p.name for p in folder.iterdir()] == ["engine.py"]


def test_init_without_a_target_asks_which(folder, capsys):
    (folder / "other.py").write_text(SOURCE)
    assert main(["init"]) == 2
    assert "engine.py:Value, other.py:Value" in capsys.readouterr().err
    for path in folder.iterdir():
        path.unlink()
    assert main(["init"]) == 2
    assert "no class here has a backward" in capsys.readouterr().err


def test_workflow_is_where_github_looks_and_works_in_the_engine_s_folder(folder, capsys):
    subprocess.run([GIT, "init", "-q"], check=True, capture_output=True)
    below = folder / "lib" / "mine"
    below.mkdir(parents=True)
    (folder / "engine.py").rename(below / "engine.py")
    os.chdir(below)
    (folder / ".gitignore").write_text("reports/\n")
    assert main(["init", "--quick"]) == 0
    shown = capsys.readouterr()
    text = (folder / ".github/workflows/gradverify.yml").read_text()
    assert text == workflow_for("lib/mine")
    assert "working-directory: lib/mine" in text
    assert "path: lib/mine/reports/" in text
    assert "Commit gradverify.toml, reports/baseline.json and ../../.github/workflows" in shown.out
    assert "git ignores reports/baseline.json: add a line !reports/baseline.json" in shown.err
    schema = "vendor.github-workflows"
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    found = folder / ".github/workflows/gradverify.yml"
    subprocess.run([*command, str(found)], check=True, capture_output=True)


def test_engine_is_looked_for_below_and_not_in_what_is_installed(folder, capsys):
    deep = folder / "src" / "mine" / "core"
    deep.mkdir(parents=True)
    (folder / "engine.py").rename(deep / "engine.py")
    for other in ("venv/lib", "build", ".hidden"):
        (folder / other).mkdir(parents=True)
        (folder / other / "engine.py").write_text(SOURCE)
    (folder / "venv" / "pyvenv.cfg").touch()
    assert main(["init", "--quick"]) == 0
    assert 'target = "src/mine/core/engine.py:Value"' in (folder / "gradverify.toml").read_text()
    capsys.readouterr()
