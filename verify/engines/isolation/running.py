"""A worker process as its parent sees it: started, asked, ended."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from verify.engines.engine import TargetError
from verify.engines.isolation.channel import Channel, ClosedError, NothingYetError
from verify.engines.isolation.guard import LOST_CHANNEL, TOO_MUCH_MEMORY
from verify.engines.isolation.limits import Limits
from verify.engines.isolation.reaping import code_of, kill
from verify.engines.observe import CRASHES, HANGS, OUT_OF_MEMORY
from verify.engines.probing.overrides import OverrideError
from verify.engines.process import command, environment
from verify.engines.raised import MARK
from verify.engines.subject import Death, DiedError

MOMENT = 0.1
"""Seconds between looks at whether a process is still there."""
POSIX = os.name == "posix"
STDERR = 2
GRACE = 1.0
"""Seconds for a process to end that has closed its channel."""
MODULES = ("verify.laws", "verify.diagnose")
"""What a worker imports before the engine can change what it is made of."""


class TaskError(Exception):
    """Our own code failed in the process of an engine; the message is what it raised."""


ERRORS: dict[Any, type[Exception]] = {"override": OverrideError, "engine": TargetError}
"""What is raised here for what was raised in the worker, by the kind that it says."""


def too_much(limits: Limits) -> str:
    """What is said of an engine that takes more memory than it may."""
    return f"it takes more than {limits.memory:,} MB"


@dataclass
class _Running:
    """What a finalizer needs to end a worker."""

    process: subprocess.Popen[bytes]
    mark: str
    lifeline: int

    def end(self) -> None:
        kill(self.process, self.mark)
        os.close(self.lifeline)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue


class Worker:
    """A worker process.

    Args:
        limits: on its time and memory.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        mark = secrets.token_hex(8)
        theirs, ours = _lifeline()  # the worker's keeper reads: it ends when this process does
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
            command("verify.engines.isolation.worker", str(limits.memory), str(theirs), *MODULES),
            env=environment(0, **{MARK: mark}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=(theirs,) if POSIX else (),
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        os.close(theirs)
        if process.stdin is None or process.stdout is None:
            raise OSError("there are no pipes")
        self._process = process
        self._channel = Channel(process.stdout, process.stdin)
        self._number = 0
        self._end = weakref.finalize(self, _Running(process, mark, ours).end)

    def send(self, question: dict[str, Any]) -> int:
        """Ask; the number that the answer will have. Its end shows when it should answer."""
        self._number += 1
        with contextlib.suppress(ClosedError):
            self._channel.send([self._number, question])
        return self._number

    def answer(self, number: int, began: float, seconds: float, mark: Callable[[Any], None]) -> Any:
        """The answer to a question.

        Args:
            number: of the question.
            began: when it was asked.
            seconds: how long it may take.
            mark: called with what a step by step answer is about to do.

        Raises:
            DiedError: if none comes in time, or the process ends.
            TargetError, OverrideError: if the engine cannot be opened.
            TaskError: if our own code failed.
        """
        while True:
            left = began + seconds - time.monotonic()
            try:
                said, answer = self._channel.receive(min(MOMENT, left))
            except NothingYetError:
                if code_of(self._process) is not None:
                    raise DiedError(self._end_of()) from None
                if left <= 0:
                    raise DiedError(Death(HANGS, f"no answer within {seconds:g} s")) from None
                continue
            except (ClosedError, TypeError, ValueError):
                raise DiedError(self._end_of()) from None
            if said != number:
                continue  # of a question that nobody waits for any more
            if "at" in answer:
                mark(answer["at"])
            elif "ok" in answer:
                return answer["ok"]
            elif answer.get("kind") == "raised":
                raise DiedError(Death(CRASHES, f"it raises {answer['error']}"))
            else:
                raise ERRORS.get(answer.get("kind"), TaskError)(str(answer["error"]))

    def close(self) -> None:
        """End it and all that was started in it."""
        self._end()

    def _end_of(self) -> Death:
        """How a process ended that closed its channel."""
        code = code_of(self._process, GRACE)
        if code is None or code == LOST_CHANNEL:
            return Death(CRASHES, "it closes files that are not its own")
        if code == TOO_MUCH_MEMORY:
            return Death(OUT_OF_MEMORY, too_much(self._limits))
        if code < 0:
            return Death(CRASHES, f"the process is killed by {_signal(-code)}")
        return Death(CRASHES, f"the process ends with exit code {code}")


def _lifeline() -> tuple[int, int]:
    """A pipe whose ends are no standard stream's numbers, which may be free: those are replaced."""
    theirs, ours = os.pipe()
    return _above_streams(theirs), _above_streams(ours)


def _above_streams(descriptor: int) -> int:
    if descriptor > STDERR or not POSIX:
        return descriptor
    import fcntl

    higher = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, STDERR + 1)
    os.close(descriptor)
    return higher


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
