"""The parser, and the way from a command to its exit code."""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from verify import __version__
from verify.cli import exit_codes
from verify.cli.campaign_options import add_campaign
from verify.cli.config import ConfigError, configured
from verify.cli.defaults import DEFAULT_TARGET
from verify.cli.gate_options import add_gate
from verify.cli.grade_options import add_grade
from verify.cli.isolation_options import add_isolation
from verify.cli.streams import UnwritableError, abandon, complain

EPILOG = """\
exit codes: 0 clean; 1 findings; 2 bad usage or input, or the report cannot be written;
3 the engine cannot be loaded; 4 the suite itself is in doubt; 130 stopped by Ctrl-C
"""
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
    _add_run(commands)
    _add_probe(commands)
    add_isolation(add_gate(commands, _natural, _positive), _limit, _natural)
    add_isolation(add_campaign(commands, _natural, _positive), _limit, _natural)
    add_grade(commands, _natural, _positive, _seconds)
    _add_replay(commands)
    _add_report(commands)
    _add_prove(commands)
    _add_history(commands)
    _add_faults(commands)
    _add_mutants(commands)
    _add_doctor(commands)
    _add_init(commands)
    for command in commands.choices.values():
        command.set_defaults(**(defaults or {}))
    return made


def _add_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    run = commands.add_parser(
        "run",
        help="check an engine",
        description="Check every operation of an engine at every operand position, and its laws.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    run.add_argument(
        "target", nargs="?", default=DEFAULT_TARGET, metavar="TARGET",
        help="package.module:Class, path/file.py:Class, path/notebook.ipynb:Class (Class@3 for its "
        "third definition there), or torch (default: %(default)s)",
    )  # fmt: skip
    run.add_argument(
        "--seed", type=_natural, default=0, help="makes the run repeatable (default: 0)"
    )
    run.add_argument(
        "--examples", type=_positive, metavar="N",
        help="random programs for each operand position (default: 10; with --quick: 2)",
    )  # fmt: skip
    run.add_argument(
        "--max-time", type=_seconds, metavar="SECONDS", help="begin no new program after this time"
    )
    run.add_argument(
        "--ops", metavar="NAMES",
        help="only these, separated by commas: operations (add) or spellings (radd)",
    )  # fmt: skip
    run.add_argument(
        "--require", metavar="NAMES",
        help="operations or spellings that must be there: without one of them, an error",
    )  # fmt: skip
    run.add_argument("--quick", action="store_true", help="a small run, for a pre-commit hook")
    run.add_argument("--overrides", type=json.loads, help=argparse.SUPPRESS)
    run.add_argument("--json", metavar="FILE", help="write the JSON report there too; - for stdout")
    run.add_argument(
        "--format", action="append", default=[], type=_format_and_file, metavar="NAME=FILE",
        dest="formats", help="write the report there too: html, json, junit, markdown or sarif; "
        "may be given several times",
    )  # fmt: skip
    run.add_argument(
        "--report-dir", default="reports", metavar="DIR",
        help="where reports go, each engine in a folder of its own (default: reports/)",
    )  # fmt: skip
    run.add_argument(
        "--select", metavar="LAWS",
        help="only laws whose code begins so, separated by commas: GRA,LIF01 (default: all)",
    )  # fmt: skip
    run.add_argument("--ignore", metavar="LAWS", help="all laws but those whose code begins so")
    run.add_argument(
        "--network", metavar="TARGET", help="check a class of networks too: package.module:MLP"
    )
    run.add_argument(
        "-x", "--first", action="store_true",
        help="stop at the first finding that makes the exit code 1",
    )  # fmt: skip
    run.add_argument(
        "--fail-on", choices=("error", "warning", "note"), default="error",
        help="the least severity that makes the exit code 1 (default: error)",
    )  # fmt: skip
    _add_corpus(run)
    add_isolation(run, _limit, _natural)


def _add_corpus(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--no-corpus", action="store_true",
        help="neither replay the cases that failed before nor keep new ones",
    )  # fmt: skip


def _add_probe(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    probe = commands.add_parser(
        "probe",
        help="show how an engine is driven",
        description="Show what was found out about an engine by trying, and what it lacks and why.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    probe.add_argument(
        "target", nargs="?", default=DEFAULT_TARGET, metavar="TARGET",
        help="package.module:Class or path/file.py:Class (default: %(default)s)",
    )  # fmt: skip
    probe.add_argument("--json", action="store_true", help="as JSON, on standard output")
    add_isolation(probe, _limit, _natural)


def _add_replay(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    replay = commands.add_parser(
        "replay",
        help="check one stored case again",
        description="Check one finding or case again: fixed, still failing, or cannot run.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    replay.add_argument("file", metavar="FILE", help="a finding, report or case of an earlier run")
    replay.add_argument(
        "--finding", metavar="FINGERPRINT", help="which finding of a report; its first digits do"
    )
    replay.add_argument(
        "--engine", metavar="TARGET",
        help="another engine (default: the finding's own, else the reference engine)",
    )  # fmt: skip
    add_isolation(replay, _limit, _natural)


def _add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    report = commands.add_parser(
        "report",
        help="show a stored report again, in any format",
        description="Render a report.json again. The exit code says whether that could be done.",
        epilog="exit codes: 0 done; 2 bad usage or input, or the output cannot be written",
    )
    report.add_argument("file", metavar="FILE", help="a report.json written by an earlier run")
    report.add_argument(
        "--format", default="terminal", metavar="NAME",
        help="html, json, junit, markdown, sarif or terminal; script or pytest for one finding "
        "(default: terminal)",
    )  # fmt: skip
    report.add_argument(
        "--out", default="-", metavar="PATH", help="where to; - for standard output, the default"
    )
    report.add_argument(
        "--finding", metavar="NAME",
        help="the finding that script or pytest is about: GRA01-1, its law or its fingerprint "
        "(default: the first that can be shown)",
    )  # fmt: skip


def _add_prove(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    prove = commands.add_parser(
        "prove",
        help="check every program up to a size",
        description="Check every program up to a size: a bounded proof, or the smallest "
        "counterexample there is.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    prove.add_argument(
        "target", nargs="?", default=DEFAULT_TARGET, metavar="TARGET",
        help="as for gradverify run (default: %(default)s)",
    )  # fmt: skip
    prove.add_argument(
        "--ops", default="add,mul", metavar="NAMES",
        help="operations (between values) or spellings, separated by commas, or all that the "
        "engine has (default: add,mul)",
    )  # fmt: skip
    prove.add_argument(
        "--size", type=_positive, default=4, help="instructions at most (default: 4)"
    )
    prove.add_argument(
        "--inputs", type=_positive, default=2, choices=range(1, 7), metavar="N",
        help="inputs at most, 1 to 6 (default: 2)",
    )  # fmt: skip
    add_isolation(prove, _limit, _natural)


def _add_history(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    history = commands.add_parser(
        "history",
        help="follow an engine through a notebook or through commits",
        description="Check every definition of a class in a notebook, or every commit of its file: "
        "what each breaks, when a bug came and when it went. The exit code is the last one's.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    history.add_argument(
        "target", metavar="TARGET",
        help="notebook.ipynb, notebook.ipynb:Class or file.py:Class; without a class, the one that "
        "adds or multiplies",
    )  # fmt: skip
    history.add_argument(
        "--git", action="store_true", help="every commit that touched the file, the oldest first"
    )
    history.add_argument(
        "--max-count", type=_positive, metavar="N", help="only the latest N (default: all)"
    )
    history.add_argument("--quick", action="store_true", help="a small run of each")
    history.add_argument(
        "--seed", type=_natural, default=0, help="makes the run repeatable (default: 0)"
    )
    history.add_argument("--json", metavar="FILE", help="write it as JSON too; - for stdout alone")


def _add_faults(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    faults = commands.add_parser(
        "faults",
        help="list the bugs that are known by name",
        description="List the known bugs; of one, what it does, where it was seen, and the engines "
        "in which it is planted.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    faults.add_argument(
        "name", nargs="?", metavar="NAME", help="a fault, or a planted engine to see as a diff"
    )


def _add_mutants(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    mutants = commands.add_parser(
        "mutants",
        help="run the suite on engines with planted bugs",
        description="Is every planted fault found, and by its own name? Writes the kill matrix.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    mutants.add_argument(
        "--only", metavar="NAMES",
        help="faults or planted engines, separated by commas (default: all)",
    )  # fmt: skip
    mutants.add_argument(
        "--seeds", type=_positive, default=1, metavar="N", help="hunts for each engine (default: 1)"
    )
    mutants.add_argument(
        "--jobs", type=_positive, metavar="N", help="processes (default: one for each core)"
    )
    mutants.add_argument(
        "--report-dir", default="reports", metavar="DIR",
        help="where the kill matrix goes (default: reports/)",
    )  # fmt: skip


def _add_doctor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    doctor = commands.add_parser(
        "doctor",
        help="look at this installation",
        description="Versions, oracles, shadowed packages, limits: can what is said be trusted?",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    doctor.add_argument("--json", action="store_true", help="as JSON")
    doctor.add_argument("--report-dir", default="reports", metavar="DIR", help="where reports go")


def _add_init(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    init = commands.add_parser(
        "init",
        help="set up a new engine's folder",
        description="Write gradverify.toml, a baseline and a GitHub workflow for an engine.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    init.add_argument("target", nargs="?", metavar="TARGET", help="default: the one that is here")
    init.add_argument("--force", action="store_true", help="write over what is there")
    init.add_argument("--quick", action="store_true", help="a small run by default")


def _format_and_file(text: str) -> tuple[str, str]:
    name, _, file = text.partition("=")
    if not name or not file:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=FILE, such as junit=report.xml")
    return name, file


def _natural(text: str) -> int:
    return int(_number(text, int, 0, "a whole number, 0 or more"))


def _positive(text: str) -> int:
    return int(_number(text, int, 1, "a whole number, 1 or more"))


def _seconds(text: str) -> float:
    return _number(text, float, 0, "a number of seconds, 0 or more")


def _limit(text: str) -> float:
    return _number(text, float, 0.05, "a number of seconds, 0.05 or more")


def _number(text: str, kind: Callable[[str], float], least: float, what: str) -> float:
    try:
        value = kind(text)
    except ValueError:
        value = float("nan")
    if not least <= value < 2**63:
        raise argparse.ArgumentTypeError(f"{text!r} is not {what}")
    return value
