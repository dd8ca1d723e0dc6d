"""Speed as a paired ratio with its spread: a machine that is busy is busy for both."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass

PAIRS, ROUNDS = 15, 7
"""Of each pair: both sides in turns, the shortest time of each."""
SPARED = 1
"""Of so many pairs, those that may say otherwise: something else ran beside them."""
Measure = Callable[[str, int], float]
"""Seconds that a piece of work takes, done so many times."""
LEAST_SECONDS = 1e-3
"""What is shorter is done several times."""
MOST_REPEATS = 1_000


@dataclass(frozen=True, slots=True)
class Speed:
    """How long one piece of work takes now, compared with before.

    Attributes:
        what: the work.
        ratios: new time / old time, one for each pair.
    """

    what: str
    ratios: tuple[float, ...]

    def is_slower(self, factor: float) -> bool:
        """Whether every pair says so but one of fifteen."""
        return sorted(self.ratios)[self._spared] > factor

    def is_faster(self, factor: float) -> bool:
        """Whether every pair says so but one of fifteen."""
        return sorted(self.ratios)[-1 - self._spared] < 1 / factor

    @property
    def _spared(self) -> int:
        return SPARED if len(self.ratios) >= PAIRS else 0

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.ratios)

    @property
    def sentence(self) -> str:
        """``backward 1.92x (1.88 to 1.97 over 15 pairs)``."""
        spread = f"{min(self.ratios):.2f} to {max(self.ratios):.2f}"
        return f"{self.what} {self.median:.2f}x ({spread} over {len(self.ratios)} pairs)"


def paired(what: str, old: Measure, new: Measure, factor: float, *, always: bool = True) -> Speed:
    """Measure old and new in turns, each first in every other pair.

    Args:
        what: the work.
        old: measures it as it was.
        new: measures it as it is.
        factor: what is called slower.
        always: measure every pair; else end as soon as too many are not slower.
    """
    once = old(what, 1)
    repeats = max(1, min(MOST_REPEATS, round(LEAST_SECONDS / max(once, 1e-9))))
    ratios: list[float] = []
    for pair in range(PAIRS):
        sides = (old, new) if pair % 2 == 0 else (new, old)
        rounds = [{side: side(what, repeats) for side in sides} for _ in range(ROUNDS)]
        before, now = (min(one[side] for one in rounds) for side in (old, new))
        ratios.append(now / max(before, 1e-12))
        if not always and sum(ratio <= factor for ratio in ratios) > SPARED:
            break
    return Speed(what, tuple(ratios))
