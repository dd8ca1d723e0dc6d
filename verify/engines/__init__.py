"""Engines under test, behind one protocol. To add an adapter: a file, and a line in ENGINES."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from verify.engines.autograd_engine import AutogradEngine
from verify.engines.engine import (
    GRAPH,
    Engine,
    Facts,
    FunctionalEngine,
    GraphEngine,
    NotANumberError,
    StepError,
    TargetError,
    keeps_graph,
)
from verify.engines.jax_engine import JaxEngine
from verify.engines.loading import load
from verify.engines.mygrad_engine import MygradEngine
from verify.engines.observe import (
    DEATHS,
    Failure,
    Observation,
    build,
    describe,
    observe,
    read,
    ready,
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
from verify.engines.tinygrad_engine import TinygradEngine
from verify.engines.torch_engine import TorchEngine

ENGINES: dict[str, Callable[[], Engine]] = {
    "torch": TorchEngine,
    "jax": JaxEngine,
    "autograd": AutogradEngine,
    "mygrad": MygradEngine,
    "tinygrad": TinygradEngine,
}
"""Engines that are not a class of values, by the name a target gives them: that of their package,
which is imported when the engine is made, and of the extra that installs it."""


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
        return _open_extra(target)
    return OperatorEngine(load(target), overrides)


def _open_extra(name: str) -> Engine:
    try:
        return ENGINES[name]()
    except ModuleNotFoundError as error:
        missing = f"{name} is not installed"
        if error.name != name:
            missing = f"{name} needs the module {error.name!r}, which is not installed"
        advice = f'install it with   pip install "microgradref[{name}]"'
        raise TargetError(f"{missing}: {advice}") from None
    except TargetError:
        raise
    except Exception as error:  # noqa: BLE001 - a package may raise anything
        raise TargetError(f"{name} cannot be imported: it raises {describe(error)}") from None


__all__ = [
    "DEATHS",
    "ENGINES",
    "GRAPH",
    "Death",
    "DiedError",
    "Engine",
    "Facts",
    "Failure",
    "FunctionalEngine",
    "GraphEngine",
    "Here",
    "NotANumberError",
    "Observation",
    "OperatorEngine",
    "OverrideError",
    "StepError",
    "Subject",
    "TargetError",
    "UnderTest",
    "build",
    "describe",
    "keeps_graph",
    "loaded_from",
    "observe",
    "open_engine",
    "read",
    "ready",
    "seen_by",
    "subject_of",
]
