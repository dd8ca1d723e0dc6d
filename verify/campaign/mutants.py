"""Run the suite on the planted engines: is every fault found, and by its own name?"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from verify.campaign.budget import DEFAULT, QUICK
from verify.campaign.plan import Plan
from verify.campaign.run import run
from verify.engines import Engine, open_engine
from verify.faults import BY_CODE
from verify.faults.planting import Plant
from verify.faults.plants import PLANTS
from verify.laws import LAWS
from verify.oracles import Bench, bench
from verify.program import Instruction, Program, Ref
from verify.report import Document
from verify.report.kill_matrix import KillMatrix, KillRecord

Progress = Callable[[int, int, KillRecord], None]
"""Called after each hunt with how many are done, how many there are, and what it gave."""
BY_NAME = {plant.name: plant for plant in PLANTS}


def hunt(name: str, seed: int) -> KillRecord:
    """Run a planted engine until the first finding, within the default budget."""
    plant = BY_NAME[name]
    oracles = _bench()
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        engine = _open(plant, Path(folder))
        document = run(engine, oracles, Plan(DEFAULT, seed, until="note"))
        seconds = time.perf_counter() - started
    return _record(plant, seed, document, round(seconds, 3))


def laws_broken(name: str) -> tuple[str, ...]:
    """The laws that a whole quick run sees broken by a planted engine."""
    with tempfile.TemporaryDirectory() as folder:
        document = run(_open(BY_NAME[name], Path(folder)), _bench(), Plan(QUICK))
    found = {finding.law for finding in document.findings}
    return tuple(law.code for law in LAWS if law.code in found)


def matrix_of(
    plants: Sequence[Plant], seeds: Sequence[int], jobs: int, progress: Progress
) -> KillMatrix:
    """Hunt every plant with every seed, and see which laws it breaks.

    Args:
        plants: which planted engines.
        seeds: a hunt for each.
        jobs: how many processes work at once.
        progress: called after each hunt.
    """
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.devnull)
    names = [plant.name for plant in plants]
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        hunts = [pool.submit(hunt, name, seed) for name in names for seed in seeds]
        looks = {name: pool.submit(laws_broken, name) for name in names}
        try:
            for done, future in enumerate(as_completed(hunts), 1):
                progress(done, len(hunts), future.result())
            broken = {name: look.result() for name, look in looks.items()}
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return KillMatrix(
        hunts=tuple(future.result() for future in hunts),
        broken=broken,
        faults={plant.name: plant.fault for plant in plants},
        laws=tuple(law.code for law in LAWS if law.subject != "network"),
    )


@cache
def _bench() -> Bench:
    """The oracles, warm: loading torch and SymPy is no part of a hunt."""
    made = bench()
    made.truths(Program(1, (Instruction("exp", (Ref(0),)),)), [(0.5,)])
    return made


def _open(plant: Plant, folder: Path) -> Engine:
    path = folder / f"{plant.name.replace('-', '_')}.py"
    path.write_text(plant.source, encoding="utf-8")
    return open_engine(f"{path}:Value")


def _record(plant: Plant, seed: int, document: Document, seconds: float) -> KillRecord:
    named = tuple(dict.fromkeys(f.fault for f in document.findings if f.fault is not None))
    expected = {plant.fault, *BY_CODE[plant.fault].with_it}
    sizes = [len(f.case["instructions"]) for f in document.findings if f.case]
    return KillRecord(
        plant=plant.name,
        fault=plant.fault,
        seed=seed,
        law=document.findings[0].law if document.findings else None,
        named=named,
        own=plant.fault in named,
        foreign=tuple(code for code in named if code not in expected),
        size=max(sizes, default=0),
        seconds=seconds,
    )
