"""A file as it is written: its statements, its cells, the definitions of a class in it."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from pathlib import Path

from verify.engines.advice import files_like
from verify.engines.definitions import Part
from verify.engines.engine import TargetError
from verify.engines.executing import future_flags
from verify.engines.notebook import Cell, read_notebook


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
        near = files_like(str(path))
        advice = f"did you mean {near}?" if near else "give the path of a .py file, then :Class"
        raise TargetError(f"there is no file {str(path)!r}: {advice}")
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
