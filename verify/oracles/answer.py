"""What an oracle says of a case: an enclosure of each primal and adjoint, or why it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from verify.program import Program


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an oracle cannot decide: what happened, and at which value.

    ``reason`` is ``kink``, ``domain``, ``overflow``, ``underflow`` or ``wide``.
    """

    reason: str
    index: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An oracle's enclosures for one case, as Arb balls indexed like the program's values.

    Attributes:
        primals: one ball for each value, None where this oracle does not answer.
        adjoints: d output / d value times the seed, likewise.
        troubles: empty if every enclosure has power; else why not. A kink leaves enclosures that
            still hold every subgradient; ``domain``, ``overflow`` and ``underflow`` leave none.
        how: what was done, for the record of the verdict: ``whole``, ``cut at 3 values``, ...
    """

    primals: tuple[Any, ...]
    adjoints: tuple[Any, ...]
    troubles: tuple[Trouble, ...] = ()
    how: str = ""


class Oracle(Protocol):
    """Says what the answer must be.

    Laws: every enclosure holds the true real value (for a kink: every subgradient); the same
    question has the same answer; nothing of an engine under test is imported or called.
    """

    name: str

    def answers(
        self, program: Program, points: list[tuple[float, ...]], seed: float = 1.0
    ) -> list[Answer]:
        """One answer for each point, in order."""
        ...
