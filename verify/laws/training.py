"""Laws of networks in training: gradients, an update step, a trajectory."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from verify.check import holds, interval
from verify.laws.law import Book, Breach, Law
from verify.networks import Architecture, Network, NetworkError, Shape
from verify.networks.carrying import Carried, longest
from verify.networks.expression import spellable
from verify.networks.tasks import tasks
from verify.networks.training import Number, Path, Training, added
from verify.oracles import VOID, BallAlone, BallOracle, Bench, TorchOracle, Truth, bench
from verify.verdict import Discrepancy

SHAPES: tuple[Shape, ...] = (
    Shape(1, (1,)), Shape(2, (2, 1)), Shape(2, (2, 2)), Shape(2, (3, 2, 1)),
)  # fmt: skip
"""Small enough for the symbolic oracle."""
SAMPLES = 3
RATE = 2.0**-4
TRAJECTORY = Shape(2, (2, 1))
TRAJECTORY_RATE = 2.0**-11
"""Small, because at every step a ball grows by the rate times the curvature of the loss."""
STARTS = 4
"""Tasks among which the one is taken whose balls last longest."""
STALE = "stale-gradients"
Gradients = tuple[float | None, ...]


def said(check: Callable[[Network, Book], None]) -> Callable[[Network, Book], None]:
    """The check, for which what a network raises is a breach in the network's own words."""

    @functools.wraps(check)
    def run(network: Network, book: Book) -> None:
        try:
            check(network, book)
        except NetworkError as error:
            book.enter(Breach(str(error)))

    return run


@said
def gradients_enclosed(network: Network, book: Book) -> None:
    """A squared error over several samples is differentiated, for networks of several shapes.

    It is one program of parameters and inputs, answered by all three oracles; the gradient of each
    parameter and each input must lie in its enclosure.
    """
    network.gradients_are_wrong = False  # so far
    oracles = bench()
    for training in _trainings(network, book):
        start = training.task.start
        (truth,) = training.truths(oracles, [start])
        if not _decidable(book, training, truth):
            continue
        training.set(start)
        made = training.one_pass()
        _compare(book, training.name, training.numbers(made, truth.enclosure))
    network.gradients_are_wrong = bool(book.breaches)


@said
def updates_enclosed(network: Network, book: Book) -> None:
    """Two steps `p.data -= rate * p.grad`, with the gradients zeroed between them.

    Each parameter must land in its enclosure, `zero_grad()` must leave every gradient 0 or gone,
    and the second step's gradients must hold nothing of the first's.
    """
    for training in _trainings(network, book):
        training.set(training.task.start)
        old: Gradients | None = None
        for step in (1, 2):
            old = _update(book, training, step, old)
            if old is None or not _zeroed(book, training, old):
                break


def _update(book: Book, training: Training, step: int, old: Gradients | None) -> Gradients | None:
    """One step; its gradients, or None once something was wrong."""
    where = f"{training.name}, step {step} of rate {RATE}"
    before = training.values()
    (truth,) = training.truths(BallAlone(), [before])
    if not _decidable(book, training, truth):
        return None
    made = training.one_pass().gradients[: len(before)]
    balls = truth.enclosure.adjoints
    for k, (ball, gradient) in enumerate(zip(balls, made, strict=False)):
        breach = _outside(where, (f"the gradient of {training.names[k]}", ball, gradient))
        book.enter(_stale(breach, ball, old[k] if old else None))
        if breach is not None:
            return None
    training.network.step(RATE)
    numbers = training.stepped(before, truth.enclosure, RATE, training.values())
    return made if _compare(book, where, numbers) else None


def _stale(breach: Breach | None, ball: Any, old: float | None) -> Breach | None:
    """The breach, with its name if the number is the right one plus that of the pass before."""
    if breach is None or breach.actual is None or not old:
        return breach
    if not holds(added(ball, old), breach.actual):
        return breach
    message = f"{breach.message}: {old!r} of the step before is still in it"
    return Breach(message, None, None, breach.expected, breach.actual, STALE)


def _zeroed(book: Book, training: Training, old: Gradients) -> bool:
    """Zero the gradients as the network's users do; whether each is then 0 or gone."""
    instance = training.network.instance
    if instance.zero_member is None:
        training.network.zero()
        return True
    instance.zero_grad()
    left = training.network.gradients(training.parameters())
    kept = sum(1 for now in left if now)
    for name, was, now in zip(training.names, old, left, strict=False):
        if now:
            message = (
                f"after {instance.name}.{instance.zero_member}() {kept} of {len(left)} parameters "
                f"still have gradients, which the next backward() adds to: {name}, counted from 0, "
                f"has {now!r}"
            )
            book.enter(Breach(message, actual=now, fault=STALE if now == was else None))
            return False
        book.enter(None)
    return True


@said
def trajectory_enclosed(network: Network, book: Book) -> None:
    """A small network is trained: 1,000 steps, or 100 in a quick run.

    Each step, from the engine's own parameters, must land in its enclosure, which torch confirms.
    The parameters carried as balls from the start must hold the engine's too, for as long as those
    balls have power; the report says for how many steps.
    """
    architecture = _trainable(network, book)
    if architecture is None:
        return
    forms = network.engine.facts.spellings
    some = tasks(TRAJECTORY, SAMPLES, network.seed, architecture, forms)[:STARTS]
    carried = longest(some, architecture, TRAJECTORY_RATE, network.steps, forms)
    training = Training(network.make(TRAJECTORY), architecture, carried.task)
    path = training.train(TRAJECTORY_RATE, network.steps)
    _follow(network, book, training, path, carried)
    if path.error:
        book.enter(Breach(f"training step {len(path.passes) + 1}: {path.error}"))


def _follow(network: Network, book: Book, training: Training, path: Path, carried: Carried) -> None:
    """Compare each step with its enclosure from the engine's own parameters, and the compound."""
    oracles = Bench([BallOracle(), TorchOracle()])
    truths = training.truths(oracles, path.parameters[: len(path.passes)])
    followed = undecided = 0
    for step, truth in enumerate(truths):
        undecided += bool(truth.troubles or truth.doubts)
        if not _decidable(book, training, truth):
            continue
        after = path.parameters[step + 1]
        numbers = training.numbers(path.passes[step], truth.enclosure)
        numbers += training.stepped(path.parameters[step], truth.enclosure, TRAJECTORY_RATE, after)
        if step < len(carried.balls):
            compound = zip(training.names, carried.balls[step], after, strict=False)
            numbers += [(f"{name}, carried from the start,", b, x) for name, b, x in compound]
        if not _compare(book, f"{training.name}, training step {step + 1}", numbers):
            break
        followed += 1
    network.record(
        trajectory_steps=followed,
        undecided_steps=undecided,
        compounding_steps=min(followed, len(carried.balls)),
        compounding_end=carried.end if followed >= len(carried.balls) else "breach",
    )


def known_architecture(network: Network, book: Book) -> Architecture | None:
    """The architecture; without one the book says why there is nothing to compare with."""
    if not network.complete:
        book.skip("its parameters are not all listed once, so they cannot all be set (NET01)")
    elif network.architecture is None:
        book.skip("no architecture known fits, so it is not known what is right (NET02)")
    return network.architecture


def _trainable(network: Network, book: Book) -> Architecture | None:
    """The architecture, if the squared error can be spelled with the engine's operations.

    Where the gradients of one pass are wrong, what a training makes of them tells nothing more.
    """
    if network.gradients_are_wrong:
        book.skip("the gradients of a single pass are wrong (NET04)")
        return None
    if not spellable(network.engine.facts.spellings):
        book.skip("the engine lacks the operations of a squared error")
        return None
    return known_architecture(network, book)


def _trainings(network: Network, book: Book) -> Iterator[Training]:
    """A training of each shape."""
    architecture = _trainable(network, book)
    if architecture is None:
        return
    forms = network.engine.facts.spellings
    for shape in SHAPES:
        task = tasks(shape, SAMPLES, network.seed, architecture, forms)[0]
        made = network.make(shape)
        if made.instance.lists_each_once:
            yield Training(made, architecture, task)


def _decidable(book: Book, training: Training, truth: Truth) -> bool:
    """Whether there is an enclosure, and the oracles agree about it."""
    if doubt := training.doubt(truth):
        book.doubt(doubt)
        return False
    void = [trouble.reason for trouble in truth.troubles if trouble.reason in VOID]
    if void and not book.compared:
        book.skip(f"{training.name} cannot be decided: {void[0]}")
    return not void


def _compare(book: Book, where: str, numbers: Iterable[Number]) -> bool:
    """Compare until one is outside; whether none was."""
    for number in numbers:
        breach = _outside(where, number)
        book.enter(breach)
        if breach is not None:
            return False
    return True


def _outside(where: str, number: Number) -> Breach | None:
    name, ball, actual = number
    if actual is None and ball.is_zero():
        return None  # a value that nothing reaches may have no gradient at all
    if actual is not None and holds(ball, actual):
        return None
    found = Discrepancy("NET04", 0, interval(ball), actual)
    printed = "missing" if actual is None else repr(actual)
    message = (
        f"{where}: {name} is {printed}, but must lie in {found.expected} "
        f"({found.digits} digit{'' if found.digits == 1 else 's'} agree)"
    )
    return Breach(message, None, None, found.expected, actual)


TRAINING_LAWS = (
    Law("NET04", "error", "wrong gradient of a network",
        "Every gradient of a squared error over several samples lies in its enclosure.",
        "Each parameter is used once for each sample, so its gradient is a sum. Every parameter, "
        "input and target is compared with the enclosure, on which the symbolic derivative and "
        "PyTorch agree. If the outputs are right and a gradient is not, look at the engine: a "
        "gradient assigned instead of added, or nodes visited in the wrong order.",
        gradients_enclosed, "network"),
    Law("NET05", "error", "wrong update or stale gradients",
        "An update step lands in its enclosure, and no gradient outlives zero_grad().",
        "backward() adds to what a gradient holds. Where zero_grad() forgets some parameters, "
        "their old gradients are still in the next step: training runs, and drifts. The law takes "
        "two steps with zero_grad() between them, or with 0 assigned where there is none.",
        updates_enclosed, "network"),
    Law("NET06", "error", "training leaves its enclosure",
        "Every step of a training lies in its enclosure, and so do all of them together.",
        "Each step is compared with its enclosure from the network's own parameters before it. "
        "The parameters are also carried as balls from the start, for as long as those have "
        "power: a network inside them trains as every right one does. What breaks this law and "
        "no other depends on how often the network was used: something kept between two calls.",
        trajectory_enclosed, "network"),
)  # fmt: skip
