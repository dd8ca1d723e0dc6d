"""Handing out shards: nothing is lost, nothing counts twice, whoever works and however it ends."""

from __future__ import annotations

import os
import random
import sys
import time
from concurrent.futures import BrokenExecutor, Executor, Future, wait
from concurrent.futures._base import DoneAndNotDoneFutures
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))
from sharded_samples import ASKED, made_up

from verify.campaign.sharded import CrewError, Driver, Journal, Limit, Merged, Processes, shards
from verify.campaign.sharded.crews import Cluster
from verify.campaign.sharded.drive import LOSSES
from verify.campaign.sharded.journal import NAME
from verify.engines import TargetError


class Odd(Executor):
    """Answers in any order, now and then, and sometimes dies of it."""

    def __init__(self, crew: OddCrew) -> None:
        self.crew, self.open, self.broken = crew, [], False

    def submit(self, function, /, *arguments, **_):
        if self.broken:
            raise BrokenExecutor
        future: Future[str] = Future()
        self.open.append((future, arguments))
        return future

    def turn(self):
        chance = self.crew.chance
        if self.broken:
            return
        if chance.random() < self.crew.deadly:
            self.broken = True
            self.crew.broke += 1
            for future, _ in self.open:
                future.set_exception(BrokenExecutor())
            self.open.clear()
            return
        chance.shuffle(self.open)
        for _ in range(chance.randint(1, len(self.open)) if self.open else 0):
            future, arguments = self.open.pop()
            future.set_running_or_notify_cancel()
            try:
                future.set_result(self.crew.examine(*arguments))
            except Exception as error:  # noqa: BLE001 - as an executor does
                future.set_exception(error)


class OddCrew:
    """A crew of which nothing is to be relied on but the laws of a crew."""

    falls_together = True

    def __init__(self, seed=0, window=3, deadly=0.0, examine=made_up) -> None:
        self.chance, self.window, self.deadly = random.Random(seed), window, deadly
        self.examine, self.renewed, self.broke = examine, 0, 0
        self.executor = Odd(self)

    def is_loss(self, error):
        return isinstance(error, BrokenExecutor)

    def renew(self):
        self.renewed += 1
        self.executor = Odd(self)

    def close(self):
        pass


def session(folder, crew, limit, progress=lambda _: None):
    def waited(futures, *until_the_first):
        """One at a time, if the first is enough: the others are broken and not yet seen."""
        crew.executor.turn()
        done, rest = wait(futures, 0)
        few = set(list(done)[:1]) if until_the_first else done
        return DoneAndNotDoneFutures(few, rest | (done - few))

    with Journal(folder) as journal, pytest.MonkeyPatch.context() as patch:
        patch.setattr("verify.campaign.sharded.drive.wait", waited)
        driver = Driver(ASKED, journal, limit, Merged(ASKED), progress)
        ending = driver.run(crew)
        return ending, driver.chosen(), journal.path.read_text().splitlines(keepends=True)


def test_shards_asked_for_by_number_are_the_first(tmp_path):
    ending, chosen, lines = session(tmp_path, OddCrew(window=1), Limit(shards=10))
    wanted = [shard for shard, _ in zip(shards(ASKED), range(10), strict=False)]
    assert not ending.trouble
    assert chosen == {shard.id for shard in wanted}
    assert lines == [made_up(ASKED, shard) for shard in wanted]


@pytest.mark.parametrize("seed", range(5))
def test_order_and_deaths_of_workers_change_nothing(tmp_path, seed):
    crew = OddCrew(seed, window=1 + seed, deadly=0.2)
    ending, chosen, lines = session(tmp_path, crew, Limit(cases=900))
    assert not ending.trouble
    quiet = session_elsewhere(tmp_path)
    assert chosen == quiet
    assert len(set(lines)) == len(lines)
    assert 0 < crew.renewed <= crew.broke  # a pool that broke is replaced once


def session_elsewhere(tmp_path):
    (tmp_path / "quiet").mkdir()
    _, chosen, _ = session(tmp_path / "quiet", OddCrew(window=1), Limit(cases=900))
    return chosen


def test_session_goes_on_where_another_ended(tmp_path):
    def ended(state):
        if state.shards >= 7:
            raise KeyboardInterrupt

    ending, _, lines = session(tmp_path, OddCrew(1), Limit(shards=20), ended)
    assert ending.interrupted
    assert 7 <= len(lines) < 20
    seen = []

    def examine(asked, shard):
        seen.append(shard.id)
        return made_up(asked, shard)

    ending, chosen, both = session(tmp_path, OddCrew(2, examine=examine), Limit(shards=20))
    assert both[: len(lines)] == lines
    assert len(seen) == 20 - len(lines)
    assert len(both) == len(chosen) == 20


def test_fewer_shards_than_are_there_are_reported_and_none_examined(tmp_path):
    session(tmp_path, OddCrew(), Limit(shards=12))
    crew = OddCrew(examine=None)
    _, chosen, lines = session(tmp_path, crew, Limit(shards=5))
    assert (len(chosen), len(lines)) == (5, 12)


def test_time_that_is_up_hands_out_nothing_more(tmp_path):
    def slow(asked, shard):
        time.sleep(0.02)
        return made_up(asked, shard)

    ending, chosen, lines = session(tmp_path, OddCrew(window=1, examine=slow), Limit(seconds=0.1))
    assert not ending.trouble
    assert 1 <= len(lines) <= 6
    assert len(chosen) == len(lines)


def test_shard_that_ends_every_worker_is_given_up(tmp_path):
    crew = OddCrew(deadly=1.0)
    ending, _, _ = session(tmp_path, crew, Limit(shards=9))
    assert ending.in_doubt
    assert f"lost {LOSSES + 1} times" in ending.trouble
    assert crew.renewed == LOSSES


def test_bug_of_ours_in_a_shard_is_a_doubt_that_names_it(tmp_path):
    def broken(asked, shard):
        raise ZeroDivisionError("in the suite")

    ending, _, lines = session(tmp_path, OddCrew(examine=broken, window=1), Limit(shards=3))
    assert ending.in_doubt
    assert "shard whole--0: ZeroDivisionError: in the suite" in ending.trouble
    assert lines == []


def test_worker_that_cannot_open_the_engine_says_so(tmp_path):
    def closed(asked, shard):
        raise TargetError("there is no such file")

    with pytest.raises(TargetError, match="no such file"):
        session(tmp_path, OddCrew(examine=closed), Limit(shards=3))


def test_answer_that_is_no_result_is_a_doubt(tmp_path):
    crew = OddCrew(examine=lambda *_: "{}\n", window=1)
    ending, _, _ = session(tmp_path, crew, Limit(shards=3))
    assert (ending.in_doubt, "no result" in ending.trouble) == (True, True)


def test_full_disk_ends_a_session_and_keeps_what_is_whole(tmp_path, monkeypatch):
    def full(_handle, _data):
        raise OSError(28, "No space left on device")

    session(tmp_path, OddCrew(), Limit(shards=4))
    monkeypatch.setattr("verify.campaign.sharded.journal.os.write", full)
    ending, chosen, _ = session(tmp_path, OddCrew(), Limit(shards=8))
    assert "No space left on device" in ending.trouble
    assert len(chosen) == 4
    assert (tmp_path / NAME).read_text().count("\n") == 4


def test_progress_tells_how_far_it_is(tmp_path):
    states = []
    session(tmp_path, OddCrew(), Limit(shards=6))
    session(tmp_path, OddCrew(), Limit(shards=12), states.append)
    assert (states[-1].shards, len(states[-1].merged.shards)) == (6, 12)
    assert states[-1].gradients <= states[-1].merged.tally.gradients


def test_crew_of_processes_that_are_closed_is_gone():
    crew = Processes(1)
    crew.executor.submit(time.sleep, 0).result()
    (number,) = crew.executor._processes
    crew.close()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)  # is_alive() may not know it: the pool's own thread waits for it too


def test_scheduler_that_is_not_there_is_one_sentence():
    pytest.importorskip("distributed")
    with pytest.raises(CrewError, match="no Dask scheduler answers at tcp://127"):
        Cluster("tcp://127.0.0.1:9", patience=0.5)


def test_without_dask_the_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CrewError, match=r"pip install 'microgradref\[dask\]'"):
        Cluster("tcp://127.0.0.1:9")
