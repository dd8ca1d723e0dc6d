"""The options of the commands on one engine or report, but for those with a file of their own."""

from __future__ import annotations

import argparse

from verify.cli.defaults import DEFAULT_TARGET
from verify.cli.options.epilog import EPILOG
from verify.cli.options.isolation import add_isolation
from verify.cli.options.types import natural, positive


def add_probe(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
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
    add_isolation(probe)


def add_replay(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    replay = commands.add_parser(
        "replay",
        help="check one stored case again",
        description="Check one finding or case again: fixed, still failing, or cannot run.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    replay.add_argument("file", metavar="FILE", help="a finding, report or case of an earlier run")
    replay.add_argument(
        "--finding",
        metavar="NAME",
        help="which finding of a report: GRA01-1, its law or its fingerprint",
    )
    replay.add_argument(
        "--engine", metavar="TARGET",
        help="another engine (default: the finding's own, else the reference engine)",
    )  # fmt: skip
    add_isolation(replay)


def add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
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


def add_prove(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    prove = commands.add_parser(
        "prove",
        help="check every program up to a size",
        description="Check every program up to a size and up to renaming, at fixed points and with "
        "fixed numbers that it names: a bounded proof of that, or the smallest counterexample.",
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
    prove.add_argument("--size", type=positive, default=4, help="instructions at most (default: 4)")
    prove.add_argument(
        "--inputs", type=positive, default=2, choices=range(1, 7), metavar="N",
        help="inputs at most, 1 to 6 (default: 2)",
    )  # fmt: skip
    add_isolation(prove)


def add_history(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
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
        "--max-count", type=positive, metavar="N", help="only the latest N (default: all)"
    )
    history.add_argument("--quick", action="store_true", help="a small run of each")
    history.add_argument(
        "--seed", type=natural, default=0, help="makes the run repeatable (default: 0)"
    )
    history.add_argument("--json", metavar="FILE", help="write it as JSON too; - for stdout alone")
    add_isolation(history)
