"""Engines under test, behind one protocol. To add an adapter: a file, and a line in ENGINES."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from verify.engines.engine import Engine, Facts, NotANumberError, TargetError
from verify.engines.loading import load
from verify.engines.observe import (
    DEATHS,
    Failure,
    Observation,
    build,
    describe,
    observe,
    read,
)
from verify.engines.of_class import loaded_from
from verify.engines.operator_engine import OperatorEngine
from verify.engines.probing.overrides import OverrideError
from verify.engines.subject import (
    Death,
    DiedError,
    Here,
    Subject,
    UnderTest,
    seen_by,
    subject_of,
)
from verify.engines.torch_engine import TorchEngine

ENGINES: dict[str, Callable[[], Engine]] = {"torch": TorchEngine}
"""Engines that are not a class of values, by the name a target gives them."""


def open_engine(target: str, overrides: Mapping[str, Any] | None = None) -> Engine:
    """The engine a target names.

    Args:
        target: ``package.module:Class``, ``path/file.py:Class`` or a name of ENGINES.
        overrides: what a configuration's table ``[engine]`` says instead of probing: plain data.

    Raises:
        TargetError: in one sentence, if there is none.
        OverrideError: in one sentence, if an override does not work.
    """
    if target in ENGINES:
        return ENGINES[target]()
    return OperatorEngine(load(target), overrides)


__all__ = [
    "DEATHS",
    "ENGINES",
    "Death",
    "DiedError",
    "Engine",
    "Facts",
    "Failure",
    "Here",
    "NotANumberError",
    "Observation",
    "OperatorEngine",
    "OverrideError",
    "Subject",
    "TargetError",
    "UnderTest",
    "build",
    "describe",
    "loaded_from",
    "observe",
    "open_engine",
    "read",
    "seen_by",
    "subject_of",
]
