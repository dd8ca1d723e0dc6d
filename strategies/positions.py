"""Positions: the points in general position at which enumerated programs are judged.

A program of sums and products alone has one. What an engine prints for it is a polynomial of its
inputs, by right rules and by wrong ones; two different polynomials agree on a set of measure 0,
and a point without structure is taken not to lie in it. That the engine computes such an operation
in one way everywhere is seen of each alone: at every combination of signs, and at 0.

All other operations have pieces: ``relu`` by definition, ``x ** n`` and ``tanh`` in the code of
engines. So every other program has two points at least, of different signs and orders, if its
domain allows, and as many more of POINTS as reach a side of a piecewise operation that none before
reaches.
"""

from __future__ import annotations

import math

from verify.program import Instruction, Program, Ref
from verify.program.ops import Margin, family, smooth
from verify.program.reals import FLOAT64

POINTS: tuple[tuple[float, ...], ...] = (
    (1.3125, 0.78125, 1.8125, 0.59375, 2.0625, 0.40625),
    (-1.1875, 0.84375, -0.65625, 1.40625, -1.71875, 0.53125),
    (0.71875, -1.40625, 1.15625, -0.34375, 0.46875, -2.09375),
    (-0.59375, -1.28125, -0.21875, -1.90625, -0.84375, -0.40625),
    (4.3125, 5.71875, 3.40625, 6.15625, 3.84375, 7.21875),
    (8.6875, 2.28125, 9.15625, 3.59375, 7.34375, 2.71875),
    (0.34375, 0.15625, 0.21875, 0.46875, 0.09375, 0.28125),
    (-3.4375, 9.15625, -4.71875, 7.84375, -2.65625, 8.21875),
    (6.40625, -8.8125, 5.59375, -4.28125, 7.15625, -3.34375),
    (-0.28125, -0.09375, -0.46875, -0.15625, -0.34375, -0.21875),
    (0.0, 1.0625, -0.71875, 0.90625, -1.34375, 0.65625),
    (-1.0625, 0.0, 0.71875, -0.90625, 1.34375, -0.65625),
)
"""Distinct, not special but for the zeros, exact in float32. Of the first all are positive, where
every operation is smooth."""

GENERAL = 10
"""So many of POINTS are in general position; those with a zero are for ALONE."""

ALONE = [0, 1, 2, 3, 10, 11]
"""Where one sum or product by itself is judged: all combinations of signs, and zeros."""

USUAL = 2
"""Points of a program of more than sums and products, if so many lie in its domain."""

POLYNOMIAL = frozenset({"add", "sub", "mul", "neg", "sum"})

Side = tuple[int, bool]
"""An instruction, and whether the quantity whose sign chooses its piece is above 0."""


def positions(program: Program) -> list[int]:
    """Which of POINTS a program is judged at; the first if all lie outside its domain."""
    if all(family(step.op) in POLYNOMIAL for step in program.instructions):
        return ALONE if len(program.instructions) == 1 else [0]
    wanted = 2 * len(piecewise(program))
    chosen: list[int] = []
    usual, met = 0, set[Side]()
    for index, point in enumerate(POINTS[:GENERAL]):
        if usual >= USUAL and len(met) == wanted:
            break
        reached = sides(program, point[: program.n_inputs])
        if reached is None:
            continue
        tied = len(reached) < wanted / 2
        if index < USUAL or (usual < USUAL and not tied) or reached - met:
            chosen.append(index)
            usual += not tied
            met |= reached
    return chosen or [0]


def piecewise(program: Program) -> list[int]:
    """The values made by operations that have two sides; the maximum of x and x has none."""
    return [index for index, step in program.steps() if _has_sides(step)]


def sides(program: Program, point: tuple[float, ...]) -> set[Side] | None:
    """The side on which each piecewise operation is met; None outside the domain.

    Empty where one is met at its kink, for any slope of several is right there.
    """
    values = list(point)
    met: set[Side] = set()
    tied = False
    for index, step in program.steps():
        operands = [values[o.index] if isinstance(o, Ref) else o for o in step.operands]
        if not all(map(_holds, step.row.domain(*operands))):
            return None
        values.append(step.row.primal(FLOAT64, *operands))
        if not math.isfinite(values[-1]):
            return None
        if _has_sides(step):
            (quantity,) = step.row.kinks(*operands)
            tied = tied or quantity == 0
            met.add((index, quantity > 0))
    return set() if tied else met


def _has_sides(step: Instruction) -> bool:
    selects_one = len(step.operands) > 1 and len(set(step.operands)) == 1
    return step.row.kinks is not smooth and not selects_one


def _holds(margin: Margin) -> bool:
    return bool(margin.quantity > 0 if margin.relation == ">" else margin.quantity != 0)
