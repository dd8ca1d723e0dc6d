"""Every benchmark in one run, as ratios measured side by side; history kept.

    python benchmarks/all.py                          all; some 15 minutes on two cores
    python benchmarks/all.py --only overhead,startup  some
    python benchmarks/all.py --compare                how the ratios of the last run differ

Writes ``benchmarks/results/latest.json``, ``latest.md`` and ``latest.svg``, and appends the run to
``benchmarks/history/``, a file a run. Each row is ``a``, ``b`` and a / b: the median of pairs and
its quartiles. CPU time, but for start-up, where it is the time that a person waits.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent
sys.path[:0] = [str(FOLDER), str(ROOT)]

import certify  # noqa: E402
import engine  # noqa: E402
import instructions  # noqa: E402
import kills  # noqa: E402
import overhead  # noqa: E402
import shards  # noqa: E402
import startup  # noqa: E402
from figures import compared, markdown, plot  # noqa: E402
from measure import Row, machine  # noqa: E402

HISTORY, RESULTS = FOLDER / "history", FOLDER / "results"


def engines(pairs: int) -> list[Row]:
    """(f) Our engine against micrograd: build, backward, memory, a training step."""
    found: list[Row] = []
    engine.with_deep_stack(lambda: found.extend(engine.run(pairs)))
    return [
        {
            "name": f"{row['name']}: micrograd / ours", "a": row["micrograd"], "b": row["ours"],
            "ratio": row["ratio"], "quartiles": row.get("ratio_quartiles"),
            "pairs": row.get("pairs"),
        }
        for row in found
    ]  # fmt: skip


BENCHMARKS: dict[str, Callable[[int], list[Row]]] = {
    "certify": certify.rows,
    "overhead": overhead.rows,
    "instructions": instructions.rows,
    "kills": kills.rows,
    "shards": shards.rows,
    "startup": startup.rows,
    "engine": engines,
}


def runs() -> list[dict[str, Any]]:
    """The runs kept, oldest first."""
    return [json.loads(path.read_text("utf-8")) for path in sorted(HISTORY.glob("*.json"))]


def main() -> int:
    """Measure, write down, show."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default=",".join(BENCHMARKS), help=", ".join(BENCHMARKS))
    parser.add_argument("--pairs", type=int, default=10, help="pairs for each ratio (10)")
    parser.add_argument("--compare", action="store_true", help="compare with runs before; no run")
    options = parser.parse_args()
    if options.compare:
        print(compared(runs()))
        return 0
    chosen = options.only.split(",")
    if unknown := [name for name in chosen if name not in BENCHMARKS]:
        parser.error(f"there is no benchmark {', '.join(unknown)}: {', '.join(BENCHMARKS)}")
    if options.pairs < 1:
        parser.error("--pairs must be at least 1")
    now = datetime.now(UTC)
    run: dict[str, Any] = {"when": now.isoformat(timespec="seconds"), "machine": machine()}
    run["rows"] = {}
    for name in chosen:
        run["rows"][name] = BENCHMARKS[name](options.pairs)
        print(markdown({**run, "rows": {name: run["rows"][name]}}), flush=True)
    HISTORY.mkdir(exist_ok=True)
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(run, indent=1) + "\n"
    for path, content in (
        (HISTORY / f"{now:%Y%m%dT%H%M%SZ}.json", text),
        (RESULTS / "latest.json", text),
        (RESULTS / "latest.md", markdown(run)),
        (RESULTS / "latest.svg", plot(run)),
    ):
        path.write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
