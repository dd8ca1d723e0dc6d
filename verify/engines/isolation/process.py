"""The process that an engine runs in: begun, asked, ended, and begun again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from verify.engines import open_engine
from verify.engines.engine import Facts, TargetError
from verify.engines.isolation.folder import WorkingFolder
from verify.engines.isolation.limits import DEATHS_IN_ALL, DEFAULT_LIMITS, Limits
from verify.engines.isolation.running import TaskError, Worker
from verify.engines.isolation.wire import name_of, pack, unpack
from verify.engines.observe import CRASHES, HANGS, OUT_OF_MEMORY
from verify.engines.subject import Death, DiedError, SpoiltError

INNOCENT: dict[Any, tuple[Any, ...]] = {open_engine: ("microgradref:Value", None)}
"""By what opens an engine, the arguments that open one which spoils nothing."""


class GoneError(Exception):
    """An engine that was there cannot, or should not, be started again; the message says why."""


class LostError(Exception):
    """The worker that was asked died of another question."""


class Process:
    """A worker with an engine open in it, and after its death the next one.

    Args:
        opener: a function of ours that opens the engine there.
        arguments: of the opener.
        facts: the class of its facts.
        limits: on time and memory.

    Attributes:
        facts: of the engine, as they were when the worker began.
        lost: seconds that were waited for workers that died.
        deaths: how many did.
        incidents: deaths that nothing that was asked could be shown to cause.

    Raises:
        TargetError: if it cannot be opened, or that takes too long or kills the process.
    """

    facts: Any

    def __init__(
        self,
        opener: Callable[..., Any],
        arguments: Sequence[Any],
        facts: Callable[..., Any] = Facts,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self.limits = limits
        self.lost = 0.0
        self.deaths = 0
        self.incidents: list[Death] = []
        self._opener, self._arguments, self._make_facts = opener, tuple(arguments), facts
        self._worker: Worker | None = None
        self._folder = WorkingFolder()
        began = time.monotonic()
        try:
            self._ready()
        except DiedError as error:
            raise TargetError(self._unopened(error.death)) from None
        self.limits = limits.hurried(time.monotonic() - began)

    @property
    def is_alive(self) -> bool:
        """Whether a worker waits for a question."""
        return self._worker is not None

    @property
    def worn_out(self) -> str:
        """Why no more should be asked of it; empty if it may be asked.

        What has been begun may be ended; after twice as much, no question is taken.
        """
        if self.lost <= self.limits.patience and self.deaths < DEATHS_IN_ALL:
            return ""
        times = f"{self.deaths} time{'s' * (self.deaths != 1)}"
        return f"the engine's process had to be started again {times}, which is too often"

    def refresh(self) -> None:
        """Look at the facts again: an examination may have added to them."""
        found = self.started({"do": "facts"}, self.limits.case)()
        self.facts = self._make_facts(**unpack(found))

    def close(self) -> None:
        """End the worker and all that was started in it."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def answered(
        self,
        question: dict[str, Any],
        seconds: float,
        mark: Callable[[Any], None] = lambda _: None,
    ) -> Any:
        """The answer of a worker that nothing has spoilt. Raises DiedError, GoneError, TaskError.

        Where our own code failed because of what was asked before, that is an incident.
        """
        try:
            return self.started(question, seconds, mark)()
        except SpoiltError as error:
            spoilt = error
        try:
            found = self.started(question, seconds, mark)()
        except SpoiltError as error:
            self._acquit(question, seconds, error)
            raise
        self.incidents.append(spoilt.death)
        return found

    def _acquit(self, question: dict[str, Any], seconds: float, spoilt: SpoiltError) -> None:
        """Raise TaskError if our code fails in the same way with an engine that is innocent."""
        if self._opener not in INNOCENT:
            return
        worker = Worker(self.limits)
        try:
            for asked, limit in (
                (_opening(self._opener, INNOCENT[self._opener]), self.limits.load),
                (question, seconds),
            ):
                worker.answer(worker.send(asked), time.monotonic(), limit, lambda _: None)
        except TaskError as error:
            if _spoilt(error) == spoilt.death:
                raise
        except (DiedError, TargetError):
            return
        finally:
            worker.close()

    def started(
        self,
        question: dict[str, Any],
        seconds: float,
        mark: Callable[[Any], None] = lambda _: None,
    ) -> Callable[[], Any]:
        """Ask the worker; call what this returns for the answer, which may raise DiedError."""
        if self.lost > 2 * self.limits.patience or self.deaths >= 2 * DEATHS_IN_ALL:
            raise GoneError(self.worn_out)
        try:
            worker = self._ready()
        except (DiedError, TargetError) as error:
            raise GoneError(f"the engine cannot be started again: {error}") from None
        began = time.monotonic()
        number = worker.send(question)

        def answer() -> Any:
            if worker is not self._worker:
                raise LostError
            try:
                return worker.answer(number, began, seconds, mark)
            except DiedError:
                self.died(time.monotonic() - began)
                raise
            except TaskError as error:
                self.died(0.0)
                raise SpoiltError(_spoilt(error)) from None
            finally:
                self._folder.restore()

        return answer

    def died(self, seconds: float) -> None:
        """Take a worker for dead, which was waited for so long."""
        self.lost += seconds
        self.deaths += 1
        self.close()

    def _ready(self) -> Worker:
        """The worker, with the engine open in it. Raises DiedError, TargetError."""
        if self._worker is not None:
            return self._worker
        began = time.monotonic()
        worker = Worker(self.limits)
        try:
            number = worker.send(_opening(self._opener, self._arguments))
            found = worker.answer(number, began, self.limits.load, lambda _: None)
        except BaseException:
            worker.close()
            raise
        finally:
            self._folder.restore()
        self.facts = self._make_facts(**unpack(found))
        self._worker = worker
        return worker

    def _unopened(self, death: Death) -> str:
        target = self._arguments[0]
        when = "when it is imported, or its operations are tried"
        if death.kind == HANGS:
            return f"{target} cannot be loaded: it hangs {when} ({death.message})"
        if death.kind == OUT_OF_MEMORY:
            return f"{target} cannot be loaded: it runs out of memory {when} ({death.message})"
        return f"{target} cannot be loaded: it ends the process {when} ({death.message})"


def _opening(opener: Callable[..., Any], arguments: tuple[Any, ...]) -> dict[str, Any]:
    return {"do": "open", "opener": name_of(opener), "arguments": pack(arguments)}


def _spoilt(error: TaskError) -> Death:
    """What is said where our own code failed after an engine had run."""
    said = f"it spoils the process that it runs in: there, our own code raised {error}"
    return Death(CRASHES, said)
