"""A git repository with an engine, and the gate asked about it."""

from __future__ import annotations

import subprocess

import pytest
from faulty_engines import SOURCE

from verify.cli import main

ASKED = ("--quick", "--ops", "exp,add", "--select", "VAL,GRA,RUN,SUP")
WITHOUT_EXP = SOURCE.replace("def exp(", "def _exp(")
"""The engine without an operation."""


def git(folder, *arguments: str) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)  # noqa: S607


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with the right engine committed; returns a way to change it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "engine.py").write_text(SOURCE, encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "one")

    def change(source: str) -> None:
        (tmp_path / "engine.py").write_text(source, encoding="utf-8")

    return change


@pytest.fixture
def gate(capsys):
    """Ask in this process: (exit code, stdout with its lines joined, stderr)."""

    def ask(*arguments: str, target: str = "engine.py:Value") -> tuple[int, str, str]:
        code = main(["gate", target, *ASKED, *arguments])
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        return code, " ".join(shown.out.split()), shown.err

    return ask
