"""``gradverify run``: check an engine and say what was found."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from verify.campaign import DEFAULT, QUICK, Budget, Plan, SuiteError, run
from verify.cli import exit_codes
from verify.cli.store import folder_of, pour_out, write, write_whole
from verify.cli.streams import abandon, complain, reason, silence
from verify.engines import Engine, TargetError, open_engine
from verify.laws import LAWS, SEVERITIES, Law, requiring, selected
from verify.oracles import bench
from verify.program import BY_NAME, FORMS
from verify.report import FORMATS, Document

Progress = Callable[[int, int, int], None]
STEPS, QUICK_STEPS = 1_000, 100
"""Steps of the training that a network is led through."""


class UsageError(Exception):
    """The command line asks for something that cannot be done: exit code 2."""


def run_command(options: argparse.Namespace) -> int:
    """Run and report; the exit code."""
    # Hypothesis would leave a cache in the user's folder; where it cannot, it goes without
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.devnull)
    if unknown := [name for name, _ in options.formats if name not in FORMATS]:
        return _refuse(
            f"--format: {unknown[0]!r} is none of {', '.join(FORMATS)}", exit_codes.USAGE
        )
    try:
        with silence():
            engine = open_engine(options.target)
            network = _network(options)
        plan = _plan(options, engine, network)
        with progress_bar() as progress, silence():
            document = run(engine, bench(), plan, progress)
    except TargetError as error:
        return _refuse(str(error), exit_codes.NO_ENGINE)
    except UsageError as error:
        return _refuse(str(error), exit_codes.USAGE)
    except SuiteError as error:
        return _refuse(
            f"IN DOUBT: the suite itself failed ({error}). This says nothing about your engine; "
            f"please report it with the command line and --seed {options.seed}",
            exit_codes.IN_DOUBT,
        )
    return _deliver(document, options)


def _deliver(document: Document, options: argparse.Namespace) -> int:
    """Write the report and show it; if it cannot be written, pour it out instead."""
    lost = write(document, options.report_dir)
    folder = str(folder_of(options.report_dir, document.target))
    to_stdout = options.json == "-"
    asked = [("json", options.json)] if options.json and not to_stdout else []
    for name, place in (*asked, *options.formats):
        unwritten = _written(document, name, place)
        lost = lost or unwritten
    shown_folder = None if lost else shlex.quote(folder)
    unshown = _tried(lambda: _show(document, shown_folder, to_stdout), stdout=not to_stdout)
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


def _network(options: argparse.Namespace) -> Any:
    if options.network is None:
        return None
    from verify.networks import open_network

    steps = QUICK_STEPS if options.quick else STEPS
    return open_network(options.network, seed=options.seed, steps=steps)


def _plan(options: argparse.Namespace, engine: Engine, network: Any) -> Plan:
    try:
        laws = selected(LAWS, options.select, options.ignore)
    except ValueError as error:
        raise UsageError(f"--select or --ignore: {error}") from None
    if network is None:
        if laws and all(law.subject == "network" for law in laws):
            raise UsageError("the laws selected are about networks: name one with --network")
        laws = tuple(law for law in laws if law.subject != "network")
    if not laws:
        raise UsageError("no law is left: --ignore takes away all that --select names")
    laws = _with_required(laws, options.require)
    return Plan(
        _budget(options),
        options.seed,
        _forms(options.ops, engine),
        laws,
        network,
        options.fail_on if options.first else None,
    )


def _budget(options: argparse.Namespace) -> Budget:
    budget = QUICK if options.quick else DEFAULT
    return replace(budget, programs=options.examples or budget.programs, seconds=options.max_time)


def _forms(names: str | None, engine: Engine) -> tuple[str, ...] | None:
    """The forms that ``--ops`` asks for: an operation means all its spellings."""
    if names is None:
        return None
    forms = tuple(form for form in _named("--ops", names) if form in engine.facts.spellings)
    if not forms:
        raise UsageError(f"--ops {names}: the engine has none of these operations")
    return forms


def _named(option: str, names: str) -> tuple[str, ...]:
    """The forms that an option names, in the order of the table."""
    wanted: list[str] = []
    parts = [part.strip() for part in names.split(",") if part.strip()]
    if not parts:
        raise UsageError(f"{option} names no operation")
    for name in parts:
        if name in BY_NAME:
            wanted += BY_NAME[name].forms.values()
        elif name in FORMS:
            wanted.append(name)
        else:
            known = " ".join(BY_NAME)
            raise UsageError(f"{option}: there is no operation {name!r}; there are {known}")
    return tuple(form for form in FORMS if form in wanted)


def _with_required(laws: tuple[Law, ...], names: str | None) -> tuple[Law, ...]:
    """The laws, where an operation that ``--require`` names and is not there is an error."""
    if names is None:
        return laws
    law = requiring(_named("--require", names))
    return (*(other for other in laws if other.code != law.code), law)


def _show(document: Document, folder: str | None, to_stderr: bool) -> None:
    from rich.console import Console

    from verify.report.terminal import show

    class Patient(Console):
        """Rich would exit with 1, our code for findings, when the reader of a pipe is gone."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    show(document, Patient(stderr=to_stderr, highlight=False, emoji=False), folder)


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
