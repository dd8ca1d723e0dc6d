"""A missing interpreter never looks like a pass."""

import runpy
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "interpreters.py"
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def tool(tmp_path, monkeypatch):
    loaded = runpy.run_path(str(TOOL))
    for name in ("tested", "report"):
        monkeypatch.setitem(loaded[name].__globals__, "MARKS", tmp_path / "marks")
    monkeypatch.setenv("GRADVERIFY_TOX_RUN", "this run")
    monkeypatch.delenv("GRADVERIFY_REQUIRED_PYTHONS", raising=False)
    return loaded


def test_a_tested_python_is_named_and_the_others_are_said_not_to_be(tool, capsys):
    assert tool["tested"]() == 0
    assert tool["report"]() == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"Python {HERE}: tested, passed" in lines
    assert sum("NOT TESTED" in line for line in lines) == len(tool["declared"]()) - 1


def test_nothing_tested_fails(tool, capsys):
    assert tool["report"]() == 1
    assert "no Python was tested" in capsys.readouterr().out


def test_a_mark_of_an_older_run_does_not_count(tool, monkeypatch):
    tool["tested"]()
    monkeypatch.setenv("GRADVERIFY_TOX_RUN", "a later run")
    assert tool["report"]() == 1


def test_a_required_python_that_is_missing_fails(tool, monkeypatch, capsys):
    tool["tested"]()
    monkeypatch.setenv("GRADVERIFY_REQUIRED_PYTHONS", f"{HERE} 3.99")
    assert tool["report"]() == 1
    assert "required and not tested: 3.99" in capsys.readouterr().out
