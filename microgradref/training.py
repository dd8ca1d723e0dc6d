"""A loss, an optimiser, and the loop that joins them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from microgradref.network import MLP, Inputs
    from microgradref.value import Number, Value


def squared_error(targets: Sequence[Value | Number], predictions: Sequence[Value]) -> Value:
    """Return the sum of (target - prediction)**2, added up from left to right.

    Raises ``ValueError`` for unequal lengths, and for none at all.
    """
    if len(targets) != len(predictions):
        raise ValueError(f"{len(targets)} targets but {len(predictions)} predictions")
    if not predictions:
        raise ValueError("squared_error needs at least one prediction, got none")
    terms = [(y - p) ** 2 for y, p in zip(targets, predictions, strict=True)]
    return sum(terms[1:], terms[0])


class SGD:
    """Gradient descent: each step moves each parameter by -rate times its gradient."""

    def __init__(self, parameters: Iterable[Value], rate: float) -> None:
        """Raises ``ValueError`` unless ``rate`` is positive and finite."""
        if not 0.0 < rate < math.inf:
            raise ValueError(f"the rate must be positive and finite, got {rate!r}")
        self.parameters = list(parameters)
        self.rate = rate

    def zero_grad(self) -> None:
        """Set each parameter's gradient to 0, which ``backward`` would otherwise add to."""
        for parameter in self.parameters:
            parameter.grad = 0.0

    def step(self) -> None:
        """Move each parameter once, against its gradient."""
        for parameter in self.parameters:
            parameter.data -= self.rate * parameter.grad


def train(
    network: MLP,
    samples: Sequence[Inputs],
    targets: Sequence[Number],
    *,
    steps: int = 1000,
    rate: float = 0.01,
    on_step: Callable[[int, float], None] | None = None,
) -> list[float]:
    """Train a network of one output on all samples at every step; return the loss before each.

    ``on_step`` is called after each step with its number, from 0, and that loss. Raises
    ``ValueError`` for a network of several outputs, and where ``squared_error`` or ``SGD`` does.
    """
    optimiser = SGD(network.parameters(), rate)
    losses = []
    for step in range(steps):
        loss = squared_error(targets, [_only_output(network, sample) for sample in samples])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.data)
        if on_step is not None:
            on_step(step, loss.data)
    return losses


def _only_output(network: MLP, sample: Inputs) -> Value:
    outputs = network.outputs(sample)
    if len(outputs) != 1:
        raise ValueError(f"train takes a network of 1 output, got {len(outputs)}")
    return outputs[0]
