"""False alarms: how many right gradients does the suite call wrong? It must be none.

Engines known to be right are examined with random programs until the asked number of gradients
has been compared. Any mismatch is a false alarm (or a discovery: look at it by hand before you
believe either), and any disagreement between oracles is a fault of the suite.

    python benchmarks/false_alarms.py                      a million gradients, some minutes
    python benchmarks/false_alarms.py --gradients 30000    what CI runs
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from verify.campaign.budget import Budget
from verify.campaign.explore import Explorer
from verify.engines import open_engine
from verify.oracles import bench
from verify.program.text import case_text

ENGINES = ("microgradref:Value", "micrograd.engine:Value", "torch")
ROUND = Budget(programs=4, points=12, minimum=0, rounds=0)


@dataclass
class Row:
    """What one engine's examination came to."""

    engine: str
    programs: int = 0
    cases: int = 0
    gradients: int = 0
    disagreements: int = 0
    seconds: float = 0.0
    verdicts: Counter[str] = field(default_factory=Counter)
    undecided: Counter[str] = field(default_factory=Counter)
    symbolic: Counter[str] = field(default_factory=Counter)
    widths: list[float] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, object]:
        """The row as data; radii are relative, of decided enclosures that do not hold 0."""
        ordered = sorted(self.widths)
        return {
            "engine": self.engine,
            "programs": self.programs,
            "cases": self.cases,
            "gradients": self.gradients,
            "mismatches": self.verdicts["Mismatch"],
            "engine_errors": self.verdicts["EngineError"],
            "undecided": self.verdicts["Undecided"],
            "undecided_share": self.verdicts["Undecided"] / self.cases,
            "undecided_reasons": dict(self.undecided),
            "oracle_disagreements": self.disagreements,
            "symbolic": dict(self.symbolic),
            "median_radius": statistics.median(ordered),
            "p99_radius": ordered[len(ordered) * 99 // 100],
            "gradients_per_second": self.gradients / self.seconds,
        }


def examine(target: str, gradients: int, seed: int) -> Row:
    """Compare at least ``gradients`` gradients of one engine."""
    engine = open_engine(target)
    row, oracles = Row(engine.facts.name), bench()
    while row.gradients < gradients:
        explorer = Explorer(engine, oracles, ROUND, seed)
        started = time.perf_counter()
        explorer.run()
        row.seconds += time.perf_counter() - started
        tally = explorer.tally
        row.programs += tally.programs
        row.cases += tally.cases
        row.gradients += tally.gradients
        row.disagreements += tally.disagreements
        row.verdicts += tally.verdicts
        row.undecided += tally.undecided
        row.symbolic += tally.symbolic
        row.widths += tally.widths
        row.alarms += [case_text(f.checked.case) for f in explorer.collector.result()]
        row.alarms += [f"{d.sentence(c.program)}\n{case_text(c)}" for c, d in tally.doubts]
        seed += 1
    return row


def main() -> int:
    """Examine every engine; 1 if there was any alarm."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gradients", type=int, default=1_000_000, help="over all engines")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write the figures there")
    options = parser.parse_args()
    share = -(-options.gradients // len(ENGINES))
    rows = []
    for target in ENGINES:
        row = examine(target, share, options.seed)
        rows.append(row.summary())
        print("  ".join(f"{key} {value}" for key, value in rows[-1].items()), flush=True)
        for alarm in row.alarms[:5]:
            print(f"ALARM\n{alarm}\n")
    total = sum(int(str(row["gradients"])) for row in rows)
    alarms = sum(
        int(str(row[key]))
        for row in rows
        for key in ("mismatches", "engine_errors", "oracle_disagreements")
    )
    print(f"{total:,} gradients, {alarms} false alarms")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
