"""One network of one shape: its parameters are ours to set, its outputs ours to read."""

from __future__ import annotations

import functools
import inspect
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from verify.engines import GraphEngine, NotANumberError, describe
from verify.engines.raised import INTERRUPTS
from verify.networks.expression import squared_error
from verify.networks.shape import Shape
from verify.program import BY_NAME

NOTHING: Mapping[str, Any] = MappingProxyType({})
PARAMETERS = ("parameters", "params", "get_parameters")
CALLS = ("__call__", "forward", "predict")
EXTRAS: dict[str, Callable[[], Any]] = {
    "rng": lambda: random.Random(0), "seed": lambda: 0, "nonlin": lambda: True,
}  # fmt: skip
"""Arguments that a class may demand besides the shape."""
GENERATORS: dict[str, Callable[[int], Any]] = {"rng": random.Random, "seed": lambda n: n}
"""Arguments that initial weights are drawn from, made from a number."""
T = TypeVar("T")
ZEROS = ("zero_grad", "zero_grads", "zero_gradient", "reset_grad")


class NetworkError(Exception):
    """Somebody's network did not do what every network does; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Constructor:
    """A way to make a network of a shape: a template for people, and the arguments."""

    template: str
    arguments: Callable[[Shape], tuple[Any, ...]]

    def text(self, name: str, shape: Shape) -> str:
        """As a user writes it: ``MLP(3, [4, 2])``."""
        widths = ", ".join(map(str, shape.widths))
        return name + self.template.format(n=shape.n_inputs, widths=widths)


CONSTRUCTORS: tuple[Constructor, ...] = (
    Constructor("({n}, [{widths}])", lambda s: (s.n_inputs, list(s.widths))),
    Constructor("([{n}, {widths}])", lambda s: ([s.n_inputs, *s.widths],)),
    Constructor("({n}, {widths})", lambda s: (s.n_inputs, *s.widths)),
)
"""In the order tried."""


class Instance:
    """A network made for one shape.

    Args:
        cls: the network's class.
        constructor: how it is made.
        shape: of what shape.
        given: arguments besides the shape.

    Raises:
        NetworkError: if it cannot be made or has no parameters.
    """

    def __init__(
        self, cls: type, constructor: Constructor, shape: Shape, given: Mapping[str, Any] = NOTHING
    ) -> None:
        self.shape = shape
        self.name = constructor.text(cls.__name__, shape)
        self._made = construct(cls, constructor, shape, given)
        self.call_member = self._first_member(CALLS, "cannot be called")
        self.parameters_member = self._first_member(PARAMETERS, "has no parameters()")
        self.parameters = self.list_parameters()
        if not self.parameters:
            raise NetworkError(f"{self.name}.{self.parameters_member} lists no parameters")

    def _first_member(self, names: Sequence[str], otherwise: str) -> str:
        for name in names:
            if attempt(self.name, getattr, self._made, name, None) is not None:
                return name
        raise NetworkError(f"{self.name} {otherwise} (looked for {', '.join(names)})")

    def list_parameters(self) -> list[Any]:
        """What ``parameters()`` lists now. Raises NetworkError."""
        what = f"{self.name}.{self.parameters_member}"

        def read() -> list[Any]:
            found = getattr(self._made, self.parameters_member)
            return list(found() if callable(found) else found)

        return attempt(what, read)

    @property
    def lists_each_once(self) -> bool:
        """Whether there are as many parameters as the shape has, no two the same object."""
        return len(self.parameters) == len({*map(id, self.parameters)}) == self.shape.n_parameters

    def outputs(self, inputs: Sequence[Any]) -> list[Any]:
        """The outputs for numbers or values, in a list. Raises NetworkError."""
        made = self.answer(inputs)
        if len(made) != self.shape.n_outputs:
            raise NetworkError(
                f"{self.name} gives {_count(len(made), 'output')}, not {self.shape.n_outputs}"
            )
        return made

    def answer(self, inputs: Sequence[Any]) -> list[Any]:
        """Whatever it answers to however many inputs, in a list. Raises NetworkError."""
        what = f"{self.name} called with {_count(len(inputs), 'input')}"
        return answered(what, getattr(self._made, self.call_member), list(inputs))

    def answer_to(self, thing: Any) -> Any:
        """Whatever it answers to something that is no list of inputs. Raises what it raises."""
        return getattr(self._made, self.call_member)(thing)

    def layers(self, parameters: Sequence[Collection[Any]]) -> list[Callable[[list[Any]], Any]]:
        """Its layers, each to be called with inputs; empty if they are not found.

        They are the items of a list or tuple that it holds, whatever the name.

        Args:
            parameters: those of each layer.
        """
        wanted = [{*map(id, layer)} for layer in parameters]
        for member in list(getattr(self._made, "__dict__", {}).values()):
            if isinstance(member, list | tuple) and len(member) == len(wanted):
                called = [_called(layer) for layer in member]
                if all(called) and [self._listed_by(layer) for layer in member] == wanted:
                    return called
        return []

    def _listed_by(self, layer: Any) -> set[int]:
        member = next((name for name in PARAMETERS if hasattr(layer, name)), "")
        listed = getattr(layer, member, ())
        return {*map(id, attempt(self.name, listed) if callable(listed) else listed)}

    @property
    def bare(self) -> bool:
        """Whether its answer to inputs of 0.5 is no list or tuple. Raises NetworkError."""
        call = getattr(self._made, self.call_member)
        made = attempt(f"{self.name} called", call, [0.5] * self.shape.n_inputs)
        return not isinstance(made, list | tuple)

    @property
    def zero_member(self) -> str | None:
        """The name of the network's own ``zero_grad``, None if it has none."""
        return next((z for z in ZEROS if callable(getattr(self._made, z, None))), None)

    def zero_grad(self) -> None:
        """The network's own ``zero_grad``. Raises NetworkError."""
        name = self.zero_member or ZEROS[0]
        attempt(f"{self.name}.{name}()", getattr(self._made, name))


class Trained:
    """An instance with its engine: what a training loop does, one sentence each.

    Args:
        instance: the network.
        engine: the engine of its values.

    Raises:
        NetworkError: from every method, for what somebody's code raises or gives.
    """

    def __init__(self, instance: Instance, engine: GraphEngine) -> None:
        self.instance = instance
        self.engine = engine

    def set(self, values: Sequence[float]) -> None:
        """Assign the parameters, in the network's order."""
        for parameter, value in zip(self.instance.parameters, values, strict=True):
            where = f"assigning {self.engine.facts.primal} of a parameter"
            attempt(where, self.engine.assign, parameter, value)

    def values(self) -> list[float]:
        """The parameters' values, in the network's order."""
        return self.read(self.instance.parameters)

    def read(self, nodes: Sequence[Any]) -> list[float]:
        """The values of some nodes."""
        return [attempt(self.instance.name, self.engine.primal, node) for node in nodes]

    def gradients(self, nodes: Sequence[Any]) -> list[float | None]:
        """The gradients of some nodes."""
        return [attempt(self.instance.name, self.engine.adjoint, node) for node in nodes]

    def lift(self, numbers: Sequence[float]) -> list[Any]:
        """Leaves."""
        return [attempt(f"a value of {x!r}", self.engine.lift, x) for x in numbers]

    def zero(self) -> None:
        """Assign 0 to each parameter's gradient."""
        attempt("assigning a gradient", self.engine.zero, self.instance.parameters)

    def loss(self, predictions: Sequence[Any], targets: Sequence[Any]) -> Any:
        """The squared error."""
        forms = self.engine.facts.spellings
        what = "the squared error of its outputs"
        return attempt(what, squared_error, self._apply, forms, predictions, targets)

    def backward(self, output: Any) -> None:
        """Differentiate."""
        attempt("backward() of the squared error", self.engine.backward, output)

    def step(self, rate: float) -> None:
        """``p.data -= rate * p.grad`` for each parameter."""
        gradients = self.gradients(self.instance.parameters)
        pairs = zip(self.values(), gradients, strict=True)
        self.set([x - rate * (gradient or 0.0) for x, gradient in pairs])

    def _apply(self, op: str, *operands: Any) -> Any:
        kinds = "".join("n" if isinstance(o, int | float) else "v" for o in operands)
        return self.engine.apply(BY_NAME[op].forms[kinds], operands)


def answered(what: str, called: Callable[..., Any], inputs: list[Any]) -> list[Any]:
    """What a network or a layer answers, in a list. Raises NetworkError."""
    made = attempt(what, called, inputs)
    return list(made) if isinstance(made, list | tuple) else [made]


def attempt(what: str, function: Callable[..., T], *operands: Any) -> T:
    """Call somebody's code. Raises NetworkError with what it raised, in one sentence."""
    try:
        return function(*operands)
    except NotANumberError as error:
        raise NetworkError(f"{what}: {error}") from None
    except INTERRUPTS:
        raise
    except BaseException as error:  # noqa: BLE001 - somebody's code may raise anything
        raise NetworkError(f"{what} raises {describe(error)}") from None


def construct(
    cls: type, constructor: Constructor, shape: Shape, given: Mapping[str, Any] = NOTHING
) -> Any:
    """Somebody's network; ``random`` is as before. Raises NetworkError."""
    arguments = {**_extras(cls), **given}
    state = random.getstate()
    try:
        return attempt(
            constructor.text(cls.__name__, shape),
            functools.partial(cls, *constructor.arguments(shape), **arguments),
        )
    finally:
        random.setstate(state)  # initial weights are overwritten, and the harness draws too


def _called(layer: Any) -> Any:
    """What calls a layer; None if nothing does."""
    return next((found for name in CALLS if callable(found := getattr(layer, name, None))), None)


def generators(cls: type) -> list[str]:
    """The arguments of a class from which its initial weights are drawn, by name."""
    try:
        return [name for name in inspect.signature(cls).parameters if name in GENERATORS]
    except (TypeError, ValueError):  # a class without a signature
        return []


def _extras(cls: type) -> dict[str, Any]:
    """The arguments of EXTRAS that the class has no default for."""
    try:
        wanted = inspect.signature(cls).parameters.values()
    except (TypeError, ValueError):  # a class without a signature
        return {}
    return {p.name: EXTRAS[p.name]() for p in wanted if p.name in EXTRAS and p.default is p.empty}


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
