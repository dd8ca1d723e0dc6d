"""Neurons, layers, the perceptron: shapes, order, labels and refusals."""

from __future__ import annotations

import math
import random

import pytest

from microgradref import MLP, Layer, Module, Neuron, Value


def test_neuron_is_tanh_of_the_weighted_sum() -> None:
    neuron = Neuron(2, random.Random(0))
    w0, w1 = (w.data for w in neuron.weights)
    expected = math.tanh(neuron.bias.data + w0 * 0.5 + w1 * -2.0)
    assert neuron([0.5, -2.0]).data == expected
    assert neuron([Value(0.5), Value(-2.0)]).data == expected
    assert neuron((0.5, Value(-2.0))).data == expected


def test_mlp_parameters_are_weights_then_bias_layer_by_layer() -> None:
    mlp = MLP(2, [2, 1], random.Random(0))
    assert [p.label for p in mlp.parameters()] == [
        *("W0-N0-L0", "W1-N0-L0", "B-N0-L0"),
        *("W0-N1-L0", "W1-N1-L0", "B-N1-L0"),
        *("W0-N0-L1", "W1-N0-L1", "B-N0-L1"),
    ]
    rng = random.Random(0)
    assert [p.data for p in mlp.parameters()] == [rng.uniform(-1, 1) for _ in range(9)]


def test_mlp_of_the_notebook_has_41_parameters() -> None:
    parameters = MLP(3, [4, 4, 1]).parameters()
    assert len(parameters) == len(set(parameters)) == 41
    assert all(-1 <= p.data <= 1 for p in parameters)


def test_mlp_without_generator_uses_the_global_one() -> None:
    random.seed(5)
    first = [p.data for p in MLP(1, [1]).parameters()]
    random.seed(5)
    assert first == [p.data for p in MLP(1, [1]).parameters()]


def test_single_output_is_a_value_and_several_are_a_list() -> None:
    assert isinstance(MLP(3, [4, 1])([1, 2, 3]), Value)
    assert isinstance(Layer(3, 1)([1, 2, 3]), Value)
    several = MLP(3, [1, 2])([1, 2, 3])
    assert isinstance(several, list)
    assert len(several) == 2
    assert len(MLP(3, [1]).outputs([1, 2, 3])) == 1


def test_layer_of_one_neuron_feeds_the_next() -> None:
    assert isinstance(MLP(1, [1, 1, 1])([0.5]), Value)


@pytest.mark.parametrize("given", [[], [1.0, 2.0], [1.0, 2.0, 3.0, 4.0]])
def test_wrong_number_of_inputs_is_refused(given: list[float]) -> None:
    with pytest.raises(ValueError, match=rf"^MLP takes 3 inputs, got {len(given)}$"):
        MLP(3, [4, 1])(given)
    with pytest.raises(ValueError, match=rf"^Neuron N0-L0 takes 3 inputs, got {len(given)}$"):
        Neuron(3)(given)
    with pytest.raises(ValueError, match=rf"takes 3 inputs, got {len(given)}$"):
        Layer(3, 2)(given)


def test_input_that_is_no_sequence_is_refused() -> None:
    with pytest.raises(TypeError, match="MLP takes a sequence of inputs, got float"):
        MLP(1, [1])(2.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("n_inputs", "n_neurons"), [(0, [1]), (-1, [1]), (3, []), (3, [0]), (3, [4, -1])]
)
def test_impossible_shape_is_refused(n_inputs: int, n_neurons: list[int]) -> None:
    with pytest.raises(ValueError, match="at least"):
        MLP(n_inputs, n_neurons)


@pytest.mark.parametrize("count", [2.0, "3", True])
def test_shape_that_is_no_int_is_refused(count: object) -> None:
    with pytest.raises(TypeError, match="is an int, got"):
        Neuron(count)  # type: ignore[arg-type]


def test_module_zero_grad_clears_every_parameter() -> None:
    mlp = MLP(2, [2, 1], random.Random(0))
    out = mlp([1.0, 2.0])
    assert isinstance(out, Value)
    out.backward()
    assert all(p.grad != 0.0 for p in mlp.parameters())
    mlp.zero_grad()
    assert all(p.grad == 0.0 for p in mlp.parameters())
    assert Module().parameters() == []


def test_repr_tells_shape_and_weights() -> None:
    mlp = MLP(2, [2, 1], random.Random(0))
    lines = repr(mlp).splitlines()
    assert lines[0] == "MLP(2, [2, 1])"
    assert lines[1].strip() == "Layer(2, 2)"
    assert lines[2].strip() == "Neuron(N0-L0, weights=[0.6888, 0.5159], bias=-0.1589)"
    assert len(lines) == 6
