"""The options on the process that an engine runs in."""

from __future__ import annotations

import argparse

from verify.cli.options.types import limit, memory

SECONDS, MEGABYTES = 10.0, 2048
"""As in verify.engines.isolation, which is not imported here: ``--help`` is instant. A test
compares them."""


def add_isolation(command: argparse.ArgumentParser) -> None:
    """Add the options on where an engine runs to a command."""
    command.add_argument(
        "--case-timeout", type=limit, metavar="SECONDS", default=SECONDS,
        help="what takes longer hangs; loading and laws have more (default: %(default)g)",
    )  # fmt: skip
    command.add_argument(
        "--memory", type=memory, metavar="MB", default=MEGABYTES,
        help="what the engine may take once it is loaded, 32 or more; 0: no limit "
        "(default: %(default)s)",
    )  # fmt: skip
    command.add_argument(
        "--in-process", action="store_true",
        help="run the engine in this process, without limits: for a debugger",
    )  # fmt: skip
