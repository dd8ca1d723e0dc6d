"""What our own code in a worker is made of: an engine's assignments do not reach ``builtins``.

With another ``isinstance`` or ``len`` neither our code nor its libraries can be relied on. What was
assigned is remembered, for the law of surroundings. Other modules are an engine's to spoil; where
our code fails of it, it is said which of their functions were replaced.
"""

from __future__ import annotations

import builtins
import cmath
import math
import operator
import random
from types import ModuleType
from typing import Any

WATCHED: tuple[ModuleType, ...] = (math, cmath, random, operator)
"""Modules whose functions an engine has no reason to replace, beside ``builtins``."""
_held = vars(builtins)
_ours: dict[str, Any] = {}  # both are empty until they are kept
_watched: dict[ModuleType, dict[str, Any]] = {}
_assigned: dict[str, Any] = {}
_put_back: dict[str, None] = {}
MISSING = object()


class Kept(ModuleType):
    """``builtins`` where nothing that is there can be replaced; what is new can be added."""

    def __setattr__(self, name: str, value: Any) -> None:
        """Remember what was assigned; a patch that is taken back is forgotten."""
        if name not in _ours:
            super().__setattr__(name, value)
        elif value is _ours[name]:
            _assigned.pop(name, None)
        else:
            _assigned[name] = value

    def __delattr__(self, name: str) -> None:
        """The same of what is deleted."""
        if name in _ours:
            _assigned[name] = MISSING
        else:
            super().__delattr__(name)


def keep() -> None:
    """From now on ``builtins`` stays as it is now, and the others are watched."""
    _ours.update(_held)
    _watched.update({module: dict(vars(module)) for module in WATCHED})
    builtins.__class__ = Kept


def restore() -> None:
    """Put back what was replaced in the dictionary itself, where no assignment is seen.

    No builtin is called here: it may be the one that was replaced. Before each message there is a
    look; of one dictionary beside the other it takes a microsecond.
    """
    if [*_held.values()] == [*_ours.values()]:
        return
    for name, thing in _ours.items():
        found = _held.get(name, MISSING)
        if found is not thing:
            _assigned[name] = found
            _put_back[name] = None
            _held[name] = thing


def replaced() -> tuple[str, ...]:
    """The builtins that are not what they were, as the engine means them: ``builtins.open``."""
    return tuple(f"builtins.{name}" for name in _assigned)


def put_back() -> tuple[str, ...]:
    """The builtins that really were others for a while: what our code did then says nothing."""
    return tuple(f"builtins.{name}" for name in _put_back)


def changed() -> tuple[str, ...]:
    """What really is another now, or was, of all that is looked at."""
    others = [
        f"{module.__name__}.{name}"
        for module, things in _watched.items()
        for name, thing in things.items()
        if vars(module).get(name, MISSING) is not thing
    ]
    return (*put_back(), *others)
