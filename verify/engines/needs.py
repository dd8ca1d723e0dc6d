"""Whether a class computes with a module that is not installed.

Drawing with one is no matter. What adds, multiplies or differentiates with one would raise in every
case, and that is no bug of the engine.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from verify.engines.quiet import imported
from verify.program import FORMS

NOT_COMPUTING = frozenset({"__repr__", "__str__", "__format__", "__dir__", "__getattr__"})


def operation_names() -> frozenset[str]:
    """Names under which engines have operations: of methods, and of functions beside the class."""
    templates = {template for row, _ in FORMS.values() for template in row.spelling}
    names = {template.partition("(")[0].removeprefix("{0}.") for template in templates}
    return frozenset(name for name in names if name.isidentifier())


def computes(name: str) -> bool:
    """Whether a method or function of this name is one that an engine computes with."""
    if name.startswith("__") and name.endswith("__"):
        return name not in NOT_COMPUTING
    plain = name.strip("_").lower()
    return name in operation_names() or "back" in plain or plain in {"grad", "gradient"}


def lacking_for(cls: type, file: str | None, missing: Collection[str]) -> str | None:
    """The module that is not installed and that a class of a file computes with, or None."""
    if not missing or file is None or not file.endswith(".py"):
        return None
    try:
        body = ast.parse(Path(file).read_bytes()).body
    except (OSError, ValueError, SyntaxError):
        return None
    return lacking_in(cls.__name__, body, missing)


def lacking_in(name: str, body: Sequence[ast.stmt], missing: Collection[str]) -> str | None:
    """The same of the statements of a module; the last class of the name counts."""
    names = {k: v for part in body for k, v in imported(part).items() if _is_of(v, missing)}
    classes = [part for part in body if isinstance(part, ast.ClassDef) and part.name == name]
    functions = [part for part in body if isinstance(part, ast.FunctionDef)]
    methods = [part for part in (classes[-1].body if classes else []) if _is_function(part)]
    for part in [*methods, *functions]:
        if computes(part.name):  # type: ignore[attr-defined]
            for called in _called(part):
                if called in names:
                    return names[called].partition(".")[0]
    return None


def _is_of(module: str, missing: Collection[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in missing)


def _is_function(part: ast.stmt) -> bool:
    return isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)


def _called(part: ast.AST) -> Iterator[str]:
    """The names that calls begin with: ``np`` of ``np.exp(x)``."""
    for node in ast.walk(part):
        if isinstance(node, ast.Call):
            function = node.func
            while isinstance(function, ast.Attribute):
                function = function.value
            if isinstance(function, ast.Name):
                yield function.id
