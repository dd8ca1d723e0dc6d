"""Examine one shard, in whatever process this is: the same shard gives the same bytes anywhere.

Each shard has an engine process of its own, fresh, so that nothing that an engine keeps from one
shard (a tape, counters, memory) reaches another. What every process keeps is the look at the whole:
all would find the same there.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from strategies import Focus, focuses
from strategies.programs import BYTES
from verify import __version__
from verify.campaign.budget import DEFAULT, GLANCE, SHARD, STEPS
from verify.campaign.explore import Explorer, SuiteError, helpers
from verify.campaign.finding import Finding
from verify.campaign.findings import Collector
from verify.campaign.plan import Examined, Plan
from verify.campaign.records import of_finding
from verify.campaign.run import add_incidents, look_at_laws
from verify.campaign.sharded.result import Result, line_of, of_exploration, of_laws
from verify.campaign.sharded.shard import LAWS, WHOLE, Asked, Shard
from verify.engines import Here, Subject, open_engine
from verify.engines.isolation import GoneError, Isolated, Limits, isolated_engine
from verify.laws import BY_CODE, DEADLY
from verify.networks.network import Driven, isolated_network, open_network
from verify.oracles import bench, warm
from verify.report import FindingRecord

EXACT_EACH = 8
"""One program in so many has inputs that are mostly exactly 0, 1 or -1, or equal."""

_turn = threading.Lock()  # a worker of Dask may have threads; SymPy and our caches want one
_seen: dict[Asked, Collector] = {}


def examine(asked: Asked, shard: Shard) -> str:
    """The line of results that a shard gives.

    Raises:
        TargetError: if the engine cannot be opened here.
        SuiteError: if the suite itself fails, or is of another version here.
    """
    if asked.suite != __version__:
        raise SuiteError(f"a worker has gradverify {__version__}, the campaign {asked.suite}")
    with _turn:
        warm()
        with _opened(asked) as subject:
            return line_of(shard, _examined(asked, shard, subject))


def _examined(asked: Asked, shard: Shard, subject: Subject) -> Result:
    if shard.part == LAWS:
        return of_laws(_look(asked, shard.name, subject))
    if shard.part == WHOLE:
        explorer = _whole(asked, subject)
        _seen.clear()
        _seen[asked] = explorer.collector
        return _told(asked, explorer, explorer.collector.result(), subject)
    explorer = _explorer(asked, shard, subject)
    wanted = focuses((shard.name,)) * asked.programs
    _explore(explorer, wanted[: asked.programs], shard.seed(asked.seed))
    explorer.collector.take_killers()
    return _told(asked, explorer, explorer.collector.counted(), subject)


def _look(asked: Asked, family: str, subject: Subject) -> Examined:
    """One family of laws."""
    examined = Examined()
    laws = tuple(BY_CODE[code] for code in asked.laws if code.startswith(family))
    network = None
    if asked.network is not None and any(law.subject == "network" for law in laws):
        driven = Driven(asked.target, _overrides(asked))
        network = (
            open_network(asked.network, seed=asked.seed, steps=STEPS, driven=driven)
            if asked.in_process
            else isolated_network(asked.network, asked.seed, STEPS, driven, _limits(asked))
        )
    try:
        look_at_laws(subject, Plan(DEFAULT, asked.seed, asked.forms, laws, network), examined)
    finally:
        if isinstance(network, Isolated):
            network.close()
    add_incidents(subject, examined)
    return examined


def _told(asked: Asked, explorer: Explorer, found: Sequence[Finding], subject: Subject) -> Result:
    always = {*asked.laws, *DEADLY.values()}  # what ends the engine's process is always said
    examined = Examined()
    add_incidents(subject, examined)
    records: list[FindingRecord] = [of_finding(f) for f in found if f.law in always]
    return of_exploration(explorer, [*records, *examined.findings])


def _explorer(asked: Asked, shard: Shard, subject: Subject) -> Explorer:
    """One that knows what the whole shows: it is neither met nor shrunk again."""
    if asked not in _seen:
        _seen.clear()
        with _opened(asked) as another:
            _seen[asked] = _whole(asked, another).collector
    budget = replace(SHARD, points=asked.points)
    among = (*asked.forms, *helpers(asked.forms, subject))
    made = Explorer(subject, bench(), budget, 0, (shard.name,), among)
    made.collector = _seen[asked].heir(subject)
    made.collector.forget_counts()
    return made


def _whole(asked: Asked, subject: Subject) -> Explorer:
    """One program for each position: bugs that sit in no operation show in any."""
    explorer = Explorer(subject, bench(), GLANCE, 0, asked.forms)
    seed = Shard(WHOLE).seed(asked.seed)
    _explore(explorer, focuses(asked.forms), seed)
    explorer.examine_crowd()
    explorer.collector.take_killers()
    return explorer


def _explore(explorer: Explorer, wanted: Sequence[Focus], seed: int) -> None:
    """A random program for each focus; the same bytes on every Python and with every library."""
    chance = random.Random(seed)
    positions = len(set(wanted))
    for number, focus in enumerate(wanted):
        data = chance.randbytes(BYTES)
        if explorer.cut_short:
            return
        try:
            explorer.examine(focus, number // positions % EXACT_EACH == EXACT_EACH - 1, data)
        except GoneError as error:
            explorer.gone = str(error)


@contextmanager
def _opened(asked: Asked) -> Iterator[Subject]:
    overrides = _overrides(asked)
    if asked.in_process:
        yield Here(open_engine(asked.target, overrides))
        return
    with isolated_engine(asked.target, _limits(asked), overrides) as subject:
        subject.takes_turns = True  # as many workers as there are cores, and not two for one
        yield subject


def _overrides(asked: Asked) -> Any:
    return json.loads(asked.overrides) if asked.overrides else None


def _limits(asked: Asked) -> Limits:
    return Limits(asked.case_timeout, asked.memory)


__all__ = ["examine"]
