"""Verdicts: what was found of one case on one engine. Plain immutable data.

An ``Agree`` that compared nothing cannot be made, so a check that was skipped can never look like
one that passed.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from verify.program import Program


@dataclass(frozen=True, slots=True)
class Interval:
    """The float64 numbers from ``low`` to ``high``, both allowed."""

    low: float
    high: float

    def __str__(self) -> str:
        """Both ends, each as the shortest text that reads back the same."""
        return f"[{self.low!r}, {self.high!r}]"


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One number outside its enclosure.

    Attributes:
        law: VAL01 for a primal, GRA01 for an input's adjoint, GRA02 for an intermediate's.
        index: whose primal or adjoint it is.
        expected: where the number must lie.
        actual: what the engine printed; None if it has no gradient there.
    """

    law: str
    index: int
    expected: Interval
    actual: float | None

    def quantity(self, program: Program) -> str:
        """What was wrong: ``%1`` for a value, ``d %3 / d x0`` for a gradient."""
        name = program.name(self.index)
        return name if self.law == "VAL01" else f"d {program.name(program.output)} / d {name}"

    def sentence(self, program: Program) -> str:
        """What was printed and where it must lie."""
        printed = "no gradient" if self.actual is None else repr(self.actual)
        return f"{self.quantity(program)} = {printed}, but must lie in {self.expected}"

    @property
    def ulps(self) -> float:
        """Distance to the enclosure, in steps between neighbouring float64 numbers.

        It is 0 for a number outside by less than a step: the interval's ends are rounded outward.
        """
        if self.actual is None or math.isnan(self.actual):
            return math.inf
        rank = _rank(self.actual)
        return float(max(0, _rank(self.expected.low) - rank, rank - _rank(self.expected.high)))

    @property
    def digits(self) -> int:
        """Decimal digits on which the number and the enclosure's middle agree."""
        middle = self.expected.low / 2 + self.expected.high / 2
        if self.actual is None or not math.isfinite(self.actual) or not math.isfinite(middle):
            return 0
        if self.actual == middle:
            return 17
        scale = max(abs(middle), abs(self.actual))
        error = abs(self.actual / scale - middle / scale)  # 2**-53 at least: they differ
        return max(0, math.floor(-math.log10(error)))


@dataclass(frozen=True, slots=True)
class Agree:
    """Every number compared lies in its enclosure.

    Raises:
        ValueError: if nothing was compared.
    """

    gradients: int
    primals: int

    def __post_init__(self) -> None:
        """An agreement on nothing is no agreement."""
        if self.gradients < 1 or self.primals < 1:
            raise ValueError("an Agree must have compared at least one gradient and one primal")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """At least one number lies outside: the engine is wrong.

    Attributes:
        discrepancies: the cause first: the first wrong primal, or if all are right the wrong
            adjoint that the reverse sweep meets first.
        gradients: how many gradients were compared, right or wrong.

    Raises:
        ValueError: if there is no discrepancy.
    """

    discrepancies: tuple[Discrepancy, ...]
    gradients: int

    def __post_init__(self) -> None:
        """A mismatch shows at least one number."""
        if not self.discrepancies:
            raise ValueError("a Mismatch must show at least one discrepancy")

    @property
    def law(self) -> str:
        """The law that the cause breaks."""
        return self.discrepancies[0].law


@dataclass(frozen=True, slots=True)
class Inaccurate:
    """Numbers lie outside, and inside the enclosure of a formula that is known to lose digits.

    Attributes:
        formula: its code.
        operation: the operation it computes.
        discrepancies: the numbers outside, the cause first.
        gradients: how many gradients were compared.

    Raises:
        ValueError: if there is no discrepancy.
    """

    formula: str
    operation: str
    discrepancies: tuple[Discrepancy, ...]
    gradients: int

    def __post_init__(self) -> None:
        """A loss of digits shows at least one number."""
        if not self.discrepancies:
            raise ValueError("an Inaccurate must show at least one discrepancy")


@dataclass(frozen=True, slots=True)
class Undecided:
    """The oracles cannot say; ``reason`` is a key of ADVICE."""

    reason: str
    index: int


@dataclass(frozen=True, slots=True)
class EngineError:
    """The engine did not answer a legal question.

    Attributes:
        kind: ``raises``, ``not a number``, ``hangs``, ``out of memory`` or ``crashes``.
        stage: ``forward``, ``backward`` or ``read``.
        index: the value it was about.
        message: what the engine said, in one line.
    """

    kind: str
    stage: str
    index: int
    message: str


Verdict = Agree | Mismatch | Inaccurate | Undecided | EngineError

DEADLY = {"hangs": "RUN02", "out of memory": "RUN03", "crashes": "RUN04"}
"""The law that an engine breaks whose process died, by how it died."""

ADVICE = {
    "kink": "the point is at a kink, where any slope of the subdifferential is right",
    "domain": "the point is outside the domain of real differentiability, or next to its edge",
    "overflow": "a number passes 1e100 (float32: 1e12), and right formulas may overflow inside",
    "underflow": "a number is below 1e-100 (float32: 1e-12), where right formulas may underflow",
    "wide": "the case is ill-conditioned: its enclosure is too wide to tell right from wrong",
    "accuracy": "an operation loses digits by its formula, and too many of them here to decide",
    "doubt": "the oracles disagree with each other; this says nothing about the engine",
}
"""A sentence for each reason of Undecided."""


def sentence(verdict: Verdict, program: Program) -> str:
    """What was found of a case, in one line; of numbers outside, the cause."""
    if isinstance(verdict, Agree):
        gradients, values = verdict.gradients, verdict.primals
        return (
            f"{gradients} gradient{'s' * (gradients != 1)} and {values} "
            f"value{'s' * (values != 1)} inside their enclosures"
        )
    if isinstance(verdict, Mismatch):
        return f"{verdict.law}: {verdict.discrepancies[0].sentence(program)}"
    if isinstance(verdict, Inaccurate):
        return f"ACC01 ({verdict.formula}): {verdict.discrepancies[0].sentence(program)}"
    if isinstance(verdict, EngineError):
        code = DEADLY.get(verdict.kind, "RUN01")
        return f"{code}: {program.name(verdict.index)} {verdict.kind}: {verdict.message}"
    return ADVICE[verdict.reason]


def _rank(number: float) -> int:
    """Position of a float among all floats, so that neighbours differ by 1."""
    bits: int
    (bits,) = struct.unpack("<q", struct.pack("<d", abs(number)))
    return -bits if number < 0 else bits
