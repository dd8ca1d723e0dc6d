"""A whole training enclosed: parameters carried as balls from its start."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb

from verify.networks.architecture import Architecture
from verify.networks.tasks import Task
from verify.networks.training import stepped
from verify.oracles import BallOracle
from verify.oracles.ball import magnitude, narrow


@dataclass(frozen=True, slots=True)
class Carried:
    """Parameters carried as balls.

    Attributes:
        task: what is trained.
        balls: for each step, the parameters after it, in our order, while they have power.
        end: why it ended: ``steps`` for all that were asked, ``wide``, or the oracle's trouble.
    """

    task: Task
    balls: tuple[tuple[Any, ...], ...]
    end: str


def carried(
    architecture: Architecture, task: Task, rate: float, steps: int, forms: Collection[str]
) -> Carried:
    """Carry the parameters as balls through so many steps, for as long as they have power.

    The balls after a step hold the parameters that any right engine has then. A ball has power
    while it is narrower than 2**-20 of what the parameter was summed from: its start and its steps.
    """
    program = task.loss(architecture, forms).program
    oracle = BallOracle()
    now: list[Any] = [arb(x) for x in task.start]
    scales = [abs(x) for x in task.start]
    taken: list[tuple[Any, ...]] = []
    for _ in range(steps):
        (answer,) = oracle.answers(program, [(*now, *task.constants)])
        if troubles := [t.reason for t in answer.troubles if t.reason != "wide"]:
            return Carried(task, tuple(taken), troubles[0])
        gradients = answer.adjoints[: len(now)]
        now = [stepped(p, g, rate) for p, g in zip(now, gradients, strict=True)]
        scales = [s + rate * magnitude(g) for s, g in zip(scales, gradients, strict=True)]
        if not all(map(narrow, now, scales)):
            return Carried(task, tuple(taken), "wide")
        taken.append(tuple(now))
    return Carried(task, tuple(taken), "steps")


def longest(
    tasks: Sequence[Task],
    architecture: Architecture,
    rate: float,
    steps: int,
    forms: Collection[str],
) -> Carried:
    """Of some tasks (at least one), that whose balls last longest; the first to last all steps."""
    best = carried(architecture, tasks[0], rate, steps, forms)
    for task in tasks[1:]:
        if best.end == "steps":
            break
        found = carried(architecture, task, rate, steps, forms)
        best = max(best, found, key=lambda one: len(one.balls))
    return best
