"""Writing reports: whole or not at all, and never lost."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from verify.report import FINDING_FORMATS, FORMATS, Document, FindingRecord

FINDING_SCHEMA = "gradverify/finding/1"
OURS = re.compile(r"[A-Z]{3}\d\d-\d+\.(json|py)|test_[A-Z]{3}\d\d_\d+\.py")
"""Names of the files written for findings."""
ABANDONED = 86_400.0
"""Seconds after which a file that was never renamed is nobody's any more."""
SPELT = "backslashreplace"
"""How a name that is no Unicode (a file of another encoding) is written."""


def folder_of(report_dir: str, target: str) -> Path:
    """The folder of one engine's report: ``reports/micrograd.engine-Value``."""
    path = target.removesuffix(".py")
    name = re.sub(r"[^A-Za-z0-9_.]+", "-", path.replace(".py:", ":")).strip("-.")
    return Path(report_dir) / (name[:100] or "engine")


def write(document: Document, report_dir: str) -> str | None:
    """Write a report to the engine's folder; why not, if it cannot be done."""
    return write_in(document, folder_of(report_dir, document.target))


def write_in(document: Document, folder: Path) -> str | None:
    """Write every format and a file for each finding; why not, if it cannot be done.

    What was found before in the same folder is replaced.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = _files(document, folder)
        for name, text in files.items():
            write_whole(folder / name, text)
        _forget_older(folder, files)
        _sweep(folder, files)
    except OSError as error:
        return f"the report cannot be written to {folder}: {error.strerror or error}"
    return None


def write_whole(path: Path, text: str) -> None:
    """Write a file whole: under another name first, then renamed.

    Raises:
        OSError: if it cannot be written; what was there before is kept.
    """
    if _is_device(path):
        with path.open("w", encoding="utf-8", newline="\n", errors=SPELT) as device:
            device.write(text)
        return
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n", errors=SPELT) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)  # noqa: PTH101 - mkstemp makes it private, a report is not
        os.replace(name, path)  # noqa: PTH105
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _is_device(path: Path) -> bool:
    """Whether a path is a pipe or a device: it is written to, and must not be renamed over."""
    return Path("/dev") in path.absolute().parents or (path.exists() and not path.is_file())


def pour_out(document: Document) -> None:
    """Print the JSON report, so that nothing is lost when it cannot be written.

    Raises:
        OSError: if standard output does not take it, or there is none.
    """
    if sys.stdout is None:
        raise OSError(errno.EBADF, "it is closed")
    sys.stdout.write(FORMATS["json"][1](document))
    sys.stdout.flush()


def passing(finding: FindingRecord) -> dict[str, Any]:
    """What the file of a finding says if its case alone passes; else nothing."""
    return {"passes_alone": True} if finding.passes_alone else {}


def base_of(target: str, folder: Path) -> dict[str, str]:
    """Where a relative file target starts, as seen from a report's folder; else nothing.

    Never absolute: a report has the same bytes wherever its project lies.
    """
    root = _root_of(folder)
    return {} if root is None or relative_file(target) is None else {"base": root}


def _root_of(folder: Path) -> str | None:
    """The current folder as seen from a report's folder; None if it is on another drive."""
    try:
        return Path(os.path.relpath(Path.cwd(), folder.resolve())).as_posix()
    except ValueError:
        return None


def find_target(target: str, base: str | None, folder: Path) -> str:
    """The target from here; a file that is not here is looked for where it was checked."""
    place = relative_file(target)
    if place is None or base is None or _is_file(place):
        return target
    there = str(folder / base / place)
    if not _is_file(there):
        return target
    return f"{os.path.realpath(there)}:{target.rpartition(':')[2]}"


def relative_file(target: str) -> str | None:
    """The path of a target that is a file, if it is relative."""
    place = target.rpartition(":")[0]
    return place if place.endswith((".py", ".ipynb")) and not Path(place).is_absolute() else None


def _is_file(path: str) -> bool:
    """As ``Path.is_file``, and no for a name that no file can have."""
    return os.path.isfile(path)  # noqa: PTH113


def _files(document: Document, folder: Path) -> dict[str, str]:
    files = {name: render(document) for name, render in FORMATS.values()}
    for finding in document.findings:
        if finding.replay is not None:
            record: dict[str, Any] = {
                "schema": FINDING_SCHEMA,
                "target": document.target,
                **base_of(document.target, folder),
                "law": finding.law,
                "fingerprint": finding.fingerprint,
                "message": finding.message,
                "case": finding.case,
                **passing(finding),
            }
            files[finding.replay] = json.dumps(record, indent=2, sort_keys=True) + "\n"
            files.update(_python_files(document, finding, _root_of(folder)))
    return files


def _python_files(
    document: Document, finding: FindingRecord, root: str | None
) -> Iterator[tuple[str, str]]:
    """The script and the test of a finding, where there are any."""
    for name_of, render in FINDING_FORMATS.values():
        name, text = name_of(finding), render(document, finding, root)
        if name is not None and text is not None:
            yield name, text


def _forget_older(folder: Path, current: Collection[str]) -> None:
    """Remove finding files that this report does not name; they would replay a bug that is gone."""
    for path in folder.glob("*[0-9].*"):
        if OURS.fullmatch(path.name) and path.name not in current:
            path.unlink()


def _sweep(folder: Path, names: Collection[str]) -> None:
    """Remove what runs that were killed left under another name; a run of today may be writing."""
    for path in folder.glob(".*.*"):
        if any(path.name.startswith(f".{name}.") for name in names):
            with suppress(OSError):  # somebody else did
                if time.time() - path.stat().st_mtime > ABANDONED:
                    path.unlink()
