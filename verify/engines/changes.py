"""Which names a statement changes without binding them: ``Value.exp = exp``, ``rules["+"] = f``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from verify.engines.quiet import Quiet


def changes_of(statement: ast.stmt, quiet: Quiet) -> frozenset[str]:
    """The names whose objects a statement of module level changes."""
    return frozenset(_changes([statement], quiet, frozenset()))


def _changes(nodes: Sequence[ast.stmt], quiet: Quiet, seen: frozenset[str]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Assign():
                yield from _of_targets(node.targets)
            case ast.AugAssign() | ast.AnnAssign():
                yield from _of_targets([node.target])
            case ast.Delete():
                yield from _of_targets(node.targets)
            case ast.Expr(value=ast.Call() as call):
                yield from _of_call(call, quiet, seen)
            case ast.For() | ast.While() | ast.If():
                yield from _changes([*node.body, *node.orelse], quiet, seen)
            case ast.With():
                yield from _changes(node.body, quiet, seen)
            case ast.Try():
                yield from _changes([*node.body, *node.orelse, *node.finalbody], quiet, seen)
            case ast.FunctionDef() if node.decorator_list:
                yield from _patched(node)


def _of_targets(targets: Sequence[ast.expr]) -> Iterator[str]:
    for target in targets:
        if isinstance(target, ast.Tuple | ast.List):
            yield from _of_targets(target.elts)
        elif isinstance(target, ast.Attribute | ast.Subscript) and (name := root(target)):
            yield name


def _of_call(call: ast.Call, quiet: Quiet, seen: frozenset[str]) -> Iterator[str]:
    given = [a.id for a in call.args if isinstance(a, ast.Name)]
    function = call.func
    if isinstance(function, ast.Name):
        if function.id in {"setattr", "delattr"}:
            yield from given[:1]
        elif function.id in quiet.functions and function.id not in seen:
            yield from _of_installer(call, quiet, seen | {function.id})
        elif function.id in quiet.modules:
            yield from given
        return
    name = root(function)
    if name is not None and name not in quiet.modules:
        yield name
    elif name is not None:
        yield from given


def _of_installer(call: ast.Call, quiet: Quiet, seen: frozenset[str]) -> Iterator[str]:
    """What a function of the file changes, if to change things is all that it does."""
    function = quiet.functions[call.func.id]  # type: ignore[attr-defined]
    if not _only_changes(function.body, quiet, seen):
        return
    places = {argument.arg: i for i, argument in enumerate(function.args.args)}
    local = {
        node.id for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }  # fmt: skip
    for name in _changes(function.body, quiet, seen):
        place = places.get(name)
        if place is None:
            if name not in local:
                yield name
        elif place < len(call.args) and isinstance(call.args[place], ast.Name):
            yield call.args[place].id  # type: ignore[attr-defined]


def _only_changes(nodes: Sequence[ast.stmt], quiet: Quiet, seen: frozenset[str]) -> bool:
    return all(_only_change(node, quiet, seen) for node in nodes)


def _only_change(node: ast.stmt, quiet: Quiet, seen: frozenset[str]) -> bool:
    match node:
        case ast.For() | ast.If():
            return _only_changes([*node.body, *node.orelse], quiet, seen)
        case ast.Expr(value=ast.Call(func=ast.Name(id=name)) as call):
            if name in {"setattr", "delattr"}:
                return True
            return name in quiet.functions and name not in seen and any(
                True for _ in _of_installer(call, quiet, seen | {name})
            )  # fmt: skip
        case ast.Expr(value=ast.Call()) | ast.While() | ast.With() | ast.Try():
            return quiet.statement(node)
        case ast.Assign(value=ast.Call(func=ast.Name(id=name))):
            return name in quiet.functions or quiet.statement(node)
        case ast.Return():
            return quiet.value(node.value)
    return quiet.statement(node)


def _patched(function: ast.FunctionDef) -> Iterator[str]:
    """The class of ``@patch def exp(self: Value)`` and of ``@add_to(Value) def exp(self)``."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call):
            yield from (a.id for a in decorator.args if isinstance(a, ast.Name))
    said = function.args.args[0].annotation if function.args.args else None
    if isinstance(said, ast.Name):
        yield said.id
    elif isinstance(said, ast.Constant) and isinstance(said.value, str):
        yield said.value


def root(node: ast.expr) -> str | None:
    """``x`` of ``x.a[0].b``."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
