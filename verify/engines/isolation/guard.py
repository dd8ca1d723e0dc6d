"""What a worker does to its own process before somebody's code runs in it."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time

from verify.engines.isolation.limits import MEGABYTE
from verify.engines.isolation.reaping import kill_group
from verify.engines.raised import MARK

TOO_MUCH_MEMORY = 97
"""The code that a worker ends with when it takes more memory than it may."""
LOST_CHANNEL = 96
"""The code that it ends with when somebody's code closed its channel."""
LOOK_EVERY = 0.05
"""Seconds between looks at the memory."""
platform: str = sys.platform
LINUX = platform == "linux"
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def end() -> None:
    """End this process, and the children that somebody's code left in its group."""
    with contextlib.suppress(OSError, AttributeError):
        if os.getpgid(0) == os.getpid():
            os.killpg(0, signal.SIGKILL)
    os._exit(0)


def keep(lifeline: int) -> None:
    """Leave a process that ends this one, and all that it started, when the parent is gone.

    It is another process because an endless loop in compiled code leaves this one no moment to
    notice anything. It is forked before there is any thread, and before somebody's code is here.

    Args:
        lifeline: what the parent holds the other end of.
    """
    if not hasattr(os, "fork"):
        return
    worker = os.getpid()
    if os.fork():
        os.close(lifeline)
        return
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    while os.read(lifeline, 1):
        continue
    kill_group(worker if os.getppid() == worker else None, os.environ[MARK])
    os._exit(0)


def harden() -> None:
    """No core files, however it ends."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Memory:
    """Ends the process when it takes too much.

    On Linux an allocation that would go beyond the limit fails as well, so that one that is made
    at a stroke is no more than a MemoryError; elsewhere the peak is watched where it is known.
    """

    def __init__(self, megabytes: int) -> None:
        """Watch from now on; 0 for no limit."""
        self._bytes = megabytes * MEGABYTE
        self._most = resident() + self._bytes
        if megabytes and self._most > self._bytes:
            threading.Thread(target=self._watch, daemon=True).start()

    def loaded(self) -> None:
        """The limits are relative to what the process has now."""
        self._most = resident() + self._bytes
        if not self._bytes or sys.platform != "linux":
            return
        with contextlib.suppress(ImportError, ValueError, OSError):
            import resource

            _, hard = resource.getrlimit(resource.RLIMIT_AS)
            wanted = _statm(0) + self._bytes
            if hard == resource.RLIM_INFINITY or wanted < hard:
                resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))

    def _watch(self) -> None:
        exit_, sleep = os._exit, time.sleep
        while True:
            sleep(LOOK_EVERY)
            if resident() > self._most:
                exit_(TOO_MUCH_MEMORY)


def resident() -> int:
    """Bytes of memory that the process takes (its peak, on macOS); 0 where that is not known."""
    if LINUX:
        return _statm(1)
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if platform == "darwin" else peak * 1024


def _statm(field: int) -> int:
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - it is read 20 times a second
            return int(file.read().split()[field]) * PAGE
    except (OSError, ValueError, IndexError):
        return 0
