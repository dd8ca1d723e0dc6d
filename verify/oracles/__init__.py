"""Oracles say what the answer must be. To add one: a file, and a line in ORACLES."""

from verify.oracles.answer import Answer, Oracle, Trouble
from verify.oracles.ball import BallOracle
from verify.oracles.formulas import FORMULAS, Formula
from verify.oracles.meeting import VOID, Bench, Doubt, Truth
from verify.oracles.pytorch import TorchOracle
from verify.oracles.symbolic import SymbolicOracle
from verify.program import Instruction, Program, Ref

ORACLES: tuple[type[Oracle], ...] = (BallOracle, SymbolicOracle, TorchOracle)
"""The first encloses what engines may print; each of the others must agree with it."""


class BallAlone(Bench):
    """The ball oracle alone, for questions by the thousand: shrinking, and exhaustive proofs.

    It decides; what it decides is confirmed by all the oracles on the cases that are reported.
    """

    def __init__(self) -> None:
        self.oracles = (BallOracle(),)


def warm() -> None:
    """Let the libraries of the oracles load what they load late, while all is as it should be."""
    exp = Program(1, (Instruction("exp", (Ref(0),)),))
    bench().truths(exp, [(0.5,)])


def bench() -> Bench:
    """All oracles together."""
    return Bench([oracle() for oracle in ORACLES])


__all__ = [
    "FORMULAS",
    "ORACLES",
    "VOID",
    "Answer",
    "BallAlone",
    "BallOracle",
    "Bench",
    "Doubt",
    "Formula",
    "Oracle",
    "SymbolicOracle",
    "TorchOracle",
    "Trouble",
    "Truth",
    "bench",
    "warm",
]
