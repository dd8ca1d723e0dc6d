"""Float functions that overflow to infinity, as IEEE 754 has it, where ``math`` raises."""

from __future__ import annotations

import math


def exp(x: float) -> float:
    """e**x; infinity above about 709.78; nan for nan."""
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def sigmoid(x: float) -> float:
    """1 / (1 + e**-x), from the exponential that cannot overflow on x's side of zero."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)
