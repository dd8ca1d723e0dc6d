"""Formulas that lose digits: enclosed by a class of their own, warned of, and never an excuse."""

from __future__ import annotations

import math

import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from verify.campaign import DEFAULT, QUICK, Plan, run
from verify.check import holds
from verify.engines import open_engine
from verify.faults.planting import Plant, on_lines, plain, replacing
from verify.faults.plants import PLANTS
from verify.oracles import FORMULAS, BallOracle
from verify.program import Case, Instruction, Program, Ref
from verify.verdict import Inaccurate

pytestmark = pytest.mark.once

ROWS = {name: row for formula in FORMULAS for name, row in formula.rows.items()}
SPELLINGS = {
    "tanh": (
        lambda x: (math.exp(2 * x) - 1) / (math.exp(2 * x) + 1),
        lambda x: (math.exp(x) - math.exp(-x)) / (math.exp(x) + math.exp(-x)),
        lambda x: 2 / (1 + math.exp(-2 * x)) - 1,
        lambda x: 1 - 2 / (math.exp(2 * x) + 1),
        math.tanh,
    ),
    "sigmoid": (
        lambda x: (math.tanh(x / 2) + 1) / 2,
        lambda x: 1 - 1 / (1 + math.exp(x)),
        lambda x: math.exp(x) / (1 + math.exp(x)),
        lambda x: 1 / (1 + math.exp(-x)),
    ),
}
TANH = "        y = math.tanh(a)\n"
LOSSY = [plant for plant in PLANTS if plant.fault in {formula.code for formula in FORMULAS}]


@pytest.mark.parametrize("name", SPELLINGS)
@given(x=st.floats(-20, 20))
def test_enclosure_of_a_formula_holds_each_of_its_spellings(name, x):
    program = Program(1, (Instruction(name, (Ref(0),)),))
    (answer,) = BallOracle(rows=ROWS).answers(program, [(x,)])
    for spelling in SPELLINGS[name]:
        assert holds(answer.primals[1], spelling(x))


@given(x=st.floats(1e-3, 1e3), n=st.sampled_from([-3, -1, 0, 1, 2, 3, 7, 0.5, -2.5]))
def test_enclosure_of_powers_holds_both_spellings(x, n):
    (answer,) = BallOracle(rows=ROWS).answers(
        Program(1, (Instruction("pow", (Ref(0), n)),)), [(x,)]
    )
    assert holds(answer.primals[1], x**n)
    assert holds(answer.primals[1], math.exp(n * math.log(x)))
    assert holds(answer.adjoints[0], n * x ** (n - 1))


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "pow"])
def test_enclosure_of_a_formula_holds_the_better_one_and_is_not_loose(name):
    operands = (Ref(0), 3) if name == "pow" else (Ref(0),)
    program = Program(1, (Instruction(name, operands),))
    for x in (-7.5, -0.25, 1e-4, 0.5, 3.0):
        (wide,) = BallOracle(rows=ROWS).answers(program, [(x,)])
        (tight,) = BallOracle().answers(program, [(x,)])
        for loose, close in zip(
            wide.primals + wide.adjoints, tight.primals + tight.adjoints, strict=True
        ):
            assert loose.contains(close)
        assert wide.primals[1].rad() < arb(1e-14) * (1 + abs(wide.primals[1].mid()))


def document(plant: Plant, engine_file, oracles, extra=lambda source: source):
    forms = ("add", "mul", plant.operation)
    return run(open_engine(engine_file(extra(plant.source))), oracles, Plan(DEFAULT, forms=forms))


@pytest.mark.parametrize("plant", LOSSY, ids=lambda plant: plant.name)
def test_digits_lost_are_a_warning_with_the_formula_named(plant, engine_file, oracles):
    found = document(plant, engine_file, oracles)
    assert found.status == "certified"
    assert found.totals["inaccurate"] > 0
    (finding,) = [f for f in found.findings if f.law == "ACC01"]
    assert (finding.severity, finding.fault) == ("warning", plant.fault)
    assert finding.digits is not None
    assert finding.digits < 16
    assert "digits agree" in finding.message


@pytest.mark.parametrize(
    "spelling",
    [
        "(_exp(a) - _exp(-a)) / (_exp(a) + _exp(-a))",
        "2 / (1 + _exp(-2 * a)) - 1",
        "1 - 2 / (_exp(2 * a) + 1)",
    ],
)
def test_other_spellings_of_tanh_by_exponentials_are_no_error(spelling, engine_file, oracles):
    engine = open_engine(engine_file(replacing((TANH, f"        y = {spelling}\n"))(plain())))
    found = run(engine, oracles, Plan(QUICK))
    assert [f.law for f in found.findings if f.severity == "error"] == []
    assert "tanh-by-exponentials" in {f.fault for f in found.findings}


@pytest.mark.parametrize("plant", LOSSY, ids=lambda plant: plant.name)
def test_a_bug_beside_lost_digits_is_still_an_error(plant, engine_file, oracles):
    wrong = on_lines(plant.operation, (0,), lambda x, p: f"{x}.grad = ({p}) * out.grad")
    found = document(plant, engine_file, oracles, wrong)
    errors = [f for f in found.findings if f.severity == "error"]
    assert errors
    assert {f.operation for f in errors} == {plant.operation}
    assert all(f.law.startswith("GRA") for f in errors)


@pytest.mark.parametrize("factor", ["(1 + 1e-11)", "(1 - 1e-9)", "1.0001"])
def test_wrong_digits_that_no_formula_loses_are_an_error(factor, engine_file, oracles):
    source = replacing((TANH, f"        y = math.tanh(a) * {factor}\n"))(plain())
    found = run(open_engine(engine_file(source)), oracles, Plan(QUICK))
    assert {(f.law, f.operation) for f in found.findings if f.severity == "error"} == {
        ("VAL01", "tanh")
    }
    assert "ACC01" not in {f.law for f in found.findings}


def test_a_loss_of_digits_shows_at_least_one_number():
    with pytest.raises(ValueError, match="at least one"):
        Inaccurate("tanh-by-exponentials", "tanh", (), 3)


def test_case_that_shows_lost_digits_replays_as_still_failing(engine_file, gradverify, tmp_path):
    (plant,) = [plant for plant in LOSSY if plant.operation == "tanh"]
    target = engine_file(plant.source)
    gradverify("run", target, "--ops", "tanh,add", "--report-dir", "r")
    (case,) = (tmp_path / "r").rglob("ACC01-1.json")
    assert "STILL FAILING  ACC01" in gradverify("replay", str(case)).out
    assert gradverify("replay", str(case), "--engine", engine_file(plain())).code == 0


def test_formula_is_no_excuse_for_an_exact_case():
    """At 0 every formula is exact, and so is its enclosure."""
    case = Case(Program(1, (Instruction("tanh", (Ref(0),)),)), (0.0,))
    (answer,) = BallOracle(rows=ROWS).answers(case.program, [case.point])
    assert not holds(answer.primals[1], 1e-10)
