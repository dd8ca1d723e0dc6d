"""Notebooks made by tests: of cells, of the steps of the lineage, of a notebook's text."""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINEAGE = ROOT / "examples" / "lineage"
SEED_TEXT = Path(os.environ.get("SEED_NOTEBOOK", ROOT.parent / "shared" / "seed" / "notebook.txt"))
"""The text of the notebook that this project grew from: beside the checkout, never in it."""


def notebook(cells: Sequence[str | tuple[str, str]], nbformat: int = 4, **metadata: object) -> str:
    """A notebook's JSON as Jupyter writes it; a pair is another kind of cell and its text."""
    made = [
        _cell(*(cell if isinstance(cell, tuple) else ("code", cell)), nbformat) for cell in cells
    ]
    whole: dict[str, object] = {"metadata": metadata, "nbformat": nbformat, "nbformat_minor": 0}
    whole |= {"cells": made} if nbformat == 4 else {"worksheets": [{"cells": made}]}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _cell(kind: str, text: str, nbformat: int) -> dict[str, object]:
    where = "source" if nbformat == 4 or kind != "code" else "input"
    extra = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, where: text.splitlines(keepends=True), **extra}


def of_the_lineage() -> str:
    """The eight steps as a notebook of eight definitions, with what a lesson has besides."""
    cells: list[str | tuple[str, str]] = [
        ("markdown", "# A lesson"),
        "%matplotlib inline\nimport math",
    ]
    for step in range(1, 9):
        text = (LINEAGE / f"step{step}.py").read_text(encoding="utf-8")
        text = text.partition("\nclass ByHand")[0]  # the person who drives step 3 by hand
        cells += [("markdown", f"## Step {step}"), text]
        cells.append("a = Value(2.0)\nb = a * a\nprint(b)\nassert b.data == 4.0")
    return notebook(cells)


def of_text(text: str) -> str:
    """A notebook from its printed form: code after each ``In [1]:``, then prose up to the next."""
    cells: list[str | tuple[str, str]] = []
    for chunk in re.split(r"(?m)^In \[[^\]]*\]:\n", text)[1:]:
        lines = chunk.split("\n")
        count = next(k for k in range(len(lines), -1, -1) if _parses("\n".join(lines[:k])))
        cells += ["\n".join(lines[:count]).rstrip()]
        if prose := "\n".join(lines[count:]).strip():
            cells.append(("markdown", prose))
    return notebook(cells)


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def definitions(text: str, name: str = "Value") -> Iterator[tuple[int, int]]:
    """The cell and ordinal of each definition of a class in a notebook's JSON."""
    ordinal = 0
    for number, cell in enumerate(json.loads(text)["cells"], 1):
        for _ in re.finditer(rf"^class {name}\b", "".join(cell["source"]), re.MULTILINE):
            ordinal += 1
            yield number, ordinal
