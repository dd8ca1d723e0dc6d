"""Laws of networks: parameters, outputs, inputs of the wrong length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from verify.check import holds
from verify.engines import describe
from verify.engines.raised import INTERRUPTS
from verify.laws.initial import INITIAL_LAWS
from verify.laws.law import Book, Breach, Law
from verify.laws.layers import LAYER_LAWS
from verify.laws.training import TRAINING_LAWS, known_architecture, said
from verify.networks import Architecture, Network, NetworkError, Shape, Trained
from verify.networks.expression import forward
from verify.networks.identify import Miss, first_miss
from verify.networks.network import SAMPLE
from verify.networks.settings import setting
from verify.oracles import BallOracle

SHAPES: tuple[Shape, ...] = (
    Shape(1, (1,)), Shape(3, (1,)), Shape(2, (3,)), Shape(1, (4, 1)), Shape(3, (4, 4, 1)),
    Shape(2, (3, 2, 3, 2, 3, 2)), Shape(5, (24, 2)), Shape(16, (3, 1)),
    Shape(300, (1,)),
)  # fmt: skip
"""One neuron, one input, several outputs, deep, wide, more inputs than Python keeps integers."""
BOTTLENECKS: tuple[Shape, ...] = (Shape(1, (1, 1)), Shape(3, (1, 2)), Shape(2, (3, 1, 2, 1)))
SETTINGS = 8
"""Settings of each shape."""
LENGTHS = ("too few", "too many", "none")


def parameters_listed(network: Network, book: Book) -> None:
    """Networks of a dozen shapes are made, and their `parameters()` listed twice.

    There must be a weight for each input of each neuron and a bias for each neuron, each object
    once, and the second list must hold the same objects.
    """
    for shape in (SAMPLE, *SHAPES, *BOTTLENECKS):
        try:
            book.enter(_wrong_list(network.make(shape)))
        except NetworkError as error:
            book.enter(Breach(str(error)))


def _wrong_list(network: Trained) -> Breach | None:
    instance = network.instance
    who, found = f"{instance.name}.{instance.parameters_member}()", instance.parameters
    network.values()
    repeated = [name for name, times in Counter(map(id, found)).items() if times > 1]
    if repeated:
        places = [i for i, parameter in enumerate(found) if id(parameter) == repeated[0]]
        return Breach(f"{who} lists the same value at places {places}: one parameter, one place")
    if len(found) != instance.shape.n_parameters:
        return Breach(
            f"{who} lists {len(found)} parameters, but must list {instance.shape.n_parameters}: a "
            "weight for each input of each neuron, and a bias for each neuron"
        )
    if list(map(id, found)) != list(map(id, instance.list_parameters())):
        return Breach(f"{who} lists other values when it is called again")
    return None


def outputs_enclosed(network: Network, book: Book) -> None:
    """Parameters and inputs are set to distinct numbers, eight settings for each of eight shapes.

    Each known architecture (activations, order of parameters) is a program whose outputs are
    enclosed. One of them must hold every output.
    """
    if network.complete and network.architecture is None:
        book.enter(Breach(network.trouble) if network.trouble else _unknown(network))
        return
    book.compared += network.identified.compared
    _compare_outputs(network, SHAPES, book)


def bottlenecks_enclosed(network: Network, book: Book) -> None:
    """As NET02, for three shapes with a hidden layer of one neuron.

    Such a layer gives its only output itself in many networks, and not in a list.
    """
    _compare_outputs(network, BOTTLENECKS, book)


def _compare_outputs(network: Network, shapes: tuple[Shape, ...], book: Book) -> None:
    architecture = known_architecture(network, book)
    if architecture is not None:
        for shape in shapes:
            for breach in _outside(network, shape, architecture):
                book.enter(breach)


def _outside(network: Network, shape: Shape, architecture: Architecture) -> Iterator[Breach | None]:
    """What is outside, for each setting of a shape; the first that is wrong is the last."""
    try:
        made = network.make(shape)
        if not made.instance.lists_each_once:
            return  # NET01 says so
        for number in range(SETTINGS):
            miss = first_miss(made, architecture, setting(shape, number, network.seed))
            yield None if miss is None else _missed(made.instance.name, miss)
            if miss is not None:
                return
    except NetworkError as error:
        yield Breach(str(error))


def _missed(name: str, miss: Miss) -> Breach:
    message = (
        f"output {miss.output} of {name} is {miss.actual!r}, but must lie in {miss.expected} "
        f"({_digits(miss)} agree), at {miss.setting}"
    )
    return Breach(message, None, None, miss.expected, miss.actual)


def _unknown(network: Network) -> Breach:
    """Why no architecture was found."""
    miss = network.identified.nearest
    name = network.facts.construct
    if miss is None:
        fitting = " and ".join(map(str, network.identified.several[:2]))
        return Breach(f"{name} cannot be told apart: it fits {fitting}")
    message = (
        f"{name} is none of the architectures known: the nearest ({miss.architecture}) has output "
        f"{miss.output} in {miss.expected}, but it is {miss.actual!r} ({_digits(miss)} agree), at "
        f"{miss.setting}"
    )
    return Breach(message, None, None, miss.expected, miss.actual)


def _digits(miss: Miss) -> str:
    return "1 digit" if miss.digits == 1 else f"{miss.digits} digits"


@said
def wrong_length_refused(network: Network, book: Book) -> None:
    """A network of three inputs is called with two, with four and with none.

    Each must raise. An answer is named as truncation where its enclosure, with missing inputs taken
    as 0 and surplus ones left out, holds it. Then it is called with a number in place of a list:
    that must raise too, and no NameError, which is a slip of its own code.
    """
    _wrong_lengths(network, book)
    made = network.make(SAMPLE)
    name = network.facts.construct
    try:
        made.instance.answer_to(0.5)
    except NameError as error:
        book.enter(Breach(f"{name} called with 0.5 raises {describe(error)}: a slip of its code"))
    except INTERRUPTS:
        raise
    except BaseException:  # noqa: BLE001 - refusing is right
        book.enter(None)
    else:
        said = f"{name} answers to 0.5, where it takes a list of {SAMPLE.n_inputs} inputs"
        book.enter(Breach(said))


def _wrong_lengths(network: Network, book: Book) -> None:
    answered: list[str] = []
    truncated = True
    numbers = setting(SAMPLE, 0, network.seed)
    given = (numbers.inputs[:-1], (*numbers.inputs, 0.75), ())
    for length, inputs in zip(LENGTHS, given, strict=True):
        made = network.make(SAMPLE)
        architecture = network.architecture
        if architecture is not None:
            made.set(architecture.listed(SAMPLE, numbers.parameters))
        try:
            printed = made.read(made.instance.answer(inputs))
        except NetworkError:
            book.enter(None)
            continue
        answered.append(f"{length} ({len(inputs)})")
        truncated = truncated and _truncates(architecture, numbers.parameters, inputs, printed)
    if not answered:
        return
    book.compared += len(answered) - 1
    how = "; missing inputs count as 0, and surplus ones are ignored" if truncated else ""
    message = (
        f"{network.facts.construct} takes {SAMPLE.n_inputs} inputs and also answers to "
        f"{', '.join(answered)}, where it should raise{how}"
    )
    book.enter(Breach(message, fault="zip-truncation" if truncated else None))


def _truncates(
    architecture: Architecture | None,
    parameters: tuple[float, ...],
    inputs: tuple[float, ...],
    printed: list[float],
) -> bool:
    """Whether the answer is that of ``zip``: missing inputs count 0, surplus ones are ignored."""
    if architecture is None or len(printed) != SAMPLE.n_outputs:
        return False
    padded = (*inputs, *[0.0] * SAMPLE.n_inputs)[: SAMPLE.n_inputs]
    made = forward(SAMPLE, architecture.hidden, architecture.last)
    (answer,) = BallOracle().answers(made.program, [(*parameters, *padded)])
    balls = [answer.primals[i] for i in made.outputs]
    return all(holds(ball, x) for ball, x in zip(balls, printed, strict=True))


NETWORK_LAWS = (
    Law("NET01", "error", "parameters missing or repeated",
        "parameters() lists every weight and every bias once, and the same ones at every call.",
        "Training moves only what parameters() lists. A bias or a layer that is left out stays as "
        "it was drawn; a parameter listed twice moves twice as far. The loss still falls, so "
        "nothing shows. Look at how each neuron, layer and network collects its parameters.",
        parameters_listed, "network"),
    Law("NET02", "error", "wrong output",
        "The outputs lie in the enclosures of one known architecture, for every shape.",
        "The parameters are set to distinct numbers, and the outputs must be those of one "
        "architecture: an activation for the hidden layers, one for the last, and an order of the "
        "parameters. If none fits, an input, a neuron, a bias or an activation is left out, used "
        "twice or used in the wrong place, or the network is of a kind that is not known here.",
        outputs_enclosed, "network"),
    Law("NET03", "warning", "wrong number of inputs accepted",
        "Inputs of the wrong number, and what is no list of inputs, are refused with an exception.",
        "zip stops at the shorter of its arguments, so a neuron given too few inputs silently "
        "ignores its last weights, and one given too many ignores inputs. Many networks do so; "
        "it hides mistakes in the data. Compare the lengths, or write zip(..., strict=True).",
        wrong_length_refused, "network"),
    *TRAINING_LAWS,
    Law("NET07", "warning", "hidden layer of one neuron fails",
        "A network with a hidden layer of one neuron answers as every other does.",
        "A layer that returns its only output bare, and not in a list, is handed on to a layer "
        "that expects a list: the network raises. Unwrap at the network's output only.",
        bottlenecks_enclosed, "network"),
    *INITIAL_LAWS,
    *LAYER_LAWS,
)  # fmt: skip
