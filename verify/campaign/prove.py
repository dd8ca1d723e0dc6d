"""Exhaustive mode: every program up to a size, a bounded proof or the smallest counterexample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from strategies.exhaustive import all_programs
from verify.check import Checked, fitted, judged
from verify.engines import UnderTest, subject_of
from verify.oracles import BallAlone, Bench
from verify.program import Program
from verify.program.floats import FLOATS
from verify.verdict import EngineError, Inaccurate, Mismatch, Undecided

POINT = (1.3125, 0.78125, 1.8125, 0.59375, 2.0625, 0.40625)
"""Distinct, not special, positive: every operation is smooth there, and no two paths look alike."""


BATCH = 64
"""Programs in one message to the engine's process."""
T = TypeVar("T")


@dataclass
class Proof:
    """What was enumerated and what came of it.

    Attributes:
        programs: how many programs of each size were checked.
        gradients: how many gradients were compared.
        confirmed: how many programs all oracles answered; the rest the ball oracle alone.
        undecided: how many programs could not be decided, by reason.
        counterexample: the first failing case, of the smallest size there is; None if none.
    """

    programs: Counter[int] = field(default_factory=Counter)
    gradients: int = 0
    confirmed: int = 0
    undecided: Counter[str] = field(default_factory=Counter)
    counterexample: Checked | None = None


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
        for checked in _checked(engine, oracles, all_programs(forms, length, inputs)):
            proof.programs[length] += 1
            proof.confirmed += confirmed
            verdict = checked.verdict
            if isinstance(verdict, Mismatch | EngineError):
                proof.counterexample = checked
                return proof
            if isinstance(verdict, Undecided):
                proof.undecided[verdict.reason] += 1
            elif isinstance(verdict, Inaccurate):
                proof.undecided["accuracy"] += 1
            else:
                proof.gradients += verdict.gradients
            progress(proof)
    return proof


def _checked(engine: UnderTest, bench: Bench, programs: Iterator[Program]) -> Iterator[Checked]:
    """Each program's verdict. An engine elsewhere runs the next batch while one is judged."""
    subject = subject_of(engine)
    facts = subject.facts
    asked = (fitted(p, [POINT[: p.n_inputs]], facts) for p in programs)
    batches = iter(lambda: list(islice(asked, BATCH)), [])
    ahead = ((batch, subject.begin(batch)) for batch in batches)
    for batch, collect in _one_ahead(ahead):
        for (program, points), seen in zip(batch, collect(), strict=False):
            truths = bench.truths(program, points, FLOATS[facts.float_width])
            yield from judged(program, points, seen, truths, facts)


def _one_ahead(items: Iterator[T]) -> Iterator[T]:
    """The items, each made before the one before it is used."""
    held = next(items, None)
    while held is not None:
        following = next(items, None)
        yield held
        held = following
