"""The loss, the optimiser, the notebook's training run, and the example."""

from __future__ import annotations

import importlib.util
import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from microgradref import MLP, SGD, Value, squared_error, train

if TYPE_CHECKING:
    from types import ModuleType

EXAMPLE = Path(__file__).parents[2] / "examples" / "train_mlp.py"


def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("train_mlp", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_squared_error_adds_squares() -> None:
    p, q = Value(0.5), Value(2.0)
    loss = squared_error([1.0, Value(-1.0)], [p, q])
    loss.backward()
    assert (loss.data, p.grad, q.grad) == (9.25, -1.0, 6.0)


def test_squared_error_refuses_unequal_lengths_and_none() -> None:
    with pytest.raises(ValueError, match="2 targets but 1 predictions"):
        squared_error([1.0, 2.0], [Value(1.0)])
    with pytest.raises(ValueError, match="at least one prediction"):
        squared_error([], [])


def test_sgd_moves_against_the_gradient() -> None:
    p = Value(1.0)
    optimiser = SGD([p], 0.1)
    (p * p).backward()
    optimiser.step()
    assert p.data == 1.0 - 0.1 * 2.0
    assert p.grad == 2.0
    optimiser.zero_grad()
    assert p.grad == 0.0


@pytest.mark.parametrize("rate", [0.0, -0.1, float("nan"), float("inf")])
def test_sgd_refuses_a_useless_rate(rate: float) -> None:
    with pytest.raises(ValueError, match="positive and finite"):
        SGD([], rate)


def test_train_forgets_the_gradients_of_the_step_before() -> None:
    network = MLP(1, [1], random.Random(0))
    w, b = (p.data for p in network.parameters())
    train(network, [[1.0]], [0.5], steps=2, rate=0.1)
    for _ in range(2):
        w_, b_ = Value(w), Value(b)
        squared_error([0.5], [(b_ + w_ * 1.0).tanh()]).backward()
        w, b = w - 0.1 * w_.grad, b - 0.1 * b_.grad
    assert [p.data for p in network.parameters()] == [w, b]


def test_train_reports_the_loss_before_each_step() -> None:
    seen: list[tuple[int, float]] = []
    network = MLP(1, [1], random.Random(0))
    first = squared_error([0.5], network.outputs([1.0])).data
    losses = train(
        network, [[1.0]], [0.5], steps=3, on_step=lambda step, loss: seen.append((step, loss))
    )
    assert losses[0] == first
    assert seen == list(enumerate(losses))


def test_train_refuses_several_outputs() -> None:
    with pytest.raises(ValueError, match="a network of 1 output, got 2"):
        train(MLP(1, [2]), [[1.0]], [1.0])


@pytest.mark.parametrize("seed", range(20))
def test_training_run_reaches_every_target(seed: int) -> None:
    """1000 steps at 0.01 bring every prediction within 0.1 from each of the 20 seeds."""
    module = example()
    network = module.new_network(seed)
    losses = module.run(network)
    errors = [abs(y - p) for y, p in zip(module.TARGETS, module.predictions(network), strict=True)]
    assert max(errors) < 0.1
    assert losses[-1] < losses[0]


def test_example_reports_without_a_bar_where_there_is_no_terminal(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, EXAMPLE, "--seed", "3", "--picture", tmp_path / "loss.png"],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "target   before    after" in done.stdout
    assert "step 0 to 999" in done.stdout
    assert "\x1b" not in done.stdout
    assert ("The loss curve is in" in done.stdout) != ("No picture: matplotlib" in done.stdout)
    assert done.stderr == ""


def test_text_curve_spans_the_losses() -> None:
    lines = example().text_curve([100.0, 10.0, 1.0], width=3, height=3).splitlines()
    assert lines == [
        " 100.00000 | *",
        "  10.00000 |  *",
        "   1.00000 |   *",
        "      loss | step 0 to 2",
    ]
