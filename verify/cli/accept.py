"""``gradverify gate --accept``: a finding of the last report becomes a known failure."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from verify.cli import exit_codes
from verify.cli.finding_names import is_called
from verify.cli.ignored import say_what_git_ignores
from verify.cli.store import FINDING_SCHEMA, folder_of, write_whole
from verify.cli.stored import document
from verify.cli.streams import complain, say
from verify.gate import KnownError, Snapshot, read_known
from verify.program import ProgramError


def accept(options: argparse.Namespace, baseline: Snapshot | None, path: Path) -> int:
    """Write the entry and its counterexample; the exit code."""
    if not (options.reason or "").strip():
        complain("--accept needs --reason: why is it lived with?")
        return exit_codes.USAGE
    report = folder_of(options.report_dir, options.target) / "report.json"
    try:
        finding = _finding(report, options.accept)
        _write(finding, options, path)
    except (ProgramError, KnownError) as error:
        complain(str(error))
        return exit_codes.USAGE
    except OSError as error:
        complain(f"{error.filename or path}: {error.strerror or error}")
        return exit_codes.USAGE
    told = " It is in the baseline too." if baseline and _is_in(baseline, finding) else ""
    say(f"Known: {finding['law']} {finding['fingerprint']}, written to {path}.{told}")
    say(f"Commit {path} and what it names.")
    say_what_git_ignores(path)
    return exit_codes.CLEAN


def _is_in(baseline: Snapshot, finding: dict[str, object]) -> bool:
    return any(f.fingerprint == finding["fingerprint"] for f in baseline.findings)


def _finding(report: Path, wanted: str) -> dict[str, object]:
    data = document(report)
    listed = data.get("findings") if isinstance(data, dict) else None
    findings = [f for f in listed if isinstance(f, dict)] if isinstance(listed, list) else []
    found = [
        f for f in findings
        if is_called(wanted, f.get("law"), f.get("fingerprint"), f.get("replay"))
    ]  # fmt: skip
    if len(found) != 1:
        names = " ".join(str(f.get("replay") or f.get("fingerprint")) for f in findings) or "none"
        raise ProgramError(f"{report} has {len(found)} findings {wanted}; it has {names}")
    return found[0]


def _write(finding: dict[str, object], options: argparse.Namespace, path: Path) -> None:
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = ["[[known]]", f"fingerprint = {_toml(finding['fingerprint'])}"]
    lines += [f"law = {_toml(finding['law'])}"]
    if finding.get("operation"):
        lines.append(f"operation = {_toml(finding['operation'])}")
    lines.append(f"reason = {_toml(options.reason.strip())}")
    path.parent.mkdir(parents=True, exist_ok=True)
    if finding.get("case") is not None:
        case = path.parent / f"known-{finding['fingerprint']}.json"
        kept = ("law", "operation", "fingerprint", "message", "case", "passes_alone")
        record = {key: finding[key] for key in kept if key in finding}
        whole = {"schema": FINDING_SCHEMA, "target": options.target, **record}
        write_whole(case, json.dumps(whole, indent=2, sort_keys=True) + "\n")
        lines.append(f"case = {_toml(case.name)}")
    text = (before.rstrip("\n") + "\n\n" if before.strip() else "") + "\n".join(lines) + "\n"
    new = path.with_name(f".{path.name}.new")
    write_whole(new, text)
    try:
        read_known(new)  # an entry that is there twice is refused before the file is touched
    finally:
        new.unlink(missing_ok=True)
    write_whole(path, text)


def _toml(text: object) -> str:
    """A basic string of TOML: JSON's, with what JSON leaves as it is escaped too."""
    return json.dumps(str(text)).replace("\x7f", "\\u007f")
