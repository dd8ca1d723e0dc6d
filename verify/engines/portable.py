"""Python lines that make a class available to a script that runs with the engine alone.

Where a file cannot simply be imported (a notebook, a script that trains, an earlier definition of a
class), the lines read it as it is at that moment, so that a bug that was mended is seen as mended.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from verify.engines.place import Place

MARK = "PLACE = Path("
"""How the line begins that says where the file is; a script in another folder replaces it."""

READER = '''\
DEFINING = ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef

def cells():
    text = PLACE.read_text(encoding="utf-8-sig")
    if PLACE.suffix != ".ipynb":
        return [text]
    data = json.loads(text)
    found = [cell for sheet in data.get("worksheets", [data]) for cell in sheet["cells"]]
    code = [cell for cell in found if cell["cell_type"] == "code"]
    return ["".join(cell.get("source", cell.get("input", ""))) for cell in code]


def parsed(text):
    magic = r"(?m)^([ \\t]*)(?:[%!?].*|[\\w.]+[ ]*=[ ]*[%!].*|[\\w.]+[?]+[ ]*)$"
    for attempt in (text, re.sub(magic, r"\\1pass", text)):
        try:
            return ast.parse(attempt).body
        except SyntaxError:
            continue
    return []


def definitions():
    """Imports, definitions and constants of the file; not what trains or draws with them."""
    seen, flags = 0, 0
    for text in cells():
        late = seen == ORDINAL
        for part in parsed(text):
            seen += isinstance(part, ast.ClassDef) and part.name == NAME
            if ORDINAL is not None and seen > ORDINAL:
                return
            if isinstance(part, ast.ImportFrom) and part.module == "__future__":
                for alias in part.names:
                    flags |= getattr(__future__, alias.name).compiler_flag
            calls = any(isinstance(node, (ast.Call, ast.Await)) for node in ast.walk(part))
            plain = isinstance(part, DEFINING) or not calls
            if (plain and not late) or ast.unparse(part) in ALSO:
                file = str(PLACE) if PLACE.suffix == ".py" else f"<{PLACE.name}>"
                yield compile(ast.Module([part], []), file, "exec", flags, True)
            late = late or (PLACE.suffix == ".py" and seen == ORDINAL)


engine = ModuleType("engine")
sys.modules["engine"] = engine
#PACKAGE
for code in definitions():
    try:
        exec(code, vars(engine))
    except (Exception, SystemExit):  # it needs what is not there, and the class does not
        continue'''


def by_name(path: Path, name: str) -> tuple[str, ...]:
    """Of a file that can be imported by its name."""
    return (
        "import sys",
        f"sys.path.insert(0, {str(path.parent)!r})  # where {path.name} is",
        f"from {path.stem} import {name}",
    )


def by_package(path: Path, place: Place, name: str) -> tuple[str, ...]:
    """Of a file that imports from its own package."""
    return (
        "import importlib",
        "import sys",
        "from pathlib import Path",
        "",
        f"{MARK}{path.as_posix()!r})",
        _root(place.package),
        f"engine = importlib.import_module({place.name!r})",
        f"{name} = engine.{name}",
    )


def by_reading(
    path: Path,
    name: str,
    ordinal: int | None,
    also: Sequence[str],
    package: str = "",
    folders: Sequence[Path] = (),
) -> tuple[str, ...]:
    """Of a file of which only a part is executed.

    Args:
        path: the file.
        name: the class.
        ordinal: which of its definitions, from 1; None for the last.
        also: texts of statements that are executed too.
        package: the package that its relative imports begin in.
        folders: further folders that its imports were found in.
    """
    more = [os.path.relpath(folder.resolve(), path.resolve().parent) for folder in folders]
    reader = READER.replace("#PACKAGE", f"engine.__package__ = {package!r}") if package else READER
    return (
        "import __future__",
        "import ast",
        "import json",
        "import re",
        "import sys",
        "from pathlib import Path",
        "from types import ModuleType",
        "",
        f"{MARK}{path.as_posix()!r})",
        _root(package),
        *(f"sys.path.append(str((PLACE.parent / {up!r}).resolve()))" for up in more),
        f"NAME, ORDINAL = {name!r}, {ordinal!r}",
        f"ALSO = {list(also)!r}",
        *(line for line in reader.split("\n") if line != "#PACKAGE"),
        f"{name} = engine.{name}",
    )


def _root(package: str) -> str:
    up = len(package.split(".")) if package else 0
    return f"sys.path.insert(0, str(PLACE.resolve().parents[{up}]))  # where its imports begin"
