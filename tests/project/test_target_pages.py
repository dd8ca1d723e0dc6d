"""The examples of docs/targets.md are run, and say what the page says."""

from __future__ import annotations

import re
from pathlib import Path

from verify.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "targets.md").read_text(encoding="utf-8")


def block(name: str) -> str:
    """The block of the page that a comment names."""
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert found, name
    return found[1]


def test_the_file_that_trains_is_examined_and_said_to_be_left_out(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    Path("lesson.py").write_text(block("lesson.py"), encoding="utf-8")
    assert main(["run", "lesson.py:Value", "--quick", "--no-corpus", "--select", "GRA,VAL"]) == 0
    shown = capsys.readouterr().out
    kept = [line for line in shown.splitlines() if line.startswith(("operations", "left out"))]
    assert "\n".join(kept) + "\n" == block("left out")
    assert "CERTIFIED" in shown
