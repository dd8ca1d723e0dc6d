"""Campaigns: speed-up from one worker to two, and a long one's memory, with kill -9 in the middle.

    python benchmarks/campaign.py speed-up [--pairs N] [--target TARGET]
    python benchmarks/campaign.py memory [--cases N] [--workers N] [--kills N] [--folder DIR]

The speed-up is measured on the same shards, in pairs whose order changes, with processes that are
warm. A worker is two processes, as the engine has its own, which take turns: one that is held to a
single core as well shows that they do.

The memory is the peak of what is resident (VmHWM), of the parent and of the largest worker, as the
campaign grows. Each kill ends every process of it but the engines', which must end by themselves;
then the same command goes on. At the end no shard may be missing, or be there twice.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from verify import __version__
from verify.campaign import SHARD
from verify.campaign.sharded import Asked, Processes, Shard, shards
from verify.campaign.sharded.examine import examine
from verify.campaign.sharded.result import cases_of as cases_of_result
from verify.campaign.sharded.result import read_line
from verify.campaign.sharded.shard import FORM, WHOLE
from verify.engines import open_engine
from verify.engines.isolation import DEFAULT_LIMITS

LEAST = 1.8
"""What two workers must be worth."""
FORMS_TIMED = ("add", "mul", "pow", "tanh", "div", "exp", "relu", "sum")
LOOK_EVERY = 0.5
Row = tuple[int, float, float, float]
"""Cases so far, and megabytes of the parent, the largest worker, the largest engine."""


def asked_of(target: str) -> Asked:
    """A campaign of random cases with the default shards."""
    facts = open_engine(target).facts
    laws = ("VAL01", "GRA01", "GRA02", "RUN01", "ACC01")
    case, memory = DEFAULT_LIMITS.case, DEFAULT_LIMITS.memory
    return Asked(
        target, 0, tuple(facts.spellings), laws, None, SHARD.programs, SHARD.points, case, memory,
        False, "", __version__,
    )  # fmt: skip


def seconds_of(crew: Processes, asked: Asked, number: int) -> tuple[float, float]:
    """Seconds that the same shards take: by the clock, and of CPU."""
    forms = [form for form in FORMS_TIMED if form in asked.forms]
    started, before = time.perf_counter(), _cpu(crew)
    futures = [crew.executor.submit(examine, asked, Shard(FORM, form, number)) for form in forms]
    for future in wait(futures).done:
        future.result()
    return time.perf_counter() - started, _cpu(crew) - before


def _cpu(crew: Processes) -> float:
    """CPU seconds of the workers, and of the engines that they have ended."""
    ticks = 0
    for process in getattr(crew.executor, "_processes", {}):
        ticks += sum(map(int, Path(f"/proc/{process}/stat").read_text().split()[13:17]))
    return ticks / os.sysconf("SC_CLK_TCK")


def speed_up(options: argparse.Namespace) -> int:
    """Print the ratios; 1 if the median is below what is asked for."""
    asked = asked_of(options.target)
    crews = {"one": Processes(1), "one, on one core": Processes(1), "two": Processes(2)}
    core = min(os.sched_getaffinity(0))
    crews["one, on one core"].executor.submit(os.sched_setaffinity, 0, {core}).result()
    times: dict[str, list[float]] = {name: [] for name in crews}
    cpu: dict[str, list[float]] = {name: [] for name in crews}
    try:
        for crew in crews.values():
            seconds_of(crew, asked, 0)
        for pair in range(1, options.pairs + 1):
            for name in list(crews)[:: 1 if pair % 2 else -1]:
                clock, used = seconds_of(crews[name], asked, pair)
                times[name].append(clock)
                cpu[name].append(used)
            said = (f"{n} {t[-1]:.1f} s ({cpu[n][-1]:.1f} of CPU)" for n, t in times.items())
            print(f"{pair}: " + ", ".join(said), flush=True)
    finally:
        for crew in crews.values():
            crew.close()
    found = {}
    for name in ("one", "one, on one core"):
        ratios = sorted(a / b for a, b in zip(times[name], times["two"], strict=True))
        found[name] = {"median": statistics.median(ratios), "least": ratios[0], "most": ratios[-1]}
        print(f"{name} / two workers: " + ", ".join(f"{k} {v:.2f}" for k, v in found[name].items()))
    more = statistics.median(a / b for a, b in zip(cpu["two"], cpu["one"], strict=True))
    print(f"CPU of two workers / of one: {more:.2f}")
    print(
        json.dumps(
            {"speed-up": found, "CPU": more, "load": os.getloadavg(), "pairs": options.pairs}
        )
    )
    return int(found["one"]["median"] < LEAST)


def memory(options: argparse.Namespace) -> int:
    """Run, kill and go on; 1 if something is lost or counted twice."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(options.folder or scratch)
        command = [
            sys.executable, "-m", "verify", "campaign", options.target, "--no-corpus", "--workers",
            str(options.workers), "--cases", str(options.cases), "--report-dir", str(folder),
        ]  # fmt: skip
        growth: list[Row] = []
        started = time.perf_counter()
        for kill in range(1, options.kills + 1):
            _session(command, folder, growth, options.cases * kill // (options.kills + 1))
        code = _session(command, folder, growth, None)
        ledger = _ledger(folder, options)
    ledger |= {
        "kills": options.kills,
        "exit code": code,
        "seconds": round(time.perf_counter() - started),
        "peak MB of parent, worker, engine": [round(max(g[k] for g in growth)) for k in (1, 2, 3)],
        "cases, and MB of each by then": [
            [row[0], *map(round, row[1:])] for row in growth[:: max(1, len(growth) // 12)]
        ],
    }
    print(json.dumps(ledger, indent=2))
    return int(bool(ledger["lost"] or ledger["twice"] or ledger["cases"] < options.cases))


def _session(command: list[str], folder: Path, growth: list[Row], until: int | None) -> int:
    """Run the command; kill -9 once there are so many cases. Its exit code."""
    looks = cases = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603
        while process.poll() is None:
            time.sleep(LOOK_EVERY)
            if looks % 8 == 0:
                cases = sum(n for _, n in _lines(folder))
            looks += 1
            growth.append((cases, *_peaks(process.pid)))
            if until is not None and cases >= until:
                process.send_signal(signal.SIGKILL)
                process.wait()
    return process.returncode


def _ledger(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """What is written, counted by hand, beside what the report says."""
    lines = list(_lines(folder))
    cases_of = dict(lines)
    (report,) = folder.glob("*/campaign/report.json")
    totals = json.loads(report.read_text("utf-8"))["totals"]
    counted = 0
    # the report is about the first shards that have enough
    for shard in _order(cases_of, asked_of(options.target)):
        if counted >= options.cases or shard.id not in cases_of:
            break
        counted += cases_of[shard.id]
    return {
        "cases": totals["cases"],
        "gradients": totals["gradients"],
        "lines": len(lines),
        "twice": len(lines) - len(cases_of),
        "lost": counted - totals["cases"],
        "KB of results": sum(p.stat().st_size for p in folder.glob("*/campaign/*.ndjson")) // 1024,
    }


def _order(there: dict[str, int], asked: Asked) -> Iterator[Shard]:
    """The shards of random cases, in order, up to the last that is there."""
    explored = sum(shard.startswith((WHOLE, FORM)) for shard in there)
    return islice(shards(asked), explored)


def _lines(folder: Path) -> Iterator[tuple[str, int]]:
    """Each line that is whole: the shard, and its cases."""
    for path in folder.glob("*/campaign/results.ndjson"):
        for line in path.read_text("utf-8").splitlines(keepends=True):
            if found := read_line(line):
                yield found[0], cases_of_result(found[1])


def _peaks(parent: int) -> tuple[float, float, float]:
    """VmHWM in MB of a process, of the largest of its children, and of theirs."""
    children = _children(parent)
    grandchildren = [another for child in children for another in _children(child)]
    largest = [max(map(_peak, those), default=0.0) for those in (children, grandchildren)]
    return _peak(parent), largest[0], largest[1]


def _children(process: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(number) for number in task.read_text().split()]
    return found


def _peak(process: int) -> float:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    return sum(
        int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")
    )


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("speed-up", "memory"))
    parser.add_argument("--target", default="microgradref:Value")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--folder", help="where the campaign is; kept, and gone on with")
    options = parser.parse_args()
    return speed_up(options) if options.what == "speed-up" else memory(options)


if __name__ == "__main__":
    raise SystemExit(main())
