"""False alarms: how many right gradients does the suite call wrong? It must be none.

Engines known to be right are examined with random programs until the asked number of gradients
has been compared. Any mismatch is a false alarm (or a discovery: look at it by hand before you
believe either), and any disagreement between oracles is a fault of the suite.

    python benchmarks/false_alarms.py                      a million gradients, some minutes
    python benchmarks/false_alarms.py --gradients 30000    what CI runs

Engines of the extras may be examined too. What is known of them stands in KNOWN, and in
docs/engines.md with the numbers that were checked by hand; anything else is an alarm.

    python benchmarks/false_alarms.py --engines jax --gradients 100000 --ball
    python benchmarks/false_alarms.py --engines tinygrad --gradients 100000 --ball --points 48

`--ball` leaves out the other oracles, which take most of the time: they speak of the suite.

More programs a round mean fewer rounds, and a finding is made smaller once a round; more points a
program mean fewer programs, which tinygrad compiles one by one.
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
from verify.oracles import BallAlone, Bench, bench
from verify.program.text import case_text

ENGINES = ("microgradref:Value", "micrograd.engine:Value", "torch")
KNOWN: dict[str, frozenset[str]] = {
    "tinygrad": frozenset(
        {"RUN01 power: unknown", "VAL01 sin: unknown", "VAL01 cos: unknown", "GRA01 sin: unknown"}
    ),
    "mygrad": frozenset({"GRA01 max: tie-to-neither", "GRA01 min: tie-to-neither"}),
}
"""Engine -> what is wrong with it, by law, operation and fault."""
PROGRAMS, POINTS = 4, 12
"""Of one round: programs for each operand position, and points of each program."""


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
    findings: Counter[str] = field(default_factory=Counter)

    def unexplained(self, target: str) -> int:
        """Cases of errors that are not known: lost digits are a warning, and what is right."""
        known = KNOWN.get(target, frozenset())
        return sum(
            count for name, count in self.findings.items()
            if name not in known and not name.startswith("ACC")
        )  # fmt: skip

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
            "inaccurate": self.verdicts["Inaccurate"],
            "findings": dict(self.findings),
            "undecided": self.verdicts["Undecided"],
            "undecided_share": self.verdicts["Undecided"] / self.cases,
            "undecided_reasons": dict(self.undecided),
            "oracle_disagreements": self.disagreements,
            "symbolic": dict(self.symbolic),
            "median_radius": statistics.median(ordered),
            "p99_radius": ordered[len(ordered) * 99 // 100],
            "gradients_per_second": self.gradients / self.seconds,
        }


def examine(target: str, gradients: int, seed: int, budget: Budget, oracles: Bench) -> Row:
    """Compare at least ``gradients`` gradients of one engine."""
    engine = open_engine(target)
    row = Row(engine.facts.name)
    while row.gradients < gradients:
        explorer = Explorer(engine, oracles, budget, seed)
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
        for found in explorer.collector.result():
            fault = found.diagnosis.fault or "unknown"
            name = f"{found.law} {found.diagnosis.form}: {fault}"
            row.findings[name] += found.count
            if name not in KNOWN.get(target, ()):
                row.alarms.append(f"{found.diagnosis.sentence}\n{case_text(found.checked.case)}")
        row.alarms += [f"{d.sentence(c.program)}\n{case_text(c)}" for c, d in tally.doubts]
        seed += 1
    return row


def main() -> int:
    """Examine every engine; 1 if there was any alarm."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gradients", type=int, default=1_000_000, help="over all engines")
    parser.add_argument("--engines", type=lambda text: tuple(text.split(",")), default=ENGINES)
    parser.add_argument("--programs", type=int, default=PROGRAMS, help="for each operand position")
    parser.add_argument("--points", type=int, default=POINTS, help="of each program")
    parser.add_argument("--ball", action="store_true", help="the ball oracle alone")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write the figures there")
    options = parser.parse_args()
    share = -(-options.gradients // len(options.engines))
    budget = Budget(options.programs, options.points, minimum=0, rounds=0)
    rows = []
    for target in options.engines:
        row = examine(target, share, options.seed, budget, BallAlone() if options.ball else bench())
        rows.append({**row.summary(), "unexplained": row.unexplained(target)})
        print("  ".join(f"{key} {value}" for key, value in rows[-1].items()), flush=True)
        for alarm in row.alarms[:5]:
            print(f"FOUND\n{alarm}\n")
    total = sum(int(str(row["gradients"])) for row in rows)
    alarms = sum(
        int(str(row[key])) for row in rows for key in ("unexplained", "oracle_disagreements")
    )
    print(f"{total:,} gradients, {alarms} false alarms")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
