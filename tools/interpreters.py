"""Which Pythons were tested: a missing interpreter must never look like a pass.

``tested`` is called in each test environment after its tests have passed, and leaves a mark with
the number of the run. ``report`` is called last: it names every declared Python that has no mark
of this run, and fails if none has, or if one that GRADVERIFY_REQUIRED_PYTHONS asks for has none.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MARKS = ROOT / ".tox" / "tested"
ENDS = {"tested", "report"}


def declared() -> list[str]:
    """The Pythons that pyproject.toml declares, oldest first."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', text)
    return sorted(found, key=lambda version: int(version.split(".")[1]))


def tested() -> int:
    """Leave a mark for this Python."""
    MARKS.mkdir(parents=True, exist_ok=True)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    (MARKS / version).write_text(os.environ.get("GRADVERIFY_TOX_RUN", ""), encoding="utf-8")
    return 0


def report() -> int:
    """Name what was tested in this run and what was not."""
    run = os.environ.get("GRADVERIFY_TOX_RUN", "")
    marked = {p.name for p in MARKS.glob("3.*") if run and p.read_text(encoding="utf-8") == run}
    for version in declared():
        state = (
            "tested, passed"
            if version in marked
            else "NOT TESTED (missing, failed, or not asked for)"
        )
        print(f"Python {version}: {state}")
    required = os.environ.get("GRADVERIFY_REQUIRED_PYTHONS", "").split()
    if missing := [version for version in required if version not in marked]:
        print(f"FAILED: required and not tested: {', '.join(missing)}")
        return 1
    if not marked:
        print("FAILED: no Python was tested")
        return 1
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ENDS:
        sys.exit("usage: python tools/interpreters.py tested|report")
    sys.exit(tested() if sys.argv[1] == "tested" else report())
