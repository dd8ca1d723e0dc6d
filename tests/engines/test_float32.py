"""Engines of float32: inputs are numbers that they hold, and enclosures are as wide as theirs."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest
from faulty_engines import SOURCE, replaced
from flint import arb

from verify.check import check, holds
from verify.engines import open_engine
from verify.laws import BY_CODE
from verify.oracles import BallOracle, Bench
from verify.program import Ref
from verify.program.floats import FLOAT32, FLOAT64
from verify.program.text import parse_case
from verify.verdict import Agree, Mismatch

SINGLE = Path(__file__).resolve().parents[1] / "zoo" / "engines" / "single_by_struct.py"


@pytest.fixture
def engine():
    return open_engine(f"{SINGLE}:Scalar")


def single(number: float) -> float:
    return struct.unpack("<f", struct.pack("<f", number))[0]


def test_numbers_are_rounded_to_the_nearest_that_the_format_holds():
    dice = random.Random(1)
    for _ in range(1000):
        number = dice.uniform(-1, 1) * 10 ** dice.randint(-44, 38)
        fitted = FLOAT32.fit(number)
        assert fitted == single(number)
        assert abs(arb(fitted) - number) <= abs(arb(number)) * 2.0**-24 + 2.0**-150
        assert FLOAT64.fit(number) == number
    assert (FLOAT32.fit(1e39), FLOAT32.fit(-1e39)) == (float("inf"), float("-inf"))
    assert FLOAT32.fit(float("nan")) != FLOAT32.fit(float("nan"))


def test_numbers_in_a_program_are_rounded_and_integers_stay_integers():
    program = parse_case(
        "x0 = 1.0\n%1 = mul(x0, 0.1)\n%2 = pow(%1, 3)\n%3 = add(%2, 16777217)"
    ).program
    operands = [o for i in FLOAT32.fit_program(program).instructions for o in i.operands]
    numbers = [o for o in operands if not isinstance(o, Ref)]
    assert numbers == [single(0.1), 3, 16777216]
    assert [type(n) for n in numbers] == [float, int, int]


def test_engine_is_asked_about_numbers_that_it_holds(engine, oracles: Bench):
    case = parse_case("x0 = 0.1\n%1 = mul(x0, 0.3)")
    (found,) = check(engine, oracles, case.program, [case.point])
    assert found.case.point == (single(0.1),)
    assert found.case.program.instructions[0].operands[1] == single(0.3)
    assert isinstance(found.verdict, Agree)


def test_right_float32_is_wrong_by_the_measure_of_float64_and_right_by_its_own(engine):
    case = parse_case("x0 = 0.1\nx1 = 0.7\n%2 = mul(x0, x1)\n%3 = tanh(%2)\n%4 = mul(%3, x0)")
    point = FLOAT32.fit_point(case.point)
    (narrow,) = BallOracle().answers(case.program, [point])
    (wide,) = BallOracle(floats=FLOAT32).answers(case.program, [point])
    nodes = [engine.lift(x) for x in point]
    nodes.append(engine.apply("mul", nodes[:2]))
    nodes.append(engine.apply("tanh", nodes[2:3]))
    nodes.append(engine.apply("mul", [nodes[3], nodes[0]]))
    engine.backward(nodes[-1])
    for index in (0, 1):
        assert holds(wide.adjoints[index], engine.adjoint(nodes[index]))
        assert not holds(narrow.adjoints[index], engine.adjoint(nodes[index]))
        radius = float(wide.adjoints[index].rad()) / abs(float(wide.adjoints[index].mid()))
        assert 2.0**-24 < radius < 2.0**-18


def test_an_enclosure_is_as_wide_as_one_rounding_of_each_format_and_no_wider():
    case = parse_case("x0 = 1.5\nx1 = 3.0\n%2 = mul(x0, x1)")
    for floats in (FLOAT32, FLOAT64):
        (answer,) = BallOracle(floats=floats).answers(case.program, [case.point])
        ball = answer.primals[2]
        assert ball.contains(arb(4.5, 4.5 * floats.unit * 0.99))
        assert not ball.contains(arb(4.5, 4.5 * floats.unit * 1.01))


def test_float32_s_smallest_subnormal_is_what_a_rounding_to_it_loses():
    case = parse_case("x0 = 1e-30\nx1 = 1e-30\n%2 = mul(x0, x1)")
    (answer,) = BallOracle(floats=FLOAT32).answers(case.program, [case.point])
    assert answer.primals[2].contains(arb(2.0**-149))
    assert not answer.primals[2].contains(arb(2.0**-147))


def test_a_number_wrong_by_a_thousandth_is_refused(engine, oracles: Bench, tmp_path):
    text = SINGLE.read_text(encoding="utf-8").replace("1 - single(t * t)", "1.001 - single(t * t)")
    assert "1.001" in text
    (tmp_path / "wrong.py").write_text(text, encoding="utf-8")
    wrong = open_engine(f"{tmp_path / 'wrong.py'}:Scalar")
    case = parse_case("x0 = 0.3\n%1 = tanh(x0)")
    for tried, verdict in ((engine, Agree), (wrong, Mismatch)):
        (found,) = check(tried, oracles, case.program, [case.point])
        assert isinstance(found.verdict, verdict)


@pytest.mark.parametrize("code", ["EDG01", "EDG06", "LIF01", "LIF04", "LIF05"])
def test_laws_ask_nothing_of_float32_that_it_cannot_hold(engine, code):
    book = BY_CODE[code].examine(engine)
    assert [b.message for b in book.breaches if b.fault != "interior-kept"] == []


def test_rounded_cases_of_laws_are_judged_by_float32(engine, monkeypatch):
    from verify.laws import cases

    monkeypatch.setattr(cases, "POINT", (single(0.1), single(0.7)))
    assert cases.right_when_fresh(engine, cases.chosen_case("mul", (0, 0), (1, 1)))


@pytest.mark.parametrize(
    ("which", "width"),
    [(("mul",), 64), (("mul", "exp"), 64), (("mul", "div", "exp", "tanh"), 64)],
)
def test_operations_whose_gradients_are_float32_make_no_engine_of_float32(
    engine_file, which, width
):
    """Nor do all of them: values of 16 digits would pass that are right to 7."""
    rounded = "__import__('struct').unpack('<f', __import__('struct').pack('<f', {}))[0]"
    source = SOURCE.replace("out.grad / other.data", "(1 / other.data) * out.grad")
    slopes = {
        "mul": "self.grad += other.data * out.grad",
        "div": "self.grad += (1 / other.data) * out.grad",
        "exp": "self.grad += out.data * out.grad",
        "tanh": "self.grad += (1 - out.data * out.data) * out.grad",
    }
    for form in which:
        line = slopes[form]
        assert line in source
        source = source.replace(
            line, f"self.grad += {rounded.format(line[len('self.grad += ') :])}"
        )
    assert open_engine(engine_file(source)).facts.float_width == width


def test_gradients_that_every_format_holds_say_nothing_of_the_format(engine_file):
    """Those of an engine that never runs its rules are all 0."""
    rules = "        for node in reversed(topo):\n            node._backward()\n"
    assert open_engine(engine_file(replaced(SOURCE, (rules, "")))).facts.float_width == 64
