"""Neurons, layers and the multilayer perceptron."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from microgradref.value import Number, Value

Inputs: TypeAlias = Sequence[Value | Number]


class Module:
    """Something with parameters."""

    def parameters(self) -> list[Value]:
        """Return the values that training may change, always in the same order."""
        return []

    def zero_grad(self) -> None:
        """Set each parameter's gradient to 0."""
        for parameter in self.parameters():
            parameter.grad = 0.0


class Neuron(Module):
    """tanh(bias + w0 x0 + w1 x1 + ...), summed in that order.

    Weights, then the bias, are drawn uniformly from -1 to 1, from ``rng`` if it is given. Labels
    name weight ``i`` as ``W{i}-N{neuron}-L{layer}`` and the bias as ``B-N{neuron}-L{layer}``.
    """

    def __init__(
        self, n_inputs: int, rng: random.Random | None = None, neuron: int = 0, layer: int = 0
    ) -> None:
        """Raises ``ValueError`` for less than one input."""
        _check_count("inputs", n_inputs)
        uniform = random.uniform if rng is None else rng.uniform
        self.name = f"N{neuron}-L{layer}"
        self.weights = [Value(uniform(-1, 1), f"W{i}-{self.name}") for i in range(n_inputs)]
        self.bias = Value(uniform(-1, 1), f"B-{self.name}")

    def __call__(self, inputs: Inputs) -> Value:
        """Return the output. Raises ``ValueError`` unless there is one input for each weight."""
        _check_length(f"Neuron {self.name}", len(self.weights), inputs)
        total = self.bias
        for weight, x in zip(self.weights, inputs, strict=True):
            total = total + weight * x
        return total.tanh()

    def parameters(self) -> list[Value]:
        """Return the weights, then the bias."""
        return [*self.weights, self.bias]

    def __repr__(self) -> str:
        """Its name, weights and bias."""
        weights = ", ".join(f"{weight.data:.4f}" for weight in self.weights)
        return f"Neuron({self.name}, weights=[{weights}], bias={self.bias.data:.4f})"


class Layer(Module):
    """Neurons that all see the same inputs."""

    def __init__(
        self, n_inputs: int, n_neurons: int, rng: random.Random | None = None, layer: int = 0
    ) -> None:
        """Raises ``ValueError`` for less than one input or one neuron."""
        _check_count("neurons", n_neurons)
        self.neurons = [Neuron(n_inputs, rng, neuron, layer) for neuron in range(n_neurons)]

    def outputs(self, inputs: Inputs) -> list[Value]:
        """Return every neuron's output, in a list even if it is the only one."""
        return [neuron(inputs) for neuron in self.neurons]

    def __call__(self, inputs: Inputs) -> Value | list[Value]:
        """Return the outputs; the output itself if the layer has one neuron."""
        return _unwrapped(self.outputs(inputs))

    def parameters(self) -> list[Value]:
        """Return the neurons' parameters, neuron by neuron."""
        return [parameter for neuron in self.neurons for parameter in neuron.parameters()]

    def __repr__(self) -> str:
        """Its shape, and a line for each neuron."""
        neurons = "".join(f"\n  {neuron!r}" for neuron in self.neurons)
        n_inputs = len(self.neurons[0].weights)
        return f"Layer({n_inputs}, {len(self.neurons)}){neurons}"


class MLP(Module):
    """A multilayer perceptron: each layer's outputs are the next one's inputs.

    ``MLP(3, [4, 4, 1])`` has 3 inputs, two layers of 4 neurons and 1 output.
    """

    def __init__(
        self, n_inputs: int, n_neurons: Sequence[int], rng: random.Random | None = None
    ) -> None:
        """Raises ``ValueError`` for no layer, or less than one input or neuron anywhere."""
        if not n_neurons:
            raise ValueError("an MLP needs at least one layer, got none")
        self.n_inputs = n_inputs
        widths = [n_inputs, *n_neurons]
        self.layers = [
            Layer(width, n, rng, layer) for layer, (width, n) in enumerate(pairwise(widths))
        ]

    def outputs(self, inputs: Inputs) -> list[Value]:
        """Return the last layer's outputs, in a list even if there is only one."""
        _check_length("MLP", self.n_inputs, inputs)
        first, *rest = self.layers
        outputs = first.outputs(inputs)
        for layer in rest:
            outputs = layer.outputs(outputs)
        return outputs

    def __call__(self, inputs: Inputs) -> Value | list[Value]:
        """Return the outputs; the output itself if the last layer has one neuron.

        Inputs are numbers or values. Raises ``ValueError`` unless there are ``n_inputs`` of them.
        """
        return _unwrapped(self.outputs(inputs))

    def parameters(self) -> list[Value]:
        """Return the layers' parameters, layer by layer."""
        return [parameter for layer in self.layers for parameter in layer.parameters()]

    def __repr__(self) -> str:
        """Its shape, and a line for each layer and neuron."""
        shape = ", ".join(str(len(layer.neurons)) for layer in self.layers)
        layers = "".join(f"\n{layer!r}" for layer in self.layers).replace("\n", "\n  ")
        return f"MLP({self.n_inputs}, [{shape}]){layers}"


def _unwrapped(outputs: list[Value]) -> Value | list[Value]:
    return outputs[0] if len(outputs) == 1 else outputs


def _check_count(what: str, count: int) -> None:
    if isinstance(count, bool) or not isinstance(count, int):
        raise TypeError(f"the number of {what} is an int, got {type(count).__name__}")
    if count < 1:
        raise ValueError(f"the number of {what} must be at least 1, got {count}")


def _check_length(who: str, expected: int, inputs: Inputs) -> None:
    try:
        given = len(inputs)
    except TypeError:
        raise TypeError(f"{who} takes a sequence of inputs, got {type(inputs).__name__}") from None
    if given != expected:
        raise ValueError(f"{who} takes {expected} inputs, got {given}")
