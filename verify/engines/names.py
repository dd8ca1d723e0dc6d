"""Which names a statement binds and reads: as the compiler sees it, not as its text looks.

A function's local ``out`` is not the module's ``out``; only the compiler's own tables tell them
apart in all cases (nested functions, comprehensions, class bodies).
"""

from __future__ import annotations

import ast
import dis
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

OPTIMIZED = 0x1
"""Set in the code of functions, not of modules and class bodies: ``inspect.CO_OPTIMIZED``."""
READS = {"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"}
BINDS = {"STORE_NAME", "STORE_GLOBAL", "DELETE_NAME", "DELETE_GLOBAL"}
AT_ONCE = {"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}
"""Code that is a function to the compiler of Python 3.11 and runs with the statement around it."""


@dataclass(frozen=True, slots=True)
class Names:
    """A statement's names of module level.

    Attributes:
        binds: those that it binds or deletes.
        now: those that it reads while it is executed.
        later: those that functions defined in it read when they are called.
    """

    binds: frozenset[str] = frozenset()
    now: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()

    @property
    def reads(self) -> frozenset[str]:
        """All that it reads, now or later."""
        return self.now | self.later


def names_of(statement: ast.stmt, flags: int = 0) -> Names:
    """The names of one statement of a module.

    Args:
        statement: as ``ast.parse`` gives it.
        flags: the compiler's, for ``from __future__`` imports of the file.

    Raises:
        SyntaxError: if it parses and does not compile, such as ``return`` outside of a function.
    """
    module = ast.Module([statement], [])
    code = compile(module, "<statement>", "exec", flags=flags, dont_inherit=True)
    binds: set[str] = set()
    reads: dict[bool, set[str]] = {True: set(), False: set()}
    for part, now, local in _parts(code, True):
        for instruction in dis.get_instructions(part):
            name = instruction.argval
            if instruction.opname in BINDS and (part is code or "GLOBAL" in instruction.opname):
                binds.add(name)
            elif instruction.opname in READS and name not in local:
                reads[now].add(name)
    return Names(frozenset(binds), frozenset(reads[True]), frozenset(reads[False]))


def _parts(code: CodeType, now: bool) -> Iterator[tuple[CodeType, bool, set[str]]]:
    """Every code object: whether it runs at once, and the names that a class body binds itself."""
    is_body = not code.co_flags & OPTIMIZED and code.co_name != "<module>"
    own = {i.argval for i in dis.get_instructions(code) if i.opname == "STORE_NAME"}
    yield code, now, own if is_body else set()
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            body = not constant.co_flags & OPTIMIZED
            yield from _parts(constant, now and (body or constant.co_name in AT_ONCE))
