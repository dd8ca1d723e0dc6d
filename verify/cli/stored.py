"""Reading what earlier runs stored: a finding's file, a report, or a bare case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verify.campaign.replay import ANY
from verify.cli.finding_names import is_called
from verify.cli.store import FINDING_SCHEMA, find_target
from verify.laws import BY_CODE
from verify.program import Case, ProgramError
from verify.program.json_form import case_from_json, parse_json
from verify.report import SCHEMA as REPORT_SCHEMA

LARGEST_FILE = 64 * 2**20
LARGEST_REPLAY = 20_000
MOST_OPERANDS = 100_000


@dataclass(frozen=True, slots=True)
class Stored:
    """What a file holds; a bare case has neither target, law nor fingerprint.

    Attributes:
        passes_alone: whether the case failed only after other programs.
    """

    target: str | None
    law: str | None
    case: Case
    fingerprint: str | None = None
    operation: str | None = ANY
    passes_alone: bool = False

    def told(self, outcome: str) -> str:
        """What a replay's outcome tells: of a case that passes alone, nothing by passing."""
        return "undecided" if self.passes_alone and outcome == "fixed" else outcome


def read(path: Path, wanted: str | None = None) -> Stored:
    """The finding of a file, or a bare case.

    Args:
        path: a finding's file, a report, or a case.
        wanted: which finding of a report, by any of its names (:mod:`verify.cli.finding_names`).

    Raises:
        ProgramError: if the file is none of these, or has no such finding.
        OSError: if it cannot be read.
    """
    data = document(path)
    schema = data.get("schema") if isinstance(data, dict) else None
    if isinstance(data, dict) and schema == FINDING_SCHEMA:
        return _finding(data, path, wanted)
    if isinstance(data, dict) and schema == REPORT_SCHEMA:
        return _of_report(data, path, wanted)
    if wanted is not None:
        raise ProgramError("--finding names a finding of a report, and this is none")
    return Stored(None, None, _replayable(case_from_json(data)))


def document(path: Path) -> object:
    """The JSON document of a file.

    Raises:
        ProgramError: in one sentence, if it is no JSON or too large.
        OSError: if it cannot be read.
    """
    if path.stat().st_size > LARGEST_FILE:
        raise ProgramError("the file is larger than 64 MiB, which no case is")
    try:
        return parse_json(path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError:
        raise ProgramError("not JSON: the file is not UTF-8 text") from None


def _finding(data: dict[str, Any], path: Path, wanted: str | None = None) -> Stored:
    target, law, base = data.get("target"), data.get("law"), data.get("base")
    if not isinstance(target, str) or not isinstance(law, str) or law not in BY_CODE:
        raise ProgramError("the finding does not name its target and law")
    if base is not None and not isinstance(base, str):
        raise ProgramError("the finding's base is not a path")
    own = data.get("fingerprint")
    if wanted is not None and not is_called(wanted, law, own, path.name):
        raise ProgramError(f"it holds the finding {own}, not {wanted}")
    place = data.get("operation", ANY)
    if place is not None and not isinstance(place, str):
        raise ProgramError("the finding's operation is not a text")
    target = find_target(target, base, path.parent)
    case = _replayable(case_from_json(data.get("case")))
    alone = data.get("passes_alone") is True
    return Stored(target, law, case, own if isinstance(own, str) else None, place, alone)


def _of_report(data: dict[str, Any], path: Path, wanted: str | None) -> Stored:
    listed = data.get("findings")
    findings = [f for f in listed if isinstance(f, dict)] if isinstance(listed, list) else []
    stored = [f for f in findings if f.get("case") is not None]
    if not stored:
        raise ProgramError("the report has no finding with a case to replay")
    chosen = [f for f in stored if wanted is None or _is_called(f, wanted)]
    if not chosen:
        there = _names(stored)
        raise ProgramError(f"the report has no finding {wanted} with a case; it has {there}")
    if len(chosen) > 1:
        said = f"choose one by --finding, of {_names(chosen)}"
        raise ProgramError(f"the report has several findings: {said}")
    base = _base_beside(chosen[0], path)
    return _finding({**chosen[0], "target": data.get("target"), "base": base}, path)


def _name(finding: dict[str, Any]) -> str:
    """The name of a finding's own file without its ending: ``GRA01-1``."""
    return str(finding.get("replay") or "").removesuffix(".json")


def _names(findings: Iterable[dict[str, Any]]) -> str:
    return " ".join(_name(f) or str(f.get("fingerprint")) for f in findings)


def _is_called(finding: dict[str, Any], wanted: str) -> bool:
    file = finding.get("replay")
    return is_called(wanted, finding.get("law"), finding.get("fingerprint"), file)


def _base_beside(finding: dict[str, Any], report: Path) -> str | None:
    """Where the engine's path begins: a report leaves it to the finding's file that lies by it."""
    try:
        beside = document(report.parent / Path(_name(finding) + ".json").name)
    except (ProgramError, OSError):
        return None
    if not isinstance(beside, dict):
        return None
    same = beside.get("fingerprint") == finding.get("fingerprint")
    base = beside.get("base") if same else None
    return base if isinstance(base, str) else None


def _replayable(case: Case) -> Case:
    """A file may be small and its case still too much for the oracles: refused, not begun."""
    instructions = case.program.instructions
    operands = sum(len(i.operands) for i in instructions)
    if len(instructions) > LARGEST_REPLAY or operands > MOST_OPERANDS:
        raise ProgramError(
            f"a case to replay has at most {LARGEST_REPLAY:,} instructions and "
            f"{MOST_OPERANDS:,} operands; this has {len(instructions):,} and {operands:,}"
        )
    if case.seed != 1.0:  # check() asks for the seed 1, and its verdict would be on another case
        raise ProgramError("a case with a seed other than 1 cannot be replayed yet")
    return case
