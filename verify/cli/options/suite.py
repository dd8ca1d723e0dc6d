"""The options of the commands on the suite itself."""

from __future__ import annotations

import argparse

from verify.cli.options.epilog import EPILOG
from verify.cli.options.types import positive


def add_faults(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
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


def add_mutants(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
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
        "--seeds", type=positive, default=1, metavar="N", help="hunts for each engine (default: 1)"
    )
    mutants.add_argument(
        "--jobs", type=positive, metavar="N", help="processes (default: one for each core)"
    )
    mutants.add_argument(
        "--report-dir", default="reports", metavar="DIR",
        help="where the kill matrix goes (default: reports/)",
    )  # fmt: skip


def add_doctor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    doctor = commands.add_parser(
        "doctor",
        help="look at this installation",
        description="Versions, oracles, shadowed packages, limits: can what is said be trusted?",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    doctor.add_argument("--json", action="store_true", help="as JSON")
    doctor.add_argument("--report-dir", default="reports", metavar="DIR", help="where reports go")


def add_init(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
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
