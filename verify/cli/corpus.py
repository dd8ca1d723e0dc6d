"""The regression corpus on disk: a file for each case that ever failed, beside the report.

``reports/<engine>/corpus/<fingerprint>.json`` is a finding's file, written whole and never written
again: a case that passes stays, and guards.
"""

from __future__ import annotations

import json
from pathlib import Path

from verify.campaign import Kept
from verify.campaign.corpus import belongs
from verify.cli.store import FINDING_SCHEMA, base_of, folder_of, passing, write_whole
from verify.cli.stored import read
from verify.program import ProgramError
from verify.report import Document

LARGEST_CORPUS = 500
"""Files; above this no case is added."""


def corpus_of(report_dir: str, target: str) -> Path:
    """The folder of an engine's corpus."""
    return folder_of(report_dir, target) / "corpus"


def load(folder: Path) -> tuple[list[Kept], list[str]]:
    """The cases of a corpus, and a sentence for each file that is none; such a file is left alone.

    Cases of laws that look for them anew in every run are left out, as they would be seen twice.
    """
    kept: list[Kept] = []
    said: list[str] = []
    try:
        paths = sorted(path for path in folder.glob("*.json") if not path.name.startswith("."))
    except OSError as error:
        return [], [f"the corpus {folder} cannot be read: {error.strerror or error}"]
    if len(paths) > LARGEST_CORPUS:
        rest = len(paths) - LARGEST_CORPUS
        said.append(f"the corpus {folder} is too large: {rest:,} of its files were not replayed")
    for path in paths[:LARGEST_CORPUS]:
        try:
            stored = read(path)
        except (ProgramError, OSError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            said.append(f"{path} is no finding and was left alone: {why}")
            continue
        if stored.law is not None and belongs(stored.law):
            kept.append(Kept(stored.fingerprint or path.stem, stored.law, stored.case))
    return kept, said


def keep(folder: Path, document: Document) -> str | None:
    """Add each case that was found; why not, if it cannot be done.

    A file that is there is not touched, whatever it holds.
    """
    new = {
        f"{finding.fingerprint}.json": finding
        for finding in document.findings
        if finding.case is not None and belongs(finding.law)
    }
    try:
        there = {path.name for path in folder.glob("*.json")}
        added = sorted(set(new) - there)
        room = max(0, LARGEST_CORPUS - len(there))
        for name in added[:room]:
            folder.mkdir(parents=True, exist_ok=True)
            finding = new[name]
            record = {
                "schema": FINDING_SCHEMA,
                "target": document.target,
                **base_of(document.target, folder),
                "law": finding.law,
                "fingerprint": finding.fingerprint,
                "message": finding.message,
                "case": finding.case,
                **passing(finding),
            }
            write_whole(folder / name, json.dumps(record, indent=2, sort_keys=True) + "\n")
    except OSError as error:
        return f"the corpus {folder} cannot be written: {error.strerror or error}"
    if len(added) > room:
        return f"the corpus {folder} is full: {len(added) - room} cases were not kept"
    return None
