"""How a value's number and its gradient are read and assigned."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from verify.engines.engine import NotANumberError, as_float
from verify.engines.loading import Loaded
from verify.engines.observe import describe
from verify.engines.probing.calls import expression, looked_for, member, method, refused, run

PRIMALS = ("data", "value", "val", "v", "x", "item")
MORE_PRIMALS = ("_data", "_value", "_val", "_v", "scalar", "number", "num", "primal", "array")
GRADIENTS = ("grad", "_grad", "gradient", "grade", "g", "derivative")
MORE_GRADIENTS = (
    "_gradient", "adjoint", "adj", "deriv", "partial", "grad_value", "bar", "dx", "dval",
    "get_grad", "getGrad", "get_gradient", "getGradient",
)  # fmt: skip
ABSENT = object()


@dataclass(frozen=True, slots=True)
class Primal:
    """How a value's number is read.

    Attributes:
        text: as a user writes it: ``.data``, or ``.value()``, or ``.data.item()`` of an array.
        name: the attribute that is assigned to change a leaf; None where there is none.
        get: what holds the number, from a value.
    """

    text: str
    name: str | None
    get: Callable[[Any], Any]

    def read(self, node: Any) -> float:
        """The number. Raises NotANumberError."""
        return as_float(self.get(node), "the value")

    def assign(self, leaf: Any, number: float) -> None:
        """Change a leaf, as a training loop does; raises what the engine raises."""
        if self.name is None:
            raise AttributeError(f"{self.text} cannot be assigned")
        held = getattr(leaf, self.name, None)
        run(setattr, leaf, self.name, _like(held, number))


def _like(held: Any, number: float) -> Any:
    """The number as an array of the kind that is there, where one is there."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(held, numpy.ndarray | numpy.generic):
        filled = numpy.full_like(held, number)
        return filled if isinstance(held, numpy.ndarray) else filled[()]
    return number


def primal_of(
    loaded: Loaded,
    samples: tuple[Any, Any],
    template: str,
    text: str | None,
    names: Mapping[str, Any],
    results: Callable[[], Sequence[tuple[Any, float]]] = tuple,
) -> Primal:
    """What holds 1.25 in the first sample and -2.5 in the second.

    Of several the first that holds the number of a result too: ``input`` holds a leaf's alone.

    Args:
        loaded: the class.
        samples: two leaves.
        template: how they were made.
        text: how the number is read, where a configuration says so.
        names: what that may name.
        results: gives results of operations, and the number of each.

    Raises:
        TargetError: if there is none.
    """
    if text is not None:
        given = _given(text, names)
        if _reads(given.get, samples):
            return given
    else:
        readers = (found for found in _primals(samples[0]) if _reads(found.get, samples))
        if (best := _best(readers, results)) is not None:
            return _spelt(best, samples[0])
    shown = template.replace("{}", "1.25")
    looked = f"looked for {', '.join(PRIMALS)}" if text is None else f"{text} does not hold it"
    raise refused(loaded.target, f"{shown} has no member that holds 1.25 ({looked})")


def _best(
    readers: Iterator[Primal], results: Callable[[], Sequence[tuple[Any, float]]]
) -> Primal | None:
    first = next(readers, None)
    if first is None:
        return None
    made = results()
    for found in chain((first,), readers):
        for node, number in made:
            with suppress(NotANumberError):
                if found.read(node) == number:
                    return found
    return first  # no operation is right, which the laws will say


def _given(text: str, names: Mapping[str, Any]) -> Primal:
    name = text[1:] if text[:1] == "." and text[1:].isidentifier() else None
    if name is not None:
        return Primal(text, name, _attribute(name))
    return Primal(text, None, _careful(text, expression(text, names)))


def _careful(text: str, read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What a configuration spells; an exception in it is that of the engine."""

    def get(node: Any) -> Any:
        try:
            return run(read, node)
        except Exception as error:  # noqa: BLE001 - somebody's code
            raise NotANumberError(f"{text} raises {describe(error)}") from None

    return get


def _attribute(name: str) -> Callable[[Any], Any]:
    return lambda node: member(node, name)


def _called(name: str) -> Callable[[Any], Any]:
    def get(node: Any) -> Any:
        found = member(node, name)
        if not callable(found):
            return found
        try:
            return run(found)
        except Exception as error:  # noqa: BLE001 - somebody's code
            raise NotANumberError(f".{name}() raises {describe(error)}") from None

    return get


def _primals(sample: Any) -> Iterator[Primal]:
    usual = (*PRIMALS, *MORE_PRIMALS)
    for name in PRIMALS:
        yield Primal(f".{name}", name, _attribute(name))
    for name in usual:
        if method(sample, name):
            yield Primal(f".{name}()", _beneath(sample, name), _called(name))
    for name in MORE_PRIMALS:
        yield Primal(f".{name}", name, _attribute(name))
    for name in sorted(attributes(sample)):
        yield Primal(f".{name}", name, _attribute(name))


def _beneath(sample: Any, name: str) -> str | None:
    """The attribute that a method reads: ``_value`` of ``value()``."""
    there = attributes(sample)
    return next((n for n in (f"_{name}", f"_{name}_", f"{name}_") if n in there), None)


def _reads(get: Callable[[Any], Any], samples: tuple[Any, Any]) -> bool:
    try:
        pairs = zip(samples, (1.25, -2.5), strict=True)
        return all(as_float(get(sample), "") == number for sample, number in pairs)
    except Exception:  # noqa: BLE001 - not this one
        return False


def _spelt(found: Primal, sample: Any) -> Primal:
    """The same, spelt so that a script gets a number where the engine holds an array."""
    if hasattr(found.get(sample), "item"):
        return Primal(f"{found.text}.item()", found.name, found.get)
    return found


def attributes(node: Any) -> dict[str, Any]:
    """Everything a value holds itself, by name: in its ``__dict__`` and its slots."""
    found = dict(getattr(node, "__dict__", {}) or {})
    for base in type(node).__mro__:
        slots = vars(base).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else tuple(slots):
            mangled = f"_{base.__name__.lstrip('_')}{name}" if name[:2] == "__" else name
            held = getattr(node, mangled, ABSENT)
            if held is not ABSENT:
                found[mangled] = held
    return found


@dataclass(frozen=True, slots=True)
class Gradient:
    """How a value's gradient is read.

    Attributes:
        text: as a user writes it: ``.grad`` or ``.grad()``.
        name: the attribute that is assigned to forget it; None where there is none.
        get: what holds it, from a value.
    """

    text: str
    name: str | None
    get: Callable[[Any], Any]


def gradient_of(
    loaded: Loaded,
    sample: Any,
    text: str | None,
    names: Mapping[str, Any],
    late: Callable[[], Iterable[Any]],
) -> Gradient:
    """The member that holds the gradient: a number, None, an array or another value.

    The first by name that is a number other than 0 on a leaf that was differentiated; where there
    is none, the first that may be a gradient on a fresh value.

    Args:
        loaded: the class.
        sample: a fresh value.
        text: how it is read, where a configuration says so.
        names: what that may name.
        late: gives leaves that were differentiated: some engines have no gradient before.

    Raises:
        TargetError: if there is none.
    """
    if text is not None:
        given = _given(text, names)
        return Gradient(given.text, given.name, given.get)
    fresh = list(_gradients(sample))
    for leaf in late():
        for found in _gradients(leaf):
            if isinstance(held := found.get(leaf), loaded.cls) or _is_number_not_0(held):
                return found if found.text in {f.text for f in fresh} else _late(found)
    if fresh:
        return next((f for f in fresh if _may_be(f.get(sample))), fresh[0])
    said = looked_for("gradient", (*GRADIENTS, *MORE_GRADIENTS))
    raise refused(loaded.target, f"{loaded.cls.__name__}(1.25) has no gradient ({said})")


def _late(found: Gradient) -> Gradient:
    """A gradient that is not there before backward, where reading it may raise: it is None then."""

    def get(node: Any) -> Any:
        try:
            return found.get(node)
        except NotANumberError:
            return None

    return replace(found, get=get)


def _is_number_not_0(held: Any) -> bool:
    try:
        return not isinstance(held, bool) and as_float(held, "") != 0.0
    except NotANumberError:
        return False


def _may_be(held: Any) -> bool:
    """Whether a fresh value may hold it for a gradient: no flag, no text, no graph."""
    return not isinstance(held, bool | str | dict | list | tuple | set)


def _gradients(sample: Any) -> Iterator[Gradient]:
    usual = (*GRADIENTS, *MORE_GRADIENTS)
    for name in usual:
        held = _held(sample, name)
        if held is not ABSENT and not callable(held):
            yield Gradient(f".{name}", name, _attribute(name))
        elif held is not ABSENT and _gives_gradient(sample, name):
            yield Gradient(f".{name}()", _beneath(sample, name), _called(name))


def _held(sample: Any, name: str) -> Any:
    try:
        return run(getattr, sample, name, ABSENT)
    except Exception:  # noqa: BLE001 - a property that raises
        return ABSENT


def _gives_gradient(sample: Any, name: str) -> bool:
    """Whether a method without arguments gives a gradient: a number or None."""
    try:
        found = _called(name)(sample)
        return found is None or as_float(found, "") is not None
    except Exception:  # noqa: BLE001 - it asks for arguments, or gives something else
        return False
