"""Open a ``.py`` file or a notebook: execute what defines the class, and say what was left out."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from verify.engines.definitions import Part, left_out, others, plan, raised_in
from verify.engines.engine import TargetError
from verify.engines.modules import Work, uses_its_package
from verify.engines.needs import computes, lacking_in
from verify.engines.place import place_of
from verify.engines.portable import by_name, by_package, by_reading
from verify.engines.source import source_in_notebook, source_of
from verify.engines.standins import Importing
from verify.engines.written import Definition, Text, read_file


@dataclass(frozen=True, slots=True)
class Opened:
    """What a file gave.

    Attributes:
        module: what was executed.
        imports: Python lines that make the class available to a script.
        source: where the class is written, or None.
        left_out: what was not executed, in words.
        raised: what the first statement of those raised, if any was executed: a sentence.
        lacking: packages that are not installed.
        needs: the one of them that the class computes with, or None.
    """

    module: ModuleType
    imports: tuple[str, ...]
    source: dict[str, Any] | None
    left_out: tuple[str, ...]
    raised: str
    lacking: tuple[str, ...]
    needs: str | None


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
    plan(parts, name, filter(computes, functions), text.flags)
    is_notebook = path.suffix == ".ipynb"
    place = place_of(path, [] if is_notebook else text.body)
    imports_itself = not is_notebook and uses_its_package(place, text.body)
    importing = Importing(place.near, place.name.partition(".")[0] if imports_itself else "")
    work = Work(text, parts, importing, place)
    try:
        module = work.in_package() if imports_itself else work.alone()
    finally:
        importing.end()
    said = _left_out(text, parts)
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
        raised_in(parts),
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


def _left_out(text: Text, parts: Sequence[Part]) -> tuple[str, ...]:
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
