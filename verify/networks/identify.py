"""Which architecture a network has: the one whose enclosures hold every output."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from verify.check import holds, interval
from verify.networks.architecture import Activation, Architecture, architectures
from verify.networks.expression import Forward, forward
from verify.networks.instance import Trained
from verify.networks.settings import Setting, setting
from verify.networks.shape import Shape
from verify.oracles import BallOracle
from verify.verdict import Discrepancy, Interval

LEAST, MOST = 8, 16
"""Settings tried: the least that are asked for, the most before it is said that several fit."""


@dataclass(frozen=True, slots=True)
class Miss:
    """An output outside the enclosure of an architecture."""

    architecture: Architecture
    setting: Setting
    output: int
    expected: Interval
    actual: float

    @property
    def digits(self) -> int:
        """Decimal digits on which the output and the enclosure's middle agree."""
        return Discrepancy("NET02", 0, self.expected, self.actual).digits


@dataclass(frozen=True, slots=True)
class Identified:
    """What is known of a network's architecture.

    Attributes:
        architecture: None if none known fits, or several do.
        compared: how many outputs were compared with an enclosure.
        nearest: where none fits, the miss of the candidate with the most digits.
        several: architectures that all fit, where that could not be told apart.
    """

    architecture: Architecture | None
    compared: int
    nearest: Miss | None = None
    several: tuple[Architecture, ...] = ()


def identify(network: Trained, seed: int = 0) -> Identified:
    """Find the architecture. Raises NetworkError where the network does not answer."""
    shape = network.instance.shape
    left = list(architectures())
    misses: dict[Architecture, Miss] = {}
    compared = 0
    for number in range(MOST):
        trial = _Trial(network, setting(shape, number, seed))
        verdicts = {architecture: trial.miss(architecture) for architecture in left}
        compared += shape.n_outputs
        misses |= {a: miss for a, miss in verdicts.items() if miss is not None}
        left = [a for a, miss in verdicts.items() if miss is None]
        alike = {a.functions for a in left}
        if not left:
            return Identified(None, compared, nearest=max(misses.values(), key=_nearness))
        if len(alike) == 1 and number + 1 >= LEAST:
            return Identified(left[0], compared)
    return Identified(None, compared, several=tuple(left))


def first_miss(network: Trained, architecture: Architecture, where: Setting) -> Miss | None:
    """The first output outside its enclosure at a setting. Raises NetworkError."""
    return _Trial(network, where).miss(architecture)


class _Trial:
    """A network at one setting; its answers depend on the order of parameters only."""

    def __init__(self, network: Trained, where: Setting) -> None:
        self._network = network
        self._setting = where
        self._answers: dict[str, list[float]] = {}

    def miss(self, architecture: Architecture) -> Miss | None:
        shape = self._network.instance.shape
        printed = self._printed(architecture)
        balls = _enclosures(shape, architecture.hidden, architecture.last, self._setting)
        for index, (actual, ball) in enumerate(zip(printed, balls, strict=True)):
            if not holds(ball, actual):
                return Miss(architecture, self._setting, index, interval(ball), actual)
        return None

    def _printed(self, architecture: Architecture) -> list[float]:
        name = architecture.order.name
        if name not in self._answers:
            shape = self._network.instance.shape
            self._network.set(architecture.listed(shape, self._setting.parameters))
            outputs = self._network.instance.outputs(self._setting.inputs)
            self._answers[name] = self._network.read(outputs)
        return self._answers[name]


@cache
def _program(shape: Shape, hidden: Activation, last: Activation) -> Forward:
    return forward(shape, hidden, last)


@cache
def _enclosures(
    shape: Shape, hidden: Activation, last: Activation, where: Setting
) -> tuple[object, ...]:
    made = _program(shape, hidden, last)
    (answer,) = BallOracle().answers(made.program, [where.point])
    return tuple(answer.primals[i] for i in made.outputs)


def _nearness(miss: Miss) -> tuple[int, int]:
    return miss.setting.number, miss.digits
