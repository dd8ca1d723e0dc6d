"""A file as a module: by itself, or as the module of its package that it is."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from verify.engines.definitions import Part
from verify.engines.executing import execute, remember
from verify.engines.place import Place
from verify.engines.standins import Importing
from verify.engines.written import Text

OURS = frozenset({"verify", "strategies"})
"""Packages that this process runs by: a file of theirs is loaded by itself."""
KEY = "__gradverify__"
"""Where a module of a package keeps what of it was to be executed, and what became of that."""


def uses_its_package(place: Place, body: Sequence[ast.stmt]) -> bool:
    """Whether a file in a package imports from it; else it is loaded by itself."""
    top = place.name.partition(".")[0]
    if not place.package or top in OURS or top in sys.stdlib_module_names:
        return False
    modules: list[str] = []
    for node in (node for part in body for node in ast.walk(part)):
        if isinstance(node, ast.ImportFrom):
            modules.append(top if node.level else node.module or "")
        elif isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
    return any(module.partition(".")[0] == top for module in modules)


@dataclass(frozen=True, slots=True)
class Work:
    """One file being executed."""

    text: Text
    parts: list[Part]
    importing: Importing
    place: Place

    def alone(self) -> ModuleType:
        """As a module of a name that nothing else has."""
        name = f"_gradverify_{self.text.path.stem}"
        module = ModuleType(name)
        sys.modules[name] = module
        if str(self.place.path.parent) not in sys.path:
            sys.path.insert(0, str(self.place.path.parent))
        self.fill(module)
        return module

    def in_package(self) -> ModuleType:
        """As the module of its package that it is."""
        name, top = self.place.name, self.place.name.partition(".")[0]
        here = sys.modules.get(name)
        asked = (self.text.text, tuple(part.kept for part in self.parts))
        if here is not None and _is_of(here, self.place.path):
            before, outcomes = vars(here).get(KEY, (asked, ()))
            if before == asked:
                for part, outcome in zip(self.parts, outcomes, strict=False):
                    part.kept, part.silent, part.raised = outcome
                return here
            _forget(top)
        elif top in sys.modules and not _is_below(sys.modules[top], self.place.root):
            _forget(top)  # another package of this name
        if str(self.place.root) not in sys.path:
            sys.path.insert(0, str(self.place.root))
        importlib.invalidate_caches()
        finder = _Finder(name, self.place.path, self.fill)
        sys.meta_path.insert(0, finder)
        found: list[ModuleType] = []
        try:
            self.importing.run(lambda: found.append(importlib.import_module(name)))
        finally:
            sys.meta_path.remove(finder)
        vars(found[0])[KEY] = (asked, [(p.kept, p.silent, p.raised) for p in self.parts])
        return found[0]

    def fill(self, module: ModuleType) -> None:
        """Execute what was kept in a module."""
        module.__file__ = str(self.place.path)
        first = self.parts[0].node if self.parts else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            module.__doc__ = first.value.value if isinstance(first.value.value, str) else None
        for cell in self.text.cells:
            remember(self._cell_name(cell.number), cell.source)
        execute(self.parts, module, self.importing, self._name_of, self.text.flags)

    def _name_of(self, part: Part) -> str:
        return self._cell_name(part.cell) if part.cell else str(self.place.path)

    def _cell_name(self, number: int) -> str:
        return f"<{self.text.path.name}, cell {number}>"


def _is_of(module: ModuleType, path: Path) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and Path(file).resolve() == path


def _is_below(module: ModuleType, root: Path) -> bool:
    """Whether a package comes from a folder."""
    places = [*(getattr(module, "__path__", None) or []), getattr(module, "__file__", None)]
    return any(p is not None and Path(p).resolve().is_relative_to(root) for p in places)


def _forget(top: str) -> None:
    for name in [n for n in sys.modules if n == top or n.startswith(f"{top}.")]:
        del sys.modules[name]


class _Finder:
    """Finds one module, and loads it by a function: the source is read every time, uncached.

    Python's cache of bytecode goes by size and second: an edit that swaps two operands would not be
    seen; and it would leave a folder behind.
    """

    def __init__(self, name: str, path: Path, fill: Callable[[ModuleType], None]) -> None:
        self._name, self._path, self._fill = name, path, fill

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """The module's spec, None for any other."""
        if name != self._name:
            return None
        return ModuleSpec(name, self, origin=str(self._path))  # type: ignore[arg-type]

    def create_module(self, _: ModuleSpec) -> None:
        """An ordinary module."""

    def exec_module(self, module: ModuleType) -> None:
        """Execute it."""
        self._fill(module)
