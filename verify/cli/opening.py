"""From a target and the configuration's table ``[engine]`` to an engine."""

from __future__ import annotations

import argparse
import json
from typing import Any

from verify.cli import exit_codes
from verify.engines import ENGINES, Engine, OverrideError, TargetError, open_engine


def opened(options: argparse.Namespace, target: str | None = None) -> Engine:
    """The engine that the options name, or another target.

    Raises:
        TargetError: if there is none.
        OverrideError: if what the configuration says of it does not work.
    """
    name = target or options.target
    return open_engine(name, overrides_of(options, name))


def overrides_of(options: argparse.Namespace, target: str) -> dict[str, Any] | None:
    """What the configuration says of an engine: its table is about its own target alone."""
    given = getattr(options, "overrides", None)
    if given is None or target in ENGINES or given["target"] not in {None, target}:
        return None
    found: dict[str, Any] = given["engine"]
    return found


def as_argument(options: argparse.Namespace) -> list[str]:
    """The same for another process of ``gradverify run``."""
    found = overrides_of(options, options.target)
    return ["--overrides", json.dumps({"target": None, "engine": found})] if found else []


def refusal_code(error: TargetError) -> int:
    """2 for a wrong configuration, 3 for what is no engine."""
    return exit_codes.USAGE if isinstance(error, OverrideError) else exit_codes.NO_ENGINE
