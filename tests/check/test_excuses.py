"""Excuses: a formula that loses digits is named and not accused, and it excuses nothing else."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from faulty_engines import SOURCE, replaced

from verify.check import check, excused, judge
from verify.engines import Failure, Observation, open_engine
from verify.oracles import bench
from verify.program.text import parse_case
from verify.verdict import Agree, Inaccurate, Mismatch, Undecided, Verdict

if TYPE_CHECKING:
    from conftest import EngineFile

ORACLES = bench()

TANH = ("math.tanh(self.data)", "(math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)")
SIGMOID = """
    def sigmoid(self):
        out = Value(1 - 1 / (1 + math.exp(self.data)), (self,))

        def _backward():
            self.grad += out.data * (1 - out.data) * out.grad
        out._backward = _backward
        return out
"""
POWER = ("self.data ** other, (self,)", "math.exp(other * math.log(self.data)), (self,)")


def verdict_of(engine_file: EngineFile, text: str, *pairs: tuple[str, str]) -> Verdict:
    """What the check says of the small right engine with other formulas."""
    case = parse_case(text)
    engine = open_engine(engine_file(replaced(SOURCE, *pairs) + SIGMOID))
    (found,) = check(engine, ORACLES, case.program, [case.point])
    return found.verdict


LOSING = [
    ("x0 = 1e-05\n%1 = tanh(x0)", (TANH,), "tanh-by-exponentials", "tanh", 1),
    ("x0 = -20.0\n%1 = sigmoid(x0)", (), "sigmoid-by-difference", "sigmoid", 1),
    ("x0 = 37.0\n%1 = mul(x0, x0)\n%2 = pow(%1, 9)", (POWER,), "power-by-logarithms", "pow", 2),
    (
        "x0 = 0.3\nx1 = 1e-05\n%2 = exp(x0)\n%3 = tanh(x1)\n%4 = add(%2, %3)\n%5 = pow(x0, 2)\n"
        "%6 = mul(%4, %5)",
        (TANH,), "tanh-by-exponentials", "tanh", 6,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "pairs", "code", "operation", "gradients"), LOSING)
def test_formula_that_loses_digits_is_named_with_its_operation(
    engine_file: EngineFile,
    text: str,
    pairs: tuple[tuple[str, str], ...],
    code: str,
    operation: str,
    gradients: int,
) -> None:
    found = verdict_of(engine_file, text, *pairs)
    assert isinstance(found, Inaccurate)
    assert (found.formula, found.operation, found.gradients) == (code, operation, gradients)
    assert found.discrepancies[0].law == "VAL01"


TOGETHER = [
    ("x0 = 1e-05\nx1 = -20.0\n%2 = tanh(x0)\n%3 = sigmoid(x1)\n%4 = mul(%2, %3)", "tanh"),
    ("x0 = 37.0\nx1 = -20.0\n%2 = pow(x0, 9)\n%3 = sigmoid(x1)\n%4 = mul(%2, %3)", "sigmoid"),
    ("x0 = 37.0\nx1 = 1e-05\n%2 = pow(x0, 9)\n%3 = tanh(x1)\n%4 = mul(%2, %3)", "tanh"),
]


@pytest.mark.parametrize(("text", "operation"), TOGETHER)
def test_two_formulas_in_one_program_are_excused_together(
    engine_file: EngineFile, text: str, operation: str
) -> None:
    """Neither alone explains what was printed; the first of them gives its name."""
    found = verdict_of(engine_file, text, TANH, POWER)
    assert isinstance(found, Inaccurate)
    assert found.operation == operation
    assert found.formula.startswith(operation)
    assert {wrong.index for wrong in found.discrepancies} >= {2, 3}


def test_formula_does_not_excuse_a_wrong_gradient(engine_file: EngineFile) -> None:
    """The value's loss is explained, so what is left to accuse is the gradient alone."""
    wrong = ("(1 - out.data * out.data) * out.grad", "(1 - out.data) * out.grad")
    text = "x0 = 0.0003\n%1 = tanh(x0)"
    assert isinstance(verdict_of(engine_file, text, TANH), Inaccurate)
    found = verdict_of(engine_file, text, TANH, wrong)
    assert isinstance(found, Mismatch)
    assert [(d.law, d.index) for d in found.discrepancies] == [("GRA01", 0)]
    assert found.gradients == 1


def test_every_formula_is_asked_about_a_gradient(engine_file: EngineFile) -> None:
    """The first that could be meant does not explain it; the second does."""
    slope = (
        "other * self.data ** (other - 1) * out.grad",
        "other * math.exp((other - 1) * math.log(self.data)) * out.grad",
    )
    text = "x0 = 977.0\nx1 = 0.5\n%2 = pow(x0, 29)\n%3 = tanh(x1)\n%4 = mul(%2, %3)"
    found = verdict_of(engine_file, text, slope)
    assert isinstance(found, Inaccurate)
    assert (found.formula, found.operation) == ("power-by-logarithms", "pow")
    assert [(d.law, d.index) for d in found.discrepancies] == [("GRA01", 0)]


def test_formula_does_not_excuse_a_wrong_value(engine_file: EngineFile) -> None:
    doubled = (TANH[0], "2 * math.tanh(self.data)")
    found = verdict_of(engine_file, "x0 = 0.0003\n%1 = tanh(x0)", doubled)
    assert isinstance(found, Mismatch)
    assert (found.law, found.discrepancies[0].index) == ("VAL01", 1)


def test_formula_of_an_operation_that_is_absent_excuses_nothing(engine_file: EngineFile) -> None:
    found = verdict_of(engine_file, "x0 = 0.5\n%1 = exp(x0)", ("math.exp", "1.001 * math.exp"))
    assert isinstance(found, Mismatch)
    assert found.law == "VAL01"


def looked_at(text: str, seen: Observation, intermediates: bool = True) -> tuple[Verdict, Verdict]:
    """The verdict on an observation made by hand, before the excuses and after."""
    case = parse_case(text)
    (truth,) = ORACLES.truths(case.program, [case.point])
    before = judge(case, seen, truth, intermediates)
    assert isinstance(before, Mismatch)
    return before, excused(case, seen, before, intermediates)


SMALL = "x0 = 1e-18\n%1 = tanh(x0)"


def test_digits_all_lost_are_too_many_to_decide() -> None:
    """exp(2e-18) - 1 prints 0: the formula may, and nothing more can be said of the engine."""
    for lost in (0.0, 1.1e-16, -1.1e-16):
        before, after = looked_at(SMALL, Observation((1e-18, lost), (1.0, 1.0)))
        assert before.law == "VAL01"  # type: ignore[union-attr]
        assert after == Undecided("accuracy", 1)


def test_undecided_names_the_first_value_that_was_lost() -> None:
    seen = Observation((1e-18, 0.0, 0.0, 0.0), (4.0, 4.0, 2.0, 1.0))
    _, after = looked_at(SMALL + "\n%2 = mul(%1, 2.0)\n%3 = mul(%2, 2.0)", seen)
    assert after == Undecided("accuracy", 1)


def test_value_beyond_what_the_formula_loses_is_wrong_even_where_it_loses_all() -> None:
    seen = Observation((1e-18, 1e-9), (1.0, 1.0))
    before, after = looked_at(SMALL, seen)
    assert after == before


def test_formula_without_an_enclosure_leaves_nothing_to_say() -> None:
    """By its formula tanh may be 0 here, and 1 / 0 has no enclosure."""
    text = SMALL + "\n%2 = div(1.0, %1)\n%3 = mul(%2, 1e-18)"
    seen = Observation((1e-18, 1.1e-16, 9e15, 0.009), (-1.0, -1.0, 1e-18, 1.0))
    _, after = looked_at(text, seen)
    assert after == Undecided("accuracy", 1)


def test_failure_after_a_wrong_value_is_not_excused() -> None:
    """What was printed before the failure lies outside, and the gradients were never read."""
    lost = Failure("raises", "backward", 1, "ZeroDivisionError: division by zero")
    before, after = looked_at(SMALL, Observation((1e-18, 0.0), (), lost))
    assert after == before


@pytest.mark.parametrize("kept", [True, False])
def test_excuse_asks_for_intermediates_only_where_they_are_kept(kept: bool) -> None:
    x = 1e-05
    lost = (math.exp(2 * x) - 1) / (math.exp(2 * x) + 1)
    right = Observation((x, lost, 2 * lost), (2 * (1 - lost * lost), 2.0, 1.0))
    text = f"x0 = {x!r}\n%1 = tanh(x0)\n%2 = mul(%1, 2.0)"
    _, after = looked_at(text, right, kept)
    assert isinstance(after, Inaccurate)
    assert after.gradients == (2 if kept else 1)
    bad = replace(right, adjoints=(right.adjoints[0], 7.0, 1.0))
    _, after = looked_at(text, bad, kept)
    assert isinstance(after, Mismatch if kept else Inaccurate)


def test_right_formulas_need_no_excuse(engine_file: EngineFile) -> None:
    assert verdict_of(engine_file, "x0 = 0.5\n%1 = tanh(x0)\n%2 = pow(%1, 2)") == Agree(2, 3)


def test_excuse_compares_intermediates_unless_they_are_not_kept() -> None:
    x = 1e-05
    lost = (math.exp(2 * x) - 1) / (math.exp(2 * x) + 1)
    seen = Observation((x, lost, 2 * lost), (2 * (1 - lost * lost), 7.0, 1.0))
    case = parse_case(f"x0 = {x!r}\n%1 = tanh(x0)\n%2 = mul(%1, 2.0)")
    (truth,) = ORACLES.truths(case.program, [case.point])
    before = judge(case, seen, truth)
    assert isinstance(before, Mismatch)
    assert excused(case, seen, before) == excused(case, seen, before, intermediates=True)
    assert excused(case, seen, before) != excused(case, seen, before, intermediates=False)
