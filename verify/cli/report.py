"""``gradverify report``: render a stored report again, in any format."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from verify.cli import exit_codes
from verify.cli.finding_names import is_called
from verify.cli.store import SPELT, write_whole
from verify.cli.streams import UnwritableError, complain, reason
from verify.report import FINDING_FORMATS, FORMATS, Document
from verify.report.read import LARGEST, ReportError, document_from_json

Renderer = Callable[[Document], str]


def report_command(options: argparse.Namespace) -> int:
    """Read, render and write; the exit code says whether that was done, not what was found."""
    if options.format not in format_names():
        complain(f"--format: {options.format!r} is none of {', '.join(format_names())}")
        return exit_codes.USAGE
    try:
        document = read(Path(options.file))
        text = _rendered(document, options)
    except (ReportError, ValueError) as error:
        complain(f"{options.file}: {error}")
        return exit_codes.USAGE
    except OSError as error:
        complain(f"{options.file} cannot be read: {reason(error)}")
        return exit_codes.USAGE
    if options.out == "-":
        return _print(text)
    try:
        write_whole(Path(options.out), text)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        why = reason(error) if isinstance(error, OSError) else error
        complain(f"{options.out} cannot be written: {why}")
        return exit_codes.USAGE
    return exit_codes.CLEAN


def read(path: Path) -> Document:
    """The Document of a JSON report.

    Raises:
        ReportError: if the file is no report.
        OSError: if it cannot be read.
    """
    if path.stat().st_size > LARGEST:
        raise ReportError("it is larger than 64 MiB, which no report is")
    try:
        return document_from_json(path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError:
        raise ReportError("not JSON: the file is not UTF-8 text") from None


def format_names() -> list[str]:
    """All that ``--format`` knows, in the order of the tables."""
    return [*FORMATS, "terminal", *FINDING_FORMATS]


def _rendered(document: Document, options: argparse.Namespace) -> str:
    if options.format in FINDING_FORMATS:
        return _of_finding(document, options)
    if options.finding is not None:
        raise ReportError(f"--finding is for {' and '.join(FINDING_FORMATS)}")
    if options.format == "terminal":
        from verify.report.terminal import render

        return render(document, _folder_of(document, Path(options.file).parent))
    return FORMATS[options.format][1](document)


def _folder_of(document: Document, folder: Path) -> str | None:
    """The folder as a shell reads it, if the files of all findings to replay lie in it."""
    names = ["report.html", *(finding.replay for finding in document.findings if finding.replay)]
    there = all((folder / Path(name).name).is_file() for name in names)
    return shlex.quote(folder.as_posix()) if there else None


def _of_finding(document: Document, options: argparse.Namespace) -> str:
    """The one finding that was asked for, by any of its names; else the first that can be shown."""
    _, render = FINDING_FORMATS[options.format]
    wanted = options.finding
    found = [
        finding for finding in document.findings
        if wanted is None or is_called(wanted, finding.law, finding.fingerprint, finding.replay)
    ]  # fmt: skip
    if not found:
        what = "no finding" if wanted is None else f"no finding {wanted!r}"
        raise ReportError(f"there is {what} in it")
    if wanted is not None and len(found) > 1:
        names = " ".join(finding.replay or finding.fingerprint for finding in found)
        raise ReportError(f"{len(found)} findings are called {wanted!r}: choose one of {names}")
    for finding in found:
        text = render(document, finding, None)
        if text is not None:
            return text
    raise ReportError(f"no {options.format} can show its findings: they have no program")


def _print(text: str) -> int:
    if sys.stdout is None:
        raise UnwritableError("it is closed")
    try:
        sys.stdout.write(_printable(text))
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UnwritableError(reason(error)) from error
    return exit_codes.CLEAN


def _printable(text: str) -> str:
    """What standard output's encoding has no sign for is spelt out."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, SPELT).decode(encoding)
