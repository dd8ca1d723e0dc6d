"""Processes that are given so much time, and all stopped together."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a process.

    Attributes:
        code: its exit code, negative for a signal; None if its time ran out.
        said: the last line on its standard error, without our name before it.
    """

    code: int | None
    said: str = ""


class Processes:
    """Runs commands, from many threads.

    Args:
        seconds: for each of them.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._running: set[subprocess.Popen[str]] = set()
        self._stopped = False
        self._lock = threading.Lock()

    def run(self, command: Sequence[str]) -> Ended:
        """Run a command to its end or the end of its time; what it prints is not shown."""
        with self._lock:
            if self._stopped:
                return Ended(-signal.SIGTERM)
            process = subprocess.Popen(  # noqa: S603 - our own command line
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,  # so that what an engine starts ends with it
            )
            self._running.add(process)
        try:
            _, errors = process.communicate(timeout=self._seconds)
        except subprocess.TimeoutExpired:
            _kill(process)
            process.communicate()
            return Ended(None)
        finally:
            with self._lock:
                self._running.discard(process)
        lines = errors.strip().splitlines()
        return Ended(process.returncode, lines[-1].removeprefix("gradverify: ") if lines else "")

    def stop(self) -> None:
        """End all that run, and begin no other."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                _kill(process)


def _kill(process: subprocess.Popen[str]) -> None:
    with suppress(OSError):  # it has just ended
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
