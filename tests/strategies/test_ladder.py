"""Every operation alone, at every magnitude that it can take."""

from __future__ import annotations

import math

import pytest

from strategies.crowd import LONG, WIDE, after, again
from strategies.ladder import RUNGS, ladders
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
        assert numbers == {3, 2, 5, -3, 9, 8.5, 4, 6, 7, 10, -4, 2.5, 1 / 3}
    elif form in {"div_number", "idiv_number", "rpow"}:
        assert numbers == ({3, 250} if form == "rpow" else {3, -12, 250})  # 0 divides nothing
    else:
        assert numbers == ({3, 0, -12, 250} if "n" in FORMS[form][1] else set())


@pytest.mark.parametrize("form", FORMS)
def test_no_rung_that_an_operation_can_take_is_left_out(form):
    made = ladders(form)[0]
    first = {point[0] for point in made.points}
    if len(made.program.instructions[0].refs) == 1:
        sides = (1,) if form in POSITIVE else (1, -1)
        assert first == {sign * rung for rung in RUNGS for sign in sides}
    else:
        assert {math.copysign(1, x) for x in first} >= ({1.0} if form == "power" else {1.0, -1.0})
        assert max(map(abs, first)) > 9
        assert min(map(abs, first)) < 1e-3


def test_two_inputs_are_apart_and_meet_every_pair_of_signs():
    points = ladders("mul")[0].points
    assert {(x > 0, y > 0) for x, y in points} == {(a, b) for a in (0, 1) for b in (0, 1)}
    assert all(abs(x) != abs(y) for x, y in points)


POINT = (0.8125, 0.59375)


@pytest.mark.parametrize("inner", FORMS)
def test_every_form_is_met_on_what_each_gives(inner):
    """Refused are only those that are not legal there."""
    made = after(inner, tuple(FORMS), POINT)
    result = 3
    assert made.at(result).form == inner
    met = {i.form for _, i in made.steps() if Ref(result) in i.operands}
    refused = {"log", "sqrt", "power", "rpow", "pow", "exp"}
    refused |= {"max", "min", "max_number", "min_number"}  # a tie
    assert met >= set(FORMS) - refused
    if inner in {"exp", "mul", "add", "sigmoid"}:
        assert met == set(FORMS)


def test_without_an_operation_that_joins_nothing_is_met():
    assert after("exp", ("exp", "tanh"), POINT) is None


@pytest.mark.parametrize("form", FORMS)
def test_form_of_two_is_met_on_its_own_results(form):
    kinds, batches = FORMS[form][1], again(form)
    if kinds not in {"*", "vv"}:
        assert batches == []
        return
    (batch,) = batches
    made = batch.program
    assert {len(point) for point in batch.points} == {made.n_inputs}
    if kinds == "*":
        assert len(made.instructions[0].operands) == WIDE
        assert set(made.instructions[0].operands) == {Ref(0), Ref(1), Ref(2)}
    else:
        assert [i.operands for i in made.instructions] == [(Ref(k), Ref(0)) for k in range(LONG)]
        assert {i.form for i in made.instructions} == {form}
