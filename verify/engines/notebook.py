"""The code cells of a Jupyter notebook, formats 1 to 4, as Python."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from verify.engines.engine import TargetError, one_line

LONGEST = 200_000_000
"""Bytes of a notebook."""
PATIENCE = 20_000_000
"""Characters looked at for magics in one cell: a string that is never closed is looked at again."""
PYTHON_CELLS = ("time", "timeit", "capture", "prun", "debug", "pypy", "python3", "python")
"""Cell magics that are followed by Python of this kernel or as good as that."""
MAGIC = re.compile(r"\s*(?:[%!?]|[\w.]+\s*=\s*[%!]|[%\w.\[\]]*\?{1,2}\s*$)")


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell.

    Attributes:
        number: its place among all cells of the notebook, text cells too, from 1.
        source: its Python; lines of magics are ``pass``, so every line is where it was.
        magics: the numbers of those lines.
        foreign: the magic that makes it no Python, ``%%bash``; empty if it is.
        body: its statements.
        trouble: why it cannot be parsed; empty if it can.
    """

    number: int
    source: str
    magics: tuple[int, ...] = ()
    foreign: str = ""
    body: tuple[ast.stmt, ...] = field(default=(), repr=False)
    trouble: str = ""

    def defines(self, name: str) -> bool:
        """Whether it has, or looks as if it had, a definition of a class, parsed or not."""
        if self.trouble:
            return bool(re.search(rf"^class\s+{re.escape(name)}\b", self.source, re.MULTILINE))
        return any(isinstance(s, ast.ClassDef) and s.name == name for s in self.body)


def read_notebook(path: Path) -> list[Cell]:
    """The code cells in order.

    Raises:
        TargetError: in one sentence, if this is no notebook of Python.
    """
    name = path.name
    try:
        if path.stat().st_size > LONGEST:
            raise TargetError(f"{name} is larger than {LONGEST // 1_000_000} MB: clear its outputs")
        data = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise TargetError(f"{name} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise TargetError(
            f"{name} is no notebook: byte {error.start} is not UTF-8; save it again from Jupyter"
        ) from None
    except (ValueError, RecursionError) as error:
        said = "it is nested too deeply" if isinstance(error, RecursionError) else one_line(error)
        raise TargetError(f"{name} is no notebook: it is not JSON ({said})") from None
    language = _language(data)
    if language and "python" not in language.lower():
        raise TargetError(f"{name} is a notebook of {one_line(language, 40)}, not of Python")
    return [
        _cell(number, _text(cell, f"{name}: cell {number}"))
        for number, cell in enumerate(_cells(data, name), 1)
        if _is_code(cell, f"{name}: cell {number}")
    ]


def _language(data: Any) -> str:
    """What the notebook says of its language; empty where it says nothing that can be read."""
    found = data.get("metadata") if isinstance(data, dict) else None
    for part in ("language_info", "kernelspec"):
        place = found.get(part) if isinstance(found, dict) else None
        said = (
            place.get("name" if part == "language_info" else "language")
            if isinstance(place, dict)
            else None
        )
        if isinstance(said, str) and said:
            return said
    return ""


def _cells(data: Any, name: str) -> list[Any]:
    if not isinstance(data, dict):
        raise TargetError(f"{name} is no notebook: it holds {_kind(data)}, not an object")
    if "cells" in data:
        return _list(data["cells"], f"{name}: its `cells`")
    if "worksheets" not in data:
        raise TargetError(f"{name} is no notebook: it has no cells")
    found: list[Any] = []
    for sheet in _list(data["worksheets"], f"{name}: its `worksheets`"):
        if not isinstance(sheet, dict):
            raise TargetError(f"{name}: a worksheet is {_kind(sheet)}, not an object")
        found += _list(sheet.get("cells", []), f"{name}: the `cells` of a worksheet")
    return found


def _list(found: Any, what: str) -> list[Any]:
    if not isinstance(found, list):
        raise TargetError(f"{what} are {_kind(found)}, not a list")
    return found


def _is_code(cell: Any, where: str) -> bool:
    if not isinstance(cell, dict):
        raise TargetError(f"{where} is {_kind(cell)}, not an object")
    kind = cell.get("cell_type")
    if not isinstance(kind, str):
        raise TargetError(f"{where} has no cell_type: open the notebook in Jupyter and save it")
    return kind == "code"


def _text(cell: dict[str, Any], where: str) -> str:
    """Its source: ``source`` in format 4, ``input`` in 2 and 3, ``code`` in 1."""
    found = next((cell[key] for key in ("source", "input", "code") if key in cell), None)
    if isinstance(found, list) and all(isinstance(line, str) for line in found):
        found = "".join(found)
    if not isinstance(found, str):
        raise TargetError(f"{where} has no source that is text")
    return found.replace("\r\n", "\n").replace("\r", "\n")


def _kind(data: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "null" if data is None else names.get(type(data), "a number")


def _cell(number: int, text: str) -> Cell:
    first = next((line for line in text.split("\n") if line.strip()), "")
    if first.startswith("%%"):
        magic = first[2:].split(maxsplit=1)[0] if first[2:].split() else ""
        if magic not in PYTHON_CELLS:
            return Cell(number, text, foreign=f"%%{magic}")
    parsed = _parsed(text)
    if isinstance(parsed, ast.Module):
        return Cell(number, text, body=tuple(parsed.body))
    source, magics = _without_magics(text)
    parsed = _parsed(source)
    if isinstance(parsed, ast.Module):
        return Cell(number, source, magics, body=tuple(parsed.body))
    return Cell(number, source, magics, trouble=parsed)


def _parsed(text: str) -> ast.Module | str:
    """The statements, or why there are none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in somebody's string
            return ast.parse(text)
    except SyntaxError as error:
        where = f" at line {error.lineno}" if error.lineno else ""
        return f"a syntax error{where}: {one_line(error.msg, 100)}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"what cannot be parsed: {one_line(error, 100) or type(error).__name__}"


def _without_magics(text: str) -> tuple[str, tuple[int, ...]]:
    """The text with ``pass`` for each line of IPython's own, and which lines those were."""
    lines = text.split("\n")
    found: list[int] = []
    start, left = 0, PATIENCE  # of the statement that may be open; of characters to look at
    for index, line in enumerate(lines):
        if not MAGIC.match(line):
            continue
        before = "\n".join(lines[start:index])
        left -= len(before)
        if left < 0:
            break
        if _complete(before):
            start = index
            lines[index] = line[: len(line) - len(line.lstrip())] + "pass"
            found.append(index + 1)
    return "\n".join(lines), tuple(found)


def _complete(text: str) -> bool:
    """Whether a line that follows this begins a statement: no bracket or string is open."""
    if text.rstrip(" \t").endswith("\\"):
        return False
    try:
        for _ in tokenize.generate_tokens(io.StringIO(text + "\n").readline):
            pass
    except tokenize.TokenError as error:
        return "multi-line" not in str(error)
    except (SyntaxError, ValueError):
        return True
    return True
