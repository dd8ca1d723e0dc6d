"""Execute the statements that were kept, one after the other, in a module of their own."""

from __future__ import annotations
import __future__

import ast
import linecache
from collections.abc import Callable, Sequence
from types import ModuleType

from verify.engines.definitions import Part
from verify.engines.standins import Importing, NotInstalledError


def future_flags(nodes: Sequence[ast.stmt]) -> int:
    """The compiler's flags for the ``from __future__`` imports among some statements."""
    flags = 0
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for alias in node.names:
                feature = getattr(__future__, alias.name, None)
                flags |= getattr(feature, "compiler_flag", 0)
    return flags


def execute(
    parts: Sequence[Part],
    module: ModuleType,
    importing: Importing,
    name_of: Callable[[Part], str],
    flags: int = 0,
) -> None:
    """Execute what was kept. A statement that nothing needs and that cannot run is left out too.

    It cannot run if it uses a module that is not installed, or if something before it was left out
    and it raises: that may be our doing.

    Args:
        parts: the statements; ``kept`` becomes false for one that could not run.
        module: where their names go.
        importing: helps them to modules.
        name_of: the file's name that a traceback shows for a statement.
        flags: the compiler's.

    Raises:
        Exception: what a needed statement raises, or any where all are executed.
    """
    is_partial = False
    for part in parts:
        if not part.kept:
            is_partial = is_partial or not (part.silent or part.late)
            continue
        tree = ast.Module([part.node], [])
        code = compile(tree, name_of(part), "exec", flags=flags, dont_inherit=True)
        try:
            importing.run(lambda code=code: exec(code, vars(module)))  # type: ignore[misc]  # noqa: S102
        except Exception as error:
            is_ours = is_partial or isinstance(error, NotInstalledError)
            if part.needed or isinstance(part.node, ast.Raise) or not is_ours:
                raise
            part.kept = False
            is_partial = True


def remember(name: str, source: str) -> None:
    """Let tracebacks and ``inspect`` show the lines of a source that is in no file of its own."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
