"""How a number becomes a value: ``Value({})``, ``Scalar('', {})``, ``Var(numpy.array({}))``."""

from __future__ import annotations

import inspect
import operator
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from verify.engines.engine import NotANumberError, TargetError
from verify.engines.loading import Loaded
from verify.engines.observe import describe
from verify.engines.probing.calls import expression, namespace, refused, run
from verify.engines.probing.members import Primal, primal_of

NUMBERS = (
    "data", "value", "val", "v", "x", "scalar", "number", "num", "n", "primal", "datum", "item",
    "initial_value", "init_value", "array", "var",
)  # fmt: skip
"""Names of the argument that is the number, without underscores before them."""
TEXTS = ("label", "name", "op", "operation", "tag", "symbol", "sym", "id", "kind", "type")
CHILDREN = (
    "children", "child", "childs", "prev", "previous", "parents", "parent", "operands", "inputs",
    "args", "deps", "depends_on", "dependencies", "sources", "local_grads", "local_gradients",
    "grads", "history",
)  # fmt: skip
GRADIENTS = ("grad", "gradient", "grade", "adjoint", "derivative", "deriv")
FLAGS = (
    "requires_grad", "req_grad", "require_grad", "require_gradient", "requires_gradient",
    "needs_grad", "need_grad", "track_grad", "with_grad", "trainable", "is_variable",
)  # fmt: skip
FILLERS = {
    **dict.fromkeys(TEXTS, "''"),
    **dict.fromkeys(CHILDREN, "()"),
    **dict.fromkeys(GRADIENTS, "0.0"),
    **dict.fromkeys(FLAGS, "True"),
    "dtype": "float",
}
"""What other arguments are given, where the class asks for them."""
PLAIN = ("{}",)
FACTORIES = ("variable", "var", "scalar", "tensor", "value", "leaf", "param", "parameter", "node")
VERBS = ("make", "new", "create")
"""A function of one of these names may make a value, where the class cannot."""
ATTEMPTS: tuple[Callable[[Any, Any], Any], ...] = (
    operator.add, operator.mul, lambda a, _: -a,
)  # fmt: skip
ARRAYS = ("numpy.array({})", "[{}]", "numpy.array([{}])", "[[{}]]", "numpy.array([[{}]])")
"""The number as an array, where a class takes no plain number."""


@dataclass(frozen=True, slots=True)
class Construction:
    """How a value is made.

    Attributes:
        template: ``Value({})``.
        make: the same as a function of a number.
        primal: how its number is read.
        helpers: lines that a script needs for the template.
    """

    template: str
    make: Callable[[float], Any]
    primal: Primal
    helpers: tuple[str, ...] = field(default=())


def constructions_of(
    loaded: Loaded, primal: str | None, template: str | None
) -> Iterator[Construction]:
    """The ways to make a value that holds the number given, those first that can be computed with.

    Args:
        loaded: the class.
        primal: how its number is read, where a configuration says so.
        template: how it is made, where a configuration says so.

    Raises:
        TargetError: saying what the plainest way led to, if there is none.
    """
    candidates = [template] if template else [*_templates(loaded.cls), *_factories(loaded)]
    others: list[Construction] = []
    why: TargetError | None = None
    some = False
    for candidate in candidates:
        try:
            found = _tried(loaded, candidate, primal)
        except TargetError as error:
            why = why or error
            continue
        some = True
        if _computes(found):
            yield found
        else:
            others.append(found)
    yield from others
    if not some:
        raise why or refused(loaded.target, f"{loaded.cls.__name__} cannot be made from a number")


def _tried(loaded: Loaded, template: str, primal: str | None) -> Construction:
    names = {**namespace(loaded.module, loaded.cls)}
    helpers: tuple[str, ...] = ()
    if "numpy." in template and "numpy" in sys.modules:
        names["numpy"], helpers = sys.modules["numpy"], ("import numpy",)
    make: Callable[[float], Any] = loaded.cls
    if template != f"{loaded.cls.__name__}({{}})":
        make = expression(template, names)
    try:
        sample, other = run(make, 1.25), run(make, -2.5)
    except Exception as error:  # noqa: BLE001
        said = f"{template.replace('{}', '1.25')} raises {describe(error)}"
        raise refused(loaded.target, said) from None
    found = primal_of(
        loaded, (sample, other), template, primal, names, lambda: list(_results(make))
    )
    return Construction(template, make, found, helpers)


def _results(make: Callable[[float], Any]) -> Iterator[tuple[Any, float]]:
    """Results of operations on new values, and the number of each."""
    for attempt in ATTEMPTS:
        try:
            made = run(attempt, run(make, 1.25), run(make, 0.5))
        except Exception:  # noqa: BLE001, S112 - another may work
            continue
        yield made, attempt(1.25, 0.5)


def _computes(found: Construction) -> bool:
    """Whether values made so can be computed with: a right sum, product or negation is enough."""
    for made, number in _results(found.make):
        with suppress(NotANumberError):
            if found.primal.read(made) == number:
                return True
    return False


def _templates(cls: type) -> Iterator[str]:
    """Ways to try, the plainest first."""
    arguments = _arguments(cls)
    arrays = [a for a in ARRAYS if "numpy." not in a or "numpy" in sys.modules]
    for number in (*PLAIN, *arrays):
        filled = (part.replace("NUMBER", number) for part in arguments)
        yield f"{cls.__name__}({', '.join(filled)})"


def _factories(loaded: Loaded) -> Iterator[str]:
    """Functions beside the class that are named as what makes a value of a number is."""
    own = loaded.cls.__name__.lower()
    usual = (*FACTORIES, own, *(f"{verb}_{noun}" for verb in VERBS for noun in (own, *FACTORIES)))
    for name in usual:
        found = getattr(loaded.module, name, None)
        if inspect.isfunction(found) and _makes(found, loaded.cls):
            yield f"{name}({{}})"


def _makes(function: Callable[..., Any], cls: type) -> bool:
    try:
        return isinstance(run(function, 1.25), cls)
    except Exception:  # noqa: BLE001 - it asks for something else
        return False


def _arguments(cls: type) -> list[str]:
    """The arguments of a class, ``NUMBER`` where the number goes: plain where nothing is asked."""
    try:
        found = list(inspect.signature(cls).parameters.values())
    except (TypeError, ValueError):  # a class without a signature
        return ["NUMBER"]
    taken = [p for p in found if p.kind not in {p.VAR_POSITIONAL, p.VAR_KEYWORD}]
    number = _number_of(taken)
    if number is None:
        return ["NUMBER"]
    parts = []
    for place, parameter in enumerate(taken):
        value = "NUMBER" if parameter is number else _filler(parameter)
        first = parameter is number and place == 0 and parameter.kind is not parameter.KEYWORD_ONLY
        if value is not None:
            bare = first or parameter.kind is parameter.POSITIONAL_ONLY
            parts.append(value if bare else f"{parameter.name}={value}")
    return parts


def _number_of(taken: list[inspect.Parameter]) -> inspect.Parameter | None:
    """The argument that is the number: the first that is named so, else the first of no other use.

    A name counts only where what stands before it has another use: ``(data, value=None)``.
    """
    for parameter in taken:
        if _bare(parameter) not in FILLERS:
            return parameter
    return next((p for p in taken if _bare(p) in NUMBERS), taken[0] if taken else None)


def _filler(parameter: inspect.Parameter) -> str | None:
    """What an argument is given; None if it is left out."""
    name = _bare(parameter)
    if name in FLAGS:
        return "True" if parameter.default is parameter.empty or not parameter.default else None
    if parameter.default is not parameter.empty:
        return None
    return FILLERS.get(name, "None")


def _bare(parameter: inspect.Parameter) -> str:
    return parameter.name.strip("_").lower()
