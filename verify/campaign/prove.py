"""Exhaustive mode: every program up to a size, a bounded proof or the smallest counterexample.

What is proved of an engine: for every program of some operations up to a size and up to renaming,
with the numbers of ``strategies.exhaustive``, at the points of ``strategies.positions``, each
gradient lies in its enclosure. Of other numbers, points and sizes it is evidence, and no proof.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from strategies.exhaustive import all_programs
from strategies.positions import POINTS, piecewise, positions, sides
from verify.check import Checked, fitted, judged
from verify.engines import UnderTest, subject_of
from verify.oracles import BallAlone, Bench
from verify.program import Program
from verify.program.floats import FLOATS
from verify.verdict import Agree, EngineError, Inaccurate, Mismatch, Undecided

BATCH = 64
"""Programs in one message to the engine's process."""
T = TypeVar("T")


@dataclass
class Proof:
    """What was enumerated and what came of it.

    Attributes:
        programs: how many programs of each size were checked.
        points: at how many programs the engine agreed, by the index in POINTS.
        gradients: how many gradients were compared in the programs that were decided.
        confirmed: how many decided programs all oracles answered; the rest the ball oracle alone.
        one_sided: in how many decided programs a piecewise operation was met on one side only.
        undecided: how many programs could not be decided, by reason.
        counterexample: the first failing case, of the smallest size there is; None if none.
    """

    programs: Counter[int] = field(default_factory=Counter)
    points: Counter[int] = field(default_factory=Counter)
    gradients: int = 0
    confirmed: int = 0
    one_sided: int = 0
    undecided: Counter[str] = field(default_factory=Counter)
    counterexample: Checked | None = None

    @property
    def total(self) -> int:
        """How many programs were checked, decided or not."""
        return self.programs.total()

    @property
    def decided(self) -> int:
        """How many programs the engine is right about."""
        return self.total - self.undecided.total()


CONFIRMED_SIZE = 3
"""Programs up to this size are answered by all the oracles; there are too many larger ones."""


def prove(
    engine: UnderTest,
    bench: Bench,
    forms: Sequence[str],
    size: int,
    inputs: int,
    progress: Callable[[Proof], None] = lambda _proof: None,
) -> Proof:
    """Check every program of 1 to ``size`` instructions on up to ``inputs`` inputs, small first."""
    proof = Proof()
    for length in range(1, size + 1):
        confirmed = length <= CONFIRMED_SIZE
        oracles = bench if confirmed else BallAlone()
        for at, checked in _checked(engine, oracles, all_programs(forms, length, inputs)):
            proof.programs[length] += 1
            proof.counterexample = next((c for c in checked if _fails(c)), None)
            if proof.counterexample is not None:
                return proof
            if (reason := _doubtful(checked)) is None:
                _count(proof, at, checked, confirmed)
            else:
                proof.undecided[reason] += 1
            progress(proof)
    return proof


def _fails(checked: Checked) -> bool:
    return isinstance(checked.verdict, Mismatch | EngineError)


def _doubtful(checked: Sequence[Checked]) -> str | None:
    """Why a program is not decided; None if the engine is right at a point, and nothing is odd."""
    verdicts = [c.verdict for c in checked]
    if any(isinstance(v, Inaccurate) for v in verdicts):
        return "accuracy"
    reasons = [v.reason for v in verdicts if isinstance(v, Undecided)]
    odd = next((reason for reason in ("doubt", "accuracy") if reason in reasons), None)
    return odd or (reasons[0] if len(reasons) == len(verdicts) else None)


def _count(proof: Proof, at: Sequence[int], checked: Sequence[Checked], confirmed: bool) -> None:
    """Add a decided program."""
    program = checked[0].case.program
    pieces = piecewise(program)
    met = set()
    for index, one in zip(at, checked, strict=True):
        if isinstance(one.verdict, Agree):
            proof.points[index] += 1
            proof.gradients += one.verdict.gradients
            if pieces:
                met |= sides(program, one.case.point) or set()
    proof.confirmed += confirmed
    proof.one_sided += len(met) < 2 * len(pieces)


def _checked(
    engine: UnderTest, bench: Bench, programs: Iterator[Program]
) -> Iterator[tuple[list[int], list[Checked]]]:
    """Each program's points and verdicts. An engine elsewhere runs the next batch meanwhile."""
    subject = subject_of(engine)
    facts = subject.facts
    located = ((positions(p), p) for p in programs)
    asked = ((at, *fitted(p, [POINTS[k][: p.n_inputs] for k in at], facts)) for at, p in located)
    batches = iter(lambda: list(islice(asked, BATCH)), [])
    ahead = ((batch, subject.begin([case[1:] for case in batch])) for batch in batches)
    for batch, collect in _one_ahead(ahead):
        for (at, program, points), seen in zip(batch, collect(), strict=False):
            truths = bench.truths(program, points, FLOATS[facts.float_width])
            yield at, judged(program, points, seen, truths, facts)


def _one_ahead(items: Iterator[T]) -> Iterator[T]:
    """The items, each made before the one before it is used."""
    held = next(items, None)
    while held is not None:
        following = next(items, None)
        yield held
        held = following
