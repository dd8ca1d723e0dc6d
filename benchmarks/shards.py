"""(g) Campaigns: what a shard costs over the engine alone, and two workers over one.

The same shards of random cases are examined as a campaign examines them. Their cases are recorded
in another pass, and micrograd runs them alone, as in ``overhead.py``. Speed-ups are by the clock,
on processes that are warm. A worker is two processes, as the engine has its own, which take turns:
one that is held to a single core as well shows that they do.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from measure import Row, ratios
from overhead import TARGET, Cases, engine_seconds, recorded

from verify import __version__
from verify.campaign import SHARD
from verify.campaign.sharded import Asked, Processes, Shard
from verify.campaign.sharded.examine import examine
from verify.campaign.sharded.shard import FORM
from verify.engines import open_engine
from verify.engines.isolation import DEFAULT_LIMITS

FORMS = ("add", "mul", "pow", "tanh", "div", "exp", "relu", "sum")
LAWS = ("VAL01", "GRA01", "GRA02", "RUN01", "ACC01")
OURS = "microgradref:Value"
Times = dict[str, list[float]]


def asked_of(target: str) -> Asked:
    """A campaign of random cases with the default shards."""
    forms = tuple(open_engine(target).facts.spellings)
    case, memory = DEFAULT_LIMITS.case, DEFAULT_LIMITS.memory
    return Asked(
        target, 0, forms, LAWS, None, SHARD.programs, SHARD.points, case, memory, False, "",
        __version__,
    )  # fmt: skip


def shards_of(asked: Asked, number: int) -> list[Shard]:
    """One shard of each operation that is timed."""
    return [Shard(FORM, form, number) for form in FORMS if form in asked.forms]


def seconds_of(crew: Processes, asked: Asked, number: int) -> tuple[float, float]:
    """Seconds that the same shards take: by the clock, and of CPU."""
    started, before = time.perf_counter(), _cpu(crew)
    futures = [crew.executor.submit(examine, asked, shard) for shard in shards_of(asked, number)]
    for future in wait(futures).done:
        future.result()
    return time.perf_counter() - started, _cpu(crew) - before


def _cpu(crew: Processes) -> float:
    """CPU seconds of the workers, and of the engines that they have ended."""
    ticks = 0
    for process in getattr(crew.executor, "_processes", {}):
        ticks += sum(map(int, Path(f"/proc/{process}/stat").read_text().split()[13:17]))
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def crews() -> Iterator[dict[str, Processes]]:
    """One worker, one that is held to a core with its engine, and two."""
    found = {"one": Processes(1), "one, on one core": Processes(1), "two": Processes(2)}
    core = min(os.sched_getaffinity(0))
    found["one, on one core"].executor.submit(os.sched_setaffinity, 0, {core}).result()
    try:
        yield found
    finally:
        for crew in found.values():
            crew.close()


def times_of(target: str, pairs: int) -> tuple[Times, Times]:
    """Seconds by the clock, and of CPU, of each crew on the same shards, in changing order."""
    asked = asked_of(target)
    with crews() as found:
        clock: Times = {name: [] for name in found}
        cpu: Times = {name: [] for name in found}
        for crew in found.values():
            seconds_of(crew, asked, 0)
        for pair in range(1, pairs + 1):
            for name in list(found)[:: 1 if pair % 2 else -1]:
                passed, used = seconds_of(found[name], asked, pair)
                clock[name].append(passed)
                cpu[name].append(used)
    return clock, cpu


def cases_of(asked: Asked, number: int) -> Cases:
    """The cases of the same shards, examined in this process."""
    here = replace(asked, in_process=True)
    with recorded() as cases:
        for shard in shards_of(asked, number):
            examine(here, shard)
    return cases


def overheads(pairs: int) -> list[Row]:
    """CPU seconds of shards on micrograd over those of micrograd alone on the same cases."""
    asked = asked_of(TARGET)
    samples: dict[str, list[tuple[float, float]]] = {"with its engine's process": [], "alone": []}
    isolated, together = Processes(1), Processes(1)
    try:
        for crew, how in ((isolated, asked), (together, replace(asked, in_process=True))):
            seconds_of(crew, how, 0)
        cases_of(asked, 0)
        for number in range(1, pairs + 1):
            alone = engine_seconds(cases_of(asked, number))
            _, used = seconds_of(isolated, asked, number)
            samples["with its engine's process"].append((used, alone))
            _, used = seconds_of(together, replace(asked, in_process=True), number)
            samples["alone"].append((used, alone))
    finally:
        isolated.close()
        together.close()
    return [
        ratios(f"shards of a campaign, a worker {how} / the engine alone", found)
        for how, found in samples.items()
    ]


def rows(pairs: int) -> list[Row]:
    """The overhead factor of a campaign, and what two workers are worth."""
    clock, _ = times_of(OURS, pairs)
    return [
        *overheads(pairs),
        *(
            ratios(
                f"shards of a campaign: {name} worker / two",
                list(zip(clock[name], clock["two"], strict=True)),
            )
            for name in ("one", "one, on one core")
        ),
    ]
