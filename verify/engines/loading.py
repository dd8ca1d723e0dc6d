"""Find the class a target names: in a package, a file or a notebook.

``package.module:Class`` is imported as Python imports it. Of ``path/file.py:Class`` and
``path/notebook.ipynb:Class`` what defines the class is executed, see
``verify.engines.definitions``; ``Class@3`` is the third definition of the class in the file.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

from verify.engines.advice import (
    classes_like,
    has_two_names,
    is_path,
    meant_instead_of_module,
)
from verify.engines.engine import TargetError, one_line
from verify.engines.files import Opened, open_file
from verify.engines.needs import lacking_for
from verify.engines.source import source_of
from verify.engines.standins import Importing, NotInstalledError

SPELLING = "write package.module:Class or path/file.py:Class or path/notebook.ipynb:Class"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A class, the module it lives in, and how a script would import it.

    Attributes:
        target: what the user asked for.
        cls, module: the class, and what was executed to get it.
        name: package or file, and version where known.
        imports: Python lines that make the class available to a script.
        source: where the class is written, or None.
        left_out: what of the file was not executed, and which modules are not installed.
    """

    target: str
    cls: type
    module: ModuleType
    name: str
    imports: tuple[str, ...]
    source: dict[str, Any] | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A target in its parts: ``path/notebook.ipynb:Value@3``.

    Attributes:
        place: a module or a path.
        name: the class.
        ordinal: which of its definitions, from 1; None for the last.
    """

    place: str
    name: str
    ordinal: int | None = None

    @property
    def is_file(self) -> bool:
        """Whether the place is a path."""
        return is_path(self.place)


def parse_target(target: str) -> Target:
    """A target in its parts. Raises TargetError."""
    place, colon, named = target.rpartition(":")
    name, at, ordinal = named.partition("@")
    if not colon or not place or not name.isidentifier():
        raise TargetError(f"{target!r} does not name a class: {SPELLING}")
    if has_two_names(place):
        raise TargetError(f"{target!r} has more colons than one: {SPELLING}")
    if at and not re.fullmatch(r"[1-9][0-9]{0,5}", ordinal):
        raise TargetError(
            f"{target!r}: after @ comes which definition of {name} it is, a number from 1 on"
        )
    found = Target(place, name, int(ordinal) if at else None)
    if at and not found.is_file:
        raise TargetError(
            f"{target!r}: a module has one {name}; name its file to choose a definition"
        )
    return found


def load(target: str) -> Loaded:
    """Import the module, or execute what defines the class in a file, and find the class.

    Raises:
        TargetError: in one sentence saying what is wrong and what to do.
    """
    asked = parse_target(target)
    with _alone_in_arguments(asked.place):
        return _from_file(target, asked) if asked.is_file else _imported(target, asked)


@contextmanager
def _alone_in_arguments(place: str) -> Iterator[None]:
    """Let a file that asks for its arguments have none: those that are there are ours."""
    ours, sys.argv = sys.argv, [place]
    try:
        yield
    finally:
        sys.argv = ours


def _imported(target: str, asked: Target) -> Loaded:
    importing = Importing(own=asked.place.partition(".")[0])
    module = _from_module(asked.place, importing)
    lacking = importing.lacking
    cls = _class(target, asked, module, lacking)
    file = getattr(module, "__file__", None)  # builtins have none
    if needed := lacking_for(cls, file, importing.missing):
        raise TargetError(f"{asked.place} needs the module {needed!r}, which is not installed")
    return Loaded(
        target, cls, module, _version(module), (f"from {asked.place} import {asked.name}",),
        source_of(None, file, asked.name), _not_installed(lacking),
    )  # fmt: skip


def _from_file(target: str, asked: Target) -> Loaded:
    path = Path(asked.place)
    opened: list[Opened] = []
    _run(path.name, lambda: opened.append(open_file(path, asked.name, asked.ordinal)))
    (found,) = opened
    cls = _class(target, asked, found.module, found.lacking, found.raised)
    if found.needs:
        raise TargetError(f"{path.name} needs the module {found.needs!r}, which is not installed")
    said = (*found.left_out, *_not_installed(found.lacking))
    return Loaded(target, cls, found.module, path.name, found.imports, found.source, said)


def _not_installed(modules: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{name} (not installed)" for name in modules)


def _class(
    target: str, asked: Target, module: ModuleType, lacking: tuple[str, ...], raised: str = ""
) -> type:
    found = getattr(module, asked.name, None)
    if found is None:
        needs = f"; it needs the module {lacking[0]!r}, which is not installed" if lacking else ""
        raises = f"; {raised}" if raised else ""
        suggested = classes_like(module, asked.name)
        raise TargetError(f"{asked.place} has no class {asked.name!r}{suggested}{raises}{needs}")
    if not isinstance(found, type):
        raise TargetError(f"{target} is a {type(found).__name__}, not a class")
    return found


def _from_module(name: str, importing: Importing) -> ModuleType:
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    found: list[ModuleType] = []
    try:
        _run(name, lambda: importing.run(lambda: found.append(importlib.import_module(name))))
    finally:
        importing.end()
    return found[0]


def _run(what: str, action: Callable[[], object]) -> None:
    """Import, and turn whatever somebody's module does into one sentence."""
    try:
        action()
    except TargetError:
        raise
    except NotInstalledError as error:
        raise TargetError(
            f"{what} needs the module {error.name!r}, which is not installed"
        ) from None
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if what == missing or what.startswith(f"{missing}."):
            raise TargetError(meant_instead_of_module(what, missing)) from None
        raise TargetError(f"{what} needs the module {missing!r}, which is not installed") from None
    except SyntaxError as error:
        where = f"line {error.lineno}" if error.lineno else "unknown line"
        raise TargetError(f"{what} has a syntax error at {where}: {error.msg}") from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a module may raise anything
        raise TargetError(
            f"{what} cannot be imported: it raises {type(error).__name__}: {one_line(error)}"
        ) from None


def _version(module: ModuleType) -> str:
    package = module.__name__.split(".")[0]
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return package
