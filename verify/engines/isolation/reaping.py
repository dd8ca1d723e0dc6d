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

MARK = "GRADVERIFY_WORKER"
"""The variable that names a worker: its children have it too, wherever they went."""
PROC = Path("/proc")
PATIENCE = 5.0
"""Seconds for processes to end that were killed: more than enough."""


def kill(process: subprocess.Popen[bytes], mark: str) -> None:
    """Kill a worker, its process group, and on Linux what left the group."""
    if sys.platform == "win32":
        subprocess.run(  # noqa: S603
            ["taskkill", "/T", "/F", "/PID", str(process.pid)],  # noqa: S607
            capture_output=True,
            check=False,
        )
    else:
        kill_group(process.pid, mark)
    with contextlib.suppress(OSError):
        process.kill()
    process.wait()


def kill_group(worker: int, mark: str) -> None:
    """Kill a worker's group, and what left it: until there are none, for they may be forking.

    Args:
        worker: the worker, which leads a group of its own: see how it is started.
        mark: what its children have in their environment.
    """
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
