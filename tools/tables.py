"""Write docs/laws.md from the tables of laws and faults; a test checks that it is up to date."""

from __future__ import annotations

import sys
from pathlib import Path

from verify.faults import FAULTS
from verify.laws import LAWS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "laws.md"


def page() -> str:
    """The page as Markdown."""
    lines = [
        "# Laws and known faults",
        "",
        "Written by `python tools/tables.py` from the tables in the code.",
        "",
        "*error*: a wrong number returned silently, or an exception on ordinary legal input. "
        "*warning*: an edge. *note*: a convention, or something missing.",
        "",
        "| law | severity | title | statement |",
        "|---|---|---|---|",
        *(f"| {law.code} | {law.severity} | {law.title} | {law.statement} |" for law in LAWS),
        "",
        "## Faults that are diagnosed by name",
        "",
        "A fault is named only if what an engine with that bug would print holds each number seen,",
        "on the counterexample and on every question asked after it, and no other fault's does.",
        "",
        "| fault | name | what the engine does | seen in |",
        "|---|---|---|---|",
        *(
            f"| {f.code} | {f.name} | an engine {f.what.format(form='the operation')} | {f.seen} |"
            for f in FAULTS
        ),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE.name}\n")
