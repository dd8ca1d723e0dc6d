"""The parser, and the way from a command to its exit code."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from verify import __version__
from verify.cli import exit_codes
from verify.cli.options.campaign import add_campaign
from verify.cli.options.engines import add_history, add_probe, add_prove, add_replay, add_report
from verify.cli.options.epilog import EPILOG
from verify.cli.options.gate import add_gate
from verify.cli.options.grade import add_grade
from verify.cli.options.run import add_run
from verify.cli.options.suite import add_doctor, add_faults, add_init, add_mutants
from verify.cli.streams import UnwritableError, abandon, complain
from verify.configuration import ConfigError, configured

NAMES = (
    "run", "probe", "gate", "campaign", "grade", "replay", "report", "prove", "history", "faults",
    "mutants", "doctor", "init",
)  # fmt: skip
COMMANDS = {name: (f"verify.cli.{name}", f"{name}_command") for name in NAMES}
"""Where each command is; nothing of it is imported before it is asked for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; never a traceback for a user's mistake."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        grammar = parser(configured(given[0] if given else "", Path.cwd()))
    except (ConfigError, OSError) as error:
        complain(str(error))
        return exit_codes.USAGE
    options = grammar.parse_args(given)
    try:
        return _dispatch(options)
    except KeyboardInterrupt:
        complain("stopped before anything was checked")
        return exit_codes.INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe is gone
        abandon(sys.stdout)
        return exit_codes.USAGE
    except UnwritableError as error:
        abandon(sys.stdout)
        complain(f"standard output cannot be written to: {error}")
        return exit_codes.USAGE
    except Exception as error:  # noqa: BLE001 - a bug of ours is no verdict on an engine
        where = traceback.extract_tb(error.__traceback__)[-1]
        complain(
            f"IN DOUBT: an internal error ({type(error).__name__}: "
            f"{' '.join(str(error).split())[:200]}, at {Path(where.filename).name} line "
            f"{where.lineno}). This says nothing about your engine; please report it"
        )
        return exit_codes.IN_DOUBT


def _dispatch(options: argparse.Namespace) -> int:
    module, function = COMMANDS[options.command]
    command: Callable[[argparse.Namespace], int] = getattr(import_module(module), function)
    try:
        return command(options)
    finally:
        if (opening := sys.modules.get("verify.cli.opening")) is not None:
            opening.close_all()


def parser(defaults: Mapping[str, Any] | None = None) -> argparse.ArgumentParser:
    """The command line's grammar.

    Args:
        defaults: of options, as a configuration sets them; of the command that takes them.
    """
    made = argparse.ArgumentParser(
        prog="gradverify",
        description="Tells whether the gradients of a small autodiff engine are right, with proof.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--version", action="version", version=f"gradverify {__version__}")
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (
        add_run, add_probe, add_gate, add_campaign, add_grade, add_replay, add_report, add_prove,
        add_history, add_faults, add_mutants, add_doctor, add_init,
    ):  # fmt: skip
        add(commands)
    for command in commands.choices.values():
        command.set_defaults(**(defaults or {}))
    return made
