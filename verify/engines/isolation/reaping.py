"""End a worker, and every process that somebody's code started in it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from verify.engines.raised import MARK

PROC = Path("/proc")
PATIENCE = 5.0
"""Seconds for processes to end that were killed: more than enough."""


def code_of(process: subprocess.Popen[bytes], seconds: float = 0.0) -> int | None:
    """The code that a process ended with, as ``Popen`` has it; None while it runs.

    Where the system can look without reaping, the process keeps its number until ``kill`` has used
    it: a number that is free may be another's the next moment, and its group would be killed.

    Args:
        process: a child of this process.
        seconds: how long to wait for its end.
    """
    if process.returncode is not None or not hasattr(os, "waitid"):
        return _waited(process, seconds)
    ends = time.monotonic() + seconds
    how = os.WEXITED | os.WNOHANG | os.WNOWAIT
    while (found := os.waitid(os.P_PID, process.pid, how)) is None:
        if time.monotonic() >= ends:
            return None
        time.sleep(0.005)
    return found.si_status if found.si_code == os.CLD_EXITED else -found.si_status


def _waited(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        return process.wait(seconds)
    return None


def kill(process: subprocess.Popen[bytes], mark: str) -> None:
    """Kill a worker, its process group, and on Linux what left the group."""
    if sys.platform == "win32":
        subprocess.run(  # noqa: S603
            ["taskkill", "/T", "/F", "/PID", str(process.pid)],  # noqa: S607
            capture_output=True,
            check=False,
        )
    else:
        kill_group(process.pid if process.returncode is None else None, mark)
    with contextlib.suppress(OSError):
        process.kill()
    process.wait()


def kill_group(worker: int | None, mark: str) -> None:
    """Kill a worker's group, and what left it: until there are none, for they may be forking.

    Args:
        worker: the worker, which leads a group of its own: see how it is started; None if it has
            been reaped, and its number may be another's.
        mark: what its children have in their environment.
    """
    if worker is not None:
        with contextlib.suppress(OSError):
            os.killpg(worker, signal.SIGKILL)
    patience = time.monotonic() + PATIENCE
    while (found := list(marked(mark))) and time.monotonic() < patience:
        for pid in found:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.005)


def marked(mark: str) -> Iterator[int]:
    """Processes that were started in the worker, by their environment; Linux only."""
    wanted = f"{MARK}={mark}".encode()
    for folder in PROC.glob("[0-9]*") if sys.platform == "linux" else ():
        with contextlib.suppress(OSError):
            if int(folder.name) != os.getpid() and wanted in (folder / "environ").read_bytes():
                yield int(folder.name)
