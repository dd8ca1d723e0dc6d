"""Execute the statements that were kept, one after the other, in a module of their own."""

from __future__ import annotations
import __future__

import ast
import linecache
from collections.abc import Callable, Sequence
from types import ModuleType

from verify.engines.definitions import Part, keep_what_can_be
from verify.engines.engine import one_line
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
    """Execute what was kept. A statement that raises and that nothing needs is left out too.

    Args:
        parts: the statements; ``kept`` becomes false for those that could not run, and ``raised``
            says why.
        module: where their names go.
        importing: helps them to modules.
        name_of: the file's name that a traceback shows for a statement.
        flags: the compiler's.

    Raises:
        Exception, SystemExit: what a needed statement raises.
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
        except (Exception, SystemExit) as error:
            if part.needed:
                raise
            _leave_out(part, error, is_partial)
            keep_what_can_be(parts)
            is_partial = True


def _leave_out(part: Part, error: BaseException, is_partial: bool) -> None:
    """Take a statement for one that was not executed, and keep what it raised if we are not why."""
    is_ours = isinstance(error, NotInstalledError) or (is_partial and isinstance(error, NameError))
    kind, said = one_line(type(error).__name__), one_line(error)
    part.raised = "" if is_ours else f"{kind}: {said}" if said else kind
    part.silent = part.silent and is_partial
    part.kept = False


def remember(name: str, source: str) -> None:
    """Let tracebacks and ``inspect`` show the lines of a source that is in no file of its own."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
