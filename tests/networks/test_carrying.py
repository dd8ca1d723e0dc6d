"""Parameters carried as balls: what they hold and how long; and the ball oracle under them."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from flint import arb

from verify.check import holds
from verify.networks import Shape
from verify.networks.architecture import ACTIVATIONS, ORDERS, Architecture
from verify.networks.carrying import carried, longest
from verify.networks.settings import TICKS
from verify.networks.tasks import Sample, Task, tasks
from verify.networks.training import added, stepped
from verify.oracles import BallOracle
from verify.oracles.arb_system import precision
from verify.program.text import parse_program

pytestmark = pytest.mark.once

FORMS = {"add", "sub", "pow", "mul"}
TANH, RELU, LINEAR = ACTIVATIONS[:3]
LINEAR_NEURON = Architecture(LINEAR, LINEAR, ORDERS[0])
TANH_NET = Architecture(TANH, TANH, ORDERS[0])
RELU_NET = Architecture(RELU, LINEAR, ORDERS[0])
NEURON, SMALL = Shape(1, (1,)), Shape(2, (2, 1))
RATE = 2.0**-6


def exact_training(task: Task, rate: Fraction, steps: int) -> list[tuple[Fraction, Fraction]]:
    """Weight and bias of a linear neuron after each step, in exact arithmetic, by hand."""
    w, b = map(Fraction, task.start)
    path = []
    for _ in range(steps):
        errors = [
            (w * Fraction(s.inputs[0]) + b - Fraction(s.targets[0]), Fraction(s.inputs[0]))
            for s in task.samples
        ]
        w -= rate * sum(2 * e * x for e, x in errors)
        b -= rate * sum(2 * e for e, _ in errors)
        path.append((w, b))
    return path


def test_balls_hold_the_exact_training_of_a_linear_neuron():
    task = tasks(NEURON, 3, 0, LINEAR_NEURON, FORMS)[0]
    found = carried(LINEAR_NEURON, task, RATE, 40, FORMS)
    assert len(found.balls) == 40
    for balls, exact in zip(found.balls, exact_training(task, Fraction(RATE), 40), strict=True):
        for ball, true in zip(balls, exact, strict=True):
            with precision(20_000):
                assert ball.contains(arb(true.numerator) / arb(true.denominator))
            assert float(ball.rad()) < 1e-6


def test_balls_hold_a_float_training_added_up_in_another_order():
    task = tasks(NEURON, 3, 0, LINEAR_NEURON, FORMS)[0]
    found = carried(LINEAR_NEURON, task, RATE, 60, FORMS)
    w, b = task.start
    for balls in found.balls:
        errors = [(b + s.inputs[0] * w - s.targets[0], s.inputs[0]) for s in reversed(task.samples)]
        w = w - sum(e * x * 2 * RATE for e, x in errors)
        b = b - sum(e * 2 for e, _ in errors) * RATE
        assert holds(balls[0], w)
        assert holds(balls[1], b)


def test_ball_that_is_off_by_a_part_in_ten_to_the_twelve_is_left_at_once():
    task = tasks(NEURON, 3, 0, LINEAR_NEURON, FORMS)[0]
    (balls,) = carried(LINEAR_NEURON, task, RATE, 1, FORMS).balls
    (exact,) = exact_training(task, Fraction(RATE), 1)
    for ball, true in zip(balls, exact, strict=True):
        assert holds(ball, float(true))
        assert not holds(ball, float(true) * (1 + 1e-12))


@pytest.mark.parametrize("architecture", [TANH_NET, RELU_NET], ids=str)
def test_smaller_rates_last_longer_and_wide_balls_end_it(architecture):
    task = tasks(SMALL, 3, 0, architecture, FORMS)[0]
    lasts = []
    for rate in (2.0**-4, 2.0**-6):
        found = carried(architecture, task, rate, 2000, FORMS)
        assert found.end == "wide"
        lasts.append(len(found.balls))
        widths = [max(float(ball.rad()) for ball in balls) for balls in found.balls]
        assert widths[-1] > 1e-8
        assert widths[0] < 1e-14
    assert lasts[0] < lasts[1]


def test_kink_ends_it():
    """The sum of the only neuron is 0 at the start."""
    relu = Architecture(RELU, RELU, ORDERS[0])
    task = Task(NEURON, (Sample((0.5,), (1.0,)),), (1.0, -0.5))
    found = carried(relu, task, RATE, 10, FORMS)
    assert (found.balls, found.end) == ((), "kink")


def test_longest_takes_the_task_that_lasts():
    relu = Architecture(RELU, RELU, ORDERS[0])
    kinked = Task(NEURON, (Sample((0.5,), (1.0,)),), (1.0, -0.5))
    smooth = Task(NEURON, (Sample((0.5,), (1.0,)),), (1.0, 0.5))
    assert longest([kinked, smooth], relu, RATE, 10, FORMS).task is smooth
    assert longest([smooth, kinked], relu, RATE, 10, FORMS).end == "steps"


@pytest.mark.parametrize("architecture", [TANH_NET, RELU_NET], ids=str)
def test_tasks_have_every_parameter_awake(architecture):
    found = tasks(SMALL, 3, 0, architecture, FORMS)
    assert found
    for task in found:
        program = task.loss(architecture, FORMS).program
        (answer,) = BallOracle().answers(program, [(*task.start, *task.constants)])
        assert not answer.troubles
        assert all(not ball.contains(0) for ball in answer.adjoints[: SMALL.n_parameters])
        assert len(task.names()) == program.n_inputs
        assert all(abs(x) >= TICKS / 10 / TICKS for x in (*task.start, *task.constants))


def test_step_and_sum_hold_what_float64_gives_and_little_else():
    dice = random.Random(0)
    for _ in range(200):
        p, g, rate = (dice.uniform(-1, 1) for _ in range(3))
        ball = stepped(p, arb(g), rate)
        assert holds(ball, p - rate * g)
        assert not holds(ball, (p - rate * g) + 1e-14)
        assert holds(added(arb(p), g), p + g)
        assert not holds(added(arb(p), g), p + g + 1e-14)


def test_ball_oracle_answers_at_every_number_of_a_ball():
    program = parse_program("inputs x0 x1\n%2 = mul(x0, x1)\n%3 = tanh(%2)")
    middle, radius = (0.75, -1.25), 1e-3
    (wide,) = BallOracle().answers(program, [tuple(arb(x, radius) for x in middle)])
    dice = random.Random(1)
    points = [tuple(x + dice.uniform(-radius, radius) for x in middle) for _ in range(100)]
    for narrow in BallOracle().answers(program, points):
        for quantity in ("primals", "adjoints"):
            for outer, inner in zip(
                getattr(wide, quantity), getattr(narrow, quantity), strict=True
            ):
                assert outer.contains(inner)
    assert {trouble.reason for trouble in wide.troubles} == {"wide"}
