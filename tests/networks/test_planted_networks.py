"""Every planted network breaks the law that it was made for; right ones break none."""

from __future__ import annotations

import random
from dataclasses import asdict

import pytest
from faulty_engines import replaced
from network_sources import PLANTED, RIGHT, UNUSUAL

from verify.laws import training
from verify.laws.law import Book
from verify.laws.network import NETWORK_LAWS
from verify.networks import Network, open_network
from verify.oracles import BallOracle, Bench, TorchOracle

pytestmark = pytest.mark.once

BY_CODE = {law.code: law for law in NETWORK_LAWS}
STEPS = 60
"""Of the trajectory, here: enough for every planted fault."""


@pytest.fixture
def opened(engine_file):
    """A network's source as a network."""

    def make(source: str, steps: int = STEPS) -> Network:
        target = engine_file(source).replace(":Value", ":MLP")
        return open_network(target, steps=steps)

    return make


def examined(network: Network) -> dict[str, Book]:
    """The book of every law."""
    books = {law.code: law.examine(network) for law in NETWORK_LAWS}
    for book in books.values():
        assert not book.empty
        for breach in book.breaches:
            assert "\n" not in breach.message
            assert "could not be examined" not in breach.message
    return books


def broken(network: Network) -> list[str]:
    """The laws broken, conventions aside."""
    return [
        code for code, book in examined(network).items()
        if book.breaches and BY_CODE[code].severity != "note"
    ]  # fmt: skip


@pytest.mark.parametrize("name", UNUSUAL)
def test_right_network_written_otherwise_breaks_nothing(opened, name):
    network = opened(UNUSUAL[name])
    assert network.architecture is not None
    assert broken(network) == []


@pytest.mark.parametrize("name", PLANTED)
def test_planted_network_breaks_its_law_first(opened, name):
    """The first law broken is the one that says what is wrong; later ones may follow from it."""
    code, source = PLANTED[name]
    assert source != RIGHT
    assert broken(opened(source))[:1] == [code]


def test_reference_network_breaks_nothing_in_a_thousand_steps():
    network = open_network("microgradref:MLP")
    books = examined(network)
    assert all(not book.breaches and not book.skipped for book in books.values())
    numbers = 3 + 1 + (9 + 9) + 9 + 9  # outputs, loss, gradients, parameters, and the compound's
    assert books["NET06"].compared == 1000 * numbers
    assert network.facts.trajectory_steps == network.facts.compounding_steps == 1000
    assert network.facts.undecided_steps == 0
    assert network.facts.compounding_end == "steps"


def test_published_network_truncates_and_lacks_bottlenecks_only():
    network = open_network("micrograd.nn:MLP", steps=STEPS)
    books = examined(network)
    assert {code for code, book in books.items() if book.breaches} == {"NET03", "NET07", "NET11"}
    assert {code for code, book in books.items() if book.skipped} == {"NET10"}
    (breach,) = books["NET03"].breaches
    assert breach.fault == "zip-truncation"
    assert "too few (2), too many (4), none (0)" in breach.message
    assert {BY_CODE[code].severity for code in ("NET03", "NET07")} == {"warning"}


def test_examination_is_repeatable_and_leaves_random_alone(opened):
    state = random.getstate()
    first, second = opened(RIGHT), opened(RIGHT)
    assert {c: b.compared for c, b in examined(first).items()} == {
        c: b.compared for c, b in examined(second).items()
    }
    assert random.getstate() == state
    facts = [asdict(network.facts) | {"target": "", "name": ""} for network in (first, second)]
    assert facts[0] | {"value": ""} == facts[1] | {"value": ""}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("target", ["microgradref:MLP", "micrograd.nn:MLP"])
def test_other_seeds_accuse_nobody(target, seed):
    assert set(broken(open_network(target, seed=seed, steps=STEPS))) <= {"NET03", "NET07"}


def test_wrong_output_names_output_setting_and_nearest(opened):
    network = opened(PLANTED["an activation that is off by 1e-13"][1])
    (breach,) = BY_CODE["NET02"].examine(network).breaches
    assert "none of the architectures known: the nearest (tanh, last layer tanh; " in breach.message
    assert "12 digits agree" in breach.message or "13 digits agree" in breach.message
    assert "parameters of setting 0 of seed 0" in breach.message
    assert breach.expected is not None
    assert breach.actual is not None


def test_wrong_gradients_are_one_finding(opened):
    """What training makes of them follows, and is not told again."""
    network = opened(PLANTED["biases have no gradient"][1])
    books = examined(network)
    wrong = [
        code for code, book in books.items() if book.breaches and BY_CODE[code].severity == "error"
    ]
    assert wrong == ["NET04"]
    assert all("NET04" in books[code].skipped for code in ("NET05", "NET06"))
    assert network.facts.trajectory_steps is None


def test_training_laws_stand_alone_where_a_pass_was_not_examined(opened):
    network = opened(PLANTED["biases have no gradient"][1])
    assert BY_CODE["NET05"].examine(network).breaches


@pytest.mark.parametrize("code", ["NET04", "NET05", "NET06"])
def test_exception_in_training_is_a_breach_in_its_own_words(opened, code):
    (breach,) = BY_CODE[code].examine(opened(PLANTED["backward raises"][1])).breaches
    assert breach.message.endswith("backward() of the squared error raises OSError: no")


def test_missing_gradient_is_said(opened):
    (breach,) = BY_CODE["NET04"].examine(opened(PLANTED["biases have no gradient"][1])).breaches[:1]
    assert "the gradient of the bias of neuron 0 in layer 0 is missing, but must" in breach.message
    assert breach.actual is None


def test_missing_parameters_leave_the_other_laws_with_a_reason(opened):
    books = examined(opened(PLANTED["bias left out of parameters"][1]))
    for code in ("NET02", "NET04", "NET05", "NET06", "NET07"):
        assert "NET01" in books[code].skipped
        assert not books[code].breaches


@pytest.mark.parametrize("name", ["zero_grad forgets the biases", "zero_grad does nothing"])
def test_gradients_left_by_zero_grad_are_stale(opened, name):
    (breach,) = BY_CODE["NET05"].examine(opened(PLANTED[name][1])).breaches[:1]
    assert breach.fault == "stale-gradients"
    assert "parameters still have gradients" in breach.message


def test_old_gradient_inside_a_new_one_is_stale(opened):
    """The number is the right one plus that of the step before."""
    (breach,) = (
        BY_CODE["NET05"].examine(opened(PLANTED["zeroed gradients come back"][1])).breaches[:1]
    )
    assert breach.fault == "stale-gradients"
    assert "step 2 of rate 0.0625: the gradient of " in breach.message
    assert "of the step before is still in it" in breach.message


def test_second_step_that_is_wrong_in_another_way_has_no_name(opened):
    """One step takes three calls with values, and from the fourth on the inputs are off."""
    source = replaced(PLANTED["inputs off from the hundredth call on"][1], ("> 100", "> 3"))
    (breach,) = BY_CODE["NET05"].examine(opened(source)).breaches[:1]
    assert "step 2 of rate 0.0625: the gradient of " in breach.message
    assert breach.fault is None


@pytest.mark.parametrize(
    ("name", "fault", "words"),
    [
        ("wrong length accepted", "zip-truncation", "too few (2), too many (4), none (0), where"),
        ("too few accepted", "zip-truncation", "too few (2), none (0), where"),
        ("missing inputs are made up", None, "too few (2), too many (4), none (0), where"),
    ],
)
def test_truncation_is_named_only_where_the_numbers_are_those_of_zip(opened, name, fault, words):
    (breach,) = BY_CODE["NET03"].examine(opened(PLANTED[name][1])).breaches
    assert breach.fault == fault
    assert words in breach.message


class WrongTorch(TorchOracle):
    """An oracle that is wrong about every gradient by a part in a million."""

    def answers(self, program, points, seed=1.0):
        return super().answers(program, points, seed * (1 + 1e-6))


@pytest.mark.parametrize("code", ["NET04", "NET06"])
def test_oracles_that_disagree_accuse_nobody(opened, monkeypatch, code):
    monkeypatch.setattr(training, "TorchOracle", WrongTorch)
    monkeypatch.setattr(training, "bench", lambda: Bench([BallOracle(), WrongTorch()]))
    network = opened(RIGHT)
    book = BY_CODE[code].examine(network)
    assert not book.breaches
    assert not book.compared
    assert "ball and torch disagree about" in book.doubts[0]
    if code == "NET06":
        assert (network.facts.trajectory_steps, network.facts.undecided_steps) == (0, STEPS)


def test_gradient_that_is_neither_old_nor_zero_has_no_name(opened):
    (breach,) = BY_CODE["NET05"].examine(opened(PLANTED["zero_grad sets one"][1])).breaches[:1]
    assert breach.fault is None


def test_exception_late_in_training_is_named_by_its_step(opened):
    network = opened(PLANTED["raises from the hundredth call on"][1])
    (breach,) = BY_CODE["NET06"].examine(network).breaches
    assert breach.message == (
        "training step 34: MLP(2, [2, 1]) called with 2 inputs raises OSError: full"
    )
    assert network.facts.trajectory_steps == 33


def test_step_that_goes_wrong_late_is_named_by_its_number(opened):
    source = PLANTED["inputs off from the hundredth call on"][1]
    network = opened(source)
    (breach,) = BY_CODE["NET06"].examine(network).breaches
    assert "training step 34: output 0 of sample 1 is " in breach.message  # call 101
    assert network.facts.trajectory_steps == 33
    assert network.facts.compounding_end == "breach"
