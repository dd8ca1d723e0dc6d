"""Values that an engine made and nobody outside it holds: ``-1 * o`` within ``self - o``."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from typing import Any

PYTHONS_OWN = sys.stdlib_module_names | {"builtins"}
"""Packages whose classes no author of an engine has written."""


def living(nodes: Sequence[Any]) -> list[Any]:
    """Every value that there is of the kind of these, whoever holds it: a node, a tape, a closure.

    Those of other graphs are among them.
    """
    kinds = _kinds(nodes)
    return [thing for thing in gc.get_objects() if issubclass(type(thing), kinds)]


def _kinds(nodes: Sequence[Any]) -> tuple[type, ...]:
    """The classes of their author that all of them are of; else each one's own class.

    One class may be made for each operation, with a base in common.
    """
    common = set.intersection(*(set(type(node).__mro__) for node in nodes))
    own = [cls for cls in common if cls.__module__.partition(".")[0] not in PYTHONS_OWN]
    return tuple(own or {type(node) for node in nodes})
