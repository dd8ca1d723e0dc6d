"""Step 7: the textbook sort, numbers on the left, and a network on top.

The step adds reflected `+` and `-`, a library tanh, and layers of neurons. What is wrong: `2 - v`
is computed as `v - 2`, which a squared loss hides; `2 / v` is still missing; a neuron that is given
too few inputs ignores its last weights in silence; and nothing zeroes gradients between two steps.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence


class Value:
    """A number in a graph, with the rule that serves its operands."""

    def __init__(
        self, data: float, operands: tuple[Value, ...] = (), op: str = "", label: str = ""
    ) -> None:
        self.data = data
        self.grad = 0.0
        self.label = label
        self._op = op
        self._operands = set(operands)
        self._backward = lambda: None

    def backward(self) -> None:
        """Call the rules of all nodes, the root among them, users before operands."""
        order: list[Value] = []
        seen = set()

        def visit(node: Value) -> None:
            if node not in seen:
                seen.add(node)
                for operand in node._operands:
                    visit(operand)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node._backward()

    def __add__(self, other: Value | float) -> Value:
        """Sum."""
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def rule() -> None:
            self.grad += out.grad
            other.grad += out.grad

        out._backward = rule
        return out

    def __mul__(self, other: Value | float) -> Value:
        """Product."""
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def rule() -> None:
            self.grad += out.grad * other.data
            other.grad += out.grad * self.data

        out._backward = rule
        return out

    def __pow__(self, number: float) -> Value:
        """Power of a value, by a number."""
        assert isinstance(number, int | float)  # noqa: S101 - the step refuses like this
        out = Value(self.data**number, (self,), f"**{number}")

        def rule() -> None:
            self.grad += out.grad * number * self.data ** (number - 1)

        out._backward = rule
        return out

    def exp(self) -> Value:
        """Exponential."""
        out = Value(math.exp(self.data), (self,), "exp")

        def rule() -> None:
            self.grad += out.grad * out.data

        out._backward = rule
        return out

    def tanh(self) -> Value:
        """Hyperbolic tangent, from the library."""
        out = Value(math.tanh(self.data), (self,), "tanh")

        def rule() -> None:
            self.grad += out.grad * (1 - out.data**2)

        out._backward = rule
        return out

    def __neg__(self) -> Value:
        """Negation."""
        return self * -1

    def __sub__(self, other: Value | float) -> Value:
        """Difference."""
        return self + (-other)

    def __truediv__(self, other: Value | float) -> Value:
        """Quotient."""
        return self * other**-1

    def __rmul__(self, number: float) -> Value:
        """Number times value."""
        return self * number

    def __radd__(self, number: float) -> Value:
        """Number plus value, as ``sum`` begins."""
        return self + number

    def __rsub__(self, number: float) -> Value:
        """Number minus value, or so it says."""
        return self - number

    def __repr__(self) -> str:
        """The number and its label."""
        return f"Value({self.data:.4f}, {self.label!r})"


class Neuron:
    """A weighted sum, squashed by tanh."""

    def __init__(self, n_inputs: int) -> None:
        self.weights = [Value(random.uniform(-1, 1)) for _ in range(n_inputs)]
        self.bias = Value(random.uniform(-1, 1))

    def __call__(self, inputs: Sequence[Value | float]) -> Value:
        """The output; ``zip`` drops weights that have no input."""
        products = (weight * x for weight, x in zip(self.weights, inputs, strict=False))
        return sum(products, self.bias).tanh()

    def parameters(self) -> list[Value]:
        """Weights, then bias."""
        return [*self.weights, self.bias]


class Layer:
    """Neurons that see the same inputs."""

    def __init__(self, n_inputs: int, n_neurons: int) -> None:
        self.neurons = [Neuron(n_inputs) for _ in range(n_neurons)]

    def __call__(self, inputs: Sequence[Value | float]) -> Value | list[Value]:
        """Every neuron's output; a single one by itself."""
        outputs = [neuron(inputs) for neuron in self.neurons]
        return outputs[0] if len(outputs) == 1 else outputs

    def parameters(self) -> list[Value]:
        """Every neuron's parameters, in order."""
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP:
    """Layers in a row."""

    def __init__(self, n_inputs: int, sizes: list[int]) -> None:
        widths = [n_inputs, *sizes]
        self.layers = [Layer(n, m) for n, m in zip(widths, sizes, strict=False)]

    def __call__(self, inputs: Sequence[Value | float]) -> Value | list[Value]:
        """The last layer's output."""
        for layer in self.layers:
            inputs = layer(inputs)
        return inputs

    def parameters(self) -> list[Value]:
        """Every layer's parameters, in order."""
        return [p for layer in self.layers for p in layer.parameters()]


def train(mlp: MLP, inputs: list[list[float]], wanted: list[float], steps: int) -> float:
    """Descend on the cubed error, at a rate of 0.001, from gradients that are never zeroed."""
    for _ in range(steps):
        loss = sum((y - mlp(x)) ** 3 for x, y in zip(inputs, wanted, strict=True))
        loss.backward()
        for parameter in mlp.parameters():
            parameter.data -= 0.001 * parameter.grad
    return loss.data
