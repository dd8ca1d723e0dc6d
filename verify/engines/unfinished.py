"""Classes that are no engine yet, driven as far as they go.

The history of an engine begins before its ``backward()``: a class that computes values only, or one
whose nodes each have a rule that a person calls by hand. Both are driven here as they are; nothing
of their arithmetic is replaced.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from typing import Any

from verify.engines.engine import Engine, NotANumberError, TargetError, keeps_graph
from verify.engines.loading import Loaded, load
from verify.engines.observe import build, describe, observe
from verify.engines.operator_engine import OperatorEngine
from verify.program.json_form import case_from_json

GRADIENTS = ("grad", "_grad", "gradient", "grade", "g", "derivative")
WHOLE, BY_HAND, VALUES = "backward", "rules by hand", "values only"
"""How far an engine goes."""


def open_by_hand(target: str) -> Engine:
    """The engine a target names that has a rule on each node, called one by one by hand.

    Raises:
        TargetError: if it cannot be loaded, or has no rules.
    """
    loaded, gradient, rule = _looked_at(target)
    if rule is None or gradient is None:
        raise TargetError(f"{target} has no rule for a backward pass on its nodes")
    with _refused(target):
        _set(loaded.cls, "backward", lambda root: _by_hand(root, gradient, rule))
        return OperatorEngine(loaded)


def open_values(target: str) -> Engine:
    """The engine a target names that computes values only; its gradients are not looked at.

    Raises:
        TargetError: if it cannot be loaded, or computes no values either.
    """
    loaded, gradient, _ = _looked_at(target)
    with _refused(target):
        return _values_only(loaded, gradient)


def primals_of(engine: Engine, case_json: Any) -> tuple[list[float], tuple[Any, ...] | None]:
    """The primals of a case as far as they can be read, and the failure that ends them."""
    case = case_from_json(case_json)
    if not keeps_graph(engine):
        seen = observe(engine, case)
        return list(seen.primals), astuple(seen.failure) if seen.failure else None
    nodes: list[object] = []
    primals: list[float] = []
    failure = None
    try:
        build(engine, case.program, case.point, nodes)
    except Exception as error:  # noqa: BLE001 - somebody's engine may raise anything
        failure = ("raises", "forward", len(nodes), describe(error))
    try:
        primals.extend(engine.primal(node) for node in nodes)
    except NotANumberError as error:
        failure = ("not a number", "read", len(primals), str(error))
    return primals, failure


def _looked_at(target: str) -> tuple[Loaded, str | None, str | None]:
    """The class, and the names of its gradient and of a node's rule. Raises TargetError."""
    loaded = load(target)
    if hasattr(loaded.cls, "backward"):
        raise TargetError(f"{target} has a backward that is none of an engine's")
    _, result = _sample(loaded)
    rule = next(_rules(result, loaded.cls), None)
    return loaded, next((name for name in GRADIENTS if hasattr(result, name)), None), rule


@contextmanager
def _refused(target: str) -> Iterator[None]:
    """A class that cannot be given a method, or driven with it, is no engine."""
    try:
        yield
    except (AttributeError, TypeError) as error:
        raise TargetError(f"{target} is not an engine: {error}") from None


def _values_only(loaded: Loaded, gradient: str | None) -> Engine:
    """With a ``backward()`` that does nothing; its gradients are never looked at."""
    _set(loaded.cls, "backward", lambda _: None)
    if gradient is None:
        _set(loaded.cls, GRADIENTS[0], 0.0)
    return OperatorEngine(loaded)


def _set(cls: type, name: str, value: object) -> None:
    setattr(cls, name, value)


def _sample(loaded: Loaded) -> tuple[Any, Any]:
    """A value, and one made of it by the class's own arithmetic. Raises TargetError."""
    try:
        value = loaded.cls(1.25)
        for join in (operator.add, operator.mul):
            try:
                return value, join(value, value)
            except TypeError:
                continue
    except Exception as error:  # noqa: BLE001 - somebody's class may raise anything
        raise TargetError(
            f"{loaded.target} is not an engine: {type(error).__name__} is raised: {error}"
        ) from None
    raise TargetError(f"{loaded.target} is not an engine: it neither adds nor multiplies")


def _members(node: Any) -> Iterator[tuple[str, Any]]:
    """What a node itself holds, in a dict or in slots."""
    yield from getattr(node, "__dict__", {}).items()
    for base in type(node).__mro__:
        slots = vars(base).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if hasattr(node, name):
                yield name, getattr(node, name)


def _rules(node: Any, cls: type) -> Iterator[str]:
    """Members that hold a node's own step of the backward pass, if it knows its operands too."""
    if not any(_operands(node, cls)):
        return
    for name, value in _members(node):
        if callable(value) and ("back" in name.lower() or "grad" in name.lower()):
            yield name


def _operands(node: Any, cls: type) -> Iterator[Any]:
    """The values that a node was made of."""
    for _, value in _members(node):
        if isinstance(value, list | tuple | set | frozenset):
            yield from (operand for operand in value if isinstance(operand, cls))


def _by_hand(root: Any, gradient: str, rule: str) -> None:
    """Call each node's rule once, after the rules of all that use it, as a person would."""
    cls = type(root)
    order: list[Any] = []
    seen: set[int] = set()
    pending = [(root, False)]
    while pending:
        node, is_done = pending.pop()
        if is_done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            pending.append((node, True))
            pending += [(operand, False) for operand in _operands(node, cls)]
    setattr(root, gradient, 1.0)
    for node in reversed(order):
        step = getattr(node, rule, None)
        if callable(step):
            step()
