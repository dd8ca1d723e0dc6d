"""The error findings of stored reports, computed again with mpmath at 60 digits.

    python benchmarks/by_hand.py FOLDER     # every report.json below it

This shares nothing with the oracles: the program's text is evaluated by mpmath, and gradients are
``mpmath.diff`` of that function. A finding about an exception has no number and is only listed.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mpmath import mp, mpf

mp.dps = 60
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "power": lambda a, b: a**b,
    "neg": lambda a: -a,
    "exp": mp.exp,
    "log": mp.log,
    "sqrt": mp.sqrt,
    "sin": mp.sin,
    "cos": mp.cos,
    "tanh": mp.tanh,
    "sigmoid": lambda a: 1 / (1 + mp.exp(-a)),
    "relu": lambda a: max(a, mpf(0)),
    "abs": abs,
    "max": max,
    "min": min,
    "sum": lambda *xs: sum(xs),
}


def values(program: str, changed: int | None, number: Any) -> list[Any]:
    """Every value of a program's text; one of them replaced by a number."""
    found: list[Any] = []
    for line in program.strip().splitlines():
        if changed == len(found):
            found.append(number)
            continue
        _, right = line.split(" = ")
        call = re.fullmatch(r"(\w+)\((.*)\)", right.strip())
        if call is None:
            found.append(mpf(float(right)))
            continue
        name = call[1] if call[1] in FUNCTIONS else call[1].removeprefix("i")
        operands = [
            found[int(part[1:])] if part[0] in "x%" else mpf(float(part))
            for part in call[2].split(", ")
        ]
        found.append(FUNCTIONS[name](*operands))
    return found


def right_number(program: str, quantity: str) -> Any:
    """The quantity of a finding: ``%1``, or ``d %3 / d x0``."""
    names = [int(name) for name in re.findall(r"[x%](\d+)", quantity)]
    if len(names) == 1:
        return values(program, None, None)[names[0]]
    at = values(program, None, None)[names[1]]
    return mp.diff(lambda number: values(program, names[1], number)[names[0]], at)


def main(folder: str) -> int:
    """Print a line for each error; 1 if a right number lies outside what the report demands."""
    wrong = 0
    for path in sorted(Path(folder).rglob("report.json")):
        report = json.loads(path.read_text(encoding="utf-8"))
        errors = [f for f in report["findings"] if f["severity"] == "error"]
        for finding in errors:
            label = f"{path.parent.parent.name} {finding['law']} {finding['operation'] or 'walk'}"
            if finding["quantity"] is None or finding["expected"] is None:
                print(f"{label}: {finding['message'][:120]}")
                continue
            right = right_number(finding["program"], finding["quantity"])
            low, high = (float.fromhex(finding["expected"][end]) for end in ("low", "high"))
            holds = low <= right <= high
            wrong += not holds
            actual = finding["actual"] and float.fromhex(finding["actual"])
            said = "inside what is demanded" if holds else "OUTSIDE WHAT IS DEMANDED"
            print(
                f"{label}: {finding['quantity']} is {mp.nstr(right, 17)} ({said}); "
                f"the engine says {actual!r}"
            )
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
