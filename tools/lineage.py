"""Write docs/lineage.md and its pictures: what the suite finds in the steps of examples/lineage."""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from microgradref import Value
from microgradref.walk import intermediates, reachable
from verify.campaign import DEFAULT, Budget, Plan, run
from verify.engines import TargetError, build, open_engine
from verify.oracles import bench
from verify.program import Case
from verify.program.text import parse_case
from verify.report import Document, FindingRecord
from verify.report.words import between, finding_title, number

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "lineage.md"
PICTURES = ROOT / "docs" / "lineage"
SEED = 0
SVG = "http://www.w3.org/2000/svg"
RED = ".mgr .wrong{stroke:#d32f2f;stroke-width:2.6} .mgr .wrongtip{fill:#d32f2f}"
Edge = tuple[int, int, int]
"""From which value, to which, and which of its operands it is."""


@dataclass(frozen=True, slots=True)
class Step:
    """One engine of the lineage: where it is, and what it adds to the one before."""

    target: str
    name: str
    adds: str

    @property
    def path(self) -> str:
        """The target as one gives it to ``gradverify run`` in the repository's folder."""
        return f"examples/lineage/{self.target}"

    @property
    def slug(self) -> str:
        """A word for file names: ``step3-driven``."""
        return "step" + self.name.replace(", ", "-")

    def says(self) -> str:
        """What the engine's own docstring says of it: the module's, or the driver's."""
        file, _, name = self.path.partition(":")
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        node = (
            tree
            if name == "Value"
            else next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == name)
        )
        return (ast.get_docstring(node) or "").partition("\n\n")[2]


STEPS = (
    Step("step1.py:Value", "1", "`+` and `*`"),
    Step("step2.py:Value", "2", "`tanh`"),
    Step("step3.py:Value", "3", "a rule on each node that serves its operands"),
    Step("step3.py:ByHand", "3, driven", "the person who calls the rules one by one"),
    Step("step4.py:Value", "4", "`backward()`, by a sort of the writer's own"),
    Step("step5.py:Value", "5", "`+=` in the rules"),
    Step("step6.py:Value", "6", "`-` `/` `**` `exp`, numbers on the right; the sort repaired"),
    Step("step7.py:Value", "7", "reflected `+` and `-`, the textbook sort, a network"),
    Step("step8.py:Value", "8", "reflected `/`, `exp` renamed, gradients zeroed in training"),
)


def examined(step: Step, budget: Budget = DEFAULT) -> Document | str:
    """The suite's report on a step, or the sentence in which it refuses to drive it."""
    target = step.path
    try:
        engine = open_engine(str(ROOT / target))
    except TargetError as error:
        return str(error).replace(f"{ROOT}/", "")
    return run(engine, bench(), Plan(budget, SEED))


def errors(document: Document) -> list[FindingRecord]:
    """The findings that make an engine wrong."""
    return [f for f in document.findings if f.severity == "error"]


def drawn(finding: FindingRecord, alt: str) -> str:
    """The counterexample as the reference engine computes it, what is wrong in red, as SVG.

    Values and gradients are the right ones. The value whose number the engine got wrong carries the
    engine's in its label.
    """
    case = parse_case(finding.program or "")
    nodes: list[Value] = []
    reference = open_engine("microgradref:Value")
    build(reference, case.program, case.point, nodes)
    reference.backward(nodes[-1])
    for index, node in enumerate(nodes):
        node.label = case.program.name(index)
    wrong = _wrong(finding, case)
    if wrong is not None and finding.actual is not None:
        nodes[wrong].label += f" got {float.fromhex(finding.actual):.9g}"
    return _marked(nodes, _wrong_edges(finding, case, wrong), alt)


def _wrong(finding: FindingRecord, case: Case) -> int | None:
    """The value whose primal or gradient is wrong: ``x0`` of ``d %1 / d x0``."""
    if finding.quantity is None:
        return None
    names = {case.program.name(i): i for i in range(len(case.program))}
    return names.get(finding.quantity.split()[-1])


def _wrong_edges(finding: FindingRecord, case: Case, wrong: int | None) -> set[Edge]:
    """The edges that carry the wrong number.

    A wrong value is made from all its operands; a wrong gradient comes from the value's users,
    those made by the operation in question if one is named.
    """
    steps = list(case.program.steps())
    edges = {(ref, i, slot) for i, made in steps for slot, ref in enumerate(made.refs)}
    if finding.law.startswith("VAL"):
        return {edge for edge in edges if edge[1] == wrong}
    users = {edge for edge in edges if edge[0] == wrong}
    named = {edge for edge in users if case.program.at(edge[1]).form == finding.operation}
    return named or users


def _marked(nodes: Sequence[Value], wrong: set[Edge], alt: str) -> str:
    """The graph's picture with a title of its own and the wrong edges in red."""
    ET.register_namespace("", SVG)
    root = ET.fromstring(nodes[-1].graph().svg)  # noqa: S314 - our own text
    for name in ("title", "desc"):
        root.find(f"{{{SVG}}}{name}").text = alt  # type: ignore[union-attr]
    root.find(f"{{{SVG}}}style").text += RED  # type: ignore[union-attr, operator]
    order = iter(_edges_as_drawn(nodes))
    edge = next(order)
    for path in root.findall(f"{{{SVG}}}path"):
        if edge in wrong:
            path.set("class", {"edge": "edge wrong", "tip": "wrongtip"}[path.get("class", "")])
        if path.get("class", "").endswith("tip"):  # an edge ends with its tip
            edge = next(order, (0, 0, 0))
    return ET.tostring(root, encoding="unicode") + "\n"


def _edges_as_drawn(nodes: Sequence[Value]) -> list[Edge]:
    """Every edge of the picture, in the order in which the graph draws them.

    A value that the program does not name, as in a ``sum`` that begins with 0, has index -1.
    """
    index = {node: i for i, node in enumerate(nodes)}
    leaves = [node for node in reachable(nodes[-1]) if node.left is None]
    order = [*reversed(intermediates(nodes[-1])), *leaves]
    return [
        (index.get(operand, -1), index.get(node, -1), slot)
        for node in order
        for slot, operand in enumerate(node.operands)
    ]


def table(rows: Sequence[tuple[Step, Document | str]]) -> list[str]:
    """One row a step."""
    lines = [
        "| step | adds | verdict | errors | warnings | notes |",
        "|---|---|---|---|---|---|",
    ]
    for step, found in rows:
        if isinstance(found, str):
            cells = ["no engine: exit code 3", "", "", ""]
        else:
            said = [_listed(found, severity) for severity in ("error", "warning", "note")]
            cells = [found.status, *said]
        lines.append(f"| {' | '.join([step.name, step.adds, *cells])} |")
    return lines


def _listed(document: Document, severity: str) -> str:
    found = [f for f in document.findings if f.severity == severity]
    return "; ".join(dict.fromkeys(f"{f.law} {_named(f)}" for f in found))


def _named(finding: FindingRecord) -> str:
    fault = f" (`{finding.fault}`)" if finding.fault else ""
    return f"{finding_title(finding)}{fault}"


def section(step: Step, found: Document | str) -> tuple[list[str], dict[str, str]]:
    """What there is to say of a step, and its pictures by file name."""
    lines = [f"## Step {step.name}", "", f"[`{step.path}`](../{step.path.partition(':')[0]})", ""]
    lines += [step.says(), ""]
    if isinstance(found, str):
        return [*lines, f"Not driven: {found}.", ""], {}
    pictures: dict[str, str] = {}
    if not errors(found):
        lines += [f"No error. {found.sentence}", ""]
    for k, finding in enumerate(errors(found), 1):
        lines += [f"### {finding.law} {_named(finding)}", ""]
        lines += _numbers(finding)
        if finding.program:
            name = f"{step.slug}-{finding.law}-{k}.svg"
            alt = f"Step {step.name}, {finding.law} {finding_title(finding)}: {_one_line(finding)}"
            pictures[name] = drawn(finding, alt)
            lines += [f"![{alt}](lineage/{name})", ""]
        lines += [" ".join(s for s in (finding.diagnosis, finding.mend) if s), ""]
    return lines, pictures


def _one_line(finding: FindingRecord) -> str:
    return "; ".join((finding.program or "").splitlines())


def _numbers(finding: FindingRecord) -> list[str]:
    program = ["```text", *(finding.program or "").splitlines(), "```", ""]
    if not (finding.expected and finding.quantity):
        return [*program, finding.message, ""]
    return [
        *program,
        f"expected `{finding.quantity}` in {between(finding.expected)}, "
        f"got {number(finding.actual)}",
        "",
    ]


INTRODUCTION = """# The lineage of a notebook

This project grew from a notebook in which a person writes a scalar engine in eight steps, and makes
the mistakes that people make. The engines in `examples/lineage` are of our
own writing and commit the same mistakes, step by step. What follows was found by the suite:
`python tools/lineage.py` runs it on each of them (seed {seed}, default budget) and writes this page
and its pictures. A step that is no engine yet is refused with exit code 3.

A picture is the counterexample as the reference engine computes it: right values, right gradients.
The value whose number the engine got wrong shows what the engine got in its label, and the edges
through which the wrong number came are red.

What to know when reading it:

* Steps 1, 2 and 3 have no `backward()`. In steps 1 and 2 the derivatives are not in the code at all
  but on paper, so there is nothing to drive. Step 3 has rules, called one by one by hand: the class
  `ByHand` stands for that hand, and calls each rule once, in a right order.
* Step 4 brings the duplicate append into the sort, but its rules still assign: calling one twice
  assigns twice. On all 13,980 programs of `+` and `*` of at most 4 instructions on 2 inputs it gets
  what the overwrite alone gets in some right order. Step 5 mends the overwrite and so uncovers the
  sort.
* The notebook tells of step 6 with the sort of step 5, which fails on `(e - 1) / (e + 1)`. The
  class as the notebook keeps it lists a node inside the `if` already, and so does `step6.py`.
* The engines keep operands in sets, which are ordered by address: where the order matters, a wrong
  number may be another wrong number in another run.
* What lies outside an engine (a neuron that drops weights without an input, gradients that training
  never zeroes, a drawing that visits a node once a path) is in the code of steps 1, 7 and 8. The
  table is about the `Value` class; a test looks at the rest.
* Whether the first repair of the sort is as good as the textbook's: [the sort
  question](sort-question.md).
"""


def page(budget: Budget = DEFAULT) -> tuple[str, dict[str, str]]:
    """The page as Markdown, and its pictures by file name."""
    rows = [(step, examined(step, budget)) for step in STEPS]
    lines = [INTRODUCTION.format(seed=SEED), *table(rows), ""]
    pictures: dict[str, str] = {}
    for step, found in rows:
        said, more = section(step, found)
        lines += said
        pictures |= more
    return "\n".join(lines).rstrip() + "\n", pictures


if __name__ == "__main__":
    text, drawings = page()
    PAGE.write_text(text, encoding="utf-8")
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.svg"):
        old.unlink()
    for name, svg in drawings.items():
        (PICTURES / name).write_text(svg, encoding="utf-8", newline="\n")
    sys.stdout.write(f"wrote {PAGE.name} and {len(drawings)} pictures\n")
