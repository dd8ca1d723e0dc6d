"""Batches that are the same everywhere, for the tests of the oracles."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from strategies import focuses
from strategies.dice import Dice
from strategies.programs import BYTES, build
from verify.program import FORMS, Program
from verify.program.text import parse_case

if TYPE_CHECKING:
    from strategies import Batch
    from verify.oracles import Answer, Oracle

ALL = tuple(FORMS)


def sample(count: int, n_points: int = 12) -> list[Batch]:
    """Batches, each about the next focus."""
    about = focuses(ALL)
    return [
        build(
            Dice(hashlib.shake_256(b"%d" % i).digest(BYTES)), ALL, about[i % len(about)], n_points
        )
        for i in range(count)
    ]


def ask(oracle: Oracle, text: str) -> tuple[Program, Answer]:
    """An oracle's answer to a case in the text form."""
    case = parse_case(text)
    (answer,) = oracle.answers(case.program, [case.point], case.seed)
    return case.program, answer
