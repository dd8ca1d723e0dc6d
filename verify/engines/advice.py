"""What a target that names nothing may have been meant for."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType

SUFFIXES = (".py", ".ipynb")
"""Of the files that a target may name."""
MOST = 6
"""Names that are suggested."""


def is_path(place: str) -> bool:
    """Whether the place of a target is a path, and no module."""
    return place.endswith(SUFFIXES) or "/" in place or "\\" in place


def has_two_names(place: str) -> bool:
    """Whether a place ends in a name already: ``engine.py:Value`` of ``engine.py:Value:x``."""
    before, colon, _ = place.rpartition(":")
    return bool(colon) and (before.endswith(SUFFIXES) or not is_path(place))


def meant_instead_of_module(place: str, missing: str) -> str:
    """What to do where there is no module of this name: it may be a file's, misspelt.

    Args:
        place: what the target names.
        missing: the module that was not found: the place, or a package that it begins with.
    """
    there_is_none = f"there is no module {missing!r}"
    if _is_file(place):
        return f"{place} is a file, and none of Python: give a .py file, or a notebook (.ipynb)"
    if near := files_like(place):
        return f"{there_is_none}: did you mean the file {near}?"
    last = place.rpartition(".")[2]
    if "." in place and get_close_matches(last.lower(), ("py", "ipynb"), 1, 0.6):
        return f"{there_is_none}, and a file's name ends in .py or .ipynb, not in .{last}"
    return (
        f"{there_is_none}: is it installed in this environment, or did you mean a file, "
        f"path/to/{missing.rpartition('.')[2]}.py:Class?"
    )


def files_like(place: str) -> str:
    """Files that are called so but for some letters of their suffix, in words."""
    stem, _, suffix = place.rpartition(".")
    if not stem or "/" in suffix or "\\" in suffix:
        return ""
    near = get_close_matches(suffix.lower(), [known[1:] for known in SUFFIXES], cutoff=0.6)
    return " or ".join(f"{stem}.{known}" for known in near if _is_file(f"{stem}.{known}"))


def _is_file(place: str) -> bool:
    try:
        return Path(place).is_file()
    except OSError:  # a name that is too long for one
        return False


def classes_like(module: ModuleType, name: str) -> str:
    """The classes that a module has, its own before those that it imports from another."""
    found = {key: value for key, value in vars(module).items() if isinstance(value, type)}
    own = sorted(key for key, value in found.items() if value.__module__ == module.__name__)
    other = sorted(key for key, value in found.items() if key not in own and _is_somebodys(value))
    lower = {key.lower(): key for key in (*other, *own)}
    close = [lower[key] for key in get_close_matches(name.lower(), lower, MOST, 0.75)]
    said = close or own or other
    return f"; it has {', '.join(said[:MOST])}" if said else "; it defines no class"


def _is_somebodys(cls: type) -> bool:
    """Whether a class is no part of Python."""
    return str(cls.__module__).partition(".")[0] not in sys.stdlib_module_names
