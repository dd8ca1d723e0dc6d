"""The options of ``gradverify run``."""

from __future__ import annotations

import argparse
import json

from verify.cli.defaults import DEFAULT_TARGET
from verify.cli.options.epilog import EPILOG
from verify.cli.options.isolation import add_isolation
from verify.cli.options.types import format_and_file, natural, positive, seconds


def add_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
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
        "--seed", type=natural, default=0, help="makes the run repeatable (default: 0)"
    )
    run.add_argument(
        "--examples", type=positive, metavar="N",
        help="random programs for each operand position (default: 10; with --quick: 2)",
    )  # fmt: skip
    run.add_argument(
        "--max-time", type=seconds, metavar="SECONDS", help="begin no new program after this time"
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
        "--format", action="append", default=[], type=format_and_file, metavar="NAME=FILE",
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
    add_corpus(run)
    add_isolation(run)


def add_corpus(command: argparse.ArgumentParser) -> None:
    """Add the option on the corpus to a command."""
    command.add_argument(
        "--no-corpus", action="store_true",
        help="neither replay the cases that failed before nor keep new ones",
    )  # fmt: skip
