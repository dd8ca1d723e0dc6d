"""Laws of networks as they are made: their initial parameters, and shapes that are none."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, pstdev
from typing import Any

from verify.laws.law import Book, Breach, Law
from verify.laws.training import known_architecture, said
from verify.networks import Network, NetworkError, Shape
from verify.networks.network import SAMPLE

BROAD = Shape(8, (8, 8, 2))
"""Neurons of so many inputs are not alike by chance, even where weights are 1 or -1."""
MANY = Shape(3, (200, 2))
"""Shape whose weights and biases are enough for a mean: 1,000 and 202."""
ERRORS = 6.0
"""Standard errors between a mean and 0 that chance does not explain: one mean in 5e8 is beyond."""
IMPOSSIBLE: tuple[tuple[Any, tuple[Any, ...]], ...] = (
    (0, (2,)), (-1, (2,)), (2, (0,)), (2, (2, 0, 1)), (2, (-1,)), (2, ()),
    (2, (1.5,)), (True, (2,)), (2, (True,)),
)  # fmt: skip
"""Numbers of inputs and of neurons that make no network."""


@said
def neurons_begin_different(network: Network, book: Book) -> None:
    """A network of 8 inputs and two hidden layers of 8 neurons is made.

    In neither of those layers may all neurons have the same weights.
    """
    architecture = known_architecture(network, book)
    if architecture is None:
        return
    made = network.drawn(BROAD, network.seed)
    values = iter(architecture.unlisted(BROAD, made.values()))
    for layer, (fan_in, width) in enumerate([*BROAD.layers()][:-1]):
        neurons = [[next(values) for _ in range(fan_in + 1)][:-1] for _ in range(width)]
        alike = all(weights == neurons[0] for weights in neurons)
        what = f"all {width} neurons of layer {layer} of a new {made.instance.name} have the "
        what += f"weights {neurons[0]}"
        book.enter(Breach(what) if alike else None)


@said
def centred(network: Network, book: Book) -> None:
    """A network of 200 hidden neurons is made: 1,000 weights and 202 biases.

    The mean of the weights, and that of the biases, must be within 6 standard errors of 0. Biases
    that are all 0 are.
    """
    architecture = known_architecture(network, book)
    if architecture is None:
        return
    made = network.drawn(MANY, network.seed)
    pairs = list(zip(MANY.slots(), architecture.unlisted(MANY, made.values()), strict=True))
    for what, bias in (("weights", False), ("biases", True)):
        numbers = [x for slot, x in pairs if slot.bias == bias]
        book.enter(_off_centre(f"{what} of a new {made.instance.name}", numbers))


def _off_centre(what: str, numbers: Sequence[float]) -> Breach | None:
    mean, spread = fmean(numbers), pstdev(numbers)
    if abs(mean) <= ERRORS * spread / sqrt(len(numbers)):
        return None
    if min(numbers) == max(numbers):
        return Breach(f"the {len(numbers):,} {what} are all {numbers[0]!r}, not 0 nor around it")
    return Breach(
        f"the {len(numbers):,} {what} have the mean {mean:.3f} and the standard deviation "
        f"{spread:.3f}: they are not centred on 0"
    )


def generator_used(network: Network, book: Book) -> None:
    """For each argument `rng` or `seed` of the class, three networks are made.

    Two that are given equal generators, while `random` is seeded differently, must have equal
    parameters; a third, given another generator, must have other ones.
    """
    for name in network.generators:
        try:
            first, again, other = (
                network.drawn(SAMPLE, number, **{name: seed}).values()
                for number, seed in ((1, 1), (2, 1), (1, 2))
            )
        except NetworkError as error:
            book.skip(f"its {name} is not known how to make: {error}")
            continue
        if first == other:
            said = f"of different {name} have equal parameters: it is not used"
        elif first != again:
            said = f"of equal {name} have different parameters: it is not all they are drawn from"
        else:
            said = ""
        book.enter(None)
        book.enter(Breach(f"two {network.facts.construct} {said}") if said else None)
    if not book.compared and not book.skipped:
        book.skip("the network takes no rng and no seed")


def impossible_refused(network: Network, book: Book) -> None:
    """Networks of no inputs, of a layer without neurons, of no layers are asked for.

    So are networks of a negative number, of a fraction and of `True`, which is 1 only by accident.
    Each must raise.
    """
    accepted = [network.accepts(n_inputs, widths) for n_inputs, widths in IMPOSSIBLE]
    found = [text for text in accepted if text]
    book.compared += len(accepted) - bool(found)
    if found:
        book.enter(Breach(f"accepted without an error: {', '.join(found)}"))


INITIAL_LAWS = (
    Law("NET08", "warning", "neurons begin alike",
        "The neurons of a hidden layer begin with different weights.",
        "Neurons of one layer that have the same weights have the same gradients, so every step "
        "leaves them the same: a layer of a hundred learns what one neuron could. Draw each "
        "weight anew.",
        neurons_begin_different, "network"),
    Law("NET09", "note", "initial parameters off centre",
        "Initial weights, and initial biases, are 0 on average.",
        "Weights that are drawn from 0 to 1, and not from -1 to 1, make every sum of a wide layer "
        "large and positive, where tanh is flat. Biases begin at 0 or around it. A small positive "
        "bias for relu is a convention; know that it is there.",
        centred, "network"),
    Law("NET10", "warning", "generator not used",
        "A network that is given a generator or a seed draws its parameters from that alone.",
        "Whoever gives `rng` or `seed` wants the same network tomorrow. Where it is not handed on "
        "to every layer and neuron, runs differ without a word, or all runs are one.",
        generator_used, "network"),
    Law("NET11", "note", "impossible shape accepted",
        "A number of inputs or neurons that is no positive whole number is refused.",
        "`range` of 0 or of a negative number is empty, so a layer without neurons is made without "
        "a word, and what follows it sees its biases alone. Such numbers come from a slip in the "
        "order of arguments or from a computation. Compare with 1 where the layer is made.",
        impossible_refused, "network"),
)  # fmt: skip
