"""A failing case that stays large: where it shows is said, and no more."""

from __future__ import annotations

from verify.check import Checked
from verify.diagnose import Diagnosis, diagnose
from verify.diagnose.places import place_of, where_it_is
from verify.engines import UnderTest
from verify.verdict import Mismatch

MOST_EXPLAINED = 30
"""Instructions of a case that faults are asked to explain: of a large one they predict too much."""


def diagnosed(engine: UnderTest, checked: Checked, *, in_trees: bool = False) -> Diagnosis:
    """The diagnosis; of a large case with wrong numbers, only where it shows."""
    verdict, program = checked.verdict, checked.case.program
    length = len(program.instructions)
    if length <= MOST_EXPLAINED or not isinstance(verdict, Mismatch):
        return diagnose(engine, checked, in_trees=in_trees)
    cause = verdict.discrepancies[0]
    index, _ = place_of(program, cause, "")
    said = f"{where_it_is(checked, cause, index, None)} No smaller case was found that fails so."
    return Diagnosis(None, None, index, None, said, "")
