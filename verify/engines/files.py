"""Open a ``.py`` file or a notebook: execute what defines the class, and say what was left out."""

from __future__ import annotations

import ast
import importlib
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from verify.engines.definitions import Part, left_out, others, plan
from verify.engines.engine import TargetError
from verify.engines.executing import execute, future_flags, remember
from verify.engines.needs import computes, lacking_in
from verify.engines.notebook import Cell, read_notebook
from verify.engines.place import Place, place_of
from verify.engines.portable import by_name, by_package, by_reading
from verify.engines.source import source_in_notebook, source_of
from verify.engines.standins import Importing

OURS = frozenset({"verify", "strategies"})
"""Packages that this process runs by: a file of theirs is loaded by itself."""
KEY = "__gradverify__"
"""Where a module of a package keeps what of it was executed."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a file gave.

    Attributes:
        module: what was executed.
        imports: Python lines that make the class available to a script.
        source: where the class is written, or None.
        left_out: what was not executed, in words.
        lacking: packages that are not installed.
        needs: the one of them that the class computes with, or None.
    """

    module: ModuleType
    imports: tuple[str, ...]
    source: dict[str, Any] | None
    left_out: tuple[str, ...]
    lacking: tuple[str, ...]
    needs: str | None


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition of a class in a file.

    Attributes:
        cell: the number of its cell; 0 in a ``.py`` file.
        line: its first line, in the cell or file; 0 where that cannot be told.
        trouble: why its cell cannot be parsed; empty if it can.
    """

    cell: int
    line: int
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A file as its statements.

    Attributes:
        path: the file.
        parts: its statements.
        cells: of a notebook; empty for a ``.py`` file.
        flags: the compiler's.
        text: of a ``.py`` file.
    """

    path: Path
    parts: list[Part]
    cells: list[Cell]
    flags: int
    text: bytes = b""

    def definitions(self, name: str) -> list[Definition]:
        """Every definition of a class at the top level, in order."""
        found = [
            Definition(part.cell, part.node.lineno)
            for part in self.parts
            if isinstance(part.node, ast.ClassDef) and part.node.name == name
        ]
        found += [
            Definition(cell.number, 0, cell.trouble)
            for cell in self.cells
            if cell.trouble and cell.defines(name)
        ]
        return sorted(found, key=lambda one: (one.cell, one.line))

    @property
    def body(self) -> list[ast.stmt]:
        """Its statements, executed or not."""
        return [part.node for part in self.parts]


def read_file(path: Path) -> Text:
    """Read and parse a file.

    Raises:
        TargetError: if it is not there, is no Python file and no notebook, or a malformed one.
        SyntaxError, ValueError: if a ``.py`` file cannot be parsed.
    """
    if not path.is_file():
        raise TargetError(
            f"there is no file {str(path)!r}: give the path of a .py file, then :Class"
        )
    if path.suffix == ".ipynb":
        cells = read_notebook(path)
        parts = [Part(node, cell.number) for cell in cells for node in cell.body]
        return Text(path, parts, cells, future_flags([part.node for part in parts]))
    if path.suffix != ".py":
        raise TargetError(
            f"{path.name} cannot be imported: give a .py file, or a notebook (.ipynb)"
        )
    data = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # told below, if the statement is executed
        compile(data, str(path), "exec", dont_inherit=True)
        body = ast.parse(data).body
    return Text(path, [Part(node) for node in body], [], future_flags(body), data)


def open_file(path: Path, name: str, ordinal: int | None) -> Opened:
    """Execute what defines a class.

    Args:
        path: the file.
        name: the class.
        ordinal: which of its definitions, from 1; None for the last, as all that follows left it.

    Raises:
        TargetError: if there is no such file or definition.
        Exception: whatever the file raises.
    """
    text = read_file(path)
    parts = _until(text, name, ordinal)
    functions = {p.node.name for p in parts if isinstance(p.node, ast.FunctionDef)}
    plan(parts, {name, *filter(computes, functions)}, text.flags)
    is_notebook = path.suffix == ".ipynb"
    place = place_of(path, [] if is_notebook else text.body)
    imports_itself = not is_notebook and _uses_its_package(place, text.body)
    importing = Importing(place.near, place.name.partition(".")[0] if imports_itself else "")
    work = _Work(text, parts, importing, place)
    try:
        module = work.in_package() if imports_itself else work.alone()
    finally:
        importing.end()
    said = _left_out(text, parts, name)
    if is_notebook or ordinal is not None or said or importing.folders:
        package = place.package if imports_itself else ""
        imports = by_reading(path, name, ordinal, others(parts), package, importing.folders)
    elif imports_itself:
        imports = by_package(path, place, name)
    else:
        imports = by_name(path, name)
    return Opened(
        module,
        imports,
        source_in_notebook(path, name, ordinal) if is_notebook
        else source_of(str(path), None, name, ordinal),
        said,
        importing.lacking,
        lacking_in(name, [part.node for part in parts if part.kept], importing.missing),
    )  # fmt: skip


def _until(text: Text, name: str, ordinal: int | None) -> list[Part]:
    """The statements up to the definition after the one that is asked for."""
    found = text.definitions(name)
    if ordinal is not None and ordinal > len(found):
        times = {0: "not at all", 1: "once"}.get(len(found), f"{len(found)} times")
        raise TargetError(f"{text.path.name} defines {name} {times}: there is no {name}@{ordinal}")
    if not found:
        return text.parts
    chosen = found[-1 if ordinal is None else ordinal - 1]
    if chosen.trouble:
        raise TargetError(
            f"{text.path.name}: cell {chosen.cell}, which defines {name}, has {chosen.trouble}"
        )
    if ordinal is None:
        return text.parts
    after = found[ordinal] if ordinal < len(found) else None
    parts = [p for p in text.parts if after is None or _before(p, after)]
    for part in parts:
        here = (part.cell, 0 if part.cell else part.node.lineno)
        part.late = here > (chosen.cell, 0 if part.cell else chosen.line)
    return parts


def _before(part: Part, after: Definition) -> bool:
    return (part.cell, part.node.lineno) < (after.cell, after.line)


def _uses_its_package(place: Place, body: Sequence[ast.stmt]) -> bool:
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
class _Work:
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
        if here is not None and _is_of(here, self.place.path):
            if vars(here).get(KEY, self._key()) == self._key():
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
        vars(found[0])[KEY] = self._key()
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

    def _key(self) -> tuple[object, ...]:
        return (self.text.text, tuple(part.kept for part in self.parts))


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


def _left_out(text: Text, parts: Sequence[Part], name: str) -> tuple[str, ...]:
    """What of the file was not executed, in its order."""
    found = [(_cell_of(said), said) for said in left_out(parts)]
    last = max((part.cell for part in parts if not part.late), default=0)
    ends = any(part.late for part in parts) or len(parts) < len(text.parts)
    for cell in text.cells:
        if ends and cell.number > last:
            break
        found += [(cell.number, f"cell {cell.number} line {n} (a magic)") for n in cell.magics]
        if cell.foreign:
            found.append((cell.number, f"cell {cell.number} ({cell.foreign})"))
        if cell.trouble:
            found.append((cell.number, f"cell {cell.number} ({cell.trouble})"))
    return tuple(said for _, said in sorted(found, key=lambda pair: pair[0]))


def _cell_of(said: str) -> int:
    words = said.split()
    return int(words[1]) if words[0] == "cell" else 0
