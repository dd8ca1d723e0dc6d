"""What is under test, as the harness asks it: plain questions, plain answers.

Only this much of an engine is used outside the process that it runs in. Two kinds answer: ``Here``
runs a live engine in this process, ``Isolated`` asks one in a worker process that it may kill.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from typing import Any

from verify.engines.engine import Engine, Facts
from verify.engines.observe import Observation, observe
from verify.program import Case, Program

Points = Sequence[tuple[float, ...]]
Asked = Sequence[tuple[Program, Points]]
Seen = list[list[Observation]]
"""For each program that was asked about, an observation for each point, until the first death."""
Collect = Callable[[], Seen]


@dataclass(frozen=True, slots=True)
class Death:
    """How the process of an engine ended, and what of.

    Attributes:
        kind: one of DEATHS.
        message: what was seen, in a few words that do not change from run to run.
    """

    kind: str
    message: str

    def __str__(self) -> str:
        """``hangs: no answer within 10 s``."""
        return f"{self.kind}: {self.message}"


class DiedError(Exception):
    """The process that an engine ran in died, or was killed, before it answered."""

    def __init__(self, death: Death) -> None:
        """Make one."""
        super().__init__(str(death))
        self.death = death


class SpoiltError(DiedError):
    """Our own code failed in a process that an engine had run in: that process is of no more use.

    Whether the engine did it, or our code is at fault, is seen in a fresh one.
    """


class Subject(ABC):
    """An engine that answers questions, wherever it runs.

    Laws: ``begin`` returns at once where the engine runs elsewhere, and what it returns gives the
    observations in the order of the questions, and ends early only after one that killed the
    process; ``ask`` gives what the task gives, which is plain data (None, numbers, strings, lists,
    tuples, dictionaries).
    """

    @property
    @abstractmethod
    def facts(self) -> Facts:
        """What was found out about it."""

    @property
    def worn_out(self) -> str:
        """Why no more should be asked of it: it died too often. Empty if it may be asked."""
        return ""

    @property
    def incidents(self) -> Sequence[Death]:
        """Deaths that no question could be shown to cause: they did not happen again."""
        return ()

    @property
    def killers(self) -> Sequence[tuple[Case, Observation]]:
        """Cases that ended the process, whoever asked them and whatever for."""
        return ()

    @property
    def left_out(self) -> Set[str]:
        """Forms that end the process by themselves: they are in no graph that a law builds."""
        return frozenset()

    @abstractmethod
    def begin(self, asked: Asked) -> Collect:
        """Start to run programs at points; call what it returns for what was seen."""

    @abstractmethod
    def step(self, program: Program, point: tuple[float, ...], *, brief: bool) -> Observation:
        """One case by itself; where it kills the process, at which step is known.

        Args:
            program: what is computed.
            point: where.
            brief: whether less time will do: the case is one of many that are tried.
        """

    @abstractmethod
    def ask(self, task: Callable[..., Any], *arguments: Any, seconds: float | None = None) -> Any:
        """What ``task(engine, *arguments)`` gives, a function of a module of ours.

        Raises:
            DiedError: if the process that it ran in died of it.
        """


class Here(Subject):
    """A live engine in this process: what it does to the interpreter, it does to ours."""

    def __init__(self, engine: Engine) -> None:
        """Make one."""
        self.engine = engine

    @property
    def facts(self) -> Facts:
        """The engine's."""
        return self.engine.facts

    def begin(self, asked: Asked) -> Collect:
        """The engine runs when the answer is collected."""
        return lambda: [
            [observe(self.engine, Case(program, tuple(point))) for point in points]
            for program, points in asked
        ]

    def step(self, program: Program, point: tuple[float, ...], *, brief: bool) -> Observation:
        """The same as ever: nothing here can end it before it ends itself."""
        return observe(self.engine, Case(program, point))

    def ask(self, task: Callable[..., Any], *arguments: Any, seconds: float | None = None) -> Any:
        """Call the task; nothing here can end it before it ends itself."""
        return task(self.engine, *arguments)


UnderTest = Engine | Subject
"""What the harness takes: an engine that is live in this process, or a subject that runs one."""


def subject_of(tested: UnderTest) -> Subject:
    """The subject; a live engine is asked here."""
    return tested if isinstance(tested, Subject) else Here(tested)


def seen_by(tested: UnderTest, case: Case) -> Observation:
    """What an engine printed for one case."""
    ((seen,),) = subject_of(tested).begin([(case.program, [case.point])])()
    return seen
