"""Campaigns: speed-up from one worker to two, and a long one's memory, with kill -9 in the middle.

    python benchmarks/campaign.py speed-up [--pairs N] [--target TARGET]
    python benchmarks/campaign.py overhead [--pairs N]
    python benchmarks/campaign.py memory [--cases N] [--workers N] [--kills N] [--folder DIR]

The first two are those of ``shards.py``, of which ``all.py`` makes rows.

The memory is the peak of what is resident (VmHWM), of the parent and of the largest worker, as the
campaign grows. Each kill ends every process of it but the engines', which must end by themselves;
then the same command goes on. At the end no shard may be missing, or be there twice.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import shards
from measure import ratios

from verify.campaign.sharded import Asked, Shard
from verify.campaign.sharded import shards as order_of
from verify.campaign.sharded.result import cases_of as cases_of_result
from verify.campaign.sharded.result import read_line
from verify.campaign.sharded.shard import FORM, WHOLE

LEAST, MOST = 1.8, 15
"""What two workers must be worth, and what a campaign may cost over the engine alone."""
LOOK_EVERY = 0.5
Row = tuple[int, float, float, float]
"""Cases so far, and megabytes of the parent, the largest worker, the largest engine."""


def speed_up(options: argparse.Namespace) -> int:
    """Print the ratios; 1 if the median is below what is asked for."""
    clock, cpu = shards.times_of(options.target, options.pairs)
    for name in ("one", "one, on one core"):
        _say(f"{name} / two workers", ratios("", list(zip(clock[name], clock["two"], strict=True))))
    _say("CPU of two workers / of one", ratios("", list(zip(cpu["two"], cpu["one"], strict=True))))
    found = ratios("", list(zip(clock["one"], clock["two"], strict=True)))
    return int(found["ratio"] < LEAST)


def overhead(options: argparse.Namespace) -> int:
    """Print the overhead factor; 1 if it is above what is asked for."""
    found = shards.overheads(options.pairs)
    for row in found:
        _say(row["name"], row)
    return int(found[0]["ratio"] > MOST)


def _say(name: str, row: dict[str, Any]) -> None:
    low, high = row["quartiles"]
    said = f"{row['ratio']:.2f} ({low:.2f} to {high:.2f}; {row['a']:.1f} s and {row['b']:.1f} s)"
    print(f"{name}: {said}, load {os.getloadavg()[0]:.1f}", flush=True)


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
    for shard in _order(cases_of, shards.asked_of(options.target)):
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
    return islice(order_of(asked), explored)


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
    parser.add_argument("what", choices=("speed-up", "overhead", "memory"))
    parser.add_argument("--target", default=shards.OURS)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--folder", help="where the campaign is; kept, and gone on with")
    options = parser.parse_args()
    return {"speed-up": speed_up, "overhead": overhead, "memory": memory}[options.what](options)


if __name__ == "__main__":
    raise SystemExit(main())
