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

from verify.campaign.budget import DEFAULT, Budget
from verify.campaign.plan import Plan
from verify.campaign.run import run
from verify.engines import Engine, open_engine
from verify.faults import BY_CODE
from verify.faults.planting import Plant
from verify.faults.plants import PLANTS
from verify.laws import LAWS, Law
from verify.oracles import Bench, bench, warm
from verify.program import BY_NAME as OPS
from verify.program import FORMS
from verify.questions import same_family
from verify.report import Document, FindingRecord
from verify.report.kill_matrix import KillMatrix, KillRecord

Progress = Callable[[int, int, KillRecord], None]
"""Called after each hunt with how many are done, how many there are, and what it gave."""
GLANCE = Budget(programs=1, points=7, minimum=0, rounds=0)
"""A program for each operand position: what a planted engine breaks."""
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


def look(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The laws that a whole small run sees broken, and the names it gives that are not right."""
    plant = BY_NAME[name]
    with tempfile.TemporaryDirectory() as folder:
        document = run(_open(plant, Path(folder)), _bench(), Plan(GLANCE, laws=_laws(plant)))
    found = {finding.law for finding in document.findings}
    foreign = tuple(_spelt(f) for f in document.findings if not _is_right(plant, f))
    return tuple(law.code for law in LAWS if law.code in found), foreign


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
        looks = {name: pool.submit(look, name) for name in names}
        try:
            for done, future in enumerate(as_completed(hunts), 1):
                progress(done, len(hunts), future.result())
            looked = {name: future.result() for name, future in looks.items()}
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return KillMatrix(
        hunts=tuple(future.result() for future in hunts),
        broken={name: laws for name, (laws, _) in looked.items()},
        foreign={name: wrong for name, (_, wrong) in looked.items() if wrong},
        faults={plant.name: plant.fault for plant in plants},
        laws=tuple(law.code for law in LAWS if law.subject != "network"),
    )


@cache
def _bench() -> Bench:
    """The oracles, warm: loading torch and SymPy is no part of a hunt."""
    warm()
    return bench()


def _laws(plant: Plant) -> tuple[Law, ...]:
    """All laws; for a fault of one operation, or of a formula, those of random cases."""
    if BY_CODE[plant.fault].scope in {"graph", "law"}:
        return LAWS
    return tuple(law for law in LAWS if law.subject == "case")


def _open(plant: Plant, folder: Path) -> Engine:
    path = folder / f"{plant.name.replace('-', '_')}.py"
    path.write_text(plant.source, encoding="utf-8")
    return open_engine(f"{path}:Value")


def _is_right(plant: Plant, finding: FindingRecord) -> bool:
    """Whether a finding names no fault, or the plant's own, or one that comes with it.

    A fault of an operation must be named in that operation, in any of its spellings.
    """
    if finding.fault is None:
        return True
    if finding.fault != plant.fault:
        return finding.fault in BY_CODE[plant.fault].with_it
    if BY_CODE[plant.fault].scope != "operation":
        return True
    if not plant.operation or finding.operation is None:  # in every operation
        return not plant.operation and finding.operation is None
    name = plant.operation
    form = name if name in FORMS else next(iter(OPS[name].forms.values()))
    return same_family(finding.operation, form)


def _spelt(finding: FindingRecord) -> str:
    where = f" in {finding.operation}" if finding.operation else ""
    return f"{finding.fault}{where}"


def _record(plant: Plant, seed: int, document: Document, seconds: float) -> KillRecord:
    named = [finding for finding in document.findings if finding.fault is not None]
    wrong = [finding for finding in named if not _is_right(plant, finding)]
    sizes = [len(f.case["instructions"]) for f in document.findings if f.case]
    return KillRecord(
        plant=plant.name,
        fault=plant.fault,
        seed=seed,
        law=document.findings[0].law if document.findings else None,
        named=tuple(dict.fromkeys(_spelt(finding) for finding in named)),
        own=any(f.fault == plant.fault for f in named if f not in wrong),
        foreign=tuple(dict.fromkeys(_spelt(finding) for finding in wrong)),
        size=max(sizes, default=0),
        seconds=seconds,
    )
