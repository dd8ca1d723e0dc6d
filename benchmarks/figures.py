"""A run of the benchmarks as a Markdown table, as a plot, and beside the runs before it."""

from __future__ import annotations

import math
from html import escape
from typing import Any

Run = dict[str, Any]
WIDTH, LEFT, LINE = 900, 470, 18


def markdown(run: Run) -> str:
    """One table for each benchmark."""
    facts = ", ".join(f"{key} {value}" for key, value in run["machine"].items())
    parts = [f"{run['when']}; {facts}\n"]
    for name, rows in run["rows"].items():
        parts += [f"## {name}\n", "| what | a | b | a / b | quartiles | pairs | |"]
        parts.append("|---|---:|---:|---:|---|---:|---|")
        parts += [_line(row) for row in rows]
        parts.append("")
    return "\n".join(parts)


def _line(row: dict[str, Any]) -> str:
    low, high = row.get("quartiles") or (None, None)
    spread = "" if low is None else f"{low:.3g} to {high:.3g}"
    known = {"name", "a", "b", "ratio", "quartiles", "pairs"}
    more = ", ".join(f"{k} {_number(v)}" for k, v in row.items() if k not in known)
    cells = (row["name"], _number(row["a"]), _number(row["b"]), _number(row["ratio"]), spread)
    return "| " + " | ".join((*cells, str(row.get("pairs") or ""), more)) + " |"


def _number(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def plot(run: Run) -> str:
    """Ratios on a logarithmic axis: the median as a dot, the quartiles as a bar."""
    rows = [row for found in run["rows"].values() for row in found if row["ratio"]]
    top = max((row["quartiles"][1] for row in rows), default=10.0)
    bottom = min((row["quartiles"][0] for row in rows), default=1.0)
    low = math.floor(math.log10(max(bottom, 1e-6)))
    high = max(math.ceil(math.log10(top)), low + 1)

    def x(ratio: float) -> float:
        share = (math.log10(max(ratio, 1e-6)) - low) / (high - low)
        return round(LEFT + share * (WIDTH - LEFT - 20), 1)

    height = LINE * (len(rows) + 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="11"><title>Ratios with their quartiles</title>'
        '<rect width="100%" height="100%" fill="white"/>'
    ]
    for power in range(low, high + 1):
        place = x(10.0**power)
        parts.append(f'<path d="M{place} {LINE}V{height - LINE}" stroke="#ccc"/>')
        parts.append(f'<text x="{place}" y="12" text-anchor="middle">{10.0**power:g}</text>')
    for k, row in enumerate(rows):
        y = LINE * (k + 1.5)
        first, last = map(x, row["quartiles"])
        parts.append(f'<text x="4" y="{y + 4}">{escape(row["name"])}</text>')
        parts.append(f'<path d="M{first} {y}H{last}" stroke="#36c" stroke-width="3"/>')
        parts.append(f'<circle cx="{x(row["ratio"])}" cy="{y}" r="3.5" fill="#124"/>')
    return "\n".join([*parts, "</svg>\n"])


def compared(runs: list[Run]) -> str:
    """The last run's ratios beside the latest earlier ones of the same name.

    A ratio has changed where the quartiles of the two do not overlap.
    """
    if len(runs) < 2:
        return "There are fewer than two runs in benchmarks/history: nothing to compare."
    before: dict[str, dict[str, Any]] = {}
    for run in runs[:-1]:
        before |= {row["name"]: row for rows in run["rows"].values() for row in rows}
    lines = ["| what | before | now | |", "|---|---:|---:|---|"]
    for rows in runs[-1]["rows"].values():
        for row in rows:
            old = before.get(row["name"])
            if old is None or not (row["ratio"] and old["ratio"]):
                continue
            (a, b), (c, d) = old["quartiles"], row["quartiles"]
            said = "" if a <= d and c <= b else "changed"
            lines.append(f"| {row['name']} | {old['ratio']:.3g} | {row['ratio']:.3g} | {said} |")
    return "\n".join(lines)
