"""A failing case asked in a new process: what fails only after other programs says so."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from verify.campaign.finding import Finding
from verify.check import check
from verify.diagnose.places import what_was_raised, where_it_is
from verify.engines import UnderTest
from verify.engines.isolation import GoneError, Isolated
from verify.oracles import BallAlone
from verify.program import Case
from verify.program.text import instruction_text
from verify.verdict import Agree, EngineError, Mismatch

PASSES_ALONE = (
    "In a new process this case passes: the engine keeps something from the programs before it, "
    "such as a cache or a tape; look for what outlives a graph."
)
"""Ends the diagnosis of a finding whose case fails only after other programs."""


def told_apart(finding: Finding) -> Finding:
    """A finding whose case passes in a new process: it says so, and names no fault.

    A fault's prediction is that of every run: what passes anew is not explained by it.
    """
    found = finding.diagnosis
    said = found.sentence if found.fault is None else _shown(finding)
    diagnosis = replace(found, fault=None, sentence=f"{said} {PASSES_ALONE}", mend="")
    return replace(finding, diagnosis=diagnosis, flickers=True, passes_alone=True)


def passes_anew(engine: UnderTest, case: Case) -> bool:
    """Whether a failing case passes, once, as the first of a new process.

    What comes after it is asked in that process too. An engine that lives in ours cannot be begun
    again.
    """
    if not isinstance(engine, Isolated) or engine.worn_out:
        return False
    engine.close()
    with suppress(GoneError):
        (found,) = check(engine, BallAlone(), case.program, [case.point])
        return isinstance(found.verdict, Agree)
    return False


def _shown(finding: Finding) -> str:
    """Where it shows, without the fault that was thought to explain it."""
    checked, index = finding.checked, finding.diagnosis.index
    verdict = checked.verdict
    if isinstance(verdict, EngineError):
        return what_was_raised(checked, verdict)
    if isinstance(verdict, Mismatch):
        return where_it_is(checked, verdict.discrepancies[0], index, None)
    return f"Digits are lost in {instruction_text(checked.case.program, index)}."
