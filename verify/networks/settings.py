"""Generic settings of a network: distinct parameters and inputs, drawn from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass

from verify.networks.shape import Shape

TICKS = 10_000
NEAR_ZERO = 2.0**-10
SHOWN = 12
"""Settings of more parameters than this are named by number, not written out."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Values for a network's parameters, in our order, and its inputs.

    Attributes:
        number: which of the shape's settings.
        seed: what it was drawn from.
    """

    number: int
    seed: int
    parameters: tuple[float, ...]
    inputs: tuple[float, ...]

    @property
    def point(self) -> tuple[float, ...]:
        """As inputs of a Forward program."""
        return (*self.parameters, *self.inputs)

    def __str__(self) -> str:
        """For a message."""
        where = f"inputs {list(self.inputs)}"
        if len(self.parameters) <= SHOWN:
            return f"{where}, parameters {list(self.parameters)} (neuron by neuron, bias last)"
        return f"{where}, parameters of setting {self.number} of seed {self.seed}"


def setting(shape: Shape, number: int, seed: int = 0) -> Setting:
    """One generic setting.

    No two magnitudes are alike, so that no parameter can stand in for another. Of every four
    settings two are of mixed signs; one is positive throughout, so that every relu is awake and
    each parameter counts; one has biases and inputs near 0, and so every sum, where formulas for
    one function differ most.
    """
    dice = random.Random(f"{seed} {shape} {number}")
    n = shape.n_parameters + shape.n_inputs
    span = max(TICKS, 4 * n)
    ticks = dice.sample(range(span // 10, span), n)
    awake, near_zero = number % 4 == 2, number % 4 == 3
    numbers = [tick / span if awake or dice.random() < 0.6 else -tick / span for tick in ticks]
    parameters, inputs = numbers[: shape.n_parameters], numbers[shape.n_parameters :]
    if near_zero:
        inputs = [x * NEAR_ZERO for x in inputs]
        pairs = zip(parameters, shape.slots(), strict=True)
        parameters = [x * NEAR_ZERO if slot.bias else x for x, slot in pairs]
    return Setting(number, seed, tuple(parameters), tuple(inputs))
