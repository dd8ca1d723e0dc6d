"""A network in training on a task, and what its numbers must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb

from verify.networks.architecture import Architecture
from verify.networks.instance import NetworkError, Trained
from verify.networks.tasks import Task
from verify.oracles import Answer, Bench, Truth
from verify.oracles.arb_system import ArbSystem, precision
from verify.oracles.ball import PRECISION

Number = tuple[str, Any, float | None]
"""What a number is, the ball it must lie in, and what was printed."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What a network printed in one forward and backward pass.

    Attributes:
        outputs: those of every sample.
        loss: the squared error.
        gradients: one for each input of the loss's program, in its order.
    """

    outputs: tuple[float, ...]
    loss: float
    gradients: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """What a network printed in training: each pass, and the parameters around them.

    Attributes:
        parameters: those before each pass, and after the last, in our order.
        passes: one for each step.
        error: what stopped it, in one sentence; empty if nothing did.
    """

    parameters: tuple[tuple[float, ...], ...]
    passes: tuple[Pass, ...]
    error: str


class Training:
    """A network, its architecture and a task.

    Raises:
        NetworkError: from every method that touches the network.
    """

    def __init__(self, network: Trained, architecture: Architecture, task: Task) -> None:
        self.network = network
        self.architecture = architecture
        self.task = task
        self.name = network.instance.name
        self.names = task.names()
        self._loss = task.loss(architecture, network.engine.facts.spellings)

    def set(self, parameters: Sequence[float]) -> None:
        """Assign the parameters, given in our order."""
        self.network.set(self.architecture.listed(self.task.shape, parameters))

    def values(self) -> tuple[float, ...]:
        """The parameters, in our order."""
        return tuple(self.architecture.unlisted(self.task.shape, self.network.values()))

    def parameters(self) -> list[Any]:
        """The parameters' values of the engine, in our order."""
        return self.architecture.unlisted(self.task.shape, self.network.instance.parameters)

    def one_pass(self) -> Pass:
        """Forward on every sample, the squared error, backward; gradients are not zeroed."""
        nodes = self.parameters()
        predictions, targets = [], []
        for sample in self.task.samples:
            xs, ys = self.network.lift(sample.inputs), self.network.lift(sample.targets)
            predictions += self.network.instance.outputs(xs)
            targets += ys
            nodes += [*xs, *ys]
        error = self.network.loss(predictions, targets)
        self.network.backward(error)
        outputs, (value,) = self.network.read(predictions), self.network.read([error])
        return Pass(tuple(outputs), value, tuple(self.network.gradients(nodes)))

    def train(self, rate: float, steps: int) -> Path:
        """Take so many steps from the task's start, gradients zeroed by assignment."""
        path, passes = [self.task.start], []
        try:
            self.set(self.task.start)
            for _ in range(steps):
                self.network.zero()
                made = self.one_pass()
                self.network.step(rate)
                after = self.values()
                passes.append(made)
                path.append(after)
        except NetworkError as error:
            return Path(tuple(path), tuple(passes), str(error))
        return Path(tuple(path), tuple(passes), "")

    def truths(self, bench: Bench, parameters: Sequence[Sequence[float]]) -> list[Truth]:
        """What is true of the loss, at each of some parameters in our order."""
        points = [(*p, *self.task.constants) for p in parameters]
        return bench.truths(self._loss.program, points) if points else []

    def doubt(self, truth: Truth) -> str:
        """How the oracles disagree, in one sentence; empty if they do not."""
        return truth.doubts[0].sentence(self._loss.program) if truth.doubts else ""

    def numbers(self, made: Pass, enclosure: Answer) -> list[Number]:
        """Everything a pass printed, each with the ball it must lie in: values first."""
        outputs = [index for row in self._loss.outputs for index in row]
        found: list[Number] = [
            (f"output {k % len(self._loss.outputs[0])} of sample {k // len(self._loss.outputs[0])}",
             enclosure.primals[index], made.outputs[k])
            for k, index in enumerate(outputs)
        ]  # fmt: skip
        found.append(("the loss", enclosure.primals[-1], made.loss))
        return found + [
            (f"the gradient of {name}", ball, gradient)
            for name, ball, gradient in zip(
                self.names, enclosure.adjoints, made.gradients, strict=False
            )
        ]

    def stepped(
        self, before: Sequence[float], enclosure: Answer, rate: float, after: Sequence[float]
    ) -> list[Number]:
        """Every parameter after a step, each with the ball it must lie in."""
        return [
            (name, stepped(p, ball, rate), x)
            for name, p, ball, x in zip(self.names, before, enclosure.adjoints, after, strict=False)
        ]


def stepped(parameter: Any, gradient: Any, rate: float) -> Any:
    """Where ``p - rate * g`` may lie in float64: a ball, for a number or a ball and a ball."""
    system = ArbSystem()
    with precision(PRECISION):
        return system.fl(arb(parameter) - system.fl(gradient * rate))


def added(ball: Any, number: float) -> Any:
    """Where a sum of two numbers may lie in float64."""
    with precision(PRECISION):
        return ArbSystem().accumulated([ball, arb(number)])
