"""Every operation alone, at every magnitude that it can take."""

from __future__ import annotations

import math

import pytest

from strategies.ladder import RUNGS, ladders
from strategies.sketch import COMFORT, LARGEST
from verify.program import FORMS, Ref

POSITIVE = {"log", "sqrt"}


@pytest.mark.parametrize("form", FORMS)
def test_ladder_of_a_form_is_that_form_alone(form):
    for made in ladders(form):
        (step,) = made.program.instructions
        assert step.form == form
        inputs = [operand for operand in step.operands if isinstance(operand, Ref)]
        assert inputs == [Ref(index) for index in range(made.program.n_inputs)]
    numbers = {o for made in ladders(form) for o in made.program.instructions[0].operands}
    numbers -= {Ref(0), Ref(1)}
    if form == "pow":
        assert numbers == {3, 2, 5}
    elif form in {"div_number", "idiv_number", "rpow"}:
        assert numbers == {3}  # 0 divides nothing, and 0 ** x has no slope
    else:
        assert numbers == ({3, 0} if "n" in FORMS[form][1] else set())


@pytest.mark.parametrize("form", FORMS)
def test_no_rung_that_an_operation_can_take_is_left_out(form):
    made = ladders(form)[0]
    first = {point[0] for point in made.points}
    if len(made.program.instructions[0].refs) == 1:
        sides = (1,) if form in POSITIVE else (1, -1)
        reach = COMFORT.get(made.program.instructions[0].op, LARGEST)
        expected = {sign * rung for rung in RUNGS for sign in sides if rung <= reach}
        beyond = {"rpow": 11.3, "rdiv": 1e-7}  # 3 ** x is too large, or 3 / x
        assert first >= {x for x in expected if form not in beyond}
    else:
        assert {math.copysign(1, x) for x in first} >= ({1.0} if form == "power" else {1.0, -1.0})
        assert max(map(abs, first)) > 9
        assert min(map(abs, first)) < 1e-3


def test_two_inputs_are_apart_and_meet_every_pair_of_signs():
    points = ladders("mul")[0].points
    assert {(x > 0, y > 0) for x, y in points} == {(a, b) for a in (0, 1) for b in (0, 1)}
    assert all(abs(x) != abs(y) for x, y in points)
