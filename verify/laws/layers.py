"""Laws of the parts of a network: its layers called by themselves, its only output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from verify.check import holds, interval
from verify.laws.law import Book, Breach, Law
from verify.laws.training import known_architecture, said
from verify.networks import Architecture, Network, NetworkError, Shape, Trained
from verify.networks.architecture import ACTIVATIONS, Activation
from verify.networks.expression import forward
from verify.networks.instance import answered
from verify.networks.network import SAMPLE
from verify.networks.settings import setting
from verify.oracles import BallOracle

SHAPES: tuple[Shape, ...] = (SAMPLE, Shape(2, (1,)), Shape(3, (1, 2)))
"""Layers of several neurons and of one, first and last."""
(LINEAR,) = (activation for activation in ACTIVATIONS if activation.name == "linear")


@said
def layers_answer(network: Network, book: Book) -> None:
    """The layers of three networks are called by themselves, with as many inputs as they take.

    They are the items of a list that the network holds. Each must give an output for each of its
    neurons, inside the enclosure of its sums after the activation of the network's hidden layers,
    of its last, or of none: some networks apply it outside.
    """
    architecture = known_architecture(network, book)
    if architecture is None:
        return
    for shape in SHAPES:
        made = network.make(shape)
        if made.instance.lists_each_once:
            for breach in _answers(network, made, architecture):
                book.enter(breach)
    if not book.compared:
        book.skip("no list of it holds its layers")


def _answers(
    network: Network, made: Trained, architecture: Architecture
) -> Iterator[Breach | None]:
    shape = made.instance.shape
    sizes = [(fan_in + 1) * width for fan_in, width in shape.layers()]
    parameters = iter(architecture.unlisted(shape, made.instance.parameters))
    layers = made.instance.layers([list(islice(parameters, size)) for size in sizes])
    made.set(architecture.listed(shape, setting(shape, 0, network.seed).parameters))
    values = iter(setting(shape, 0, network.seed).parameters)
    activations = (architecture.hidden, architecture.last, LINEAR)
    for number, (layer, sides, size) in enumerate(zip(layers, shape.layers(), sizes, strict=False)):
        alone = Shape(sides[0], (sides[1],))
        inputs = setting(alone, 0, network.seed).inputs
        point = (*islice(values, size), *inputs)
        who = f"layer {number} of {made.instance.name}, called by itself,"
        try:
            printed = made.read(answered(who, layer, list(inputs)))
        except NetworkError as error:
            yield Breach(str(error))
            continue
        yield _wrong_answer(who, alone, activations, point, printed)


def _wrong_answer(
    who: str,
    shape: Shape,
    activations: Sequence[Activation],
    point: tuple[float, ...],
    printed: Sequence[float],
) -> Breach | None:
    if len(printed) != shape.n_outputs:
        said = f"{who} gives {len(printed)} outputs, where it has {shape.n_outputs} neurons"
        return Breach(said)
    tried = [_balls(shape, activation, point) for activation in activations]
    if any(all(map(holds, balls, printed)) for balls in tried):
        return None
    balls = tried[0]
    wrong = next(i for i, ball in enumerate(balls) if not holds(ball, printed[i]))
    right = interval(balls[wrong])
    said = f"{who} gives output {wrong} as {printed[wrong]!r}, but it must lie in {right}"
    return Breach(said, None, None, right, printed[wrong])


def _balls(shape: Shape, activation: Activation, point: tuple[float, ...]) -> list[Any]:
    made = forward(shape, activation, activation)
    (answer,) = BallOracle().answers(made.program, [point])
    return [answer.primals[i] for i in made.outputs]


@said
def only_output_bare(network: Network, book: Book) -> None:
    """A network of one output is called: what it answers must be no list and no tuple."""
    made = network.make(Shape(2, (1,)))
    said = f"{made.instance.name} answers with its only output in a list"
    book.enter(None if made.instance.bare else Breach(said))


LAYER_LAWS = (
    Law("NET12", "warning", "a layer by itself",
        "Each layer, called by itself, gives one output for each of its neurons.",
        "Whoever builds another network from the same layers calls them directly. A method that "
        "the network itself goes around can be broken without a trace.",
        layers_answer, "network"),
    Law("NET13", "note", "only output in a list",
        "A network of one output answers with that output.",
        "A list of one is as good, and a loss written for the one raises on the other. It is a "
        "convention: know which.",
        only_output_bare, "network"),
)  # fmt: skip
