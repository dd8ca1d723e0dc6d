"""``gradverify init``: what a new engine's folder needs, and nothing written over."""

from __future__ import annotations

import pytest
from faulty_engines import SOURCE, overwriting

from verify.cli import main
from verify.cli.workflow import WORKFLOW


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
