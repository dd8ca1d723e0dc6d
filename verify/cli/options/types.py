"""What an option's text may be: one sentence for each that may not."""

from __future__ import annotations

import argparse
from collections.abc import Callable

LEAST_MEMORY = 32
"""As in verify.engines.isolation, which is not imported here: ``--help`` is instant. A test
compares them."""


def format_and_file(text: str) -> tuple[str, str]:
    """``NAME=FILE``."""
    name, _, file = text.partition("=")
    if not name or not file:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=FILE, such as junit=report.xml")
    return name, file


def natural(text: str) -> int:
    """A whole number, 0 or more."""
    return int(_number(text, int, 0, "a whole number, 0 or more"))


def positive(text: str) -> int:
    """A whole number, 1 or more."""
    return int(_number(text, int, 1, "a whole number, 1 or more"))


def memory(text: str) -> int:
    """Megabytes that a process may be given: our own code takes some there; 0 for no limit."""
    what = f"0, for no limit, or a whole number of megabytes, {LEAST_MEMORY} or more"
    megabytes = int(_number(text, int, 0, what))
    return megabytes and int(_number(text, int, LEAST_MEMORY, what))


def seconds(text: str) -> float:
    """Seconds, 0 or more."""
    return _number(text, float, 0, "a number of seconds, 0 or more")


def limit(text: str) -> float:
    """Seconds that a process may be given."""
    return _number(text, float, 0.05, "a number of seconds, 0.05 or more")


def _number(text: str, kind: Callable[[str], float], least: float, what: str) -> float:
    try:
        value = kind(text)
    except ValueError:
        value = float("nan")
    if not least <= value < 2**63:
        raise argparse.ArgumentTypeError(f"{text!r} is not {what}")
    return value
