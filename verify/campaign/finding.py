"""One bug as a run found it, and what kind of failure it is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from verify.check import Checked
from verify.diagnose import Diagnosis
from verify.engines import DEATHS
from verify.faults import BY_CODE
from verify.laws import DEADLY
from verify.verdict import EngineError, Inaccurate, Mismatch

FAILURES = Mismatch | EngineError | Inaccurate
"""Verdicts that make a finding."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One bug.

    Attributes:
        law: code of the law it breaks.
        checked: the smallest failing case, with what was seen and what is true.
        diagnosis: where it is and, if proved, its name.
        count: how many cases failed in this way.
        also: other forms that fail because they call this operation.
        flickers: whether the same case sometimes passes.
        passes_alone: whether it passes as the first of a process, and failed after other programs.
    """

    law: str
    checked: Checked
    diagnosis: Diagnosis
    count: int
    also: tuple[str, ...] = ()
    flickers: bool = False
    passes_alone: bool = False

    @property
    def fingerprint(self) -> str:
        """Stable identity: law, operation, operand, fault."""
        d = self.diagnosis
        return fingerprint(self.law, d.form, None if d.fault else d.slot, d.fault)

    @property
    def is_about_the_walk(self) -> bool:
        """Or about every operation at once: either way it sits in no one operation."""
        fault, form = self.diagnosis.fault, self.diagnosis.form
        return fault is not None and form is None and BY_CODE[fault].scope != "law"


def fingerprint(*parts: object) -> str:
    """Twelve hexadecimal digits that name a finding wherever it is found."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:12]


def in_backward(finding: Finding) -> bool:
    """Whether an engine failed in ``backward``: one walk goes over every operation."""
    verdict = finding.checked.verdict
    return isinstance(verdict, EngineError) and verdict.stage == "backward"


def place_of(checked: Checked) -> set[str]:
    """The form at which a case ended the engine's process."""
    verdict, program = checked.verdict, checked.case.program
    if not isinstance(verdict, EngineError) or verdict.index < program.n_inputs:
        return set()
    return {program.at(verdict.index).form}


def died_of(checked: Checked) -> bool:
    """Whether a case ended the engine's process."""
    return isinstance(checked.verdict, EngineError) and checked.verdict.kind in DEATHS


def law_family(checked: Checked) -> str:
    """``VAL``, ``GRA``, ``RUN`` or ``ACC``: what shrinking may exchange for one another.

    What ends the process is a family of its own for each way of ending it.
    """
    return law(checked) if died_of(checked) else law(checked)[:3]


def law(checked: Checked) -> str:
    """Code of the law that a failing case breaks."""
    if isinstance(checked.verdict, Mismatch):
        return checked.verdict.law
    if isinstance(checked.verdict, EngineError):
        return DEADLY.get(checked.verdict.kind, "RUN01")
    return "ACC01"
