"""Statements that only define: imports, definitions, constants, settings.

A statement is quiet if running it can neither train nor plot nor read a file, as far as its text
tells. docs/decisions/what-of-a-file-is-executed.md says why each line is drawn where it is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

BUILTINS = frozenset({
    "abs", "bool", "bytearray", "bytes", "chr", "complex", "dict", "divmod", "enumerate", "filter",
    "float", "frozenset", "getattr", "globals", "hasattr", "hash", "int", "isinstance",
    "issubclass", "iter", "len", "list", "locals", "map", "max", "min", "object", "ord", "pow",
    "property", "range", "repr", "reversed", "round", "set", "slice", "sorted", "str", "sum",
    "super", "tuple", "type", "vars", "zip",
})  # fmt: skip
"""Calls that make a value and do nothing else, or give the module's own names."""
MODULES = frozenset({
    "abc", "collections", "contextvars", "dataclasses", "decimal", "enum", "fractions",
    "functools", "itertools", "logging", "math", "numbers", "operator", "pathlib", "re",
    "string", "threading", "types", "typing", "typing_extensions", "weakref",
})  # fmt: skip
"""Modules whose functions make values: ``TypeVar("T")``, ``itertools.count()``."""
PATHS = ("os.path.", "os.getcwd", "os.environ.", "random.Random")
SETTINGS = frozenset({
    "basicConfig", "filterwarnings", "manual_seed", "seed", "set_default_dtype",
    "set_printoptions", "seterr", "setcontext", "setrecursionlimit", "simplefilter",
})  # fmt: skip
"""Functions of imported modules that set something an engine may rely on."""
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
ALWAYS = (*DEFINITIONS, ast.Pass, ast.Raise, ast.Delete, ast.Global, ast.Nonlocal)


class Quiet:
    """What is quiet in one file.

    Args:
        statements: the file's, for what its names are.
    """

    def __init__(self, statements: Iterable[ast.stmt]) -> None:
        self.modules: dict[str, str] = {}
        self.functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        self._data: set[str] = set()
        bound: set[str] = set()
        for statement in statements:
            self.modules.update(imported(statement))
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                self.functions[statement.name] = statement
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                bound.add(statement.name)
            if isinstance(statement, ast.Assign) and isinstance(statement.value, DATA):
                self._data |= {t.id for t in statement.targets if isinstance(t, ast.Name)}
        self._builtins = BUILTINS - bound

    def statement(self, node: ast.stmt) -> bool:
        """Whether a statement only defines."""
        if isinstance(node, ALWAYS) or type(node).__name__ == "TypeAlias":
            return True
        match node:
            case ast.Assign() | ast.AugAssign() | ast.AnnAssign():
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                return self.value(node.value) and all(map(self.value, targets))
            case ast.Expr():
                return self.value(node.value) or self._sets(node.value)
            case ast.Assert():
                return self.value(node.test)
            case ast.If():
                return self.value(node.test) and self._all(node.body) and self._all(node.orelse)
            case ast.Try():
                return self._all(node.body) and self._all(node.orelse) and self._all(node.finalbody)
        return False

    def _all(self, nodes: list[ast.stmt]) -> bool:
        return all(map(self.statement, nodes))

    def value(self, node: ast.AST | None) -> bool:
        """Whether an expression only makes a value: nothing in it is called but what may be."""
        if node is None or isinstance(node, ast.Lambda):
            return True
        if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
            return False
        if isinstance(node, ast.Call) and not self._may_call(node.func):
            return False
        return all(map(self.value, ast.iter_child_nodes(node)))

    def _may_call(self, function: ast.expr) -> bool:
        if isinstance(function, ast.Name) and function.id in self._builtins:
            return True
        name = self.dotted(function)
        if name is not None:
            return name.partition(".")[0] in MODULES or name.startswith(PATHS)
        while isinstance(function, ast.Attribute):
            function = function.value
        if isinstance(function, ast.Name):
            return function.id in self._data
        return isinstance(function, ast.Constant | ast.JoinedStr | ast.Call)  # "a b".split()

    def _sets(self, node: ast.expr) -> bool:
        """``np.random.seed(1)``, ``sys.path.append("..")``."""
        if not isinstance(node, ast.Call):
            return False
        name = self.dotted(node.func)
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        return (
            name is not None
            and (name.startswith("sys.path.") or name.rpartition(".")[2] in SETTINGS)
            and all(map(self.value, arguments))
        )

    def dotted(self, node: ast.expr) -> str | None:
        """``numpy.random.seed`` for ``np.random.seed``; None for what is of no imported module."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.modules:
            return None
        return ".".join([self.modules[node.id], *reversed(parts)])


DATA = (ast.List, ast.Dict, ast.Tuple, ast.Set, ast.Constant, ast.ListComp, ast.DictComp)


def imported(statement: ast.stmt) -> Mapping[str, str]:
    """Names that an import binds, each with what it is: ``np`` -> ``numpy``."""
    found: dict[str, str] = {}
    for node in ast.walk(statement) if isinstance(statement, ast.Try | ast.If) else [statement]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                found[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom):
            dots = "." * node.level
            for alias in node.names:
                found[alias.asname or alias.name] = f"{dots}{node.module or ''}.{alias.name}"
    return found


def is_main_guard(node: ast.stmt) -> bool:
    """``if __name__ == "__main__":`` without an else: what every import leaves out."""
    return (
        isinstance(node, ast.If)
        and not node.orelse
        and isinstance(node.test, ast.Compare)
        and {_text(node.test.left), *map(_text, node.test.comparators)} == {"__name__", "__main__"}
    )


def _text(node: ast.expr) -> object:
    return getattr(node, "id", getattr(node, "value", None))
