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
SHARD = Budget(programs=256, points=64, minimum=100, rounds=0)
"""Of a campaign: one operation in one shard. There ``programs`` is for all its positions together;
one program at many points is cheap for the oracles."""
GLANCE = Budget(programs=1, points=12, minimum=0, rounds=0)
"""Of a campaign: the look at the whole that comes before the first shard of any operation."""

STEPS, QUICK_STEPS = 1_000, 100
"""Steps of the training that a network is led through."""
