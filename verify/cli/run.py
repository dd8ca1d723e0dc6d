"""``gradverify run``: check an engine and say what was found."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from verify.campaign import Kept, Plan, Recall, SuiteError, recall, run
from verify.cli import exit_codes
from verify.cli.corpus import corpus_of, keep, load
from verify.cli.opening import opened, refusal_code
from verify.cli.planning import UsageError, network_of, plan_of
from verify.cli.store import folder_of, pour_out, write_in, write_whole
from verify.cli.streams import abandon, complain, reason, silence
from verify.engines import Subject, TargetError
from verify.engines.isolation import GoneError, TaskError
from verify.laws import SEVERITIES
from verify.oracles import bench, warm
from verify.report import FORMATS, Document

Progress = Callable[[int, int, int], None]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no report: a sentence, and the exit code."""

    sentence: str
    code: int


@dataclass(frozen=True, slots=True)
class Examination:
    """A run that came to its end.

    Attributes:
        engine: what was examined.
        plan: what was asked for.
        document: what was found.
        recall: what became of the cases of the corpus.
        remarks: sentences on files of the corpus that could not be used.
    """

    engine: Subject
    plan: Plan
    document: Document
    recall: Recall
    remarks: tuple[str, ...] = ()


def run_command(options: argparse.Namespace) -> int:
    """Run and report; the exit code."""
    if unknown := [name for name, _ in options.formats if name not in FORMATS]:
        return _refuse(
            f"--format: {unknown[0]!r} is none of {', '.join(FORMATS)}", exit_codes.USAGE
        )
    done = examine(options)
    if isinstance(done, Refusal):
        return _refuse(done.sentence, done.code)
    for remark in done.remarks:
        complain(remark)
    folder = folder_of(options.report_dir, done.document.target)
    return deliver(done.document, options, folder, done.recall.sentence)


def examine(options: argparse.Namespace) -> Examination | Refusal:
    """Load the engine, check the cases of its corpus, run; all that can go wrong is a sentence."""
    # Hypothesis would leave a cache in the user's folder; where it cannot, it goes without
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.devnull)
    try:
        with silence():
            engine = opened(options)
            network = network_of(options)
        plan = plan_of(options, engine, network)
        corpus, remarks = _corpus(options)
        with progress_bar() as progress, silence():
            codes = [law.code for law in plan.laws]
            recalled = recall(engine, bench(), corpus, plan.forms, codes)
            plan = replace(plan, recalled=recalled.failing)
            if plan.explores:
                warm()
            document = run(engine, bench(), plan, progress)
    except TargetError as error:
        return Refusal(str(error), refusal_code(error))
    except UsageError as error:
        return Refusal(str(error), exit_codes.USAGE)
    except GoneError as error:
        return Refusal(f"{options.target}: {error}", exit_codes.NO_ENGINE)
    except (SuiteError, TaskError) as error:
        return Refusal(
            f"IN DOUBT: the suite itself failed ({error}). This says nothing about your engine; "
            f"please report it with the command line and --seed {options.seed}",
            exit_codes.IN_DOUBT,
        )
    return Examination(engine, plan, document, recalled, tuple(remarks))


def _corpus(options: argparse.Namespace) -> tuple[list[Kept], list[str]]:
    if options.no_corpus:
        return [], []
    return load(corpus_of(options.report_dir, options.target))


def deliver(document: Document, options: argparse.Namespace, place: Path, corpus: str = "") -> int:
    """Write the report and show it; if it cannot be written, pour it out instead.

    Args:
        document: the report.
        options: where else it is written, and what the exit code depends on.
        place: its folder.
        corpus: a sentence on the corpus.

    Returns:
        The exit code.
    """
    lost = write_in(document, place)
    if not lost and not options.no_corpus:
        unkept = keep(corpus_of(options.report_dir, document.target), document)
        if unkept:
            complain(unkept)
    folder = str(place)
    to_stdout = options.json == "-"
    asked = [("json", options.json)] if options.json and not to_stdout else []
    for name, elsewhere in (*asked, *options.formats):
        unwritten = _written(document, name, elsewhere)
        lost = lost or unwritten
    shown_folder = None if lost else shlex.quote(folder)
    unshown = _tried(lambda: _show(document, shown_folder, to_stdout, corpus), stdout=not to_stdout)
    unpoured = None
    if to_stdout or lost:
        unpoured = (None if to_stdout else unshown) or _tried(lambda: pour_out(document))
    code = exit_code(document, options.fail_on)
    if lost and unpoured:
        return _refuse(f"{lost}; nor to standard output: {unpoured}", code or exit_codes.USAGE)
    if lost:
        sentence = f"{lost}; the report is on standard output instead"
        return _refuse(sentence, code or exit_codes.USAGE)
    if unpoured:
        sentence = f"the report cannot be written to standard output: {unpoured}; it is in {folder}"
        return _refuse(sentence, code or exit_codes.USAGE)
    if unshown and not to_stdout:
        complain(f"standard output cannot be written to: {unshown}; the report is in {folder}")
    return code


def _written(document: Document, name: str, place: str) -> str | None:
    """Why a report in one format cannot be written; None if it was."""
    try:
        write_whole(Path(place), FORMATS[name][1](document))
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        why = reason(error) if isinstance(error, OSError) else error
        shown = "JSON" if name == "json" else name
        return f"the {shown} report cannot be written to {place}: {why}"
    return None


def _tried(write: Callable[[], None], stdout: bool = True) -> str | None:
    """Why a stream does not take what is written; None if it does, or its reader has seen enough.

    Whatever a stream does, the verdict stands.
    """
    try:
        write()
    except OSError as error:
        abandon(sys.stdout if stdout else sys.stderr)
        return None if isinstance(error, BrokenPipeError) else reason(error)
    return None


def exit_code(document: Document, fail_on: str) -> int:
    """The exit code that a report deserves."""
    if document.status == "interrupted":
        return exit_codes.INTERRUPTED
    if document.status == "in doubt":
        return exit_codes.IN_DOUBT
    severe = SEVERITIES[SEVERITIES.index(fail_on) :]
    found = any(finding.severity in severe for finding in document.findings)
    return exit_codes.FINDINGS if found else exit_codes.CLEAN


def _show(document: Document, folder: str | None, to_stderr: bool, corpus: str) -> None:
    from rich.console import Console

    from verify.report.terminal import show

    class Patient(Console):
        """Rich would exit with 1, our code for findings, when the reader of a pipe is gone."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    console = Patient(stderr=to_stderr, highlight=False, emoji=False)
    show(document, console, folder)
    if corpus:
        console.print(f"Corpus: {corpus}", soft_wrap=True, markup=False, highlight=False)


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar on a terminal, nothing elsewhere."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns: list[Any] = [
        TextColumn("values + gradients"),
        BarColumn(),
        TextColumn("{task.fields[said]}"),
        TimeElapsedColumn(),
    ]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", said="")

        def progress(done: int, planned: int, failures: int) -> None:
            said = f"{done:,} of {planned:,} programs"
            said += f", {failures:,} failing cases" if failures else ""
            bar.update(task, completed=done, total=planned, said=said)

        yield progress


def _refuse(sentence: str, code: int) -> int:
    complain(sentence)
    return code
