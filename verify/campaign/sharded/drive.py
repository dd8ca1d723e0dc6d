"""Hand out shards, write down what comes back, hand out again what got lost."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass

from verify.campaign.explore import SuiteError
from verify.campaign.sharded.crews import Crew, CrewError
from verify.campaign.sharded.examine import examine
from verify.campaign.sharded.journal import Journal, JournalError
from verify.campaign.sharded.merged import Merged
from verify.campaign.sharded.result import Result, cases_of, read_line
from verify.campaign.sharded.shard import Asked, Shard, shards
from verify.engines import TargetError, describe

LOSSES = 4
"""How often a shard may be lost with its worker before it is said to be what ends workers."""
MOMENT = 0.5
"""Seconds between looks at the clock."""


@dataclass(frozen=True, slots=True)
class Limit:
    """When a campaign ends; the first that is reached.

    Attributes:
        seconds: after which no shard is handed out, from now.
        shards: in all, those of earlier sessions included.
        cases: in all; the first shards that have so many, in order.
    """

    seconds: float | None = None
    shards: int | None = None
    cases: int | None = None


@dataclass(frozen=True, slots=True)
class State:
    """How far a campaign is.

    Attributes:
        merged: what all shards gave so far.
        seconds, shards, cases, gradients: of this session.
        limit: when it ends.
    """

    merged: Merged
    seconds: float
    shards: int
    cases: int
    gradients: int
    limit: Limit


@dataclass(frozen=True, slots=True)
class Ending:
    """How a session ended.

    Attributes:
        interrupted: by Ctrl-C.
        trouble: why it ended before its time, in a sentence; empty if it did not.
        in_doubt: whether the trouble is the suite's own.
    """

    interrupted: bool = False
    trouble: str = ""
    in_doubt: bool = False


Progress = Callable[[State], None]


class Driver:
    """One session of a campaign.

    Args:
        asked: the campaign.
        journal: its results, open.
        limit: when to end.
        merged: empty; what progress is told from.
        progress: called after each result, and now and then.
    """

    def __init__(
        self, asked: Asked, journal: Journal, limit: Limit, merged: Merged, progress: Progress
    ) -> None:
        self._asked, self._journal, self._limit = asked, journal, limit
        self._merged, self._progress = merged, progress
        self._cases: dict[str, int] = {}
        self._quota = _Quota(asked, limit)
        for name, result in journal.results():
            self._take(name, result)
        self._before = (len(self._cases), merged.tally.cases, merged.tally.gradients)
        self._started = time.monotonic()
        self._waiting: dict[Future[str], Shard] = {}
        self._lost: list[Shard] = []
        self._losses: Counter[str] = Counter()

    def run(self, crew: Crew) -> Ending:
        """Examine shards until the limit.

        Raises:
            TargetError: if a worker cannot open the engine.
        """
        try:
            self._hand_out_and_take(crew)
        except KeyboardInterrupt:
            return Ending(interrupted=True)
        except (JournalError, CrewError) as error:
            return Ending(trouble=str(error))
        except SuiteError as error:
            return Ending(trouble=str(error), in_doubt=True)
        return Ending()

    def chosen(self) -> set[str]:
        """The shards that the report is about: all, or just those that were asked for by number.

        These are the same however many processes there were and whatever was done beyond them.
        """
        self._quota.look(self._cases)
        return set(self._quota.names) if self._quota.full else set(self._cases)

    def _hand_out_and_take(self, crew: Crew) -> None:
        todo = self._todo()
        while True:
            self._hand_out(crew, todo)
            if not self._waiting:
                return
            done, _ = wait(self._waiting, self._patience(), FIRST_COMPLETED)
            losses = self._collect(crew, done)
            if losses and crew.falls_together:
                losses += self._collect(crew, wait(self._waiting).done)
            if losses:
                self._recover(crew, losses)
            self._tell()

    def _hand_out(self, crew: Crew, todo: Iterator[Shard]) -> None:
        """Keep the workers busy, and no more."""
        if self._is_late():
            for future in [f for f in self._waiting if f.cancel()]:
                del self._waiting[future]
            return
        while len(self._waiting) < crew.window:
            shard = self._lost.pop() if self._lost else next(todo, None)
            if shard is None:
                return
            try:
                self._waiting[crew.executor.submit(examine, self._asked, shard)] = shard
            except Exception as error:
                if not crew.is_loss(error):
                    raise
                self._lost.append(shard)
                if not self._waiting:  # else it is noticed by those that wait
                    self._recover(crew, [])
                return

    def _todo(self) -> Iterator[Shard]:
        """Shards in order, those that are not there yet, until there is enough."""
        for number, shard in enumerate(shards(self._asked)):
            self._quota.look(self._cases)
            if self._quota.full or number == self._limit.shards:
                return
            if shard.id not in self._cases:
                yield shard

    def _is_late(self) -> bool:
        spent = time.monotonic() - self._started
        return self._limit.seconds is not None and spent >= self._limit.seconds

    def _patience(self) -> float:
        """Seconds to wait before a look at the clock."""
        if self._limit.seconds is None or self._is_late():
            return MOMENT
        return max(0, min(MOMENT, self._started + self._limit.seconds - time.monotonic()))

    def _collect(self, crew: Crew, done: Iterable[Future[str]]) -> list[Shard]:
        """Write down results; the shards that were lost.

        Raises:
            TargetError: if the engine cannot be opened there.
            SuiteError: if the suite itself failed in one.
        """
        lost = []
        for future in list(done):
            shard = self._waiting.pop(future)
            error = CancelledError() if future.cancelled() else future.exception()
            if error is None:
                self._keep(shard, future.result())
            elif crew.is_loss(error):
                lost.append(shard)
            elif isinstance(error, TargetError):
                raise error
            else:
                raise SuiteError(f"shard {shard.id}: {describe(error)}") from error
        return lost

    def _keep(self, shard: Shard, line: str) -> None:
        found = read_line(line)
        if found is None or found[0] != shard.id:
            raise SuiteError(f"shard {shard.id}: what came back is no result")
        self._journal.append(line)
        self._take(*found)

    def _take(self, name: str, result: Result) -> None:
        self._cases[name] = cases_of(result)
        self._merged.add(name, result)

    def _recover(self, crew: Crew, losses: list[Shard]) -> None:
        """Workers are gone, and with them what they were about: it is handed out again.

        Raises:
            SuiteError: if a shard is lost again and again.
        """
        self._losses.update(shard.id for shard in losses)
        for shard, times in self._losses.most_common(1):
            if times > LOSSES:
                raise SuiteError(
                    f"shard {shard} was lost {times} times, each time because the process that "
                    "examined it was killed: is there enough memory for so many workers?"
                )
        self._lost += reversed(losses)
        crew.renew()

    def _tell(self) -> None:
        tally, spent = self._merged.tally, time.monotonic() - self._started
        shards, cases, gradients = self._before
        self._progress(
            State(
                self._merged,
                spent,
                len(self._cases) - shards,
                tally.cases - cases,
                tally.gradients - gradients,
                self._limit,
            )
        )


class _Quota:
    """The first shards, in order, that are as many as was asked for, or have as many cases."""

    def __init__(self, asked: Asked, limit: Limit) -> None:
        self.names: list[str] = []
        self.full = False
        self._limit, self._cases = limit, 0
        self._order = shards(asked)
        self._next = next(self._order, None)

    def look(self, done: Mapping[str, int]) -> None:
        """See how far they are there without a gap."""
        limit = self._limit
        if limit.shards is None and limit.cases is None:
            return
        while not self.full and self._next is not None and self._next.id in done:
            self.names.append(self._next.id)
            self._cases += done[self._next.id]
            self.full = len(self.names) == limit.shards or (
                limit.cases is not None and self._cases >= limit.cases
            )
            self._next = next(self._order, None)


__all__ = ["Driver", "Ending", "Limit", "Progress", "State"]
