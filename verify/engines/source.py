"""Where an engine's class is written, so that a report can point at it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any


def source_of(place: str | None, module_file: str | None, name: str) -> dict[str, Any] | None:
    """The file and lines of a class: ``{"file": ..., "line": ..., "methods": {name: line}}``.

    A file that the user named is told as it was named. That of a module is told only where it lies
    below the current folder, and relative to it: a report has the same bytes wherever its project
    lies.

    Args:
        place: the path that the target names; None if it names a module.
        module_file: the module's own file.
        name: the class.

    Returns:
        None where there is no such file, or the class is not written in it.
    """
    path = Path(place or module_file or "")
    try:
        shown = path if place else path.resolve().relative_to(Path.cwd().resolve())
        tree = ast.parse(path.read_bytes())
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    written = _class(tree, name)
    if written is None:
        return None
    methods = {
        part.name: part.lineno
        for part in written.body
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    return {"file": shown.as_posix(), "line": written.lineno, "methods": methods}


def _class(tree: ast.Module, name: str) -> ast.ClassDef | None:
    """The last class of this name: a later one replaces an earlier one."""
    found = [part for part in tree.body if isinstance(part, ast.ClassDef) and part.name == name]
    return found[-1] if found else None
