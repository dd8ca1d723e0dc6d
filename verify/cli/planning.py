"""From options to a plan: the same for every command that runs the suite."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from verify.campaign import DEFAULT, QUICK, QUICK_STEPS, STEPS, Budget, Plan
from verify.cli.opening import opened_network
from verify.engines import UnderTest
from verify.laws import LAWS, Law, requiring, selected
from verify.program import BY_NAME, FORMS


class UsageError(Exception):
    """The command line asks for something that cannot be done: exit code 2."""


def network_of(options: argparse.Namespace) -> Any:
    """The network that ``--network`` names, or None. Raises TargetError."""
    if options.network is None:
        return None
    steps = QUICK_STEPS if options.quick else STEPS
    return opened_network(options.network, options.seed, steps, options)


def plan_of(options: argparse.Namespace, engine: UnderTest, network: Any) -> Plan:
    """What the options ask for. Raises UsageError."""
    laws = laws_of(options.select, options.ignore, network)
    laws = _with_required(laws, options.require)
    return Plan(
        _budget(options),
        options.seed,
        forms_of(options.ops, engine),
        laws,
        network,
        options.fail_on if options.first else None,
    )


def _budget(options: argparse.Namespace) -> Budget:
    budget = QUICK if options.quick else DEFAULT
    return replace(budget, programs=options.examples or budget.programs, seconds=options.max_time)


def laws_of(select: str | None, ignore: str | None, network: object) -> tuple[Law, ...]:
    """The laws that are looked at; those of networks only if there is one. Raises UsageError."""
    try:
        laws = selected(LAWS, select, ignore)
    except ValueError as error:
        raise UsageError(f"--select or --ignore: {error}") from None
    if network is None:
        if laws and all(law.subject == "network" for law in laws):
            raise UsageError("the laws selected are about networks: name one with --network")
        laws = tuple(law for law in laws if law.subject != "network")
    if not laws:
        raise UsageError("no law is left: --ignore takes away all that --select names")
    return laws


def forms_of(names: str | None, engine: UnderTest) -> tuple[str, ...] | None:
    """The forms that ``--ops`` asks for: an operation means all its spellings.

    Raises:
        UsageError: if there are none.
    """
    if names is None:
        return None
    forms = tuple(form for form in _named("--ops", names) if form in engine.facts.spellings)
    if not forms:
        raise UsageError(f"--ops {names}: the engine has none of these operations")
    return forms


def _named(option: str, names: str) -> tuple[str, ...]:
    """The forms that an option names, in the order of the table."""
    wanted: list[str] = []
    parts = [part.strip() for part in names.split(",") if part.strip()]
    if not parts:
        raise UsageError(f"{option} names no operation")
    for name in parts:
        if name in BY_NAME:
            wanted += BY_NAME[name].forms.values()
        elif name in FORMS:
            wanted.append(name)
        else:
            known = " ".join(BY_NAME)
            raise UsageError(f"{option}: there is no operation {name!r}; there are {known}")
    return tuple(form for form in FORMS if form in wanted)


def _with_required(laws: tuple[Law, ...], names: str | None) -> tuple[Law, ...]:
    """The laws, where an operation that ``--require`` names and is not there is an error."""
    if names is None:
        return laws
    law = requiring(_named("--require", names))
    return (*(other for other in laws if other.code != law.code), law)
