"""How much a run examines."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a run examines.

    Attributes:
        programs: random programs for each operand position.
        points: points tried on each program.
        minimum: how often each situation must occur at each position.
        rounds: how many further programs a position may get until it reaches the minimum.
        seconds: time after which no new program is begun; None for no limit.
    """

    programs: int = 10
    points: int = 12
    minimum: int = 10
    rounds: int = 40
    seconds: float | None = None


DEFAULT = Budget()
QUICK = Budget(programs=2, points=7, minimum=1, rounds=20)

STEPS, QUICK_STEPS = 1_000, 100
"""Steps of the training that a network is led through."""
