"""Shapes of multilayer perceptrons, and what each of their parameters is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Slot:
    """Which parameter: the weight of ``input`` (or, with ``bias``, the bias) of one neuron."""

    layer: int
    neuron: int
    input: int
    bias: bool

    def __str__(self) -> str:
        """``weight 1 of neuron 0 in layer 2``."""
        what = "the bias" if self.bias else f"weight {self.input}"
        return f"{what} of neuron {self.neuron} in layer {self.layer}"


@dataclass(frozen=True, slots=True)
class Shape:
    """The number of inputs, and of neurons in each layer."""

    n_inputs: int
    widths: tuple[int, ...]

    @property
    def n_outputs(self) -> int:
        """Neurons of the last layer."""
        return self.widths[-1]

    @property
    def n_parameters(self) -> int:
        """One weight for each input of each neuron, and one bias for each neuron."""
        return sum((fan_in + 1) * width for fan_in, width in self.layers())

    def layers(self) -> Iterator[tuple[int, int]]:
        """The number of inputs and of neurons of each layer."""
        return pairwise((self.n_inputs, *self.widths))

    def slots(self) -> Iterator[Slot]:
        """Every parameter in our order: layer by layer, neuron by neuron, weights then bias."""
        for layer, (fan_in, width) in enumerate(self.layers()):
            for neuron in range(width):
                for i in range(fan_in + 1):
                    yield Slot(layer, neuron, i, i == fan_in)
