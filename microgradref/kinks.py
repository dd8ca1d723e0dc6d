"""Slopes where a function has a kink: the one chosen at the kink itself is PyTorch's.

A nan operand has a nan slope: where the side of the kink is unknown, so is the slope.
"""

from __future__ import annotations

import math


def step(x: float) -> float:
    """Slope of relu: 1 above 0, 0 below and at 0."""
    if x > 0.0:
        return 1.0
    return 0.0 if x <= 0.0 else math.nan


def sign(x: float) -> float:
    """Slope of abs: 1 above 0, -1 below, 0 at 0."""
    if x > 0.0:
        return 1.0
    if x < 0.0:
        return -1.0
    return 0.0 if x == 0.0 else math.nan


def share(x: float, y: float) -> float:
    """Slope of max(x, y) in x: 1 where x wins, 0 where y wins, a half each at a tie."""
    if x == y:
        return 0.5
    if x > y:
        return 1.0
    return 0.0 if x < y else math.nan
