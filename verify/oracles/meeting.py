"""Where the oracles' answers meet: what an engine may print, or doubt about the suite itself.

The ball oracle says what a correct engine may print; the symbolic and the torch oracle must agree
with it, or the finding is about the oracles and never about the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verify.oracles.answer import Answer, Oracle, Trouble
from verify.oracles.ball import BallOracle
from verify.program import Program
from verify.program.floats import FLOAT64, Floats

VOID = frozenset({"domain", "overflow", "underflow"})
"""Troubles that leave no enclosure: nothing can be compared, neither engines nor oracles."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two oracles that cannot both be right about one number."""

    quantity: str
    index: int
    oracles: tuple[str, str]
    answers: tuple[str, str]

    def sentence(self, program: Program) -> str:
        """What disagrees, in one sentence."""
        (first, second), (a, b) = self.oracles, self.answers
        return (
            f"{first} and {second} disagree about the {self.quantity} of "
            f"{program.name(self.index)}: {a} and {b} do not overlap"
        )


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of one case.

    Attributes:
        enclosure: what a correct engine may print (the ball oracle's answer).
        troubles: why this case cannot be decided; empty if it can.
        doubts: disagreements between oracles.
        how: how the symbolic derivative was made, ``whole`` or ``cut at 3 values``.
    """

    enclosure: Answer
    troubles: tuple[Trouble, ...]
    doubts: tuple[Doubt, ...]
    how: str


class Bench:
    """The oracles, asked together.

    Args:
        oracles: the first encloses what engines may print, the others must agree with it.

    Raises:
        ValueError: with fewer than two oracles nothing could disagree.
    """

    def __init__(self, oracles: Sequence[Oracle]) -> None:
        if len(oracles) < 2:
            raise ValueError("a bench needs at least two oracles: one alone cannot be doubted")
        self.oracles = tuple(oracles)

    def truths(
        self, program: Program, points: list[tuple[float, ...]], floats: Floats = FLOAT64
    ) -> list[Truth]:
        """One truth for each point, about engines of these numbers."""
        first, *others = self.oracles
        if floats != FLOAT64 and isinstance(first, BallOracle):
            first = first.among(floats)
        answers = [oracle.answers(program, points) for oracle in (first, *others)]
        return [self._meet(program, row) for row in zip(*answers, strict=True)]

    def _meet(self, program: Program, answers: tuple[Answer, ...]) -> Truth:
        enclosure, *others = answers
        how = next((a.how for a in others if a.how), "")
        if any(trouble.reason in VOID for trouble in enclosure.troubles):
            return Truth(enclosure, enclosure.troubles, (), how)
        troubles = list(enclosure.troubles)
        doubts: list[Doubt] = []
        for oracle, answer in zip(self.oracles[1:], others, strict=True):
            troubles += answer.troubles
            doubts += self._compare(oracle.name, enclosure, answer)
        return Truth(enclosure, tuple(troubles), tuple(doubts), how)

    def _compare(self, name: str, enclosure: Answer, answer: Answer) -> list[Doubt]:
        doubts = []
        for quantity in ("primals", "adjoints"):
            pairs = zip(getattr(enclosure, quantity), getattr(answer, quantity), strict=True)
            for index, (ball, other) in enumerate(pairs):
                if other is None or not other.is_finite() or not ball.is_finite():
                    continue
                if not ball.overlaps(other):
                    names = (self.oracles[0].name, name)
                    doubts.append(Doubt(quantity[:-1], index, names, (str(ball), str(other))))
        return doubts
