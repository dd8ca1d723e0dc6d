"""The small graph on which backward is tried: two steps deep, so that a walk shows."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from verify.engines.engine import NotANumberError, as_float
from verify.engines.probing.calls import run
from verify.engines.probing.construction import Construction
from verify.engines.probing.members import Gradient

LATER = (
    "; where it is computed later, say how in the table [engine] of gradverify.toml, as in "
    "primal = '.forward()' and backward = '{}.forward(); {}.backward()'"
)
Join = Callable[[Any, Any], Any]
JOINS: tuple[Join, ...] = (operator.mul, operator.add, operator.sub, operator.truediv)
NAMED = ("mul", "multiply", "times", "Mul", "add", "plus", "Add", "exp", "tanh", "relu")


@dataclass(frozen=True, slots=True)
class Graph:
    """``outer = join(join(a, b), c)``."""

    a: Any
    b: Any
    inner: Any
    c: Any
    outer: Any


@dataclass(frozen=True, slots=True)
class Lab:
    """Makes the graph anew for each trial.

    Attributes:
        construction: how a value is made.
        gradient: how its gradient is read.
        join: an operation of the engine.
    """

    construction: Construction
    gradient: Gradient
    join: Join

    def graph(self) -> Graph:
        """A fresh one."""
        make = self.construction.make
        a, b, c = (run(make, number) for number in (0.75, 1.25, 1.5))
        inner = run(self.join, a, b)
        return Graph(a, b, inner, c, run(self.join, inner, c))

    def adjoint(self, node: Any) -> float:
        """The gradient of a value, 0 where it has none or none that can be read."""
        try:
            return as_float(numeric(self.gradient.get(node), self.construction), "")
        except NotANumberError:
            return 0.0


def numeric(found: Any, construction: Construction) -> Any:
    """A gradient that is itself a value as what that value holds."""
    if found is None or isinstance(found, int | float):
        return 0.0 if found is None else found
    try:
        return construction.primal.get(found) if not hasattr(found, "item") else found
    except NotANumberError:
        return found


def join_of(construction: Construction, names: dict[str, Any]) -> Join | None:
    """An operation of two values, or of one, that the engine has; None if it has none."""
    for join in (*JOINS, *map(_method, NAMED), *(_function(names, name) for name in NAMED)):
        try:
            a, b = run(construction.make, 0.75), run(construction.make, 1.25)
            construction.primal.read(run(join, run(join, a, b), b))
        except Exception:  # noqa: BLE001, S112 - another may work
            continue
        return join
    return None


def numberless(construction: Construction) -> str | None:
    """What is said of results that hold no number yet; None if there is none such."""
    for join, sign in zip(JOINS, "*+-/", strict=True):
        try:
            first = run(construction.make, 0.75)
            made = run(join, first, run(construction.make, 1.25))
        except Exception:  # noqa: BLE001, S112 - another may work
            continue
        try:
            construction.primal.read(made)
        except NotANumberError as error:
            if isinstance(made, type(first)):
                made_of = [construction.template.replace("{}", text) for text in ("0.75", "1.25")]
                return f"{f' {sign} '.join(made_of)} has no number ({error}){LATER}"
    return None


def _method(name: str) -> Join:
    def join(first: Any, second: Any) -> Any:
        found = getattr(first, name)
        return found() if name in NAMED[-3:] else found(second)

    return join


def _function(names: dict[str, Any], name: str) -> Join:
    def join(first: Any, second: Any) -> Any:
        found = names[name]
        return found(first) if name in NAMED[-3:] else found(first, second)

    return join
