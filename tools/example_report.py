"""Write reports/example: an engine with a planted bug, and the report of a small run on it."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from pathlib import Path

from verify.campaign import QUICK, Plan, run
from verify.cli.store import write
from verify.engines import open_engine
from verify.faults.planting import plain
from verify.faults.plants import PLANTS
from verify.oracles import bench
from verify.report import Document

FOLDER = Path(__file__).resolve().parent.parent / "reports" / "example"
PLANT = "overwrite-exp"
DOCSTRING = '''"""An engine with a bug: exp assigns its operand's gradient instead of adding to it.

Everything else is right. ``gradverify run engine.py:Value --quick --report-dir .``, run in this
folder, writes the report beside it.
"""
'''


def engine() -> str:
    """The engine's source: the planted one, with a docstring that says what it is."""
    (plant,) = (plant for plant in PLANTS if plant.name == PLANT)
    head = plain().partition("\nimport math")[0]
    return plant.source.replace(head, DOCSTRING)


def make(folder: Path) -> Document:
    """Write the engine and its report; the time it took is left out.

    Args:
        folder: where to.

    Raises:
        OSError: if the report cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "engine.py").write_text(engine(), encoding="utf-8")
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.devnull)
    with contextlib.chdir(folder):
        document = run(open_engine("engine.py:Value"), bench(), Plan(QUICK))
        document = replace(document, timings={})
        if why := write(document, "."):
            raise OSError(why)
    return document


if __name__ == "__main__":
    print(make(FOLDER).sentence)
