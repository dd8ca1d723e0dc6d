"""Modules that are not installed: a stand-in that can be imported, and says so when it is used.

A file that draws its graphs imports graphviz, and a class in it that adds and multiplies needs none
of it. The stand-in lives while one target is loaded; nothing else ever imports it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

MOST = 100
"""Modules that one target may lack."""


class NotInstalledError(ModuleNotFoundError, NotImplementedError):
    """Something of a module that is not installed was used.

    It is a NotImplementedError too: an operation that needs the module is one that is not there.
    """


class StandIn(ModuleType):
    """A module that is not installed."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []  # so that `import graphviz.sources` asks for the submodule

    def __getattr__(self, name: str) -> Any:
        """Whatever it is asked for can be had, and not used."""
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(self.__name__, f"{self.__name__}.{name}")


class Absent:
    """Something of a module that is not installed: it can be named, and nothing is one of it."""

    def __init__(self, module: str, name: str) -> None:
        self._module, self._name = module, name

    def __getattr__(self, name: str) -> Absent:
        """Part of it."""
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(self._module, f"{self._name}.{name}")

    def __instancecheck__(self, _: object) -> bool:
        """No object can be of a class that is not there."""
        return False

    __subclasscheck__ = __instancecheck__

    def __or__(self, _: object) -> Absent:
        """As in the annotation ``ndarray | None``."""
        return self

    __ror__ = __or__

    def __getitem__(self, _: object) -> Absent:
        """As in the annotation ``ndarray[int]``."""
        return self

    def __setitem__(self, _: object, __: object) -> None:
        """As in the setting ``plt.rcParams["figure.dpi"] = 100``: there is nothing to change."""

    def _used(self, *_: object, **__: object) -> NoReturn:
        raise NotInstalledError(
            f"{self._name} is used, and the module {self._module!r} is not installed",
            name=self._module,
        )

    __call__ = __mro_entries__ = __iter__ = __len__ = __enter__ = __float__ = __int__ = _used
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = _used
    __rtruediv__ = __pow__ = __rpow__ = __neg__ = __lt__ = __gt__ = __le__ = __ge__ = _used


class Importing:
    """Runs code that imports, and helps it to modules: of folders nearby, or stand-ins.

    Args:
        near: folders in which a module may lie, the nearest first; each is put on ``sys.path`` only
            if it holds a module that is asked for.
        own: the package of the target: what is missing of it is no third party's.
    """

    def __init__(self, near: Sequence[Path] = (), own: str = "") -> None:
        self.missing: dict[str, StandIn] = {}
        self.folders: list[Path] = []
        self._near, self._own, self._found = tuple(near), own, set[str]()

    def run(self, action: Callable[[], object]) -> None:
        """Run it, again after each module that it lacks.

        Raises:
            Exception: what it raises.
        """
        while True:
            try:
                action()
            except NotInstalledError:
                raise
            except ModuleNotFoundError as error:
                if not self._help(error.name or ""):
                    raise
            else:
                return

    def _help(self, name: str) -> bool:
        top = name.partition(".")[0]
        if not name or name in self.missing or len(self.missing) >= MOST:
            return False
        if top == self._own:
            return False
        if top not in self._found and top not in sys.modules:
            for folder in self._near:
                if PathFinder.find_spec(top, [str(folder)]) is not None:
                    self._found.add(top)
                    self.folders.append(folder)
                    sys.path.append(str(folder))
                    return True
        self.missing[name] = StandIn(name)
        sys.modules[name] = self.missing[name]
        return True

    def end(self) -> None:
        """Take the stand-ins away: nobody else is to import them."""
        for name, module in self.missing.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]

    @property
    def lacking(self) -> tuple[str, ...]:
        """The packages that are not installed, each once."""
        return tuple(dict.fromkeys(name.partition(".")[0] for name in self.missing))
