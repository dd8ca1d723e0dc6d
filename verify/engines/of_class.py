"""A class that is already there, as something loaded: for tests that import their own engine."""

from __future__ import annotations

import sys
from importlib import metadata
from types import ModuleType

from verify.engines.engine import TargetError
from verify.engines.loading import Loaded
from verify.engines.source import source_of


def loaded_from(found: object) -> Loaded:
    """A class as ``load`` would give it.

    Its target is ``module:Class``, or ``module:function.<locals>.Class`` for one that no script can
    import; scripts of its findings then have to be told where it is.

    Raises:
        TargetError: if it is no class.
    """
    if not isinstance(found, type):
        raise TargetError(f"{found!r:.60} is neither a class nor the name of one")
    module = sys.modules.get(found.__module__) or ModuleType(str(found.__module__))
    can_be_imported = vars(module).get(found.__name__) is found and module.__name__ != "__main__"
    line = f"from {module.__name__} import {found.__name__}"
    return Loaded(
        f"{module.__name__}:{found.__qualname__}",
        found,
        module,
        _named(module),
        (line if can_be_imported else f"# bring {found.__qualname__} here",),
        source_of(None, getattr(module, "__file__", None), found.__name__),
    )


def _named(module: ModuleType) -> str:
    package = module.__name__.partition(".")[0]
    try:
        return f"{package} {metadata.version(package)}"
    except (metadata.PackageNotFoundError, ValueError):
        return package
