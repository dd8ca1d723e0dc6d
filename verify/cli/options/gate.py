"""The options of ``gradverify gate``."""

from __future__ import annotations

import argparse
import math

from verify.cli.defaults import DEFAULT_TARGET
from verify.cli.options.isolation import add_isolation
from verify.cli.options.run import add_corpus
from verify.cli.options.types import natural, positive

EPILOG = """\
exit codes: 0 open; 1 closed; 2 bad usage or input, or nothing to compare with; 3 an engine cannot
be loaded; 4 in doubt, so neither; 130 stopped by Ctrl-C
"""


def add_gate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    gate = commands.add_parser(
        "gate",
        help="compare an engine with a baseline or with another revision",
        description="Examine an engine and say what a change broke: against a committed baseline, "
        "another revision, or both.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    gate.add_argument(
        "target", nargs="?", default=DEFAULT_TARGET, metavar="TARGET",
        help="as for gradverify run (default: %(default)s)",
    )  # fmt: skip
    _against(gate)
    _policy(gate)
    gate.add_argument("--quick", action="store_true", help="a small run, for a pre-commit hook")
    gate.add_argument("--seed", type=natural, default=0, help="makes the run repeatable")
    gate.add_argument("--examples", type=positive, metavar="N", help="programs for each position")
    gate.add_argument("--ops", metavar="NAMES", help="only these operations or spellings")
    gate.add_argument("--require", metavar="NAMES", help="operations that must be there")
    gate.add_argument("--select", metavar="LAWS", help="only laws whose code begins so")
    gate.add_argument("--ignore", metavar="LAWS", help="all laws but those whose code begins so")
    gate.add_argument("--network", metavar="TARGET", help="a class of networks to examine too")
    gate.add_argument(
        "--report-dir", default="reports", metavar="DIR",
        help="where reports, the baseline and known failures are (default: reports/)",
    )  # fmt: skip
    add_corpus(gate)
    gate.set_defaults(first=False, max_time=None, json=None)
    add_isolation(gate)


def _against(gate: argparse.ArgumentParser) -> None:
    gate.add_argument(
        "--baseline", metavar="FILE",
        help="a committed baseline (default: baseline.json in the folder of reports, if there)",
    )  # fmt: skip
    gate.add_argument(
        "--update-baseline", action="store_true", help="write the baseline instead of comparing"
    )
    gate.add_argument(
        "--against", metavar="REV", help="another revision of the engine, as git names it"
    )
    gate.add_argument(
        "--was", metavar="TARGET",
        help="what the engine is called there, or in the baseline, if it was moved or renamed",
    )  # fmt: skip
    gate.add_argument(
        "--known", metavar="FILE",
        help="known failures (default: known.toml in the folder of reports, if there)",
    )  # fmt: skip
    gate.add_argument(
        "--strict-known", action="store_true", help="a known failure that passes closes the gate"
    )
    gate.add_argument(
        "--accept",
        metavar="NAME",
        help="add a finding of the last report to the known ones: GRA01-1, its law or fingerprint",
    )
    gate.add_argument("--reason", metavar="TEXT", help="why it is accepted")


def _policy(gate: argparse.ArgumentParser) -> None:
    gate.add_argument(
        "--fail-on", choices=("error", "warning", "note"), default="warning",
        help="the least severity of a new finding that closes the gate (default: warning)",
    )  # fmt: skip
    gate.add_argument(
        "--slower", type=_ratio, default=1.5, metavar="RATIO",
        help="a slowdown that all pairs of measurements but one show closes it (default: 1.5)",
    )  # fmt: skip
    gate.add_argument("--ignore-speed", action="store_true", help="measure no speed")


def _ratio(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 1 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a ratio, 1 or more")
    return value
