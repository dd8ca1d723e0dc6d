"""Write the pages of laws, faults, the command line and the JSON formats from what they describe.

A test checks that they are up to date.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

import command_line
import schema_pages

from verify.faults import FAULTS, Fault
from verify.faults.plants import LEFT_OUT, PLANTS
from verify.laws import DEADLY, LAWS, Law
from verify.laws.edge_table import EDGES, Edge, Slope

DOCS = Path(__file__).resolve().parent.parent / "docs"
MEANING = {
    "error": "a wrong number returned silently, or an exception on ordinary legal input",
    "warning": "an edge: right engines avoid it, and many training runs never meet it",
    "note": "a convention, or something missing: no defect, but worth knowing",
}
FAMILIES = {
    "VAL": "Values", "GRA": "Gradients", "RUN": "Legal input", "EDG": "Edges of arithmetic",
    "LIF": "Lifecycle: several calls on one graph", "SCL": "Scale", "DET": "Determinism",
    "SUP": "Support", "ACC": "Accuracy", "NET": "Networks",
}  # fmt: skip
SCOPE_TITLES = {
    "operation": "In one operation", "graph": "In the walk over the graph",
    "formula": "In a formula", "law": "In what a law examines",
}  # fmt: skip
HEADER = "| fault | name | what the engine does | mend | seen in | planted |"
TOCTREE = ("```{toctree}", ":hidden:", ":glob:", "", "laws/*", "```")
"""Tells the site that the pages of the laws belong to the table."""
RANDOM = (
    "Every random case of a run, and every case of `gradverify prove`, is built on the engine, and "
    "what it prints is compared with an enclosure that holds what every right float64 engine can "
    "print. [Enclosures](../enclosures.md) says how."
)
ISOLATED = (
    "The engine runs in a process of its own, with limits on time and memory. A batch of cases "
    "that ends it is run again case by case, step by step, in a new one, so that the case and the "
    "step are known; then the case is shrunk. [Isolation](../isolation.md) says how, and which "
    "limits there are on which platform. With `--in-process` nothing is limited."
)


def pages() -> dict[str, str]:
    """Every generated document, by its path under ``docs``."""
    return {
        "laws.md": table(),
        "faults.md": faults(),
        "command-line.md": command_line.page(),
        **schema_pages.pages(),
        **{f"laws/{law.code}.md": page(law) for law in LAWS},
    }


def table() -> str:
    """The table of all laws as Markdown."""
    lines = [
        "# Laws",
        "",
        "Written by `python tools/tables.py` from the tables in the code.",
        "",
        *(f"* *{severity}*: {meaning}" for severity, meaning in MEANING.items()),
    ]
    for family in dict.fromkeys(law.code[:3] for law in LAWS):
        lines += ["", f"## {FAMILIES.get(family, family)}", ""]
        lines += ["| law | severity | title | statement |", "|---|---|---|---|"]
        lines += [
            f"| [{law.code}](laws/{law.code}.md) | {law.severity} | {law.title} | "
            f"{prose(law.statement)} |"
            for law in LAWS
            if law.code.startswith(family)
        ]
    lines += ["", *TOCTREE]
    return "\n".join(lines) + "\n"


def faults() -> str:
    """The table of all faults as Markdown."""
    lines = [
        "# Known faults",
        "",
        "`f` stands for the operation. Written by `python tools/tables.py` from the tables in "
        "the code.",
        "",
        "A fault of an operation or of the graph is named only if what an engine with that bug "
        "would print, computed in ball arithmetic, holds each number seen, on the counterexample "
        "and on every question asked after it, in one way of having the bug, and no other fault's "
        "does. A fault of a formula or of a law is named where its mechanism was seen at work. "
        "Otherwise the diagnosis is *unknown* and shows the first wrong instruction.",
        "",
        "Each is planted in small engines ([`plain_engine.py`](../verify/faults/plain_engine.py), "
        "changed) and hunted: `gradverify mutants`, with the [kill matrix](kill-matrix.md) as its "
        "result. `gradverify faults NAME` shows a fault, or a planted engine as a diff.",
    ]
    for scope, title in SCOPE_TITLES.items():
        lines += ["", f"## {title}", "", HEADER, "|---|---|---|---|---|---:|"]
        lines += [_fault(fault) for fault in FAULTS if fault.scope == scope]
    lines += ["", "## Left out", "", "| fault of a public report | why it has no planted engine |"]
    lines += ["|---|---|", *(f"| {prose(name)} | {prose(why)} |" for name, why in LEFT_OUT.items())]
    return "\n".join(lines) + "\n"


def _fault(fault: Fault) -> str:
    planted = sum(plant.fault == fault.code for plant in PLANTS)
    what = prose("an engine " + fault.what.format(form="`f`"))
    mend = prose(fault.mended("`f`"))
    count = planted or "in networks"
    return f"| {fault.code} | {fault.name} | {what} | {mend} | {prose(fault.seen)} | {count} |"


def page(law: Law) -> str:
    """The page of one law as Markdown."""
    how = RANDOM if law.check is None else inspect.getdoc(law.check) or ""
    how = ISOLATED if law.code in DEADLY.values() else how
    lines = [
        f"# {law.code}: {law.title}",
        "",
        prose(law.statement),
        "",
        f"Severity: **{law.severity}**: {MEANING[law.severity]}.",
        "",
        "## Why",
        "",
        prose(law.why),
        "",
        "## How it is checked",
        "",
        how,
    ]
    if edges := [edge for edge in EDGES if edge.code == law.code]:
        lines += ["", "| case | value | gradients | why |", "|---|---|---|---|"]
        lines += [_edge(edge) for edge in edges]
    if law.example:
        lines += ["", "## What is said of an engine that breaks it", ""]
        lines += [f"    {law.severity}  {law.code}  {law.example}"]
    if law.mend:
        lines += ["", "## What to do", "", prose(law.mend)]
    lines += ["", "[All laws](../laws.md)"]
    return "\n".join(lines) + "\n"


def _edge(edge: Edge) -> str:
    case = "; ".join(f"`{line}`" for line in edge.case.splitlines())
    value = "anything" if edge.primal is None else f"{edge.primal!r}"
    slopes = ", ".join(_slope(allowed) for allowed in edge.adjoints) or "anything"
    slopes += f", together {edge.total!r}" if edge.total is not None else ""
    refused = ", or an exception" if edge.may_raise and "refused" not in edge.why else ""
    return f"| {case} | {value} | {slopes} | {prose(edge.why)}{refused} |"


def _slope(allowed: Slope) -> str:
    if allowed is None:
        return "anything"
    if isinstance(allowed, tuple):
        return f"{allowed[0]!r} to {allowed[1]!r}"
    return repr(allowed)


def prose(text: str) -> str:
    """A sentence of the tables as Markdown: stars are stars, but in code they need no escape."""
    parts = text.split("`")
    parts[::2] = [part.replace("|", "\\|").replace("*", "\\*") for part in parts[::2]]
    return "`".join(parts)


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).parent.mkdir(exist_ok=True)
        (DOCS / name).write_text(text, encoding="utf-8")
    for stale in (DOCS / "laws").glob("*.md"):
        if f"laws/{stale.name}" not in pages():
            stale.unlink()
    sys.stdout.write(f"wrote {len(pages())} documents\n")
