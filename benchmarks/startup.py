"""(e) Start-up of each command, beside that of Python itself; and the commands people wait for."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import Row, paired

ROOT = Path(__file__).resolve().parent.parent
INSTANT = (
    ("--version",), ("--help",), ("run", "--help"), ("gate", "--help"), ("replay", "--help"),
    ("report", "--help"), ("prove", "--help"), ("faults",), ("mutants", "--help"),
    ("init", "--help"),
)  # fmt: skip
WAITED_FOR = (
    ("run", "--quick"), ("run",), ("run", "micrograd.engine:Value"),
    ("gate", "microgradref:Value", "--baseline", "reports/baseline.json"),
)  # fmt: skip


def seconds(*arguments: str) -> float:
    """Wall-clock seconds of one interpreter, from its start to its end."""
    started = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, check=False
    )
    return time.perf_counter() - started


def rows(pairs: int) -> list[Row]:
    """Each command over an interpreter that does nothing; wall-clock, as a person waits."""
    seconds("-m", "verify", "--version")
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for command in (*INSTANT, *WAITED_FOR):
            where = ("--report-dir", folder, "--no-corpus") if command in WAITED_FOR else ()

            def ours(words: tuple[str, ...] = (*command, *where)) -> float:
                return seconds("-m", "verify", *words)

            name = f"gradverify {' '.join(command)} / python -c pass"
            count = max(3, pairs // 2) if command in INSTANT else 3
            found.append(paired(name, ours, lambda: seconds("-c", "pass"), count))
    return found
