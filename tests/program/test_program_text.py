"""The text and JSON forms: what is written is read back the same, bits and types kept."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import cases
from verify.program import Case, Instruction, Program, ProgramError, Ref
from verify.program.json_form import case_from_json, case_to_json, parse_json
from verify.program.text import case_text, parse_case, parse_program, program_text

SPECIAL = (
    math.nan, math.inf, -math.inf, 0.0, -0.0, 5e-324, -2.2250738585072014e-308 / 2,
    2.2250738585072014e-308, 1.7976931348623157e308, 0.1, 1 / 3, 1e22, 123456789.123456789,
)  # fmt: skip


def by_text(case: Case) -> Case:
    return parse_case(case_text(case))


def by_json(case: Case) -> Case:
    return case_from_json(parse_json(json.dumps(case_to_json(case), allow_nan=False)))


def numbers(case: Case) -> list[tuple[str, str]]:
    """Type and exact digits of every number of a case: nan equals nan, -0.0 is not 0.0."""
    literals = [o for i in case.program.instructions for o in i.operands if not isinstance(o, Ref)]
    return [(type(n).__name__, repr(n)) for n in (*case.point, case.seed, *literals)]


def same(one: Case, other: Case) -> bool:
    shapes = [[(i.op, i.refs) for i in c.program.instructions] for c in (one, other)]
    return shapes[0] == shapes[1] and numbers(one) == numbers(other)


@settings(max_examples=150, deadline=None)
@given(cases(), st.sampled_from((1.0, 0.5, -3.0, 0.0)))
def test_forms_of_generated_cases_round_trip(case: Case, seed: float) -> None:
    case = Case(case.program, case.point, seed)
    assert by_text(case) == case
    assert by_json(case) == case
    assert same(by_text(case), case)
    assert same(by_json(case), case)
    assert parse_program(program_text(case.program)) == case.program


@pytest.mark.parametrize("special", SPECIAL)
def test_forms_keep_special_floats(special: float) -> None:
    program = Program(1, (Instruction("mul", (special, Ref(0))),))
    case = Case(program, (special,), special)
    assert same(by_text(case), case)
    assert same(by_json(case), case)


@settings(max_examples=150, deadline=None)
@given(st.floats(width=64), st.integers(-(2**53), 2**53))
def test_forms_keep_every_float_and_int_apart(x: float, n: int) -> None:
    steps = (Instruction("add", (n, Ref(0))), Instruction("add", (Ref(1), float(n))))
    case = Case(Program(1, steps), (x,), x)
    assert same(by_text(case), case)
    assert same(by_json(case), case)


def test_text_is_what_people_read() -> None:
    steps = (Instruction("mul", (Ref(0), Ref(1))), Instruction("add", (2, Ref(2))))
    case = Case(Program(2, steps), (1.25, -2.0), 0.5)
    assert case_text(case).splitlines() == [
        "x0 = 1.25", "x1 = -2.0", "%2 = mul(x0, x1)", "%3 = add(2, %2)", "seed = 0.5",
    ]  # fmt: skip
    assert program_text(case.program).splitlines()[0] == "inputs x0 x1"


def test_text_ignores_space_and_comments() -> None:
    text = "# found on Monday\n\n  x0 = 1.5 # here\n %1 = mul( x0 ,x0 )  \n"
    assert parse_case(text) == Case(Program(1, (Instruction("mul", (Ref(0), Ref(0))),)), (1.5,))


WRONG_TEXTS = {
    "": "a program has 1 to",
    "%0 = exp(x0)": "a program has 1 to",
    "x0 = 1.0\n%2 = exp(x0)": "expected %1, found '%2 = exp(x0)'",
    "x1 = 1.0": "expected x0, found 'x1 = 1.0'",
    "x0 = one": "'one' is neither a value nor a number",
    "x0 = 1.0\nseed = big": "'big' is neither a value nor a number",
    "x0 = 1.0\n%1 = exp x0": "cannot read the instruction '%1 = exp x0'",
    "x0 = 1.0\n%1 = exp()": "%1: exp takes 1 operand, got 0",
    "x0 = 1.0\n%1 = exp(y)": "'y' is neither a value nor a number",
    "x0 = 1.0\n%1 = exp(%1)": "%1: exp: operand 0 refers to %1",
    "x0 = 1.0\n%1 = add(x0, x0": "cannot read the instruction",
    "x0 = 1.0\n%1 = add(x0, 99999999999999999999)": "beyond 2**53",
}


@pytest.mark.parametrize("text", WRONG_TEXTS)
def test_text_refusal_shows_the_line(text: str) -> None:
    with pytest.raises(ProgramError) as refusal:
        parse_case(text)
    assert WRONG_TEXTS[text] in str(refusal.value)


@pytest.mark.parametrize(
    "text", ["", "x0 = 1.0", "inputs", "inputs x1 x0", "inputs x0 x0", "inputs x0\nx1 = 2"]
)
def test_program_text_refuses_other_beginnings(text: str) -> None:
    with pytest.raises(ProgramError):
        parse_program(text)
