"""Oracles say what the answer must be. To add one: a file, and a line in ORACLES."""

from verify.oracles.answer import Answer, Oracle, Trouble
from verify.oracles.ball import BallOracle
from verify.oracles.pytorch import TorchOracle
from verify.oracles.symbolic import SymbolicOracle

ORACLES: tuple[type[Oracle], ...] = (BallOracle, SymbolicOracle, TorchOracle)

__all__ = ["ORACLES", "Answer", "BallOracle", "Oracle", "SymbolicOracle", "TorchOracle", "Trouble"]
