"""Where the class that a target names is: the same for every way of writing its path."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def class_place(target: str, folder: Path = Path()) -> tuple[str, str]:
    """The file of a target's class, or its module where there is no such file; and its name.

    Args:
        target: ``package.module:Class``, ``path/file.py:Class`` or a notebook's.
        folder: what its path is relative to.
    """
    place, _, named = target.rpartition(":")
    is_file = place.endswith((".py", ".ipynb"))
    path = folder / (place if is_file else f"{place.replace('.', '/')}.py")
    with suppress(OSError, ValueError):  # a name that no file has
        if is_file or path.is_file():
            place = os.path.realpath(path)
    return place, named.partition("@")[0]


def is_named(cls: type, file: str | None, target: str) -> bool:
    """Whether a target names this class.

    Args:
        cls: a class that is there.
        file: where its module was read from, None for builtins.
        target: what may name it.
    """
    written = [f"{cls.__module__}:{cls.__name__}"]
    if file is not None:
        written.append(f"{file}:{cls.__name__}")
    return class_place(target) in map(class_place, written)
