"""A layered layout for a graph that is read from left to right.

Each vertex gets a column by its distance from the root, each column an order with few crossings,
each vertex a height near its neighbours'. An edge over several columns gets a waypoint in each
that it passes, with room of its own, so no edge ever runs over a box.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 24


@dataclass(frozen=True)
class Segment:
    """A piece of an edge between neighbouring columns; ``port`` is where it ends, in pixels."""

    source: int
    target: int
    port: float


@dataclass(frozen=True)
class Layout:
    """Vertices ``0..n-1`` as given, then waypoints; columns from left to right, top to bottom."""

    columns: list[list[int]]
    segments: list[Segment]
    height: dict[int, float]


def arrange(
    n: int, edges: list[tuple[int, int, float]], vertex_gap: float, waypoint_gap: float
) -> Layout:
    """Lay out vertices ``0..n-1`` joined by (source, target, port) edges.

    Vertex 0 is the root, and every edge's target comes before its source in some order that lists
    each vertex after all it feeds; ``edges`` is sorted by target in that order. Heights are in
    pixels: vertices one above the other are ``vertex_gap`` apart, waypoints ``waypoint_gap``.
    """
    ranks = [0] * n
    for source, target, _ in edges:
        ranks[source] = max(ranks[source], ranks[target] + 1)
    columns, segments = _with_waypoints(ranks, edges)
    _untangle(columns, segments)
    gaps = [
        [
            (_room(a, n, vertex_gap, waypoint_gap) + _room(b, n, vertex_gap, waypoint_gap)) / 2
            for a, b in pairwise(column)
        ]
        for column in columns
    ]
    return Layout(columns, segments, _heights(columns, gaps, segments))


def _room(vertex: int, n: int, vertex_gap: float, waypoint_gap: float) -> float:
    return vertex_gap if vertex < n else waypoint_gap


def _with_waypoints(
    ranks: list[int], edges: list[tuple[int, int, float]]
) -> tuple[list[list[int]], list[Segment]]:
    """Cut edges at the columns they pass; edges of one source share their waypoints."""
    depth = max(ranks)
    columns: list[list[int]] = [[] for _ in range(depth + 1)]
    for vertex, rank in enumerate(ranks):
        columns[depth - rank].append(vertex)
    waypoints: dict[tuple[int, int], int] = {}
    segments = []
    for source, target, port in edges:
        previous = source
        for rank in range(ranks[source] - 1, ranks[target], -1):
            waypoint = waypoints.get((source, rank))
            if waypoint is None:
                waypoint = waypoints[source, rank] = len(ranks) + len(waypoints)
                columns[depth - rank].append(waypoint)
                segments.append(Segment(previous, waypoint, 0.0))
            previous = waypoint
        segments.append(Segment(previous, target, port))
    return columns, segments


def _neighbours(segments: list[Segment]) -> tuple[dict[int, list[Segment]], ...]:
    into, out_of = defaultdict(list), defaultdict(list)
    for segment in segments:
        into[segment.target].append(segment)
        out_of[segment.source].append(segment)
    return into, out_of


def _untangle(columns: list[list[int]], segments: list[Segment]) -> None:
    """Order each column by the mean place of its neighbours, back and forth; keep the best."""
    into, out_of = _neighbours(segments)
    best, fewest = [list(column) for column in columns], None
    for sweep in range(SWEEPS):
        leftward = sweep % 2 == 0
        for column in reversed(columns[:-1]) if leftward else columns[1:]:
            place = {vertex: i for other in columns for i, vertex in enumerate(other)}
            mean = {}
            for vertex in column:
                if leftward:
                    ends = [place[s.target] + s.port / 1000 for s in out_of[vertex]]
                else:
                    ends = [float(place[s.source]) for s in into[vertex]]
                mean[vertex] = sum(ends) / len(ends) if ends else float(place[vertex])
            column.sort(key=mean.__getitem__)
        crossings = _crossings(columns, segments)
        if fewest is None or crossings < fewest:
            best, fewest = [list(column) for column in columns], crossings
    columns[:] = best


def _crossings(columns: list[list[int]], segments: list[Segment]) -> int:
    place = {vertex: (c, i) for c, column in enumerate(columns) for i, vertex in enumerate(column)}
    by_column = defaultdict(list)
    for segment in segments:
        column, start = place[segment.source]
        by_column[column].append((start, place[segment.target][1] + segment.port / 1000))
    return sum(
        (a[0] - b[0]) * (a[1] - b[1]) < 0
        for ends in by_column.values()
        for i, a in enumerate(ends)
        for b in ends[:i]
    )


def _heights(
    columns: list[list[int]], gaps: list[list[float]], segments: list[Segment]
) -> dict[int, float]:
    """Move each vertex towards its neighbours' mean height as far as order and gaps allow."""
    into, out_of = _neighbours(segments)
    height: dict[int, float] = {}
    for column, gap in zip(columns, gaps, strict=True):
        start = -sum(gap) / 2
        for vertex, step in zip(column, [0.0, *gap], strict=True):
            start += step
            height[vertex] = start
    for sweep in range(SWEEPS):
        indices = range(len(columns)) if sweep % 2 else range(len(columns) - 1, -1, -1)
        for i in indices:
            wanted = []
            for vertex in columns[i]:
                ends = [height[s.target] + s.port for s in out_of[vertex]]
                ends += [height[s.source] - s.port for s in into[vertex]]
                wanted.append(sum(ends) / len(ends) if ends else height[vertex])
            height.update(zip(columns[i], settle(wanted, gaps[i]), strict=True))
    top = min(height.values())
    return {vertex: y - top for vertex, y in height.items()}


def settle(wanted: list[float], gaps: list[float]) -> list[float]:
    """Return the places nearest to ``wanted`` (least squares) in order and ``gaps`` apart.

    This is isotonic regression by pooling neighbours that would overlap.
    """
    shifts = [0.0]
    for gap in gaps:
        shifts.append(shifts[-1] + gap)
    pools: list[tuple[float, int]] = []
    for want, shift in zip(wanted, shifts, strict=True):
        total, count = want - shift, 1
        while pools and pools[-1][0] / pools[-1][1] >= total / count:
            pooled, size = pools.pop()
            total, count = total + pooled, count + size
        pools.append((total, count))
    free = [total / count for total, count in pools for _ in range(count)]
    return [place + shift for place, shift in zip(free, shifts, strict=True)]
