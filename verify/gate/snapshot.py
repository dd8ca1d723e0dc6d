"""What a gate remembers of an examination: small, sorted, and committed beside the engine.

``schema/baseline-1.json`` beside this file describes its JSON form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from verify.laws import SEVERITIES
from verify.program import ProgramError
from verify.program.json_form import case_from_json, parse_json
from verify.report import Document, FindingRecord
from verify.report.words import finding_title

SCHEMA = "gradverify/baseline/1"
LONGEST = 500
"""Characters kept of a message that comes from an engine."""


class SnapshotError(Exception):
    """A baseline that cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding, as far as a later run needs it. See FindingRecord for the fields."""

    fingerprint: str
    law: str
    severity: str
    operation: str | None
    operand: int | None
    fault: str | None
    title: str
    message: str
    case: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An examination of an engine.

    Attributes:
        target, engine: what was asked for, and the name and version that were found.
        status: of the report.
        seed, budget: how the cases were drawn.
        forms: the spellings that were asked for; None for all.
        network: the class of networks that was examined too, or None.
        laws: code -> ``held``, ``broken``, or why it could not be examined.
        oracles: those that answered at least one case.
        operations: spelling -> how it is called, ``{0} + {1}``.
        lacking: spellings whose operands were examined less than they must be.
        bits: spelling -> digest of the numbers it gives on fixed cases.
        findings: what was found, worst first.
        flickers: fingerprints of those whose case sometimes passes; no baseline keeps it, nor
            what follows.
    """

    target: str
    engine: str
    status: str
    seed: int
    budget: dict[str, int]
    forms: tuple[str, ...] | None
    network: str | None
    laws: dict[str, str]
    oracles: tuple[str, ...]
    operations: dict[str, str]
    lacking: tuple[str, ...]
    bits: dict[str, str]
    findings: tuple[Seen, ...]
    flickers: tuple[str, ...] = ()
    partial: bool = False
    sentence: str = ""

    def to_json(self) -> str:
        """The text of a baseline: sorted keys, the same run gives the same bytes."""
        kept = asdict(self)
        for name in ("flickers", "partial", "sentence"):
            del kept[name]
        return json.dumps({"schema": SCHEMA, **kept}, indent=2, sort_keys=True) + "\n"

    @staticmethod
    def from_json(text: str) -> Snapshot:
        """Read a baseline.

        Raises:
            SnapshotError: if it is none of this schema.
        """
        try:
            data = parse_json(text)
        except ProgramError as error:
            raise SnapshotError(f"it is no baseline: {error}") from None
        if not isinstance(data, dict):
            raise SnapshotError("it is no baseline: it holds no object")
        if data.get("schema") != SCHEMA:
            schema = str(data.get("schema"))[:60]
            raise SnapshotError(f"its schema is {schema!r}, and this gradverify reads {SCHEMA!r}")
        try:
            return _snapshot(data)
        except (KeyError, TypeError, ValueError, AttributeError, ProgramError) as error:
            what = f"it has no {error}" if isinstance(error, KeyError) else str(error)
            raise SnapshotError(f"it is no whole baseline: {what[:200]}") from None


def snapshot_of(
    document: Document,
    budget: Mapping[str, int],
    forms: tuple[str, ...] | None,
    bits: Mapping[str, str],
) -> Snapshot:
    """The snapshot of a run.

    Args:
        document: what the run found.
        budget: how much it examined.
        forms: the spellings that it was asked for, or None.
        bits: digests of the engine's numbers, by spelling.
    """
    return Snapshot(
        target=document.target,
        engine=str(document.engine["name"]),
        status=document.status,
        seed=document.seed,
        budget=dict(budget),
        forms=forms,
        network=str(document.network["target"]) if document.network else None,
        laws={law.code: law.why if law.status == "not examined" else law.status
              for law in document.laws},
        oracles=tuple(name for name in ("ball", "symbolic", "torch") if document.oracles[name]),
        operations={name: str(spelling) for name, spelling in document.engine["spellings"].items()},
        lacking=tuple(o.name for o in document.operations if o.supported and o.lacking),
        bits=dict(bits),
        findings=tuple(_seen(finding) for finding in document.findings),
        flickers=tuple(f.fingerprint for f in document.findings if f.flickers),
        partial=document.partial,
        sentence=document.sentence,
    )  # fmt: skip


def _seen(finding: FindingRecord) -> Seen:
    return Seen(
        finding.fingerprint,
        finding.law,
        finding.severity,
        finding.operation,
        finding.operand,
        finding.fault,
        finding_title(finding),
        finding.message[:LONGEST],
        finding.case,
    )


def _snapshot(data: dict[str, Any]) -> Snapshot:
    network, forms = data["network"], data["forms"]
    return Snapshot(
        target=_text(data, "target"),
        engine=_text(data, "engine"),
        status=_text(data, "status"),
        seed=int(data["seed"]),
        budget={str(k): int(v) for k, v in data["budget"].items()},
        forms=None if forms is None else _texts(forms),
        network=None if network is None else _text(data, "network"),
        laws=_table(data["laws"]),
        oracles=_texts(data["oracles"]),
        operations=_table(data["operations"]),
        lacking=_texts(data["lacking"]),
        bits=_table(data["bits"]),
        findings=tuple(_finding(item) for item in data["findings"]),
    )


def _finding(data: dict[str, Any]) -> Seen:
    severity, operand = _text(data, "severity"), data["operand"]
    if severity not in SEVERITIES:
        raise ValueError(f"there is no severity {severity!r}")
    if data["case"] is not None:
        case_from_json(data["case"])
    return Seen(
        _text(data, "fingerprint"),
        _text(data, "law"),
        severity,
        _text_or_none(data, "operation"),
        None if operand is None else int(operand),
        _text_or_none(data, "fault"),
        _text(data, "title"),
        _text(data, "message"),
        data["case"],
    )


def _text(data: dict[str, Any], name: str) -> str:
    if not isinstance(data[name], str):
        raise TypeError(f"{name} is no text")
    return str(data[name])


def _text_or_none(data: dict[str, Any], name: str) -> str | None:
    return None if data[name] is None else _text(data, name)


def _texts(items: object) -> tuple[str, ...]:
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise TypeError("a list of names is expected")
    return tuple(items)


def _table(items: dict[str, Any]) -> dict[str, str]:
    if not all(isinstance(value, str) for value in items.values()):
        raise TypeError("a table of texts is expected")
    return dict(items)
