"""Mutants of one file, as two mutation-testing tools make them: cosmic-ray and mutmut.

The tools make the mutants; they do not run them. Both are asked because neither is enough:
cosmic-ray swaps every operator for every other, mutmut also turns ``+=`` into ``=``, drops
arguments and assigns ``None``. A mutant that both make is counted once.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import libcst
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names
from libcst.metadata import MetadataWrapper
from mutmut.mutation.file_mutation import MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small change of one file.

    Attributes:
        module: the file, as it is called in the results.
        tool: which tool made it; both, if both did.
        operator: the tool's name for what it did.
        line: the first line that differs, from 1.
        definition: the function it is in: ``Value.__add__``.
        before: the lines taken away, without indentation.
        after: the lines put in their place.
        kind: ``code``; ``annotation`` or ``text`` if nothing else differs.
        source: the whole mutated file.
    """

    module: str
    tool: str
    operator: str
    line: int
    definition: str
    before: str
    after: str
    kind: str
    source: str


def mutants_of(module: str, path: Path) -> list[Mutant]:
    """Every mutant of a file, each once, in the order of its lines."""
    original = path.read_text(encoding="utf-8")
    found: dict[str, tuple[list[str], str, str]] = {}
    whole = _dump(ast.parse(original))
    for tool, operator, source in (*_cosmic_ray(original), *_mutmut(original)):
        shape = _shape(source)
        if shape == whole:
            continue
        tools, *_ = found.setdefault(shape, ([], operator, source))
        if tool not in tools:
            tools.append(tool)
    made = [
        _described(module, original, " and ".join(tools), operator, source)
        for tools, operator, source in found.values()
    ]
    return sorted(made, key=lambda mutant: mutant.line)


def _cosmic_ray(original: str) -> Iterator[tuple[str, str, str]]:
    """Every operator of cosmic-ray that needs no argument, at every place."""
    tree = get_ast(original)
    for name in operator_names():
        kind = get_operator(name)
        if kind.arguments():
            continue
        operator = kind()
        places = sum(len(list(operator.mutation_positions(node))) for node in ast_nodes(tree))
        for place in range(places):
            yield "cosmic-ray", name.removeprefix("core/"), mutate_code(original, operator, place)


def _mutmut(original: str) -> Iterator[tuple[str, str, str]]:
    """Every operator of mutmut, at every place."""
    wrapper = MetadataWrapper(libcst.parse_module(original))
    nothing = IgnoredCode(set(), set(), set())
    for kind, operator in mutation_operators:
        visitor = MutationVisitor([(kind, operator)], nothing)
        module = wrapper.visit(visitor)
        for mutation in visitor.mutations:
            mutated = module.deep_replace(mutation.original_node, mutation.mutated_node)
            yield "mutmut", operator.__name__, mutated.code


def _shape(source: str) -> str:
    """What two mutants have in common if they are the same program; the source if it is none."""
    try:
        return _dump(ast.parse(source))
    except SyntaxError:
        return source


def _dump(tree: ast.AST) -> str:
    return ast.dump(tree)


class _Bare(ast.NodeTransformer):
    """Takes annotations away, and the text of strings too if it is told."""

    def __init__(self, strings: bool) -> None:
        self._strings = strings

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant("") if self._strings and isinstance(node.value, str) else node


def _kind(original: str, source: str) -> str:
    """Whether anything but an annotation, or the text of a string, differs."""
    try:
        for kind, strings in (("annotation", False), ("text", True)):
            bare = [_dump(_Bare(strings).visit(ast.parse(text))) for text in (original, source)]
            if bare[0] == bare[1]:
                return kind
    except SyntaxError:
        pass
    return "code"


def _described(module: str, original: str, tool: str, operator: str, source: str) -> Mutant:
    old, new = original.splitlines(), source.splitlines()
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    parts = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    first, last = parts[0], parts[-1]
    said = (i for i in range(first[1], last[2]) if old[i].strip())  # blank lines change too
    line = next(said, first[1]) + 1
    return Mutant(
        module,
        tool,
        operator,
        line,
        _definition(original, line),
        _joined(old[first[1] : last[2]]),
        _joined(new[first[3] : last[4]]),
        _kind(original, source),
        source,
    )


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines)


def _definition(original: str, line: int) -> str:
    """The innermost class and function around a line, decorators included."""
    names = []
    node: ast.AST | None = ast.parse(original)
    while node is not None:
        node = next((part for part in getattr(node, "body", ()) if _holds(part, line)), None)
        if node is not None:
            names.append(node.name)
    return ".".join(names) or "module"


def _holds(node: ast.AST, line: int) -> bool:
    if not isinstance(node, ast.FunctionDef | ast.ClassDef):
        return False
    start = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return start <= line <= (node.end_lineno or 0)


def raising(source: str, definitions: Collection[str] | None) -> str:
    """The source where some functions raise, all of them for None, whatever they are asked."""
    tree = ast.parse(source)
    for name, function in _functions(tree, ""):
        if definitions is None or name in definitions:
            function.body = ast.parse("raise AssertionError('called')").body
    return ast.unparse(tree)


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for part in getattr(node, "body", ()):
        if isinstance(part, ast.FunctionDef):
            yield prefix + part.name, part
        elif isinstance(part, ast.ClassDef):
            yield from _functions(part, f"{prefix}{part.name}.")
