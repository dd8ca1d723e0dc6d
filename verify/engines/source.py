"""Where an engine's class is written, so that a report can point at it."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any


def source_of(
    place: str | None, module_file: str | None, name: str, ordinal: int | None = None
) -> dict[str, Any] | None:
    """The file and lines of a class: ``{"file": ..., "line": ..., "methods": {name: line}}``.

    A file that the user named is told as it was named. That of a module is told only where it lies
    below the current folder, and relative to it: a report has the same bytes wherever its project
    lies.

    Args:
        place: the path that the target names; None if it names a module.
        module_file: the module's own file.
        name: the class.
        ordinal: which of its definitions, from 1; None for the last.

    Returns:
        None where there is no such file, or the class is not written in it.
    """
    path = Path(place or module_file or "")
    try:
        shown = path if place else path.resolve().relative_to(Path.cwd().resolve())
        tree = ast.parse(path.read_bytes())
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    written = _class(tree, name, ordinal)
    if written is None:
        return None
    methods = {
        part.name: part.lineno
        for part in written.body
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    return {"file": shown.as_posix(), "line": written.lineno, "methods": methods}


def _class(tree: ast.Module, name: str, ordinal: int | None) -> ast.ClassDef | None:
    """The last class of this name, or an earlier one: a later one replaces it."""
    found = [part for part in tree.body if isinstance(part, ast.ClassDef) and part.name == name]
    last = ordinal is None or ordinal > len(found)
    return found[-1 if last or ordinal is None else ordinal - 1] if found else None


def source_in_notebook(path: Path, name: str, ordinal: int | None) -> dict[str, Any] | None:
    """The same of a notebook. The lines are those of its JSON, where each has a line of its own."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, ValueError):
        return None
    head = re.compile(rf'\s*"class {re.escape(name)}\b')
    found = [number for number, line in enumerate(lines, 1) if head.match(line)]
    if not found or (ordinal or 1) > len(found):
        return {"file": path.as_posix(), "line": 1, "methods": {}}
    line = found[-1 if ordinal is None else ordinal - 1]
    methods: dict[str, int] = {}
    for number, text in enumerate(lines[line:], line + 1):
        if not re.match(r'\s*"', text) or re.match(r'\s*"\w+": ', text):
            break  # the cell's lines end
        if method := re.match(r'\s*"\s+def (\w+)\(', text):
            methods.setdefault(method[1], number)
    return {"file": path.as_posix(), "line": line, "methods": methods}
