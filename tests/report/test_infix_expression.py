"""Programs as expressions: the precedence is Python's, and what is shared has a name."""

from __future__ import annotations

import pytest

from verify.program import Case, Instruction, Program, Ref
from verify.program.text import parse_case
from verify.report.expression import MOST, derivative, expression

INPUTS = "x0 = 2.0\nx1 = 3.0\n"


@pytest.mark.parametrize(
    ("steps", "written"),
    [
        ("%2 = exp(x0)\n%3 = add(%2, x0)", "exp(x0) + x0"),
        ("%2 = add(x0, x1)\n%3 = mul(%2, x0)", "(x0 + x1) * x0"),
        ("%2 = sub(x0, x1)\n%3 = sub(x0, %2)", "x0 - (x0 - x1)"),
        ("%2 = sub(x0, x1)\n%3 = sub(%2, x0)", "x0 - x1 - x0"),
        ("%2 = div(x0, x1)\n%3 = div(x0, %2)", "x0 / (x0 / x1)"),
        ("%2 = pow(x0, -1)\n%3 = pow(%2, 2)", "(x0 ** (-1)) ** 2"),
        ("%2 = neg(x0)\n%3 = pow(%2, 2)", "(-x0) ** 2"),
        ("%2 = power(x0, x1)\n%3 = neg(%2)", "-x0 ** x1"),
        ("%2 = mul(-2.0, x0)", "-2.0 * x0"),
        ("%2 = power(-2.0, x0)", "(-2.0) ** x0"),
        ("%2 = sum(x0, x1, x0)", "sum(x0, x1, x0)"),
        ("%2 = iadd(x0, x1)", "iadd(x0, x1)"),
        ("%2 = max(x0, x1)\n%3 = abs(%2)", "abs(max(x0, x1))"),
    ],
)
def test_expression_is_written_as_python_reads_it(steps, written):
    assert expression(parse_case(INPUTS + steps)) == [written]


def test_shared_and_unused_values_have_names():
    case = parse_case(INPUTS + "%2 = exp(x0)\n%3 = neg(x1)\n%4 = mul(%2, %2)")
    assert expression(case) == ["let %2 = exp(x0)", "let %3 = -x1", "%2 * %2"]


def test_long_program_is_not_written():
    chain = tuple(Instruction("add", (Ref(k), Ref(0))) for k in range(MOST + 1))
    assert expression(Case(Program(1, chain), (1.0,))) is None


def test_what_is_asked_names_the_value():
    program = parse_case(INPUTS + "%2 = exp(x0)").program
    assert derivative(program, "d %2 / d x1") == "d/dx1 of"
    assert derivative(program, "%2") == "the value of %2 in"
    assert derivative(program, None) == ""
