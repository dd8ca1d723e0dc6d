"""The committed example is what the suite writes today, and it shows the bug that is in it."""

from __future__ import annotations

import contextlib
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from verify.cli.store import write

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "reports" / "example"


@pytest.mark.once
def test_example_report_is_current(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT / "tools"), *sys.path])
    import example_report

    document = example_report.make(tmp_path)
    kept = json.loads((EXAMPLE / "engine-Value" / "report.json").read_text(encoding="utf-8"))
    assert kept["timings"] == {}
    with contextlib.chdir(tmp_path):  # its versions are those of whoever made it
        assert write(replace(document, environment=kept["environment"]), ".") is None
    made = {p.relative_to(tmp_path): p.read_text(encoding="utf-8") for p in files(tmp_path)}
    there = {p.relative_to(EXAMPLE): p.read_text(encoding="utf-8") for p in files(EXAMPLE)}
    assert sorted(made) == sorted(there)
    for name, text in there.items():
        assert made[name] == text, f"{name}: run python tools/example_report.py"


def files(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts]


def test_example_shows_the_bug_that_is_in_it():
    source = (EXAMPLE / "engine.py").read_text(encoding="utf-8")
    assert "self.grad = (y) * out.grad" in source
    (found,) = json.loads((EXAMPLE / "engine-Value" / "report.json").read_text())["findings"]
    assert (found["law"], found["operation"], found["fault"]) == ("GRA01", "exp", "overwrite")
    assert len(list(files(EXAMPLE))) >= 7
