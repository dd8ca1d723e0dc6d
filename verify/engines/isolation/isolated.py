"""An engine in a worker process: asked over a channel, killed when it hangs, started again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any

from verify.engines import open_engine
from verify.engines.engine import Facts
from verify.engines.isolation.limits import DEFAULT_LIMITS, Limits
from verify.engines.isolation.process import LostError, Process
from verify.engines.isolation.running import too_much
from verify.engines.isolation.wire import name_of, pack, pack_program, unpack, unpack_observation
from verify.engines.observe import DEATHS, HANGS, OUT_OF_MEMORY, Failure, Observation
from verify.engines.subject import Asked, Collect, Death, DiedError, Seen, Subject
from verify.program import Case, Program

KNOWN_AFTER = 2
"""Deaths of one operation, after which it is waited for no longer than a tenth of the time."""


class Isolated(Subject):
    """An engine, or a network, that runs in a process of its own.

    Args:
        opener: a function of ours that opens it there.
        arguments: of the opener.
        facts: the class of its facts.
        limits: on time and memory.

    Attributes:
        takes_turns: whether the one who asks waits for the answer, so that both together take
            one core and not more.

    Raises:
        TargetError: if it cannot be opened, or that takes too long or kills the process.
    """

    def __init__(
        self,
        opener: Callable[..., Any],
        arguments: Sequence[Any],
        facts: Callable[..., Any] = Facts,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self.process = Process(opener, arguments, facts, limits)
        self.takes_turns = False
        self._killers: list[tuple[Case, Observation]] = []
        self._fatal: Counter[str] = Counter()
        self._left_out: set[str] = set()
        self._tried: set[Case] = set()
        self._deadly: dict[Any, Seen] = {}  # the same question is not died of twice

    @property
    def facts(self) -> Any:
        """Of the engine, as they were when its worker began."""
        return self.process.facts

    @property
    def limits(self) -> Limits:
        """On time and memory."""
        return self.process.limits

    @property
    def worn_out(self) -> str:
        """Why no more should be asked of it; empty if it may be asked."""
        return self.process.worn_out

    @property
    def incidents(self) -> Sequence[Death]:
        """Deaths that no case could be shown to cause."""
        return tuple(self.process.incidents)

    @property
    def left_out(self) -> Set[str]:
        """Forms of which a program of one instruction has ended the process."""
        return self._left_out

    def look_for_deadly(self, cases: Iterable[Case]) -> bool:
        """Whether some of these cases, which were not tried yet, end the process. Raises GoneError.

        A question of many parts has ended it, and does not say which of them did.
        """
        found = False
        for case in cases:
            if case not in self._tried:
                self._tried.add(case)
                seen = self.step(case.program, case.point, brief=False)
                if _died([[seen]]):
                    found = True
                    self._killers.append((case, seen))
        return found

    def begin(self, asked: Asked) -> Collect:
        """Send programs and points in one message.

        Raises:
            GoneError: if the engine cannot be started again.
        """
        key = tuple((program, tuple(points)) for program, points in asked)
        if (known := self._deadly.get(key)) is not None:
            return lambda: known
        sent = [[pack_program(program), list(points)] for program, points in asked]
        answer = self.process.started({"do": "observe", "asked": sent}, self._patience_with(asked))

        def collect() -> Seen:
            try:
                given = answer()
            except LostError:
                return self.begin(asked)()
            except DiedError as error:
                seen = self._one_by_one(asked, error.death)
                if _died(seen):
                    self._deadly[key] = seen
                    self._remember(asked, seen)
                return seen
            seen = self._without_memory([[*map(unpack_observation, each)] for each in given])
            if _died(seen):
                self._leave_out(asked[len(seen) - 1][0])
            return seen

        if self.takes_turns:
            here = collect()
            return lambda: here
        return collect

    def refresh(self) -> None:
        """Look at the facts again: an examination may have added to them."""
        self.process.refresh()

    def ask(self, task: Callable[..., Any], *arguments: Any, seconds: float | None = None) -> Any:
        """What a task gives in the worker.

        Raises:
            DiedError: if the worker died of it, or was killed; or our own code fails there, and in
                a fresh worker again.
            GoneError: if the engine cannot be started again.
            TaskError: if our own code fails there with an engine that is innocent, too.
        """
        question = {
            "do": "ask",
            "task": name_of(task),
            "arguments": pack(tuple(arguments)),
            "without": sorted(self._left_out),
        }
        limit = self.limits.case if seconds is None else seconds
        return unpack(self.process.answered(question, limit))

    def step(self, program: Program, point: tuple[float, ...], *, brief: bool) -> Observation:
        """One case by itself, step by step. Raises GoneError."""
        seconds = self.limits.shrinking if brief else self.limits.case
        at = ("forward", 0)

        def mark(place: Any) -> None:
            nonlocal at
            at = (str(place[0]), int(place[1]))

        question = {"do": "step", "asked": [pack_program(program), list(point)]}
        try:
            seen = unpack_observation(self.process.answered(question, seconds, mark))
        except DiedError as error:
            seen = Observation((), (), Failure(error.death.kind, *at, error.death.message))
        else:
            seen = self._without_memory([[seen]])[0][0]
        if _died([[seen]]):
            self._leave_out(program)
        return seen

    def close(self) -> None:
        """End the worker and all that was started in it."""
        self.process.close()

    def __enter__(self) -> Isolated:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the worker."""
        self.close()

    @property
    def killers(self) -> Sequence[tuple[Case, Observation]]:
        """Cases that ended the process, in order."""
        return tuple(self._killers)

    def _remember(self, asked: Asked, seen: Seen) -> None:
        """Which case it was, and which form."""
        program, points = asked[len(seen) - 1]
        found = seen[-1][-1]
        self._killers.append((Case(program, tuple(points[len(seen[-1]) - 1])), found))
        if found.failure is not None and found.failure.index >= program.n_inputs:
            self._fatal[program.at(found.failure.index).form] += 1

    def _leave_out(self, program: Program) -> None:
        """What ends the process by itself is not met again where something else is looked at."""
        if len(program.instructions) == 1:
            self._left_out.add(program.instructions[0].form)

    def _patience_with(self, asked: Asked) -> float:
        """Less for operations that are known to end the process."""
        forms = {i.form for program, _ in asked for i in program.instructions}
        known = any(self._fatal[form] >= KNOWN_AFTER for form in forms)
        return self.limits.shrinking if known else self.limits.case

    def _one_by_one(self, asked: Asked, death: Death) -> Seen:
        """The same again, case by case: which of them does it?"""
        seen: Seen = []
        brief = self._patience_with(asked) < self.limits.case
        for program, points in asked:
            seen.append([])
            for point in points:
                found = self.step(program, tuple(point), brief=brief)
                seen[-1].append(found)
                if _died(seen):
                    return seen
        if death.kind != HANGS or not self.limits.is_hurried:  # else it may be only slow
            self.process.incidents.append(death)
        return seen

    def _without_memory(self, seen: Seen) -> Seen:
        """A process that ran out of memory may not have got it back: the next one is fresh."""
        last = seen[-1][-1].failure if seen and seen[-1] else None
        if last is None or last.kind != OUT_OF_MEMORY:
            return seen
        self.process.died(0.0)
        said = Failure(last.kind, last.stage, last.index, too_much(self.limits))
        found = seen[-1][-1]
        seen[-1][-1] = Observation(found.primals, found.adjoints, said, found.aliases)
        return seen


def _died(seen: Seen) -> bool:
    last = seen[-1][-1].failure if seen and seen[-1] else None
    return last is not None and last.kind in DEATHS


def isolated_engine(
    target: str, limits: Limits = DEFAULT_LIMITS, overrides: Mapping[str, Any] | None = None
) -> Isolated:
    """The engine a target names, in a process of its own. Raises TargetError, OverrideError."""
    given = None if overrides is None else dict(overrides)
    return Isolated(open_engine, (target, given), Facts, limits)
