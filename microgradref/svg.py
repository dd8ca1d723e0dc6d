"""The graph written as SVG: boxes, operations, edges, and text that no label can break."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from microgradref.expression import shortened, spelled
from microgradref.layout import Layout, arrange
from microgradref.text import cells, fitted, literal, number, visible

if TYPE_CHECKING:
    from microgradref.value import Value

CELL = 7.3  # Pixels a character takes in the 12-pixel monospaced font, rounded up.
PAD = 8.0  # Pixels around a text.
BOX = 26.0  # Height of a box.
ROW = 42.0  # From one box to the next below.
LANE = 16.0  # From one passing edge to the next below.
PORT = 6.0  # How far from the middle of an operation its two operands arrive.
LINK = 16.0  # From an operation to its result.
GUTTER = 46.0  # Between columns, where edges change height.
MARGIN = 20.0
LABEL_CELLS = 24
HINT = 300  # Characters of a label or an expression shown where the pointer rests.
FONT = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"

STYLE = f"""
.mgr text{{font:12px {FONT};fill:#1c2733;white-space:pre}}
.mgr .page{{fill:#ffffff}} .mgr .edge{{fill:none;stroke:#7b8a99;stroke-width:1.2}}
.mgr .tip{{fill:#7b8a99}} .mgr .box{{fill:#f4f7fa;stroke:#8fa0b0}}
.mgr .leaf{{fill:#eaf3ea;stroke:#7fa283}} .mgr .op{{fill:#e3ecfa;stroke:#6d8fc4}}
.mgr .rule{{stroke:#c3ced8}} .mgr text.grad{{fill:#9a4a00}} .mgr text.name{{font-weight:bold}}
@media (prefers-color-scheme:dark){{.mgr text{{fill:#dde5ec}} .mgr .page{{fill:#14191f}}
.mgr .edge{{stroke:#8291a0}} .mgr .tip{{fill:#8291a0}} .mgr .box{{fill:#222b34;stroke:#5d6f80}}
.mgr .leaf{{fill:#1f3024;stroke:#5c8363}} .mgr .op{{fill:#22344f;stroke:#5c82bd}}
.mgr .rule{{stroke:#43515f}} .mgr text.grad{{fill:#f0a868}}}}
"""


def drawing(nodes: list[Value]) -> str:
    """Draw ``nodes``: the root first, each value before its operands."""
    index = {node: i for i, node in enumerate(nodes)}
    edges = []
    for i, node in enumerate(nodes):
        operands = node.operands
        ports = (-PORT, PORT) if len(operands) == 2 else (0.0,)
        edges += [(index[operand], i, port) for operand, port in zip(operands, ports, strict=False)]
    layout = arrange(len(nodes), edges, ROW, LANE)
    units = [_Unit(node) for node in nodes]
    right = _column_edges(layout, units)
    top = MARGIN + BOX / 2
    parts = [*_edges(layout, units, right, top)]
    for column, (_, end) in zip(layout.columns, right, strict=True):
        parts += [units[v].svg(end, layout.height[v] + top) for v in column if v < len(nodes)]
    width = right[-1][1] + MARGIN
    height = max(layout.height.values()) + BOX + 2 * MARGIN
    summary = f"{len(nodes)} values; the result is {nodes[0].data!r}"
    return _document(width, height, f"Graph of {_name(nodes[0]) or 'a value'}", summary, parts)


def refusal(limit: int) -> str:
    """Say in a picture that a graph has more values than ``limit``, and what to do."""
    lines = [
        f"This graph has more than {limit} values, too many to read, so it is not drawn.",
        "Draw a part of it: call graph() on one of its inner values.",
        "Or draw it all the same: graph(limit=...) with a larger number.",
    ]
    parts = [
        _text(MARGIN, MARGIN + 14 + 20 * i, line, "name" if i == 0 else "")
        for i, line in enumerate(lines)
    ]
    width = max(len(line) for line in lines) * CELL * 1.05 + 2 * MARGIN
    return _document(width, 60 + 2 * MARGIN, "Graph not drawn", lines[0], parts)


class _Unit:
    """A value's box, with the operation that made it, if any, to its left."""

    def __init__(self, node: Value) -> None:
        self.kind = "leaf" if node.left is None else "box"
        self.cells = [(f"data {number(node.data)}", ""), (f"grad {number(node.grad)}", "grad")]
        if node.label:
            self.cells.insert(0, (fitted(_name(node), LABEL_CELLS), "name"))
        self.widths = [cells(text) * CELL + 2 * PAD for text, _ in self.cells]
        self.op = _operation(node)
        self.op_width = max(BOX, cells(self.op) * CELL + 2 * PAD) if self.op else 0.0
        self.width = sum(self.widths) + (self.op_width + LINK if self.op else 0.0)
        name = f"{_name(node)}\n" if node.label else ""
        made = f"\n= {visible(shortened(node.expression(), HINT))}" if self.op else ""
        self.hint = f"{name}data {node.data!r}\ngrad {node.grad!r}{made}"

    def svg(self, end: float, y: float) -> str:
        """Draw the unit with its right edge at ``end`` and its middle at height ``y``."""
        parts = [f"<g><title>{escape(self.hint)}</title>"]
        x = end - sum(self.widths)
        if self.op:
            start = end - self.width
            parts.append(_rect(start, y, self.op_width, "op", BOX / 2))
            parts.append(_text(start + self.op_width / 2, y, self.op, "", "middle"))
            parts.append(_arrow(f"M{start + self.op_width:.1f} {y:.1f}H{x - 6:.1f}", x, y))
        parts.append(_rect(x, y, sum(self.widths), self.kind, 3.0))
        for i, ((text, style), width) in enumerate(zip(self.cells, self.widths, strict=True)):
            if i:
                top, bottom = y - BOX / 2, y + BOX / 2
                parts.append(f'<path class="rule" d="M{x:.1f} {top:.1f}V{bottom:.1f}"/>')
            parts.append(_text(x + width / 2, y, text, style, "middle"))
            x += width
        return "".join(parts) + "</g>"


def _name(node: Value) -> str:
    return visible(shortened(str(node.label), HINT))


def _operation(node: Value) -> str:
    """The operation's sign, with the number that stands to its left or right, if one does."""
    name, operands = spelled(node)
    sides = [literal(x) if isinstance(x, (int, float)) else "" for x in operands]
    sign = {"-": "\u2212", "*": "\u00d7", "neg": "\u2212"}.get(name, name)
    return f" {sign} ".join(sides).strip() if len(sides) == 2 else sign


def _column_edges(layout: Layout, units: list[_Unit]) -> list[tuple[float, float]]:
    """Return where each column begins and ends."""
    edges, x = [], MARGIN
    for column in layout.columns:
        width = max([units[v].width for v in column if v < len(units)], default=0.0)
        edges.append((x, x + width))
        x += width + GUTTER
    return edges


def _edges(
    layout: Layout, units: list[_Unit], right: list[tuple[float, float]], top: float
) -> list[str]:
    """Draw edges: they change height between columns only, and cross a column at one height."""
    place = {v: c for c, column in enumerate(layout.columns) for v in column}
    parts = []
    for segment in layout.segments:
        begin, end = right[place[segment.target]]
        x0, y0 = right[place[segment.source]][1], layout.height[segment.source] + top
        y1 = layout.height[segment.target] + top + segment.port
        middle = (x0 + begin) / 2
        path = (
            f"M{x0:.1f} {y0:.1f}C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {begin:.1f} {y1:.1f}"
        )
        if segment.target < len(units):
            tip = end - units[segment.target].width
            parts.append(_arrow(f"{path}H{tip - 6:.1f}", tip, y1))
        else:
            parts.append(f'<path class="edge" d="{path}H{end:.1f}"/>')
    return parts


def _arrow(path: str, x: float, y: float) -> str:
    tip = f"M{x:.1f} {y:.1f}l-7 -3.5v7z"
    return f'<path class="edge" d="{path}"/><path class="tip" d="{tip}"/>'


def _rect(x: float, y: float, width: float, style: str, radius: float) -> str:
    return (
        f'<rect class="{style}" x="{x:.1f}" y="{y - BOX / 2:.1f}" width="{width:.1f}" '
        f'height="{BOX:.1f}" rx="{radius:.1f}"/>'
    )


def _text(x: float, y: float, text: str, style: str, anchor: str = "start") -> str:
    return (
        f'<text class="{style}" x="{x:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )


def _document(width: float, height: float, title: str, summary: str, parts: list[str]) -> str:
    w, h = math.ceil(width), math.ceil(height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="mgr" role="img" width="{w}" height="{h}" '
        f'viewBox="0 0 {w} {h}"><title>{escape(title)}</title><desc>{escape(summary)}</desc>'
        f'<style>{STYLE}</style><rect class="page" width="{w}" height="{h}" rx="6"/>'
        + "\n".join(parts)
        + "</svg>\n"
    )
