"""Each oracle on cases whose answer is known without it: by hand, or by mpmath at 50 digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mpmath
import pytest
from flint import arb
from oracle_samples import ask

from verify.oracles import ORACLES, BallOracle, SymbolicOracle, TorchOracle
from verify.oracles.arb_system import integer_power
from verify.program import Instruction, Program, Ref
from verify.program.text import parse_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from verify.oracles import Oracle

EVERY = pytest.mark.parametrize("oracle", [made() for made in ORACLES], ids=lambda o: o.name)

BY_HAND: list[tuple[str, float, tuple[float, ...]]] = [
    ("x0 = 3.0\n%1 = mul(x0, x0)", 9.0, (6.0,)),
    ("x0 = 3.0\n%1 = add(x0, x0)", 6.0, (2.0,)),
    ("x0 = 3.0\n%1 = sub(x0, x0)", 0.0, (0.0,)),
    ("x0 = 3.0\n%1 = pow(x0, -2)\n%2 = mul(%1, 81.0)", 9.0, (-6.0,)),
    ("x0 = -2.0\n%1 = pow(x0, 3)", -8.0, (12.0,)),
    ("x0 = 0.0\n%1 = mul(x0, x0)\n%2 = pow(%1, 2)\n%3 = add(%2, x0)", 0.0, (1.0,)),
    ("x0 = 5.0", 5.0, (1.0,)),
    ("x0 = 5.0\nx1 = 7.0\n%2 = neg(x0)", -5.0, (-1.0, 0.0)),
    ("x0 = 5.0\nx1 = 8.0\n%2 = div(x0, x1)", 0.625, (0.125, -0.078125)),
    ("x0 = 4.0\nx1 = 2.0\n%2 = sum(x0, x1, x0, x0)", 14.0, (3.0, 1.0)),
    ("x0 = -1.5\n%1 = relu(x0)\n%2 = abs(x0)\n%3 = add(%1, %2)", 1.5, (-1.0,)),
    ("x0 = 1.5\nx1 = 2.5\n%2 = max(x0, x1)\n%3 = min(x0, x1)\n%4 = sub(%2, %3)", 1.0, (-1.0, 1.0)),
    ("x0 = 1.5\n%1 = div(3.0, x0)", 2.0, (-4.0 / 3.0,)),
    ("x0 = 1.0\nx1 = 0.5\n%2 = log(x0)\n%3 = mul(%2, x1)", 0.0, (0.5, 0.0)),
    ("x0 = 0.0\n%1 = exp(x0)\n%2 = sin(x0)\n%3 = cos(x0)\n%4 = sum(%1, %2, %3)", 2.0, (2.0,)),
    ("x0 = 0.0\n%1 = tanh(x0)\n%2 = sigmoid(x0)\n%3 = add(%1, %2)", 0.5, (1.25,)),
    ("x0 = 3.0\n%1 = power(2.0, x0)\n%2 = isub(%1, x0)\n%3 = pow(%2, 0)", 1.0, (0.0,)),
]


@EVERY
@pytest.mark.parametrize(("text", "value", "gradient"), BY_HAND)
def test_oracle_answers_what_a_hand_computes(
    oracle: Oracle, text: str, value: float, gradient: tuple[float, ...]
) -> None:
    program, answer = ask(oracle, text)
    assert not answer.troubles
    assert near(answer.primals[program.output], value)
    for adjoint, slope in zip(answer.adjoints, gradient, strict=False):
        assert near(adjoint, slope)


def near(ball: Any, number: float) -> bool:
    """Encloses the number, or the number next to it: hand results are rounded once."""
    return bool(ball.overlaps(arb(number, abs(number) * 2.0**-52)))


NEURON = """
x0 = 2.0
x1 = 0.0
x2 = -3.0
x3 = 1.0
x4 = 6.8813735870195432
%5 = mul(x0, x2)
%6 = mul(x1, x3)
%7 = add(%5, %6)
%8 = add(%7, x4)
%9 = tanh(%8)
"""


@EVERY
def test_oracle_knows_the_neuron_of_the_notebook(oracle: Oracle) -> None:
    with mpmath.workdps(50):
        o = mpmath.tanh(mpmath.mpf(6.8813735870195432) - 6)
        slope = 1 - o * o
        truth = [-3 * slope, slope, 2 * slope, mpmath.mpf(0), slope]
        _, answer = ask(oracle, NEURON)
        assert near(answer.primals[9], float(o))
        assert all(near(a, float(t)) for a, t in zip(answer.adjoints, truth, strict=False))
    rounded = [-1.5, 0.5, 1.0, 0.0, 0.5]
    assert [round(float(a.mid()), 7) for a in answer.adjoints[:5]] == rounded


FORMULAS: list[tuple[str, Callable[..., Any]]] = [
    (
        "x0 = 0.7\nx1 = -1.3\n%2 = mul(x0, x1)\n%3 = tanh(%2)\n%4 = exp(x0)\n%5 = div(%4, x1)\n"
        "%6 = add(%3, %5)",
        lambda x, y: mpmath.tanh(x * y) + mpmath.exp(x) / y,
    ),
    (
        "x0 = 1.7\nx1 = 1.3\n%2 = mul(x0, x1)\n%3 = log(%2)\n%4 = mul(%3, %2)\n%5 = sin(%2)\n"
        "%6 = sub(%4, %5)\n%7 = sqrt(%6)\n%8 = imul(%7, %3)",
        lambda x, y: mpmath.sqrt(x * y * mpmath.log(x * y) - mpmath.sin(x * y)) * mpmath.log(x * y),
    ),
    (
        "x0 = 0.3\nx1 = -2.6\n%2 = power(x0, x1)\n%3 = sigmoid(x1)\n%4 = pow(%2, -1.5)\n"
        "%5 = sum(%2, %3, %4)\n%6 = sub(2, %5)",
        lambda x, y: 2 - (x**y + 1 / (1 + mpmath.exp(-y)) + (x**y) ** mpmath.mpf("-1.5")),
    ),
    (
        "x0 = -0.4\nx1 = 0.9\n%2 = power(2.5, x0)\n%3 = cos(%2)\n%4 = pow(%3, 3)\n%5 = div(1, %2)\n"
        "%6 = idiv(%4, %5)\n%7 = max(%6, x0)\n%8 = mul(%7, x1)",
        lambda x, y: mpmath.cos(mpmath.mpf(2.5) ** x) ** 3 * mpmath.mpf(2.5) ** x * y,
    ),
]


@pytest.mark.parametrize(("text", "formula"), FORMULAS)
def test_ball_and_symbolic_enclose_the_truth_at_fifty_digits(
    text: str, formula: Callable[..., Any]
) -> None:
    point = parse_case(text).point
    with mpmath.workdps(60):
        truths = [formula(*map(mpmath.mpf, point))]
        truths += [
            mpmath.diff(formula, tuple(map(mpmath.mpf, point)), order) for order in ((1, 0), (0, 1))
        ]
        exact = [arb(f"[{mpmath.nstr(truth, 40)} +/- 1e-24]") for truth in truths]
    for oracle in (BallOracle(), SymbolicOracle()):
        program, answer = ask(oracle, text)
        found = [answer.primals[program.output], *answer.adjoints[:2]]
        assert all(map(arb.overlaps, found, exact))
        assert all(ball.rel_accuracy_bits() > 40 for ball in found)
    assert all(ball.rel_accuracy_bits() >= 70 for ball in found), "symbolic is exact"


@EVERY
@pytest.mark.parametrize("seed", [-3.0, 0.5, 0.0])
def test_seed_scales_every_adjoint(oracle: Oracle, seed: float) -> None:
    case = parse_case(NEURON)
    (one,) = oracle.answers(case.program, [case.point])
    (scaled,) = oracle.answers(case.program, [case.point], seed)
    assert all(p is None or p.overlaps(q) for p, q in pairs(one.primals, scaled.primals))
    for before, after in pairs(one.adjoints, scaled.adjoints):
        assert (before is None) == (after is None)
        assert before is None or after.overlaps(before * seed * arb(1, 1e-15))
        assert before is None or before.contains(0) or not after.overlaps(before)


def pairs(one: tuple[Any, ...], other: tuple[Any, ...]) -> list[tuple[Any, Any]]:
    return list(zip(one, other, strict=True))


@EVERY
@pytest.mark.parametrize("op", ["max", "min"])
def test_extremum_of_one_node_has_slope_exactly_one(oracle: Oracle, op: str) -> None:
    program = Program(1, (Instruction("mul", (2, Ref(0))), Instruction(op, (Ref(1), Ref(1)))))
    (answer,) = oracle.answers(program, [(1.5,)])
    assert not answer.troubles
    assert answer.adjoints[0].contains(arb(2))
    assert float(answer.adjoints[0].rad()) < 1e-15


@pytest.mark.parametrize("oracle", [BallOracle(), SymbolicOracle()], ids=lambda o: o.name)
@pytest.mark.parametrize("op", ["max", "min"])
def test_extremum_at_a_tie_encloses_every_slope(oracle: Oracle, op: str) -> None:
    _, answer = ask(oracle, f"x0 = 1.5\nx1 = 1.5\n%2 = {op}(x0, x1)")
    for adjoint in answer.adjoints[:2]:
        assert all(adjoint.contains(arb(slope)) for slope in (0, 0.25, 1))
        assert not adjoint.contains(arb(1.0625))


@EVERY
def test_oracle_answers_each_point_in_order_and_alike(oracle: Oracle) -> None:
    program = parse_case("x0 = 0.0\n%1 = exp(x0)\n%2 = mul(%1, x0)").program
    points = [(0.25,), (-1.0,), (2.0,)]
    together = oracle.answers(program, points)
    assert [str(a) for a in together] == [str(oracle.answers(program, [p])[0]) for p in points]
    assert [float(a.primals[0].mid()) for a in together] == [0.25, -1.0, 2.0]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("middle", [0.0, 0.5, -0.5, 1e-9])
def test_integer_power_encloses_every_power(n: int, middle: float) -> None:
    ball = integer_power(arb(middle, 0.75), n)
    samples = [middle + 0.75 * k / 16 for k in range(-16, 17)]
    assert all(ball.contains(arb(x) ** n) for x in samples)
    assert float(ball.rad()) <= 1.001 * (abs(middle) + 0.75) ** n
    assert integer_power(arb(0), n) == 0


def test_torch_answers_overflow_instead_of_infinity() -> None:
    _, answer = ask(TorchOracle(), "x0 = 800.0\n%1 = exp(x0)")
    assert [t.reason for t in answer.troubles] == ["overflow"]
    assert answer.primals == answer.adjoints == (None, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x0 = 800.0\n%1 = exp(x0)", "overflow"),
        ("x0 = nan\n%1 = add(x0, x0)", "overflow"),
        ("x0 = inf\n%1 = mul(x0, 2)", "overflow"),
        ("x0 = 1e-150\n%1 = mul(x0, x0)", "underflow"),
        ("x0 = 0.3\n%1 = sub(x0, x0)\n%2 = log(%1)", "domain"),
        ("x0 = 0.0\n%1 = relu(x0)", "kink"),
        ("x0 = 1e6\n%1 = pow(x0, 2)\n%2 = sin(%1)", "wide"),
    ],
)
def test_ball_says_why_it_cannot_decide(text: str, reason: str) -> None:
    _, answer = ask(BallOracle(), text)
    assert reason in {trouble.reason for trouble in answer.troubles}
