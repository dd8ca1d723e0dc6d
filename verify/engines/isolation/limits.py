"""How long an engine may take, and how much memory."""

from __future__ import annotations

from dataclasses import dataclass, replace

MEGABYTE = 2**20
LEAST_MEMORY = 32
"""Megabytes: our own code takes some in a process of its own."""
LEAST = 1.0
"""Seconds for a case however little time a run has: a busy machine is no hang."""
LONGEST_HURRIED = 60.0
"""Seconds that a law of large graphs may take where a run has little time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on the process of an engine.

    Attributes:
        case: seconds for a case; for a batch of them too, which takes milliseconds as a rule.
        memory: megabytes more than it has once it is loaded; 0 for no limit.
        run: seconds that the run is given, of which a hang may cost a part; None for no limit.
        unhurried: what ``case`` was before it was shortened for the sake of ``run``, or None.
    """

    case: float = 10.0
    memory: int = 2048
    run: float | None = None
    unhurried: float | None = None

    @property
    def is_hurried(self) -> bool:
        """Whether a case has less time because the run has little."""
        return self.unhurried is not None

    def hurried(self, opening: float) -> Limits:
        """A tenth of the run's time for a case, if that is less; a slow engine has no less for it.

        Args:
            opening: seconds that it took to load the engine and to try its operations.
        """
        case = self.case if self.run is None else max(LEAST, 2 * opening, self.run / 10)
        return self if case >= self.case else replace(self, case=case, unhurried=self.case)

    @property
    def load(self) -> float:
        """Seconds for the import of an engine and the probing of its operations."""
        return 6 * (self.unhurried or self.case)

    @property
    def law(self) -> float:
        """Seconds for the examination of one law on dozens of small graphs."""
        return 3 * self.case

    @property
    def long_law(self) -> float:
        """Seconds for one that asks for 100,000 operations, other processes, or much training."""
        return max(30 * self.case, min(LONGEST_HURRIED, 30 * (self.unhurried or 0.0)))

    @property
    def shrinking(self) -> float:
        """Seconds for a smaller case of one that hangs; the last is tried for the whole time."""
        return min(self.case, max(0.25, self.case / 10))

    @property
    def patience(self) -> float:
        """Seconds that may be lost to processes that died, before no more is asked."""
        return 12 * self.case


DEFAULT_LIMITS = Limits()
DEATHS_IN_ALL = 60
"""Processes that may die before no more is asked; each new one takes time to load."""
