"""What runs in the process of one commit: its definition is examined, and the entry printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from verify.campaign import DEFAULT, QUICK
from verify.campaign.history import Broken, Entry, examine_definition
from verify.engines.isolation import Limits

OURS = str(Path(__file__).resolve().parents[2])
START = (
    "import sys; sys.path.insert(0, sys.argv[1]); import strategies, verify.cli.history_side as s; "
    "sys.path.remove(sys.argv[1]); sys.exit(s.main())"
)
"""Ours is imported from where it is now, before the folders of another revision come first."""
SECONDS = 1_800.0
"""How long one commit may take."""


def examine_there(folder: Path, question: dict[str, Any]) -> Entry:
    """Examine a target in a process of its own: revisions of one module cannot share one.

    Args:
        folder: its current folder.
        question: ``target``, ``quick``, ``seed``; ``limits`` and ``overrides`` or None;
            ``roots``, the folders that its imports begin in.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, our own module
            [sys.executable, "-c", START, OURS], cwd=folder, input=json.dumps(question),
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, encoding="utf-8", check=False, timeout=SECONDS,
        )  # fmt: skip
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return Entry("no engine", None, f"its process gave no answer in {SECONDS:.0f} s")
    except (OSError, ValueError):
        return Entry("no engine", None, "its process died before it gave an answer")
    return entry_from(answer)


def entry_from(answer: dict[str, Any]) -> Entry:
    """An entry as it was before it was written as JSON."""
    broken = tuple(Broken(**one) for one in answer.pop("broken"))
    operations, left_out = tuple(answer.pop("operations")), tuple(answer.pop("left_out"))
    return Entry(**answer, operations=operations, left_out=left_out, broken=broken)


def main() -> int:
    """Answer the one question on standard input; what the engine prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.devnull)
    asked = json.loads(sys.stdin.read())
    sys.path[:0] = asked["roots"]
    budget = QUICK if asked["quick"] else DEFAULT
    limits = Limits(**asked["limits"]) if asked["limits"] else None
    entry = examine_definition(asked["target"], budget, asked["seed"], limits, asked["overrides"])
    answers.write(json.dumps(asdict(entry)))
    answers.flush()
    return 0
