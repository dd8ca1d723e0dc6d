"""Where a file lies: its package, and the folders that its imports may mean."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FARTHEST = 6
"""Folders above a file in which its imports are looked for, where no repository ends the search."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file's place among modules.

    Attributes:
        path: the file, absolute.
        root: the folder that its imports begin in.
        name: its module's name from there, ``mypkg.core.engine``; without a dot if it is in no
            package.
    """

    path: Path
    root: Path
    name: str

    @property
    def package(self) -> str:
        """The package that its relative imports begin in; empty if there is none."""
        return self.name.rpartition(".")[0]

    @property
    def near(self) -> tuple[Path, ...]:
        """Folders in which a module that it imports may lie, the nearest first."""
        found: list[Path] = []
        for folder in [self.path.parent, *self.path.parents[1:FARTHEST]]:
            found += [folder, folder / "src"]
            if (folder / ".git").exists():
                break
        return tuple(found)


def place_of(path: Path, body: Sequence[ast.stmt]) -> Place:
    """A file's place: its folders up to the first without ``__init__.py`` are its package.

    A file that imports relatively is in a package even where ``__init__.py`` is missing.
    """
    path = path.resolve()
    levels = max((_levels(node) for part in body for node in ast.walk(part)), default=0)
    parts = [path.stem]
    folder = path.parent
    while len(parts) <= levels or (folder / "__init__.py").is_file():
        if not folder.name.isidentifier():
            return Place(path, path.parent, path.stem)
        parts.insert(0, folder.name)
        folder = folder.parent
    if not path.stem.isidentifier():
        return Place(path, path.parent, path.stem)
    return Place(path, folder, ".".join(parts))


def _levels(node: ast.AST) -> int:
    return node.level if isinstance(node, ast.ImportFrom) else 0
