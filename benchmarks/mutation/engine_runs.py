"""Run a command line on a folder, in a process of its own, with a time limit.

``gradverify`` and ``pytest`` spend most of a short run on importing torch and SymPy. The parent
imports them once and forks: what the child runs is the command's own entry point, with the
arguments of the command line, in the folder as a user would stand in it.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TIMEOUT = 60.0
"""Seconds that a CI job would give the command; the unmutated engine takes a tenth of it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did.

    Attributes:
        code: its exit code; None if it was stopped at the time limit.
        law: the law of its first finding, or None.
        said: its first finding, or the last line it printed.
        seconds: how long it took.
    """

    code: int | None
    law: str | None
    said: str
    seconds: float


def preload() -> None:
    """Import what every run needs, and nothing of the engine.

    Hypothesis reads the source of every module that is not installed, for constants to draw; that
    too is done once, where each run would spend seconds on it.
    """
    import _pytest.assertion.rewrite
    import flint
    import hypothesis.strategies
    import pytest
    import rich.console
    import sympy
    import torch
    from hypothesis.internal.conjecture import providers

    import verify.campaign
    import verify.cli.run
    import verify.networks
    import verify.oracles

    torch.set_num_threads(1)
    verify.oracles.bench()
    providers._get_local_constants()
    del _pytest, flint, hypothesis, pytest, rich, sympy
    sys.dont_write_bytecode = True
    if any(name.partition(".")[0] in {"microgradref", "micrograd"} for name in sys.modules):
        raise RuntimeError("an engine is imported already: no mutant of it could be seen")


def run(command: str, folder: Path) -> Outcome:
    """Run ``gradverify ...`` or ``pytest ...`` in a folder and wait for it."""
    _forget_reports(folder)
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        _become(command, folder)
    code = _wait(child, started + TIMEOUT)
    law, said = _found(folder)
    return Outcome(code, law, said, round(time.monotonic() - started, 2))


def _entry(program: str) -> Callable[[list[str]], int]:
    if program == "pytest":
        import pytest

        return lambda arguments: int(pytest.main(arguments))
    from verify.cli import main

    return main


def _become(command: str, folder: Path) -> None:
    """Be the command, until the end of this process."""
    code = 70
    try:
        os.setsid()
        os.chdir(folder)
        sys.path.insert(0, str(folder))
        output = os.open("output.txt", os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
        os.dup2(output, 1)
        os.dup2(output, 2)
        program, *arguments = shlex.split(command)
        sys.argv = [program, *arguments]
        code = _entry(program)(arguments)
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _wait(child: int, deadline: float) -> int | None:
    """The exit code of a child, negative for a signal; None if it had to be stopped."""
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _forget_reports(folder: Path) -> None:
    for report in folder.glob("reports/*/report.json"):
        report.unlink()


def _found(folder: Path) -> tuple[str | None, str]:
    """The law and the sentence of the first finding; without a report, the last line printed."""
    for report in folder.glob("reports/*/report.json"):
        document = json.loads(report.read_text(encoding="utf-8"))
        if document["findings"]:
            first = document["findings"][0]
            return first["law"], first["message"]
        return None, document["sentence"]
    lines = (folder / "output.txt").read_text(encoding="utf-8", errors="replace").split("\n")
    return None, next((line.strip() for line in reversed(lines) if line.strip()), "")
