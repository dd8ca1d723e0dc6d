"""Find the class a target names: ``package.module:Class`` or ``path/file.py:Class``."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from importlib import metadata
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from verify.engines.engine import TargetError, one_line
from verify.engines.source import source_of


@dataclass(frozen=True, slots=True)
class Loaded:
    """A class, the module it lives in, and how a script would import it."""

    target: str
    cls: type
    module: ModuleType
    name: str
    imports: tuple[str, ...]
    source: dict[str, Any] | None = None


def load(target: str) -> Loaded:
    """Import the module or file and find the class.

    Raises:
        TargetError: in one sentence saying what is wrong and what to do.
    """
    place, colon, name = target.rpartition(":")
    if not colon or not place or not name.isidentifier():
        raise TargetError(
            f"{target!r} does not name a class: write package.module:Class or path/file.py:Class"
        )
    is_file = place.endswith(".py") or "/" in place or "\\" in place
    module = _from_file(Path(place)) if is_file else _from_module(place)
    found = getattr(module, name, None)
    if found is None:
        raise TargetError(f"{place} has no class {name!r}{_suggest(module, name)}")
    if not isinstance(found, type):
        raise TargetError(f"{target} is a {type(found).__name__}, not a class")
    return Loaded(
        target,
        found,
        module,
        _named(place, module, is_file),
        _imports(place, name, is_file),
        source_of(place if is_file else None, module.__file__, name),
    )


def _from_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise TargetError(
            f"there is no file {str(path)!r}: give the path of a .py file, then :Class"
        )
    if path.suffix != ".py":
        raise TargetError(f"{path.name} cannot be imported: give a .py file")
    path = path.resolve()
    name = f"_gradverify_{path.stem}"
    loader = _Fresh(name, str(path))
    module = ModuleType(name)
    module.__file__, module.__loader__ = str(path), loader
    sys.modules[name] = module
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))
    _run(path.name, lambda: loader.exec_module(module))
    return module


class _Fresh(SourceFileLoader):
    """Reads the source every time, and leaves no cache in the user's folder.

    Python's cache goes by size and second: an edit that swaps two operands would not be seen.
    """

    def get_code(self, fullname: str) -> CodeType:
        """The code of the file as it is now."""
        code: CodeType = self.source_to_code(self.get_data(self.path), self.path)
        return code


def _from_module(name: str) -> ModuleType:
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    found: list[ModuleType] = []
    _run(name, lambda: found.append(importlib.import_module(name)))
    return found[0]


def _run(what: str, action: object) -> None:
    """Import, and turn whatever somebody's module does into one sentence."""
    try:
        action()  # type: ignore[operator]
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if what == missing or what.startswith(f"{missing}."):
            raise TargetError(
                f"there is no module {missing!r}: is it installed in this environment, or did you "
                f"mean a file, path/to/{missing.split('.')[-1]}.py:Class?"
            ) from None
        raise TargetError(f"{what} needs the module {missing!r}, which is not installed") from None
    except SyntaxError as error:
        where = f"line {error.lineno}" if error.lineno else "unknown line"
        raise TargetError(f"{what} has a syntax error at {where}: {error.msg}") from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a module may raise anything
        raise TargetError(
            f"{what} cannot be imported: it raises {type(error).__name__}: {one_line(error)}"
        ) from None


def _suggest(module: ModuleType, name: str) -> str:
    classes = sorted(
        key for key, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__
    )  # fmt: skip
    close = [c for c in classes if c.lower() == name.lower()] or classes
    return f"; it has {', '.join(close[:6])}" if close else "; it defines no class"


def _named(place: str, module: ModuleType, is_file: bool) -> str:
    if is_file:
        return Path(place).name
    package = module.__name__.split(".")[0]
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return package


def _imports(place: str, name: str, is_file: bool) -> tuple[str, ...]:
    if not is_file:
        return (f"from {place} import {name}",)
    path = Path(place)
    return (
        "import sys",
        f"sys.path.insert(0, {str(path.parent)!r})  # where {path.name} is",
        f"from {path.stem} import {name}",
    )
