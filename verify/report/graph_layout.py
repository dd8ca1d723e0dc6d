"""Where the boxes and lines of a program's graph go: layers from top to bottom.

A line to the next layer crosses the gutter between the two; a longer one runs down a lane beside
all boxes. So no line goes through a box, and the work grows with the number of lines.
"""

from __future__ import annotations

from dataclasses import dataclass

from verify.program import Program

WIDTH, HEIGHT = 266, 112
"""Of a box."""
GAP, GUTTER, MARGIN, LANE = 26, 58, 10, 16
"""Between boxes beside each other, between layers, around everything, between lanes."""
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Edge:
    """A use of a value.

    Attributes:
        source: the value used.
        target: the value made.
        slot: which operand it is.
    """

    source: int
    target: int
    slot: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing's geometry, in pixels.

    Attributes:
        width, height: of the drawing.
        boxes: for each value, the left and top of its box.
        lines: for each edge, where its line starts, enters and leaves its lane (if it has one),
            and ends.
    """

    width: float
    height: float
    boxes: tuple[Point, ...]
    lines: dict[Edge, tuple[Point, ...]]


def edges_of(program: Program) -> list[Edge]:
    """Every use of a value, in order."""
    return [
        Edge(operand.index, index, slot)
        for index, instruction in program.steps()
        for slot, operand in enumerate(instruction.operands)
        if not isinstance(operand, int | float)
    ]


def layout(program: Program) -> Layout:
    """Place every box and line of a program."""
    edges = edges_of(program)
    depth = _depths(program, edges)
    layers = _ordered(program, edges, depth)
    lanes = _lanes(edges, depth)
    widest = max(len(layer) for layer in layers) * (WIDTH + GAP) - GAP
    boxes = [(0.0, 0.0)] * len(program)
    tops, y = [], float(MARGIN)
    for layer in layers:
        tops.append(y)
        x = MARGIN + (widest - len(layer) * (WIDTH + GAP) + GAP) / 2
        for index in layer:
            boxes[index], x = (x, y), x + WIDTH + GAP
        y += HEIGHT + GUTTER
    left = MARGIN + widest + GAP / 2
    lines = _lines(edges, depth, boxes, tops, {edge: left + LANE * lanes[edge] for edge in lanes})
    width = left - GAP / 2 + MARGIN + (LANE * (max(lanes.values()) + 1) if lanes else 0)
    return Layout(width, y - GUTTER + MARGIN, tuple(boxes), lines)


def _depths(program: Program, edges: list[Edge]) -> list[int]:
    """The layer of each value: below all its operands; an input just above its first use."""
    depth = [0] * len(program)
    for edge in edges:
        depth[edge.target] = max(depth[edge.target], depth[edge.source] + 1)
    first = [len(program)] * program.n_inputs
    for edge in edges:
        if edge.source < program.n_inputs:
            first[edge.source] = min(first[edge.source], depth[edge.target])
    for index, use in enumerate(first):
        depth[index] = use - 1 if use <= len(program) - 1 else 0
    return depth


def _ordered(program: Program, edges: list[Edge], depth: list[int]) -> list[list[int]]:
    """The values of each layer, left to right: near their operands."""
    layers: list[list[int]] = [[] for _ in range(max(depth) + 1)]
    for index, level in enumerate(depth):
        layers[level].append(index)
    above: list[list[int]] = [[] for _ in range(len(program))]
    for edge in edges:
        above[edge.target].append(edge.source)
    place = [0.0] * len(program)
    for layer in layers:
        mean = {i: sum(place[a] for a in above[i]) / len(above[i]) for i in layer if above[i]}
        layer.sort(key=lambda i: (mean.get(i, place[i]), i))
        for position, index in enumerate(layer):
            place[index] = position - (len(layer) - 1) / 2
    return layers


def _lanes(edges: list[Edge], depth: list[int]) -> dict[Edge, int]:
    """A lane for each line longer than a layer; lines one below the other share one."""
    long = [edge for edge in edges if depth[edge.target] - depth[edge.source] > 1]
    free: list[int] = []  # the layer above which each lane is taken
    lanes: dict[Edge, int] = {}
    for edge in sorted(long, key=lambda e: (depth[e.source], depth[e.target], e.target, e.slot)):
        start = depth[edge.source]
        lane = next((k for k, end in enumerate(free) if end <= start), len(free))
        if lane == len(free):
            free.append(0)
        free[lane] = depth[edge.target]
        lanes[edge] = lane
    return lanes


def _lines(
    edges: list[Edge],
    depth: list[int],
    boxes: list[Point],
    tops: list[float],
    lanes: dict[Edge, float],
) -> dict[Edge, tuple[Point, ...]]:
    """From the bottom of a box to the top of another, each line at a place of its own."""
    leaving: list[list[Edge]] = [[] for _ in boxes]
    arriving: list[list[Edge]] = [[] for _ in boxes]
    for edge in edges:
        leaving[edge.source].append(edge)
        arriving[edge.target].append(edge)
    start: dict[Edge, Point] = {}
    end: dict[Edge, Point] = {}
    for index, (x, y) in enumerate(boxes):
        away = sorted(leaving[index], key=lambda e: (lanes.get(e, boxes[e.target][0]), e.slot))
        start.update({edge: (_port(x, k, len(away)), y + HEIGHT) for k, edge in enumerate(away)})
        into = arriving[index]
        end.update({edge: (_port(x, k, len(into)), y) for k, edge in enumerate(into)})
    lines: dict[Edge, tuple[Point, ...]] = {}
    for edge in edges:
        lane: tuple[Point, ...] = ()
        if edge in lanes:
            x, first, last = lanes[edge], depth[edge.source] + 1, depth[edge.target] - 1
            lane = ((x, tops[first]), (x, tops[last] + HEIGHT))
        lines[edge] = (start[edge], *lane, end[edge])
    return lines


def _port(left: float, k: int, count: int) -> float:
    return left + WIDTH * (k + 1) / (count + 1)
