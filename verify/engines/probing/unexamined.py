"""Methods that make values and are no operation of the table: a verdict says nothing of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import CodeType, FunctionType

UNARY = frozenset({"__pos__", "__invert__"})
BINARY = frozenset({
    "__ipow__", "__matmul__", "__rmatmul__", "__imatmul__", "__mod__", "__rmod__", "__floordiv__",
    "__rfloordiv__",
})  # fmt: skip
"""Python's own names of operations that the table has not."""
MOST = 8
"""Methods that are named; more are counted."""
MOST_ARGUMENTS = 2
"""Of an operation's method, the value itself among them."""


def note(cls: type, known: Iterable[str]) -> tuple[str, ...]:
    """A sentence on the methods that nothing looks at; none if there are none.

    Args:
        cls: the class of values.
        known: texts in which the methods that are looked at stand, such as ``{0}.exp()``.
    """
    names = unexamined(cls, known)
    if not names:
        return ()
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return (
        f"not looked at, as they are no operations known here: {', '.join(names[:MOST])}{more}",
    )


def unexamined(cls: type, known: Iterable[str]) -> list[str]:
    """Names of methods that name the class in their code, and so make a value by themselves.

    A method that combines operations has their gradients, and is left out. Nothing is called: what
    a method of unknown name does, nobody knows.
    """
    seen = set(re.findall(r"\w+", " ".join(known)))
    found = {
        name: made
        for base in reversed(cls.__mro__[:-1])
        for name, made in vars(base).items()
    }  # fmt: skip
    return sorted(
        name for name, made in found.items()
        if name not in seen and _is_operation(name) and _makes(made, cls.__name__)
    )  # fmt: skip


def _is_operation(name: str) -> bool:
    return name in UNARY | BINARY or not name.startswith("_")


def _makes(made: object, cls: str) -> bool:
    if not isinstance(made, FunctionType) or made.__code__.co_argcount > MOST_ARGUMENTS:
        return False
    return made.__code__.co_argcount > 0 and _names(made.__code__, cls)


def _names(code: CodeType, cls: str) -> bool:
    inner = (part for part in code.co_consts if isinstance(part, CodeType))
    called = {cls, "__class__"} & {*code.co_names, *code.co_freevars}
    return bool(called) or any(_names(part, cls) for part in inner)
