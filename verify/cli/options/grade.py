"""The options of ``gradverify grade``."""

from __future__ import annotations

import argparse

from verify.cli.options.types import natural, positive, seconds

EPILOG = """\
exit codes: 0 all certified; 1 some engine is not; 2 bad usage, or the table cannot be written;
3 no file holds an engine; 4 the suite itself is in doubt on some engine; 130 stopped by Ctrl-C
"""
LIMIT = 600.0
"""Seconds for one engine: many times what a right one needs."""


def add_grade(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    grade = commands.add_parser(
        "grade",
        help="check many engines, and make one table",
        description="Check many engines, each in a process of its own, and make one table of all: "
        "grades.html, grades.csv and grades.md.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    grade.add_argument(
        "files", nargs="+", metavar="FILE", help="a file, or a target: path/file.py:Class"
    )
    grade.add_argument(
        "--class", default="Value", metavar="NAME", dest="class_name",
        help="the class to look for in a file that is given without one (default: Value)",
    )  # fmt: skip
    grade.add_argument(
        "--timeout", type=seconds, default=LIMIT, metavar="SECONDS",
        help=f"stop an engine after this time (default: {LIMIT:.0f})",
    )  # fmt: skip
    grade.add_argument(
        "--jobs", type=positive, metavar="N", help="engines at once (default: one for each core)"
    )
    grade.add_argument(
        "--report-dir", default="reports", metavar="DIR",
        help="where the table goes, and each report in a folder of its own (default: reports/)",
    )  # fmt: skip
    grade.add_argument("--quick", action="store_true", help="a small run for each")
    grade.add_argument(
        "--seed", type=natural, default=0, help="the same for all: all get the same programs"
    )
    grade.add_argument("--ops", metavar="NAMES", help="only these operations or spellings")
    grade.add_argument("--require", metavar="NAMES", help="operations that must be there")
    grade.add_argument("--select", metavar="LAWS", help="only laws whose code begins so")
    grade.add_argument("--ignore", metavar="LAWS", help="all laws but those whose code begins so")
