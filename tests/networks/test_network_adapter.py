"""The adapter: what it finds, what it refuses, and the tables it chooses from."""

from __future__ import annotations

import json
import random
from dataclasses import asdict

import pytest
from faulty_engines import SOURCE
from network_sources import RIGHT, TANH, UNUSUAL, network

from verify.engines import OverrideError, TargetError
from verify.laws import BY_CODE
from verify.networks import ACTIVATIONS, ORDERS, UNSAID, Driven, Shape, open_network
from verify.networks.architecture import architectures
from verify.networks.settings import setting

pytestmark = pytest.mark.once

RICH = Shape(3, (4, 3, 2))


@pytest.fixture
def opened(engine_file):
    return lambda source: open_network(engine_file(source).replace(":Value", ":MLP"), steps=5)


def test_facts_are_what_a_user_writes_and_can_be_json(opened):
    facts = opened(RIGHT).facts
    assert facts.construct == "MLP(3, [4, 3, 2])"
    assert (facts.call, facts.parameters, facts.zero_grad) == (
        "(inputs)",
        ".parameters()",
        ".zero_grad()",
    )
    assert (facts.hidden, facts.last) == ("tanh", "tanh")
    assert facts.order == "layer by layer, neuron by neuron, weights then bias"
    assert json.loads(json.dumps(facts.as_dict())) == asdict(facts)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("relu, last linear", "relu, last layer linear; layer by layer, neuron by neuron, w"),
        ("relu everywhere", "relu, last layer relu; "),
        ("tanh, last linear", "tanh, last layer linear; "),
        ("linear", "linear, last layer linear; "),
        ("tanh by exponentials", "tanh by exponentials, last layer tanh by exponentials; "),
        ("bias listed first", "tanh, last layer tanh; layer by layer, neuron by neuron, bias then"),
        ("all weights, then all biases", "tanh, last layer tanh; all weights, then all biases"),
        ("last layer listed first", "tanh, last layer tanh; last layer first, neuron by neuron, w"),
    ],
)
def test_architecture_is_found(opened, name, found):
    assert str(opened(UNUSUAL[name]).architecture).startswith(found)


@pytest.mark.parametrize(
    ("name", "construct"),
    [
        ("sizes in one list", "MLP([3, 4, 3, 2])"),
        ("sizes one by one", "MLP(3, 4, 3, 2)"),
        ("a list taken for one neuron", "MLP(3, 4, 3, 2)"),
        ("params and forward", "MLP(3, [4, 3, 2])"),
    ],
)
def test_construction_is_found(opened, name, construct):
    assert opened(UNUSUAL[name]).facts.construct == construct


def test_engine_is_that_of_the_parameters(opened):
    network = opened(RIGHT)
    assert network.facts.value.endswith(":Value")
    assert network.engine.facts.imports[-1].endswith("import Value")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (network(("class MLP:", "class Perceptron:")), "has no class 'MLP'"),
        (network(("def parameters(self):\n        return [p for layer", "def _p(self):\n        "
                  "return [p for layer")), "is not a network: MLP(3, [4, 3, 2]) has no parameters"),
        (network(("        sizes = [n_in] + widths\n", "        raise OSError('no disk')\n")),
         "is not a network: MLP(3, [4, 3, 2]) raises OSError: no disk"),
        (network(("        return [p for layer in self.layers for p in layer.parameters()]\n",
                  "        return []\n")), "lists no parameters"),
        (network(("        return [p for layer in self.layers for p in layer.parameters()]\n",
                  "        return [1.0, 2.0]\n")), "is not an engine"),
    ],
)  # fmt: skip
def test_what_is_no_network_is_refused_in_one_sentence(opened, source, words):
    with pytest.raises(TargetError) as caught:
        opened(source)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_engine_of_a_network_is_driven_as_the_configuration_says_of_it(engine_file):
    """It is the class that the table is about; another's table is no business of it."""
    hidden = RIGHT.replace("self.grad = 0.0", "self.slope = [0.0]").replace(".grad", ".slope[0]")
    target = engine_file(hidden)
    network, table = target.replace(":Value", ":MLP"), {"gradient": ".slope[0]"}
    for driven in (UNSAID, Driven(target), Driven(engine_file(SOURCE), table)):
        with pytest.raises(TargetError, match=r"cannot be examined|is not an engine"):
            open_network(network, driven=driven)
    opened = open_network(network, steps=5, driven=Driven(target, table))
    assert opened.engine.facts.gradient == ".slope[0]"
    for code in ("NET04", "NET06"):  # training sets gradients to 0 by assignment
        book = BY_CODE[code].examine(opened)
        assert book.compared
        assert not book.breaches


def test_table_that_does_not_work_is_refused_by_its_key(engine_file):
    target = engine_file(RIGHT)
    driven = Driven(target, {"gradient": ".slope"})
    with pytest.raises(OverrideError, match=r"engine\.gradient = '\.slope' does not work"):
        open_network(target.replace(":Value", ":MLP"), driven=driven)


def test_network_that_raises_when_called_is_opened_and_accused(opened):
    """It is a network, only a wrong one: exit code 1 and not 3."""
    broken = opened(network((TANH, "        raise SystemExit(3)\n")))
    assert broken.architecture is None
    assert "called with 3 inputs raises SystemExit" in broken.trouble


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
def test_orders_are_permutations_and_differ(order):
    (one,) = [a for a in architectures() if a.order is order and a.functions[:2] == ("relu",) * 2]
    values = list(range(RICH.n_parameters))
    listed = one.listed(RICH, values)
    assert sorted(listed) == values
    assert one.unlisted(RICH, listed) == values
    others = [a for a in architectures() if a.order is not order and a.hidden is one.hidden]
    assert all(a.listed(RICH, values) != listed for a in others)


def test_by_hand_orders_of_a_small_shape():
    listed = {
        a.order.name: [str(s) for s in a.listed(Shape(2, (1,)), list(Shape(2, (1,)).slots()))]
        for a in architectures()
    }
    weights = [f"weight {i} of neuron 0 in layer 0" for i in range(2)]
    bias = ["the bias of neuron 0 in layer 0"]
    assert listed["layer by layer, neuron by neuron, weights then bias"] == weights + bias
    assert listed["all biases, then all weights"] == bias + weights


def test_names_of_activations_and_orders_are_unique():
    for rows in (ACTIVATIONS, ORDERS):
        assert len({row.name for row in rows}) == len(rows)


@pytest.mark.parametrize("shape", [Shape(1, (1,)), RICH, Shape(40, (60, 3))])
def test_settings_are_generic_and_repeatable(shape):
    for number in range(3):
        one = setting(shape, number, 7)
        sizes = [abs(x) for x in one.point]
        assert len(set(sizes)) == len(sizes) == shape.n_parameters + shape.n_inputs
        assert all(2e-5 < x < 1 for x in sizes)
        assert one == setting(shape, number, 7) != setting(shape, number, 8)
        assert all(x > 0 for x in one.point) == (number == 2)


def test_making_a_network_does_not_move_the_random_state(opened):
    made = opened(RIGHT)
    random.seed(3)
    before = random.getstate()
    made.make(RICH)
    assert random.getstate() == before
