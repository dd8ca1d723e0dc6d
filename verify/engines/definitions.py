"""What of a file or notebook is executed: what defines the class, not what trains with it.

The rule, and why it is so, is in docs/decisions/what-of-a-file-is-executed.md.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field

from verify.engines.changes import changes_of
from verify.engines.names import Names, names_of
from verify.engines.quiet import DEFINITIONS, Quiet, is_main_guard

KINDS: tuple[tuple[tuple[type[ast.AST], ...], str], ...] = (
    ((ast.For, ast.AsyncFor, ast.While), "a loop"),
    ((ast.With, ast.AsyncWith), "a with block"),
    ((ast.Assign, ast.AugAssign, ast.AnnAssign), "an assignment"),
    ((ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef), "a definition"),
    ((ast.If, ast.Match), "a branch"),
    ((ast.Try,), "a try block"),
    ((ast.Expr,), "a call"),
    ((ast.Assert,), "an assertion"),
    ((ast.Import, ast.ImportFrom), "an import"),
)
"""What a statement that was left out is called."""


@dataclass
class Part:
    """A statement, and what becomes of it.

    Attributes:
        node: the statement.
        cell: the number of its notebook's cell; 0 in a file.
        late: whether it comes after the cell of the definition that was asked for.
        names, changes: what it binds, reads and changes.
        quiet: whether it only defines.
        kept: whether it is executed.
        needed: whether the class may not work without it.
        silent: whether nobody misses it: a bare name, the guard of ``__main__``.
        raised: the error for which it was left out, ``KeyError: 'x'``; empty if there was none.
    """

    node: ast.stmt
    cell: int = 0
    late: bool = False
    names: Names = field(default_factory=Names)
    changes: frozenset[str] = frozenset()
    quiet: bool = False
    kept: bool = False
    needed: bool = False
    silent: bool = False
    raised: str = ""

    @property
    def kind(self) -> str:
        """What it is called."""
        word = next((word for types, word in KINDS if isinstance(self.node, types)), "a statement")
        if isinstance(self.node, ast.Expr) and not _calls(self.node):
            word = "an expression"
        return f"{word} that raises {self.raised.partition(':')[0]}" if self.raised else word


def plan(parts: Sequence[Part], name: str, operations: Iterable[str], flags: int = 0) -> None:
    """Decide which statements are executed.

    Args:
        parts: the statements in order; their ``kept`` and ``needed`` are set.
        name: the class, which must work.
        operations: functions that are its operations, which must work too.
        flags: the compiler's, for ``from __future__`` imports.
    """
    quiet = Quiet([part.node for part in parts])
    for part in parts:
        _look(part, quiet, flags)
    early = [part for part in parts if not part.late]
    roots = frozenset({name, *operations})
    needed = _need(early, roots)
    needed |= _keep_patches(parts, name, roots, needed)
    _need_stars(early, _need(early, needed))
    keep_what_can_be(early)


def _look(part: Part, quiet: Quiet, flags: int) -> None:
    node = part.node
    part.silent = is_main_guard(node) or (isinstance(node, ast.Expr) and not _calls(node))
    try:
        part.names = names_of(node, flags)
    except (SyntaxError, ValueError, RecursionError):
        return  # it parses and does not compile: it is left out, and said
    if part.silent and not isinstance(node, ast.Expr):
        part.names = Names()
        return
    part.changes = changes_of(node, quiet)
    part.quiet = part.kept = quiet.statement(node)
    if part.late:
        part.kept = False


def _calls(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Call | ast.Await) for part in ast.walk(node))


def _need(parts: Sequence[Part], roots: frozenset[str]) -> frozenset[str]:
    """Mark what the roots need, whatever it does; the names that they need."""
    needed = set(roots)
    defined = {name for part in parts if part.quiet for name in part.names.binds}
    bound = {name for part in parts for name in part.names.binds}
    before = -1
    while before != len(needed):
        before = len(needed)
        for part in parts:
            if _is_needed(part, needed, defined, bound):
                part.kept = part.needed = True
                needed |= part.names.reads
    return frozenset(needed)


def _is_needed(part: Part, needed: Set[str], defined: set[str], bound: set[str]) -> bool:
    binds = part.names.binds & needed
    if binds and (part.quiet or binds - defined):
        return True
    changed = part.changes & needed
    if not changed and not (binds and isinstance(part.node, ast.Assign)):
        return False
    # what changes the class is run where it asks for nothing that would have to be computed first:
    # `for name in OPS: setattr(Value, name, ...)` or `Value = traced(Value)`, and not a training
    # that touches the class
    return part.quiet or not (part.names.now & bound) - defined - part.names.binds - needed


def _need_stars(parts: Sequence[Part], needed: frozenset[str]) -> None:
    """Mark ``from x import *`` where a needed name is bound by nothing that can be seen."""
    bound = {name for part in parts for name in part.names.binds}
    hidden = {name for name in needed - bound if not name.startswith("__")}
    if all(hasattr(builtins, name) for name in hidden):
        return
    for part in parts:
        if isinstance(part.node, ast.ImportFrom) and part.node.names[0].name == "*":
            part.needed = True


def keep_what_can_be(parts: Sequence[Part]) -> None:
    """Leave out what reads a name that was left out, unless it is needed."""
    lost: set[str] = set()
    for part in parts:
        if part.kept and not part.needed and part.names.now & lost:
            part.kept = False
        if part.kept:
            lost -= part.names.binds
        elif not part.silent:
            lost |= part.names.binds


def _keep_patches(
    parts: Sequence[Part], name: str, roots: frozenset[str], needed: frozenset[str]
) -> frozenset[str]:
    """Of what comes after the definition, keep what changes the class, and what that needs.

    A function ``relu`` there is what a patch ``Value.relu = relu`` means, whatever had this name
    before.

    Returns:
        The names that are needed of what comes before.
    """
    defined = {name for part in parts if part.quiet for name in part.names.binds}
    bound = {name for part in parts for name in part.names.binds}
    late = [part for part in parts if part.late]
    read: set[str] = set()
    before = -1
    while before != len(read):
        before = len(read)
        for part in late:
            changes = part.changes & (roots | read)
            if part.names.binds & read or (
                changes and _is_needed(part, needed | read, defined, bound)
            ):
                part.kept = part.needed = True
                read |= part.names.reads - {name}
    return frozenset(read) - {name for part in late if part.kept for name in part.names.binds}


def left_out(parts: Sequence[Part]) -> tuple[str, ...]:
    """What was not executed, in words: ``lines 40-57 (a loop, a call)``, ``cell 4``."""
    runs: list[list[Part]] = []
    following = False
    for part in parts:
        if part.late or part.silent:
            continue
        if not part.kept and following and runs[-1][-1].cell == part.cell:
            runs[-1].append(part)
        elif not part.kept:
            runs.append([part])
        following = not part.kept
    whole = {
        cell for cell in {part.cell for part in parts} - {0}
        if not any(part.kept for part in parts if part.cell == cell)
    }  # fmt: skip
    return tuple(_said(run, run[0].cell in whole) for run in runs)


def raised_in(parts: Sequence[Part]) -> str:
    """What the first statement raised that was left out for it: a sentence; empty if none was."""
    for part in parts:
        if part.raised:
            cell = f"of cell {part.cell} " if part.cell else ""
            return f"at line {part.node.lineno} {cell}it raises {part.raised}"
    return ""


def _said(run: Sequence[Part], is_whole_cell: bool) -> str:
    first = min(
        [run[0].node.lineno, *(d.lineno for d in getattr(run[0].node, "decorator_list", []))]
    )
    last = run[-1].node.end_lineno or run[-1].node.lineno
    lines = f"line {first}" if first == last else f"lines {first}-{last}"
    kinds = ", ".join(dict.fromkeys(part.kind for part in run))
    if is_whole_cell:
        return f"cell {run[0].cell} ({kinds})"
    return f"cell {run[0].cell} {lines} ({kinds})" if run[0].cell else f"{lines} ({kinds})"


def others(parts: Sequence[Part]) -> tuple[str, ...]:
    """The executed statements that a reader who knows no needs would leave out, as their text."""
    return tuple(
        ast.unparse(part.node) for part in parts
        if part.kept and (part.late or not is_plain(part.node))
    )  # fmt: skip


def is_plain(node: ast.stmt) -> bool:
    """Whether a statement is a definition, or calls nothing: the rule of scripts in reports."""
    return isinstance(node, DEFINITIONS) or not _calls(node)
