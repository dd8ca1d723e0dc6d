"""Exhaustive mode: every program up to a size, a bounded proof or the smallest counterexample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from strategies.exhaustive import all_programs
from verify.check import Checked, check
from verify.engines import Engine
from verify.oracles import BallAlone, Bench
from verify.verdict import EngineError, Inaccurate, Mismatch, Undecided

POINT = (1.3125, 0.78125, 1.8125, 0.59375, 2.0625, 0.40625)
"""Distinct, not special, positive: every operation is smooth there, and no two paths look alike."""


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
    engine: Engine,
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
        for program in all_programs(forms, length, inputs):
            (checked,) = check(engine, oracles, program, [POINT[: program.n_inputs]])
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
