"""From what a caller in Python gives to an engine, a network, limits and laws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from verify.campaign import QUICK_STEPS, STEPS
from verify.engines import (
    Here,
    OperatorEngine,
    Subject,
    TargetError,
    UnderTest,
    loaded_from,
    open_engine,
    subject_of,
)
from verify.engines.isolation import (
    DEFAULT_LIMITS,
    LEAST_MEMORY,
    Limits,
    isolated_engine,
)
from verify.laws import LAWS, Law, selected
from verify.networks import UNSAID, Driven

Target = str | type | UnderTest
"""An engine: ``package.module:Class`` or ``path/file.py:Class``, the class itself, or an Engine.
What is named is opened in a process of its own; a class runs in this one."""

Codes = str | Sequence[str]
"""Beginnings of codes of laws: ``"GRA,LIF01"`` or ``["GRA", "LIF01"]``."""


def subject_for(
    engine: Target,
    limits: Limits | None = DEFAULT_LIMITS,
    overrides: Mapping[str, Any] | None = None,
) -> Subject:
    """An engine ready to be asked: what a target names in a process of its own, all else here.

    Args:
        engine: what it is.
        limits: on the process; None to open what a target names in this one too.
        overrides: how what a target names is driven, where probing finds out something else.

    Raises:
        TargetError: in one sentence, if there is none.
    """
    if isinstance(engine, type):
        return Here(OperatorEngine(loaded_from(engine)))
    if not isinstance(engine, str):
        if not hasattr(engine, "facts"):
            raise TargetError(f"{engine!r:.60} is neither a class nor the name of one")
        return subject_of(engine)
    if limits is None:
        return Here(open_engine(engine, overrides))
    return isolated_engine(engine, limits, overrides)


def limits_of(case_timeout: float, memory: int) -> Limits:
    """The limits on the process of an engine. Raises ValueError."""
    if not 0.05 <= case_timeout < 2**63:
        raise ValueError(f"the case timeout is in seconds, 0.05 or more, not {case_timeout!r:.40}")
    if memory != 0 and not LEAST_MEMORY <= memory < 2**63:
        raise ValueError(
            f"the memory is in megabytes, 0 for no limit or {LEAST_MEMORY} or more, "
            f"not {memory!r:.40}"
        )
    return Limits(case_timeout, memory)


def network_of(
    network: str | type,
    limits: Limits | None = DEFAULT_LIMITS,
    *,
    quick: bool,
    seed: int,
    driven: Driven = UNSAID,
) -> Any:
    """A network from its class, or what names it; that runs in a process of its own.

    Args:
        network: the class, or what names it.
        limits: on the process; None to open what a target names in this one too.
        quick: whether its training is short.
        seed: what its settings are drawn from.
        driven: how the engine that it is built on is driven.

    Raises:
        TargetError: in one sentence, if there is none.
    """
    from verify.networks import Network, open_network
    from verify.networks.network import isolated_network

    steps = QUICK_STEPS if quick else STEPS
    if isinstance(network, str):
        if limits is None:
            return open_network(network, seed=seed, steps=steps, driven=driven)
        return isolated_network(network, seed, steps, driven, limits)
    return Network(loaded_from(network), seed, steps, driven)


def laws_for(select: Codes | None, ignore: Codes | None, has_network: bool) -> tuple[Law, ...]:
    """The laws that are selected, those of networks only where there is one.

    Raises:
        ValueError: if a prefix fits no law, or no law is left.
    """
    laws = selected(LAWS, _in_a_text("select", select), _in_a_text("ignore", ignore))
    kept = tuple(law for law in laws if has_network or law.subject != "network")
    if laws and not kept:
        raise ValueError("the laws selected are about networks, and no network is named")
    if not kept:
        raise ValueError("no law is left: what is ignored takes away all that is selected")
    return kept


def _in_a_text(name: str, codes: Codes | None) -> str | None:
    if codes is None or isinstance(codes, str):
        return codes
    if isinstance(codes, list | tuple) and all(isinstance(code, str) for code in codes):
        return ",".join(codes)
    raise ValueError(f"{name} is a text such as 'GRA,LIF01' or a list of such, not {codes!r:.40}")
