"""``gradverify grade``: many engines, each run in a process of its own, and one table of all.

A process of its own because they are strangers to each other: files of the same name, engines that
never return, engines that change what others import.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from verify.cli import exit_codes
from verify.cli.grade_process import Ended, Processes
from verify.cli.store import folder_of, write_whole
from verify.cli.streams import complain, reason, say
from verify.report.grades import Grade, grade_of, sentence, to_csv, to_markdown, to_text
from verify.report.grades_html import to_html
from verify.report.read import ReportError, document_from_json

FILES = {"grades.html": to_html, "grades.csv": to_csv, "grades.md": to_markdown}
HANDED_ON = ("ops", "require", "select", "ignore")
REPORTED = {
    exit_codes.CLEAN, exit_codes.FINDINGS, exit_codes.IN_DOUBT, exit_codes.INTERRUPTED,
}  # fmt: skip
"""Exit codes of a run that came to its end."""
UNUSABLE = "not examined"
"""What was asked for cannot be done on this engine, as ``--ops tanh`` where it has no tanh."""


def grade_command(options: argparse.Namespace) -> int:
    """Examine every engine, write the table, show it; the exit code."""
    targets = [target_of(file, options.class_name) for file in options.files]
    if refused := _refusal(targets, options.report_dir):
        complain(refused)
        return exit_codes.USAGE
    processes = Processes(options.timeout)
    with ThreadPoolExecutor(options.jobs or os.cpu_count() or 1) as pool:
        try:
            grades = list(pool.map(lambda target: _graded(target, options, processes), targets))
        except BaseException:
            processes.stop()
            raise
    if all(grade.verdict == UNUSABLE for grade in grades):
        complain("; ".join(grades[0].wrong) or "no engine could be examined")
        return exit_codes.USAGE
    say(to_text(grades))
    say(sentence(grades))
    return _written(grades, Path(options.report_dir))


def target_of(file: str, class_name: str) -> str:
    """The target that a file means: it may name its class itself."""
    path, colon, name = file.rpartition(":")
    return file if colon and path and name.isidentifier() else f"{file}:{class_name}"


def _refusal(targets: Sequence[str], report_dir: str) -> str | None:
    """Why these cannot be graded together; None if they can."""
    seen: dict[str, str] = {}
    for target in targets:
        folder = folder_of(report_dir, target).name.casefold()
        if folder in seen:
            both = f"{seen[folder]} and {target}"
            if seen[folder] == target:
                return f"{target} is given twice"
            return f"{both} would have one folder for their reports: rename one"
        seen[folder] = target
    return None


def _graded(target: str, options: argparse.Namespace, processes: Processes) -> Grade:
    """Run one engine; whatever becomes of it is a row."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "report.json"  # never the report of an earlier run
        ended = processes.run([sys.executable, "-m", "verify", *_arguments(target, options, fresh)])
        if ended.code in REPORTED and fresh.is_file():
            try:
                document = document_from_json(fresh.read_text(encoding="utf-8"))
            except (OSError, ReportError) as error:
                return Grade(target, "in doubt", (f"its report cannot be read: {error}",))
            report = f"{folder_of(options.report_dir, target).name}/report.html"
            return grade_of(document, report)
    return _without_report(target, ended, options.timeout)


def _arguments(target: str, options: argparse.Namespace, fresh: Path) -> list[str]:
    """The command line of one engine's run."""
    given = ["run", target, "--report-dir", options.report_dir, "--json", str(fresh)]
    given += ["--seed", str(options.seed), *(["--quick"] if options.quick else [])]
    for name in HANDED_ON:
        if (value := getattr(options, name)) is not None:
            given.append(f"--{name}={value}")
    return given


def _without_report(target: str, ended: Ended, limit: float) -> Grade:
    """The row of an engine that left no report behind."""
    said = (ended.said,) if ended.said else ()
    if ended.code is None:
        return Grade(target, "out of time", (f"stopped after {limit:g} seconds",))
    verdicts = {
        exit_codes.USAGE: UNUSABLE,
        exit_codes.NO_ENGINE: "no engine",
        exit_codes.IN_DOUBT: "in doubt",
        exit_codes.INTERRUPTED: "interrupted",
    }
    if ended.code in verdicts:
        return Grade(target, verdicts[ended.code], said)
    return Grade(target, "crashed", (f"the process ended with code {ended.code}", *said))


def _written(grades: Sequence[Grade], folder: Path) -> int:
    """Write the table; the exit code that all rows together deserve."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, render in FILES.items():
            write_whole(folder / name, render(grades))
    except OSError as error:
        complain(f"the table cannot be written to {folder}: {reason(error)}")
        return exit_codes.USAGE
    say(f"Table: {folder / 'grades.html'}, .csv and .md")
    return exit_code(grades)


def exit_code(grades: Sequence[Grade]) -> int:
    """0 if all are certified; doubt outranks findings, as in a single run."""
    verdicts = {grade.verdict for grade in grades}
    if "interrupted" in verdicts:
        return exit_codes.INTERRUPTED
    if "in doubt" in verdicts:
        return exit_codes.IN_DOUBT
    if verdicts == {"no engine"}:
        return exit_codes.NO_ENGINE
    return exit_codes.CLEAN if verdicts == {"certified"} else exit_codes.FINDINGS
