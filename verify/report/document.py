"""The report as data. Every format is rendered from this; nothing is computed while rendering.

``schema/report-1.json`` beside this file describes its JSON form, a public contract.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SCHEMA = "gradverify/report/1"
STATUSES = ("certified", "wrong", "in doubt", "interrupted", "stopped")


@dataclass(frozen=True, slots=True)
class ValueRecord:
    """One value of a finding's program: what the engine printed, and where it must lie.

    Attributes:
        primal: float.hex of the value, None if it was not reached.
        adjoint: float.hex of its gradient, None if it has none.
        primal_range, adjoint_range: ``{"low": hex, "high": hex}``; None if that is undecided.
    """

    primal: str | None
    adjoint: str | None
    primal_range: dict[str, str] | None
    adjoint_range: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """One finding, ready to be shown.

    Attributes:
        fingerprint: twelve hexadecimal digits, the same wherever the same bug is found.
        law, severity, title: the law that is broken.
        operation: the form the bug sits in, or None.
        operand: the operand that received the wrong contribution, or None.
        fault: code of the known fault that explains every number, or None.
        count: how many cases failed in this way.
        case: the smallest failing case in its JSON form, or None.
        program: the same in the text form, or None.
        quantity: what was wrong, ``d %3 / d x0`` or ``%1``, or None.
        expected: ``{"low": hex, "high": hex}`` or None.
        actual: float.hex of what was printed, or None.
        ulps: distance to the enclosure, or None.
        digits: decimal digits of agreement, or None.
        message: what happened, in one sentence.
        diagnosis: where it is and what explains it; empty if there is nothing to add.
        mend: what to look for in the engine; empty if unknown.
        also: other operations that fail because they call this one.
        flickers: whether the same case sometimes passes.
        passes_alone: whether it passes as the first of a process, and failed after other programs.
        replay: the file that replays it, relative to the report, or None.
        instruction: index of the value whose instruction gave the first wrong number, or None.
        values: of each value of the program, inputs first; empty where nothing was computed.
    """

    fingerprint: str
    law: str
    severity: str
    title: str
    operation: str | None
    operand: int | None
    fault: str | None
    count: int
    case: dict[str, Any] | None
    program: str | None
    quantity: str | None
    expected: dict[str, str] | None
    actual: str | None
    ulps: float | None
    digits: int | None
    message: str
    diagnosis: str = ""
    mend: str = ""
    also: tuple[str, ...] = ()
    flickers: bool = False
    replay: str | None = None
    instruction: int | None = None
    values: tuple[ValueRecord, ...] = ()
    passes_alone: bool = False


@dataclass(frozen=True, slots=True)
class LawRecord:
    """What became of one law.

    Attributes:
        code, severity, title: the law.
        status: ``held``, ``broken`` or ``not examined``.
        compared: how many comparisons were made; cases, for the laws of random cases.
        why: why it was not examined; empty if it was.
    """

    code: str
    severity: str
    title: str
    status: str
    compared: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class OperationRecord:
    """What was examined of one operation.

    Attributes:
        name: the form, ``radd``.
        supported: whether the engine has it.
        why: the engine's own words, if not.
        checked, agreed, mismatched, inaccurate, undecided: cases whose program was built around it.
        coverage: for each operand position, how often each situation occurred.
        lacking: for each operand position, situations below the minimum.
    """

    name: str
    supported: bool
    why: str
    checked: int
    agreed: int
    mismatched: int
    inaccurate: int
    undecided: int
    coverage: dict[str, dict[str, int]]
    lacking: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Document:
    """A run, whole. See ``docs/report.md`` for each field."""

    target: str
    seed: int
    status: str
    sentence: str
    totals: dict[str, int]
    operations: tuple[OperationRecord, ...]
    findings: tuple[FindingRecord, ...]
    engine: dict[str, Any]
    environment: dict[str, str]
    oracles: dict[str, Any]
    undecided: dict[str, int]
    laws: tuple[LawRecord, ...] = ()
    network: dict[str, Any] | None = None
    doubts: tuple[str, ...] = ()
    partial: bool = False
    timings: dict[str, float] = field(default_factory=dict)
    schema: str = SCHEMA
