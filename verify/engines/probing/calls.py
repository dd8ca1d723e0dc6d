"""Somebody's code, called with care; and templates such as ``Value({}, label='')`` as functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from verify.engines.engine import NotANumberError, TargetError
from verify.engines.observe import describe
from verify.engines.raised import INTERRUPTS, RaisedError

LACKING = (TypeError, AttributeError, NotImplementedError, AssertionError)
"""What an engine raises for an operation, or a kind of operand, that it never meant to have."""
SLOT = re.compile(r"\{(\d*|\*)\}")


def run(function: Callable[..., Any], *operands: Any) -> Any:
    """Call somebody's code: ``sys.exit`` in it is a failure of it, and no end of ours.

    Raises:
        RaisedError: in place of what it raises that is no ``Exception``.
    """
    try:
        return function(*operands)
    except SystemExit as error:
        raise RuntimeError(f"SystemExit({error.code!r})") from None
    except Exception:
        raise
    except INTERRUPTS:
        raise
    except BaseException as error:  # noqa: BLE001 - it is caught as any failure is
        raise RaisedError(error) from None


def member(node: Any, name: str) -> Any:
    """A member, None where there is none. Raises NotANumberError if reading it raises."""
    try:
        return run(getattr, node, name, None)
    except Exception as error:  # noqa: BLE001 - a property is somebody's code too
        raise NotANumberError(f"reading .{name} raises {describe(error)}") from None


def method(node: Any, name: str) -> Callable[..., Any] | None:
    """A member that can be called, or None."""
    try:
        found = member(node, name)
    except NotANumberError:
        return None
    return found if callable(found) else None


def namespace(module: ModuleType, cls: type) -> dict[str, Any]:
    """What a template may name: the module's own names, and the class."""
    return {**vars(module), cls.__name__: cls}


def expression(template: str, names: Mapping[str, Any]) -> Callable[..., Any]:
    """A template as a function of its operands: ``{}``, ``{0}``, ``{1}`` or ``{*}``.

    A template that begins with a dot is about one value: ``.data``.

    Raises:
        SyntaxError: if it is no expression.
    """
    text = "{}" + template if template.startswith(".") else template
    slots = {int(slot) for slot in SLOT.findall(text) if slot.isdigit()}
    operands = [f"_{i}" for i in range(max(slots, default=0) + 1)]
    head = "*_rest" if "{*}" in text else ", ".join(operands)
    body = SLOT.sub(lambda m: {"*": "*_rest", "": "_0"}.get(m[1], f"_{m[1]}"), text)
    made: Callable[..., Any] = eval(f"lambda {head}: ({body})", dict(names))  # noqa: S307 - the engine's user wrote it, beside code of theirs that runs anyway
    return made


def statements(template: str, names: Mapping[str, Any]) -> Callable[[Any], None]:
    """A template of one or more statements as a function of one value.

    Raises:
        SyntaxError: if it is no Python.
    """
    text = "{}" + template if template.startswith(".") else template
    space = dict(names)
    exec(f"def _done(_0):\n    {SLOT.sub('_0', text)}\n", space)  # noqa: S102 - as in `expression`
    made: Callable[[Any], None] = space["_done"]
    return made


def looked_for(key: str, names: Sequence[str]) -> str:
    """What was tried, and what to do where it is there under another name."""
    return (
        f"if it has another name, say {key} in the table [engine] of gradverify.toml and look with "
        f"gradverify probe; looked for {', '.join(names)}"
    )


def refused(target: str, why: str) -> TargetError:
    """The sentence that says why a class cannot be driven."""
    return TargetError(f"{target} is not an engine: {why}")
