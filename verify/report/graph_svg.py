"""A finding's program as a picture: each value with its number, gradient and where they must lie.

A wrong number is red and says so in words; the line along which the first wrong contribution flows
is red and labelled. Colours come from the page's CSS variables, so it is right in light and dark.
"""

from __future__ import annotations

from html import escape

from verify.program import Case
from verify.program.text import instruction_text
from verify.report.document import FindingRecord, ValueRecord
from verify.report.exhibit import case_of, quantity_index
from verify.report.graph_layout import HEIGHT, WIDTH, Edge, Layout, layout
from verify.report.words import number, one_line

MOST = 300
"""Values of the largest program that is drawn."""
LONGEST_NAME = 28
STYLE = """\
.graph text { font: 12px var(--mono, ui-monospace, monospace); fill: var(--ink, #1d2126); }
.graph .name { font-weight: 700; font-size: 13px; }
.graph .small, .graph .label { font-size: 11px; fill: var(--muted, #57606a); }
.graph .box { fill: var(--card, #fff); stroke: var(--edge, #8b949e); stroke-width: 1; }
.graph .leaf { fill: var(--sunk, #f2f4f6); }
.graph .line { fill: none; stroke: var(--edge, #8b949e); stroke-width: 1.5; }
.graph .tip { fill: var(--edge, #8b949e); }
.graph .badge { fill: var(--sunk, #f2f4f6); stroke: var(--edge, #8b949e); }
.graph .wrong { fill: var(--red, #b42318); font-weight: 700; }
.graph .box.wrong { fill: var(--card, #fff); stroke: var(--red, #b42318); stroke-width: 2; }
.graph .line.wrong { fill: none; stroke: var(--red, #b42318); stroke-width: 3; }
.graph .said { paint-order: stroke; stroke: var(--card, #fff); stroke-width: 4px; }
"""
"""Rules for the page that the picture is in."""


def to_svg(finding: FindingRecord, name: str = "graph", kept: bool = True) -> str | None:
    """The picture, or None where there is no case or it is too large to be drawn.

    Args:
        finding: whose program is drawn.
        name: prefix of the ids in it, one of its own for each picture of a page.
        kept: whether the engine keeps the gradients of intermediates.
    """
    case = case_of(finding)
    if case is None or len(case.program) > MOST:
        return None
    drawn, wrong = layout(case.program), wrong_edges(case, finding)
    words = escape(describe(case, finding, kept))
    lines = [
        f'<svg class="graph" xmlns="http://www.w3.org/2000/svg" role="img" '
        f'width="{drawn.width:g}" height="{drawn.height:g}" '
        f'viewBox="0 0 {drawn.width:g} {drawn.height:g}" '
        f'aria-labelledby="{name}-title" aria-describedby="{name}-desc">',
        f'<title id="{name}-title">The program as a graph</title>',
        f'<desc id="{name}-desc">{words}</desc>',
    ]  # fmt: skip
    edges = sorted(drawn.lines, key=lambda edge: edge in wrong)  # the wrong ones on top
    lines += [_line(case, edge, drawn, edge in wrong) for edge in edges]
    uses = case.program.uses()
    for index in range(len(case.program)):
        lines += _box(case, finding, index, drawn, uses[index], kept)
    return "\n".join([*lines, "</svg>"])


def wrong_edges(case: Case, finding: FindingRecord) -> frozenset[Edge]:
    """The uses along which the first wrong contribution flows."""
    target, source = finding.instruction, quantity_index(finding)
    if target is None or target < case.program.n_inputs or target >= len(case.program):
        return frozenset()
    operands = case.program.at(target).operands
    refs = {k: o.index for k, o in enumerate(operands) if not isinstance(o, int | float)}
    if finding.operand in refs:
        return frozenset({Edge(refs[finding.operand], target, finding.operand)})
    if not finding.quantity or "/" not in finding.quantity:
        return frozenset()
    return frozenset(Edge(ref, target, slot) for slot, ref in refs.items() if ref == source)


def outside(printed: str | None, found: dict[str, str] | None) -> bool:
    """Whether a stored number lies outside its stored enclosure; no number is a gradient of 0."""
    if found is None:
        return False
    actual = 0.0 if printed is None else float.fromhex(printed)
    return not float.fromhex(found["low"]) <= actual <= float.fromhex(found["high"])


def shortened(found: dict[str, str] | None) -> str:
    """An enclosure as its middle and half its width, ``6.9806859 ± 1e-15``."""
    if found is None:
        return "undecided"
    low, high = float.fromhex(found["low"]), float.fromhex(found["high"])
    if low == high:
        return f"exactly {low:.9g}"
    return f"{low / 2 + high / 2:.8g} \u00b1 {high / 2 - low / 2:.0e}"


def describe(case: Case, finding: FindingRecord, kept: bool) -> str:
    """The graph in words, for who cannot see it."""
    parts = []
    uses = case.program.uses()
    for index in range(len(case.program)):
        said = _title(case, index)
        said += f", used {uses[index]} times" if uses[index] > 1 else ""
        for what, printed, found, wrong in _numbers(case, finding, index, kept):
            must = f", wrong, must be {shortened(found)}" if wrong else ""
            said += f", {what} {printed}{must}"
        parts.append(said)
    for edge in sorted(wrong_edges(case, finding), key=lambda e: e.slot):
        program = case.program
        parts.append(
            f"The first wrong contribution flows from {program.name(edge.target)} back to "
            f"{program.name(edge.source)}, operand {edge.slot}"
        )
    return ". ".join(parts) + "."


def _title(case: Case, index: int) -> str:
    if index < case.program.n_inputs:
        return f"x{index} = {case.point[index]!r}"
    return instruction_text(case.program, index)


def _numbers(
    case: Case, finding: FindingRecord, index: int, kept: bool
) -> list[tuple[str, str, dict[str, str] | None, bool]]:
    """Value and gradient: what it is, what was printed, where it must lie, whether it is wrong."""
    if index >= len(finding.values):
        return []
    v: ValueRecord = finding.values[index]
    seen = any(value.adjoint is not None for value in finding.values)
    read = seen and (kept or index < case.program.n_inputs)
    value = "none" if v.primal is None else f"{float.fromhex(v.primal):.9g}"
    gradient = "none" if v.adjoint is None else f"{float.fromhex(v.adjoint):.9g}"
    return [
        (
            "value",
            value,
            v.primal_range,
            v.primal is not None and outside(v.primal, v.primal_range),
        ),
        ("gradient", gradient, v.adjoint_range, read and outside(v.adjoint, v.adjoint_range)),
    ]


def _line(case: Case, edge: Edge, drawn: Layout, wrong: bool) -> str:
    points = drawn.lines[edge]
    (x, y), (end, bottom) = points[0], points[-1]
    path = f"M{x:g} {y:g}"
    for k, (to, down) in enumerate(points[1:], 1):
        before, above = points[k - 1]
        if before == to:
            path += f"V{down - 7 * (k == len(points) - 1):g}"
        else:
            middle = above / 2 + down / 2
            path += f"C{before:g} {middle:g} {to:g} {middle:g} {to:g} {down - 7:g}V{down - 5:g}"
    kind = " wrong" if wrong else ""
    tip = f"M{end - 5:g} {bottom - 8:g}h10l-5 8z"
    name = case.program.name
    said = f"{name(edge.source)} is operand {edge.slot} of {name(edge.target)}"
    label = ""
    if wrong:
        where = f'x="{end + 9:g}" y="{bottom - 12:g}"'
        label = f'<text class="wrong said" {where}>\u2717 first wrong</text>'
    return (
        f'<g class="use"><title>{said}</title><path class="line{kind}" d="{path}"/>'
        f'<path class="tip{kind}" d="{tip}"/>{label}</g>'
    )


def _box(
    case: Case, finding: FindingRecord, index: int, drawn: Layout, uses: int, kept: bool
) -> list[str]:
    x, y = drawn.boxes[index]
    title = _title(case, index)
    numbers = _numbers(case, finding, index, kept)
    kind = "box" + (" leaf" if index < case.program.n_inputs else "")
    kind += " wrong" if any(wrong for *_, wrong in numbers) else ""
    short = title if len(title) <= LONGEST_NAME else title[: LONGEST_NAME - 1] + "\u2026"
    lines = [
        f'<g class="node"><title>{escape(_full(title, finding, index))}</title>',
        f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="8"/>',
        f'<text class="name" x="{x + 12:g}" y="{y + 22:g}">{escape(short)}</text>',
    ]
    if uses > 1:
        lines += [
            f'<rect class="badge" x="{x + WIDTH - 66:g}" y="{y - 9:g}" width="58" height="18" '
            f'rx="9"/><text class="small" x="{x + WIDTH - 37:g}" y="{y + 4:g}" '
            f'text-anchor="middle">used {uses}\u00d7</text>'
        ]
    for row, (what, printed, found, wrong) in enumerate(numbers):
        top = y + 46 + 37 * row
        mark = ' class="wrong"' if wrong else ""
        sign = " \u2717 wrong" if wrong else ""
        must = "must be" if wrong else "right is"
        small = "wrong" if wrong else "small"
        lines += [
            f'<text class="label" x="{x + 12:g}" y="{top:g}">{what}</text>',
            f'<text{mark} x="{x + 74:g}" y="{top:g}">{escape(printed)}{sign}</text>',
            f'<text class="{small}" style="font-size:11px" x="{x + 74:g}" y="{top + 15:g}">'
            f"{must} {escape(shortened(found))}</text>",
        ]
    return [*lines, "</g>"]


def _full(title: str, finding: FindingRecord, index: int) -> str:
    """All digits, for who points at the box."""
    if index >= len(finding.values):
        return title
    v = finding.values[index]
    parts = [title]
    for what, printed, found in (
        ("value", v.primal, v.primal_range), ("gradient", v.adjoint, v.adjoint_range),
    ):  # fmt: skip
        ends = f"[{number(found['low'])}, {number(found['high'])}]" if found else "undecided"
        shown = "none" if printed is None else number(printed)
        parts.append(f"{what} {shown}, must lie in {ends}")
    return one_line("; ".join(parts))
