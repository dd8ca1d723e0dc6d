"""``gradverify mutants``: the suite on trial, on engines with planted bugs."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from verify.campaign.mutants import matrix_of
from verify.cli import exit_codes
from verify.cli.store import write_whole
from verify.cli.streams import complain, say
from verify.faults.planting import Plant
from verify.faults.plants import PLANTS
from verify.report.kill_matrix import KillMatrix, KillRecord, sentence, to_json, to_markdown
from verify.report.kill_matrix_html import to_html
from verify.report.kill_matrix_svg import to_svg

FORMATS = {"json": to_json, "md": to_markdown, "svg": to_svg, "html": to_html}


def mutants_command(options: argparse.Namespace) -> int:
    """Hunt, write the kill matrix, and say what survived; the exit code."""
    plants = _chosen(options.only)
    if not plants:
        complain(f"--only {options.only}: no planted engine has such a fault or name")
        return exit_codes.USAGE
    jobs = options.jobs or os.cpu_count() or 1
    matrix = matrix_of(plants, range(options.seeds), jobs, _progress)
    folder = Path(options.report_dir)
    part = "kill-matrix" if options.only is None else "kill-matrix-of-some"  # never over the whole
    files = {f"{part}.{ending}": render for ending, render in FORMATS.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, render in files.items():
            write_whole(folder / name, render(matrix))
    except OSError as error:
        complain(f"the kill matrix cannot be written to {folder}: {error.strerror or error}")
        return exit_codes.USAGE
    return _verdict(matrix, folder / part)


def _chosen(only: str | None) -> list[Plant]:
    wanted = {part.strip() for part in (only or "").split(",") if part.strip()}
    return [p for p in PLANTS if only is None or p.fault in wanted or p.name in wanted]


def _progress(done: int, planned: int, kill: KillRecord) -> None:
    if kill.law is None or kill.foreign or not kill.own:
        named = f", named {' '.join(kill.named)}" if kill.named else ", not named"
        what = "SURVIVED" if kill.law is None else f"{kill.law}{named}"
        say(f"{kill.plant}, seed {kill.seed}: {what}")
    elif sys.stderr is not None and sys.stderr.isatty():
        print(f"\r{done:,} of {planned:,} hunts", end="", file=sys.stderr, flush=True)


def _verdict(matrix: KillMatrix, written: Path) -> int:
    say(sentence(matrix))
    for plant, names in matrix.foreign.items():
        say(f"{plant}: a whole run names {', '.join(names)}")
    say(f"Kill matrix: {written}.html, .md, .json and .svg")
    return (
        exit_codes.FINDINGS
        if matrix.survivors or matrix.misnamed or matrix.foreign
        else exit_codes.CLEAN
    )
