"""Networks as they are made, and their parts: initial parameters, generators, shapes, layers."""

from __future__ import annotations

import random

import pytest
from network_sources import OTHER_CALL, RIGHT, UNUSUAL, network

from verify.laws.network import NETWORK_LAWS
from verify.networks import Shape, open_network

pytestmark = pytest.mark.once

BY_CODE = {law.code: law for law in NETWORK_LAWS}
WEIGHTS = "[Value(random.uniform(-1, 1)) for _ in range(n_in)]"
BIAS = "Value(0.0)"


@pytest.fixture
def examine(engine_file):
    """The book of one law on a network's source."""

    def look(code: str, source: str = RIGHT, seed: int = 0):
        target = engine_file(source).replace(":Value", ":MLP")
        return BY_CODE[code].examine(open_network(target, seed=seed))

    return look


def test_codes_are_in_order():
    assert [law.code for law in NETWORK_LAWS] == [f"NET{i:02}" for i in range(1, 14)]


CENTRED = {
    "uniform": WEIGHTS,
    "normal": "[Value(random.gauss(0, n_in ** -0.5)) for _ in range(n_in)]",
    "signs": "[Value(random.choice((-1, 1))) for _ in range(n_in)]",
}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", CENTRED)
def test_usual_weights_begin_different_and_centred(examine, name, seed):
    source = network((f"self.w = {WEIGHTS}", f"self.w = {CENTRED[name]}"))
    for code in ("NET08", "NET09"):
        book = examine(code, source, seed)
        assert (book.compared, book.breaches) == (2, [])


@pytest.mark.parametrize("name", ["all weights, then all biases", "last layer listed first"])
def test_weights_are_told_from_biases_in_any_order(examine, name):
    """Biases are 0, and so alike."""
    for code in ("NET08", "NET09"):
        assert examine(code, UNUSUAL[name]).breaches == []


@pytest.mark.parametrize(
    ("low", "high"), [("0", "1"), ("-2", "1"), ("-1", "2"), ("-1", "0"), ("1", "1")]
)
@pytest.mark.parametrize("what", ["weights", "biases"])
def test_parameters_off_centre_are_said(examine, what, low, high):
    drawn = f"random.uniform({low}, {high})"
    if what == "weights":
        source = network((f"self.w = {WEIGHTS}", f"self.w = [Value({drawn}) for _ in range(n_in)]"))
    else:
        source = network((f"self.b = {BIAS}", f"self.b = Value({drawn})"))
    (breach,) = examine("NET09", source).breaches
    count = "1,000" if what == "weights" else "202"
    start = f"the {count} {what} of a new MLP(3, [200, 2]) "
    assert breach.message.startswith(start + ("are all 1.0" if low == "1" else "have the mean "))


def test_zero_weights_are_centred_and_alike(examine):
    source = network((f"self.w = {WEIGHTS}", "self.w = [Value(0.0) for _ in range(n_in)]"))
    assert examine("NET09", source).breaches == []
    first, second = examine("NET08", source).breaches
    assert first.message.startswith("all 8 neurons of layer 0 of a new MLP(8, [8, 8, 2]) have the")
    assert "layer 1" in second.message


def test_last_layer_may_begin_alike(examine):
    """Its neurons have targets of their own, so they part at the first step."""
    source = network(
        ("        self.layer, self.last = layer, last\n",
         "        self.layer, self.last = layer, last\n"
         "        if last:\n            self.w = [Value(0.0) for _ in range(n_in)]\n"),
    )  # fmt: skip
    assert examine("NET08", source).breaches == []


def with_generator(*pairs: tuple[str, str]) -> str:
    """The right network with a generator that is handed on to every neuron."""
    right = network(
        ("def __init__(self, n_in, layer=0, last=False):",
         "def __init__(self, n_in, layer=0, last=False, rng=random):"),
        ("Value(random.uniform(-1, 1))", "Value(rng.uniform(-1, 1))"),
        ("def __init__(self, n_in, n_out, layer=0, last=False):",
         "def __init__(self, n_in, n_out, layer=0, last=False, rng=random):"),
        ("Neuron(n_in, layer, last) for", "Neuron(n_in, layer, last, rng) for"),
        ("def __init__(self, n_in, widths):", "def __init__(self, n_in, widths, rng=random):"),
        ("i, i == len(widths) - 1) for", "i, i == len(widths) - 1, rng) for"),
    )  # fmt: skip
    for old, new in pairs:
        assert right.count(old) == 1
        right = right.replace(old, new)
    return right


NOT_USED = "two MLP(3, [4, 3, 2]) of different rng have equal parameters: it is not used"
NOT_ALL = "two MLP(3, [4, 3, 2]) of equal rng have different parameters: it is not all they are "


@pytest.mark.parametrize(
    ("pairs", "said"),
    [((), None), ((("last, rng) for", "last) for"),), NOT_USED),
     ((("Value(rng.uniform", "Value(random.uniform"),), NOT_USED),
     ((("self.b = Value(0.0)", "self.b = Value(random.random())"),), NOT_ALL),
     ((("Value(rng.uniform", "Value(random.Random(1).uniform"),), NOT_USED)],
)  # fmt: skip
def test_generator_is_all_that_parameters_are_drawn_from(examine, pairs, said):
    state = random.getstate()
    book = examine("NET10", with_generator(*pairs))
    assert random.getstate() == state
    assert book.compared == 2
    assert len(book.breaches) == (said is not None)
    assert all(breach.message.startswith(said) for breach in book.breaches)


def test_seed_is_a_generator_too(examine):
    seeded = with_generator(
        ("widths, rng=random):\n", "widths, seed=None):\n        rng = random.Random(seed)\n")
    )
    book = examine("NET10", seeded)
    assert (book.compared, book.breaches) == (2, [])
    constant = seeded.replace("random.Random(seed)", "random.Random(7)")
    assert "of different seed" in examine("NET10", constant).breaches[0].message


def test_generator_that_is_missing_or_of_another_kind_is_not_examined(examine):
    assert examine("NET10").skipped == "the network takes no rng and no seed"
    other = with_generator(
        ("widths, rng=random):\n", "widths, rng=None):\n        rng = rng and rng.integers\n"
         "        rng = rng or random\n"),
    )  # fmt: skip
    assert examine("NET10", other).skipped.startswith("its rng is not known how to make: MLP(3")


IMPOSSIBLE = "MLP(0, [2]), MLP(-1, [2]), MLP(2, [0]), MLP(2, [2, 0, 1]), MLP(2, [-1]), MLP(2, [])"


def test_impossible_shapes_that_are_accepted_are_listed(examine):
    book = examine("NET11")
    (breach,) = book.breaches
    assert book.compared == 9
    said = f"accepted without an error: {IMPOSSIBLE}, MLP(True, [2]), MLP(2, [True])"
    assert breach.message == said


CHECKED = "        sizes = [n_in] + widths\n"


@pytest.mark.parametrize(
    ("check", "left"),
    [("assert widths and min(sizes) >= 1", "MLP(True, [2]), MLP(2, [True])"),
     ("assert widths and min(sizes) >= 1 and all(type(n) is int for n in sizes)", None),
     ("assert widths and min(sizes) >= 0 and all(type(n) is int for n in sizes)",
      "MLP(0, [2]), MLP(2, [0]), MLP(2, [2, 0, 1])")],
)  # fmt: skip
def test_impossible_shapes_that_are_refused_are_not(examine, check, left):
    book = examine("NET11", network((CHECKED, f"{CHECKED}        {check}\n")))
    assert book.compared == 9
    found = [breach.message for breach in book.breaches]
    assert found == ([] if left is None else [f"accepted without an error: {left}"])


def test_layers_are_called_by_themselves(examine):
    assert examine("NET12").compared == 6
    assert examine("NET12", network(*OTHER_CALL)).breaches == []


@pytest.mark.parametrize("name", [n for n in UNUSUAL if n != "a list taken for one neuron"])
def test_layers_of_unusual_networks_are_right_or_not_there(examine, name):
    book = examine("NET12", UNUSUAL[name])
    assert book.breaches == []
    assert book.compared == 6


def test_network_that_applies_its_activation_itself_has_linear_layers(examine):
    source = network(
        ("        return z.tanh()\n", "        return z\n"),
        ("            x = layer(x)\n", "            x = [z.tanh() for z in layer(x)]\n"),
    )
    book = examine("NET12", source)
    assert (book.compared, book.breaches) == (6, [])


def test_network_without_a_list_of_layers_is_not_examined(examine):
    source = network(
        ("        self.layers = [\n", "        layers = [\n"),
        ("        for layer in self.layers:\n", "        for layer in self._layers():\n"),
        ("for layer in self.layers for p", "for layer in self._layers() for p"),
        ("    def zero_grad(self):",
         "    def _layers(self):\n        return vars(self.kept).values()\n\n"
         "    def zero_grad(self):"),
        ("for i in range(len(widths))\n        ]\n",
         "for i in range(len(widths))\n        ]\n        self.kept = Kept()\n"
         "        self.kept.__dict__.update(enumerate(layers))\n"),
    ) + "\n\nclass Kept:\n    pass\n"  # fmt: skip
    assert examine("NET12", source).skipped == "no list of it holds its layers"


def test_wrong_answer_of_a_layer_says_where_it_must_lie(examine):
    turned = network(*OTHER_CALL, ("return self.outputs(x)\n", "return self.outputs(x[::-1])\n"))
    breach = examine("NET12", turned).breaches[0]
    start = "layer 0 of MLP(3, [4, 3, 2]), called by itself, gives output 0 as "
    assert breach.message.startswith(start)
    assert not breach.expected.low <= breach.actual <= breach.expected.high


def test_only_output_in_a_list_is_a_note(examine):
    assert examine("NET13").breaches == []
    (breach,) = examine("NET13", UNUSUAL["output always a list"]).breaches
    assert breach.message == "MLP(2, [1]) answers with its only output in a list"


def test_random_is_as_it_was_after_drawing(engine_file):
    made = open_network(engine_file(RIGHT).replace(":Value", ":MLP"))
    state = random.getstate()
    first, second = (made.drawn(Shape(2, (3,)), 5).values() for _ in range(2))
    assert first == second != made.drawn(Shape(2, (3,)), 6).values()
    assert random.getstate() == state
