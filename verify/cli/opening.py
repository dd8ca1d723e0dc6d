"""From options, and the configuration's table ``[engine]``, to an engine."""

from __future__ import annotations

import argparse
import json
from typing import Any

from verify.cli import exit_codes
from verify.configuration import table_for
from verify.engines import Here, OverrideError, Subject, TargetError, open_engine
from verify.engines.isolation import Isolated, Limits, isolated_engine

_open: list[Isolated] = []
"""What this command opened in other processes."""


def close_all() -> None:
    """End the processes that this command's engines run in."""
    while _open:
        _open.pop().close()


def opened(options: argparse.Namespace, target: str | None = None) -> Subject:
    """The engine that the options name, or another target, ready to be asked.

    It is in a process of its own, unless it is asked for in this one.

    Raises:
        TargetError: if there is none.
        OverrideError: if what the configuration says of it does not work.
    """
    name = target or options.target
    overrides = overrides_of(options, name)
    if options.in_process:
        return Here(open_engine(name, overrides))
    _open.append(isolated_engine(name, limits_of(options), overrides))
    return _open[-1]


def overrides_of(options: argparse.Namespace, target: str) -> dict[str, Any] | None:
    """What the configuration says of an engine: its table is about its own target alone."""
    return table_for(target, getattr(options, "overrides", None))


def as_argument(options: argparse.Namespace) -> list[str]:
    """The same for another process of ``gradverify run``."""
    found = overrides_of(options, options.target)
    return ["--overrides", json.dumps({"target": None, "engine": found})] if found else []


def refusal_code(error: TargetError) -> int:
    """2 for a wrong configuration, 3 for what is no engine."""
    return exit_codes.USAGE if isinstance(error, OverrideError) else exit_codes.NO_ENGINE


def limits_of(options: argparse.Namespace) -> Limits:
    """The limits that are asked for."""
    run = getattr(options, "max_time", None)
    return Limits(options.case_timeout, options.memory, None if run is None else float(run))


def opened_network(target: str, seed: int, steps: int, options: argparse.Namespace) -> Any:
    """The network of a target. Raises TargetError."""
    from verify.networks.network import Driven, isolated_network, open_network

    driven = Driven(options.target, overrides_of(options, options.target))
    if options.in_process:
        return open_network(target, seed=seed, steps=steps, driven=driven)
    _open.append(isolated_network(target, seed, steps, driven, limits_of(options)))
    return _open[-1]
