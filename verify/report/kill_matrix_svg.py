"""The kill matrix as a picture: a row for each fault, a column for each law."""

from __future__ import annotations

from html import escape

from verify.report.kill_matrix import KillMatrix, sentence

CELL, LEFT, TOP, BOTTOM = 22, 190, 74, 44
STYLE = """\
  <style>
    text { font: 11px ui-monospace, monospace; fill: #1f2328; }
    .ground { fill: #ffffff; } .empty { fill: #f0f1f3; } .kill { fill: #1a7f5a; }
    .count { font-size: 9px; fill: #ffffff; text-anchor: middle; }
    .pale { fill: #1f2328; }
    @media (prefers-color-scheme: dark) {
      text, .pale { fill: #e6edf3; } .ground { fill: #0d1117; } .empty { fill: #21262d; }
      .kill { fill: #3fb98a; } .count { fill: #0d1117; }
    }
  </style>"""


def to_svg(matrix: KillMatrix) -> str:
    """The matrix as one SVG image, readable in light and dark."""
    cells = matrix.cells()
    laws = [law for law in matrix.laws if any(row[law][0] for row in cells.values())]
    width = LEFT + CELL * len(laws) + 20
    height = TOP + CELL * len(cells) + BOTTOM
    said = escape(sentence(matrix))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="Kill matrix. {said}">',
        "  <title>Kill matrix: faults by laws</title>", f"  <desc>{said}</desc>", STYLE,
        f'  <rect class="ground" width="{width}" height="{height}"/>',
    ]  # fmt: skip
    for column, law in enumerate(laws):
        x = LEFT + CELL * column + CELL * 0.7
        lines.append(f'  <text transform="translate({x:g} {TOP - 8}) rotate(-60)">{law}</text>')
    for line, (fault, row) in enumerate(cells.items()):
        y = TOP + CELL * line
        engines = next(iter(row.values()))[1]
        label = f"{escape(fault)} ({engines})"
        lines.append(f'  <text x="{LEFT - 8}" y="{y + 15}" text-anchor="end">{label}</text>')
        lines += [
            _cell(fault, law, *row[law], LEFT + CELL * column, y) for column, law in enumerate(laws)
        ]
    note = "darker: more of the fault's planted engines break the law"
    lines.append(f'  <text x="{LEFT}" y="{height - 18}">{note}</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def _cell(fault: str, law: str, killed: int, engines: int, x: int, y: int) -> str:
    box = f'x="{x + 1}" y="{y + 1}" width="{CELL - 2}" height="{CELL - 2}" rx="3"'
    ground = f'<rect class="empty" {box}/>'
    if not killed:
        return f"  {ground}"
    share = killed / engines
    shade = f'<rect class="kill" {box} fill-opacity="{0.25 + 0.75 * share:.2f}"/>'
    kind = "count" if share > 0.5 else "count pale"
    text = f'<text class="{kind}" x="{x + CELL / 2:g}" y="{y + 15}">{killed}</text>'
    title = f"<title>{escape(fault)}: {law} broken in {killed} of {engines}</title>"
    return f"  <g>{title}{ground}{shade}{text}</g>"
