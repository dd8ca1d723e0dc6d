"""Start our package in another process, whatever lies in the folder of somebody's engine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

OURS = str(Path(__file__).resolve().parents[2])
START = (
    "import sys; ours, name, *given = sys.argv[1:]; sys.argv = ['gradverify']; "
    "sys.path.insert(0, ours); import importlib; "
    "module = importlib.import_module(name); sys.path.remove(ours); sys.exit(module.main(given))"
)
"""The arguments are ours: whatever an engine does with its own, it does not see them.

Ours is imported from where it is now: an engine's folder may hold a ``verify`` of its own."""


def command(module: str, *arguments: str) -> list[str]:
    """The command line that runs ``main(arguments)`` of a module of ours."""
    return [sys.executable, "-c", START, OURS, module, *arguments]


def environment(hash_seed: int, **more: str) -> dict[str, str]:
    """The environment: modules are found where they are found here, strings hash as the seed says.

    Args:
        hash_seed: for ``PYTHONHASHSEED``, so that a run can be repeated.
        more: further variables.
    """
    return {
        **os.environ,
        "PYTHONHASHSEED": str(hash_seed),
        "PYTHONPATH": os.pathsep.join(path or _here() for path in sys.path),
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }


def _here() -> str:
    try:
        return os.getcwd()  # noqa: PTH109 - as sys.path means it
    except OSError:  # an engine may have deleted the working folder
        return ""
