"""How long an engine may take, and how much memory."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on the process of an engine.

    Attributes:
        case: seconds for a case; for a batch of them too, which takes milliseconds as a rule.
        memory: megabytes more than it has once it is loaded; 0 for no limit.
    """

    case: float = 10.0
    memory: int = 2048

    @property
    def load(self) -> float:
        """Seconds for the import of an engine and the probing of its operations."""
        return 6 * self.case

    @property
    def law(self) -> float:
        """Seconds for the examination of one law on dozens of small graphs."""
        return 3 * self.case

    @property
    def long_law(self) -> float:
        """Seconds for one that asks for 100,000 operations, other processes, or much training."""
        return 30 * self.case

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
