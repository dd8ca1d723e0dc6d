"""Architectures known: an activation for the hidden layers, one for the last, an order.

To add an activation or an order of parameters: a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from verify.networks.shape import Shape, Slot

Apply = Callable[..., Any]
"""Applies one form of OPS to its operands: ``apply("add", a, b)``."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Activation:
    """What a layer does to each of its sums.

    Attributes:
        name: what reports call it.
        function: the function it computes; two rows may compute one by different formulas.
        spell: the formula.
    """

    name: str
    function: str
    spell: Callable[[Apply, Any], Any]


def _tanh_by_exponentials(apply: Apply, z: Any) -> Any:
    e = apply("exp", apply("mul", z, 2))
    return apply("div", apply("sub", e, 1), apply("add", e, 1))


def _leaky(slope: float) -> Activation:
    """``z`` above 0 and ``slope * z`` below, for a slope between 0 and 1."""
    name = f"leaky relu of slope {slope}"
    return Activation(name, name, lambda apply, z: apply("max", z, apply("mul", z, slope)))


ACTIVATIONS: tuple[Activation, ...] = (
    Activation("tanh", "tanh", lambda apply, z: apply("tanh", z)),
    Activation("relu", "relu", lambda apply, z: apply("relu", z)),
    Activation("linear", "linear", lambda _apply, z: z),
    Activation("sigmoid", "sigmoid", lambda apply, z: apply("sigmoid", z)),
    Activation("tanh by exponentials", "tanh", _tanh_by_exponentials),
    *map(_leaky, (0.01, 0.1, 0.2)),
)
"""Of two rows for one function, the more accurate comes first."""


@dataclass(frozen=True, slots=True)
class Order:
    """The order in which ``parameters()`` lists the parameters: they are sorted by ``key``."""

    name: str
    key: Callable[[Slot], tuple[int, ...]]


_WITHIN_LAYERS: tuple[Order, ...] = (
    Order("neuron by neuron, weights then bias", lambda s: (s.neuron, s.bias, s.input)),
    Order("neuron by neuron, bias then weights", lambda s: (s.neuron, not s.bias, s.input)),
    Order("a layer's weights then its biases", lambda s: (s.bias, s.neuron, s.input)),
    Order("a layer's biases then its weights", lambda s: (not s.bias, s.neuron, s.input)),
    Order("a layer's weights by input, then its biases", lambda s: (s.bias, s.input, s.neuron)),
    Order("a layer's biases, then its weights by input", lambda s: (not s.bias, s.input, s.neuron)),
)


def _forwards(order: Order) -> Order:
    return Order(f"layer by layer, {order.name}", lambda s: (s.layer, *order.key(s)))


def _backwards(order: Order) -> Order:
    return Order(f"last layer first, {order.name}", lambda s: (-s.layer, *order.key(s)))


ORDERS: tuple[Order, ...] = (
    *map(_forwards, _WITHIN_LAYERS),
    Order("all weights, then all biases", lambda s: (s.bias, s.layer, s.neuron, s.input)),
    Order("all weights by input, then all biases", lambda s: (s.bias, s.layer, s.input, s.neuron)),
    Order("all biases, then all weights", lambda s: (not s.bias, s.layer, s.neuron, s.input)),
    *map(_backwards, _WITHIN_LAYERS),
)


@dataclass(frozen=True, slots=True)
class Architecture:
    """What a network computes from its parameters and inputs."""

    hidden: Activation
    last: Activation
    order: Order

    def __str__(self) -> str:
        """``relu, last layer linear; layer by layer, ...``."""
        return f"{self.hidden.name}, last layer {self.last.name}; {self.order.name}"

    @property
    def functions(self) -> tuple[str, str, str]:
        """What it computes, by whatever formula."""
        return self.hidden.function, self.last.function, self.order.name

    def listed(self, shape: Shape, values: Sequence[T]) -> list[T]:
        """Values in our order of parameters, in the network's order."""
        return [values[i] for i in _places(self.order, shape)]

    def unlisted(self, shape: Shape, values: Sequence[T]) -> list[T]:
        """Values in the network's order of parameters, in ours."""
        pairs = zip(_places(self.order, shape), values, strict=True)
        return [value for _, value in sorted(pairs, key=lambda pair: pair[0])]


def architectures() -> Iterator[Architecture]:
    """Every architecture known: nobody spells one function in two ways in one network."""
    for hidden in ACTIVATIONS:
        for last in ACTIVATIONS:
            if hidden is last or hidden.function != last.function:
                yield from (Architecture(hidden, last, order) for order in ORDERS)


def _places(order: Order, shape: Shape) -> list[int]:
    """For each place in the network's order, the parameter's place in ours."""
    slots = list(shape.slots())
    return sorted(range(len(slots)), key=lambda i: order.key(slots[i]))
