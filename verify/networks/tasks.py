"""Training tasks: samples, targets, and parameters to start from, drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from verify.networks.architecture import Architecture
from verify.networks.expression import Loss, loss
from verify.networks.settings import TICKS
from verify.networks.shape import Shape
from verify.oracles import BallOracle

CANDIDATES = 12
"""Tasks that are looked at for some where every parameter has a gradient."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The inputs of one sample and the targets of its outputs."""

    inputs: tuple[float, ...]
    targets: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """A training task: samples, and the parameters to start from, in our order."""

    shape: Shape
    samples: tuple[Sample, ...]
    start: tuple[float, ...]

    @property
    def constants(self) -> tuple[float, ...]:
        """The inputs and targets of every sample, as the loss's program takes them."""
        return tuple(x for sample in self.samples for x in (*sample.inputs, *sample.targets))

    def names(self) -> list[str]:
        """What each input of the loss's program is."""
        names = [str(slot) for slot in self.shape.slots()]
        for number, sample in enumerate(self.samples):
            names += [f"input {i} of sample {number}" for i in range(len(sample.inputs))]
            names += [f"target {i} of sample {number}" for i in range(len(sample.targets))]
        return names

    def loss(self, architecture: Architecture, forms: Collection[str]) -> Loss:
        """The squared error as a program, in forms that an engine has."""
        hidden, last = architecture.hidden, architecture.last
        return loss(self.shape, hidden, last, len(self.samples), forms)


def tasks(
    shape: Shape, samples: int, seed: int, architecture: Architecture, forms: Collection[str]
) -> list[Task]:
    """Generic tasks of a shape: those where every parameter has a gradient and no kink is near.

    The first candidate, if there is none.
    """
    candidates = [_task(shape, samples, f"{seed} {shape} {samples} {k}") for k in range(CANDIDATES)]
    program = candidates[0].loss(architecture, forms).program
    points = [(*task.start, *task.constants) for task in candidates]
    answers = BallOracle().answers(program, points)
    n = shape.n_parameters
    awake = [
        task for task, answer in zip(candidates, answers, strict=True)
        if not answer.troubles and not any(ball.contains(0) for ball in answer.adjoints[:n])
    ]  # fmt: skip
    return awake or [candidates[0]]


def _task(shape: Shape, samples: int, seed: str) -> Task:
    dice = random.Random(seed)
    n = shape.n_parameters + samples * (shape.n_inputs + shape.n_outputs)
    span = max(TICKS, 4 * n)
    ticks = iter(dice.sample(range(span // 10, span), n))

    def draw(count: int) -> tuple[float, ...]:
        return tuple(dice.choice((-1, 1)) * next(ticks) / span for _ in range(count))

    start = draw(shape.n_parameters)
    made: Sequence[Sample] = [
        Sample(draw(shape.n_inputs), draw(shape.n_outputs)) for _ in range(samples)
    ]
    return Task(shape, tuple(made), start)
