"""(d) Seconds until each planted fault is found (``gradverify mutants``); oracles warm."""

from __future__ import annotations

import statistics

from measure import Row

from verify.campaign.mutants import hunt
from verify.faults.plants import PLANTS


def rows(pairs: int) -> list[Row]:
    """One row for each plant; ``pairs`` bounds how many seeds (at most 3)."""
    hunt(PLANTS[0].name, 0)
    found: list[Row] = []
    for plant in PLANTS:
        records = [hunt(plant.name, seed) for seed in range(max(1, min(pairs // 5, 3)))]
        seconds = [record.seconds for record in records]
        killed = sum(record.law is not None for record in records)
        found.append({
            "name": plant.name, "a": statistics.median(seconds), "b": None, "ratio": None,
            "worst": max(seconds), "killed": f"{killed} of {len(records)}",
        })  # fmt: skip
    return found
