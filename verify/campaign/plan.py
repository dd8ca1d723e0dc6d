"""What a run is asked to do, and what its laws gave."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from verify.campaign.budget import Budget
from verify.campaign.corpus import Recalled
from verify.laws import LAWS, SEVERITIES, Law
from verify.report import FindingRecord, LawRecord


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is asked to do.

    Attributes:
        budget: how much to examine.
        seed: makes the run repeatable.
        forms: which forms to examine; None for all that the engine supports.
        laws: which laws to look at.
        network: a network to look at besides the engine, or None.
        until: stop at the first finding of this severity or worse; None to examine everything.
        recalled: cases of the corpus that fail: each is a finding, whether it is found anew or not.
    """

    budget: Budget
    seed: int = 0
    forms: tuple[str, ...] | None = None
    laws: tuple[Law, ...] = LAWS
    network: Any = None
    until: str | None = None
    recalled: tuple[Recalled, ...] = ()

    @property
    def explores(self) -> bool:
        """Whether any law is about random cases."""
        return any(law.subject == "case" for law in self.laws)

    def is_enough(self, severity: str) -> bool:
        """Whether a finding of this severity ends the run."""
        if self.until is None:
            return False
        return SEVERITIES.index(severity) >= SEVERITIES.index(self.until)


@dataclass
class SharedDeath:
    """A finding of what ended the engine's process.

    Attributes:
        place: which of the findings it is.
        told: what it says of the first law that was asked.
        also: codes of the laws that ended it in the same way.
    """

    place: int
    told: str
    also: list[str] = field(default_factory=list)


@dataclass
class Examined:
    """What the laws with a check of their own gave; ``deaths`` by law broken and cause."""

    findings: list[FindingRecord] = field(default_factory=list)
    laws: list[LawRecord] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    deaths: dict[tuple[str, str], SharedDeath] = field(default_factory=dict)
