"""What isolation costs: the same cases on the same engine, in this process and in one of its own.

    python benchmarks/isolation.py [--pairs N] [--engines TARGET ...]

Pairs are taken in turn in one run, the order changing from pair to pair; a ratio above 1 says that
isolation is slower. Starting a process is measured by itself: it happens once a run.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

from sympy.core.cache import clear_cache

from verify.campaign import Budget
from verify.campaign.explore import Explorer
from verify.campaign.prove import prove
from verify.engines import Here, Subject, open_engine
from verify.engines.isolation import isolated_engine
from verify.oracles import bench, warm

BUDGET = Budget(programs=2, points=7, minimum=0, rounds=0)
LIMIT = 1.20
"""Isolation may cost a fifth of the throughput."""


def exploring(subject: Subject, seed: int) -> float:
    """Seconds of random cases; every spelling, every operand."""
    clear_cache()  # or the second of a pair would find what SymPy did for the first
    explorer = Explorer(subject, bench(), BUDGET, seed)
    started = time.perf_counter()
    explorer.run()
    return time.perf_counter() - started


def proving(subject: Subject, seed: int) -> float:
    """Seconds of every program of three additions and products, one at a time."""
    clear_cache()
    started = time.perf_counter()
    prove(subject, bench(), ["add", "mul"], 3, 2)
    return time.perf_counter() - started


def ratios(
    work: Callable[[Subject, int], float], here: Subject, there: Subject, pairs: int
) -> list[float]:
    """Isolated over in-process, a ratio for each pair."""
    work(here, pairs), work(there, pairs)
    found = []
    for seed in range(pairs):
        if seed % 2:
            first = work(here, seed)
            found.append(work(there, seed) / first)
        else:
            first = work(there, seed)
            found.append(first / work(here, seed))
    return found


def main() -> int:
    """Print the ratios; 1 if a median is above the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--engines", nargs="+", default=["microgradref:Value", "torch"])
    options = parser.parse_args()
    warm()
    worst = 0.0
    for target in options.engines:
        started = time.perf_counter()
        there = isolated_engine(target)
        print(f"{target}: starts in {time.perf_counter() - started:.2f} s")
        here = Here(open_engine(target))
        for work in (exploring, proving):
            found = sorted(ratios(work, here, there, options.pairs))
            median = statistics.median(found)
            worst = max(worst, median)
            print(
                f"  {work.__name__}: isolated / in-process, median {median:.2f} "
                f"({found[0]:.2f} to {found[-1]:.2f} over {len(found)} pairs)"
            )
        there.close()
    print("within the limit" if worst <= LIMIT else f"beyond the limit of {LIMIT}")
    return int(worst > LIMIT)


if __name__ == "__main__":
    raise SystemExit(main())
