"""A sweep that can be broken: whole it is the ball oracle, broken it prints what the bug prints."""

from __future__ import annotations

import pytest
from faulty_engines import SOURCE
from hypothesis import given

from strategies import cases
from verify.engines import open_engine
from verify.faults import BY_CODE, FAULTS, SCOPES, Prediction, Sweep
from verify.oracles import BallOracle
from verify.program import Case
from verify.program.text import parse_case

TWICE = "x0 = -3.0\n%1 = add(x0, x0)"
NOTEBOOK = "x0 = 0.5\n%1 = mul(2.0, x0)\n%2 = exp(%1)\n%3 = sub(%2, 1)\n%4 = add(%2, 1)\n"
NOTEBOOK += "%5 = div(%3, %4)"
"""tanh by exponentials: e is a shared intermediate."""


def predictions(code: str, text: str, *forms: str) -> list[tuple[float, ...]]:
    """What an engine with a fault would print: the midpoints of the inputs' adjoints."""
    case = parse_case(text)
    return [
        tuple(float(ball.mid()) for ball in prediction.adjoints[: case.program.n_inputs])
        for prediction in predicted(code, case, *forms)
    ]


def predicted(code: str, case: Case, *forms: str) -> list[Prediction]:
    """All that a fault predicts, in each of its ways and each order."""
    predict = BY_CODE[code].predict
    assert predict is not None
    return [found for predictor in predict(frozenset(forms)) for found in predictor(case)]


@given(cases())
def test_unbroken_sweep_predicts_the_ball_oracle(case):
    (answer,) = BallOracle().answers(case.program, [case.point], case.seed)
    sweep = Sweep(case)
    if any(ball is None for ball in answer.primals):
        assert not sweep.legal
        return
    assert sweep.legal
    for order in sweep.orders[:4]:
        prediction = sweep.run(order)
        for mine, theirs in zip(prediction.primals, answer.primals, strict=True):
            assert mine.overlaps(theirs)
        for index, (mine, theirs) in enumerate(
            zip(prediction.adjoints, answer.adjoints, strict=True)
        ):
            if mine.is_finite() and theirs.is_finite():
                assert mine.overlaps(theirs), index


def test_unbroken_sweep_encloses_a_right_engine(engine_file):
    from verify.check import holds
    from verify.engines import observe

    case = parse_case(NOTEBOOK)
    seen = observe(open_engine(engine_file(SOURCE)), case)
    for order in Sweep(case).orders:
        prediction = Sweep(case).run(order)
        assert all(map(holds, prediction.adjoints, seen.adjoints))


def test_orders_serve_every_user_before_the_used():
    case = parse_case(NOTEBOOK)
    orders = Sweep(case).orders
    assert set(orders) == {(5, 4, 3, 2, 1), (5, 3, 4, 2, 1)}


def test_instructions_that_the_output_does_not_need_are_not_served():
    case = parse_case("x0 = 1.0\n%1 = exp(x0)\n%2 = tanh(x0)")
    assert Sweep(case).orders == [(2,)]


def test_overwrite_gives_1_for_a_plus_a():
    assert set(predictions("overwrite", TWICE, "add")) == {(1.0,), (2.0,)}
    assert predictions("overwrite", TWICE, "add")[0] == (1.0,)
    assert set(predictions("overwrite", TWICE, "mul")) == {(2.0,)}


def test_overwrite_in_exp_loses_one_of_two_contributions():
    text = "x0 = 0.0\n%1 = exp(x0)\n%2 = exp(x0)\n%3 = add(%1, %2)"
    assert predictions("overwrite", text, "exp")[0] == (1.0,)
    assert set(predictions("overwrite", text, "exp")) == {(1.0,), (2.0,)}  # (2,): no such operand


def test_duplicate_append_needs_a_shared_intermediate():
    """The notebook's own remark: a plain ``a + a`` does not show it, the tanh does."""
    assert set(predictions("duplicate-append", TWICE)) == {(2.0,)}
    right = BallOracle().answers(parse_case(NOTEBOOK).program, [(0.5,)])[0].adjoints[0]
    assert all(not right.contains(x) for (x,) in predictions("duplicate-append", NOTEBOOK))


def test_duplicate_append_serves_a_shared_intermediate_twice():
    text = "x0 = 1.0\n%1 = add(x0, x0)\n%2 = add(%1, %1)"
    assert (8.0,) in predictions("duplicate-append", text)


def test_every_path_passes_a_partial_adjoint_once_a_path():
    text = "x0 = 1.0\n%1 = add(x0, x0)\n%2 = add(%1, %1)"
    assert (8.0,) in predictions("every-path", text)


def test_not_reversed_reaches_only_the_root_s_operands():
    text = "x0 = 1.0\n%1 = exp(x0)\n%2 = exp(%1)"
    assert set(predictions("not-reversed", text)) == {(0.0,)}


@pytest.mark.parametrize("code", ["breadth-first", "preorder"])
def test_nodes_served_too_early_lose_what_comes_later(code):
    text = "x0 = 1.0\n%1 = add(x0, x0)\n%2 = neg(%1)\n%3 = neg(%2)\n%4 = add(%1, %3)"
    assert (2.0,) in predictions(code, text)
    right = BallOracle().answers(parse_case(text).program, [(1.0,)])[0].adjoints[0]
    assert right.contains(4)


def test_reflected_swaps_value_and_gradient():
    case = parse_case("x0 = 5.0\n%1 = sub(2.0, x0)")
    (prediction,) = predicted("reflected", case, "rsub")
    assert prediction.primals[1].contains(3)
    assert prediction.adjoints[0].contains(1)
    (other,) = predicted("reflected", case, "rdiv")
    assert other.primals[1].contains(-3)
    assert not predicted("reflected", case, "rsub", "sub")


MUL = "x0 = 3.0\nx1 = 5.0\n%2 = mul(x0, x1)\n%3 = mul(%2, 2.0)"
LOCAL = {
    "forgotten-operand": {(0.0, 6.0), (10.0, 0.0)},
    "never-wired": {(0.0, 0.0)},
    "wrong-sign": {(-10.0, 6.0), (10.0, -6.0), (-10.0, -6.0)},
    "dropped-adjoint": {(5.0, 3.0), (5.0, 6.0), (10.0, 3.0)},
    "dropped-partial": {(2.0, 2.0), (2.0, 6.0), (10.0, 2.0)},
    "swapped-partials": {(6.0, 10.0)},
}


@pytest.mark.parametrize("code", LOCAL)
def test_local_fault_predicts_its_own_gradients(code):
    assert set(predictions(code, MUL, "mul")) == LOCAL[code]


def test_cut_graph_gives_operands_their_gradients_and_stops_below_those_not_recorded():
    text = "x0 = 3.0\nx1 = 5.0\n%2 = neg(x0)\n%3 = neg(x1)\n%4 = mul(%2, %3)"
    assert set(predictions("cut-graph", text, "mul")) == {(0.0, 0.0), (0.0, 3.0), (5.0, 0.0)}
    for prediction in predicted("cut-graph", parse_case(text), "mul"):
        assert [float(ball.mid()) for ball in prediction.adjoints[2:]] == [-5.0, -3.0, 1.0]


def test_operand_cut_off_in_one_place_may_be_served_too_early_by_another():
    """%1 is reached through neg alone: it may pass on its gradient before mul has given its own."""
    text = "x0 = 3.0\n%1 = neg(x0)\n%2 = mul(2.0, %1)\n%3 = neg(%1)\n%4 = add(%2, %3)"
    assert set(predictions("cut-graph", text, "rmul")) == {(-1.0,), (1.0,)}
    assert set(predictions("cut-graph", text, "mul")) == {(-1.0,)}  # there is no such operation


@pytest.mark.parametrize("code", ["dropped-partial", "swapped-partials"])
def test_of_a_sign_there_is_nothing_else_to_lose(code):
    """``2 - v`` whose gradient is 1 has a wrong sign, and that is all that should be said."""
    text = "x0 = 5.0\nx1 = 3.0\n%2 = sub(x0, x1)"
    right, swapped = (1.0, -1.0), (-1.0, 1.0)
    expected = {right} if code == "dropped-partial" else {swapped}
    assert set(predictions(code, text, "sub")) == expected
    assert swapped not in predictions("wrong-sign", text, "sub")


PREDICTED = [fault.code for fault in FAULTS if fault.predict is not None]


@pytest.mark.parametrize("code", PREDICTED)
def test_fault_outside_the_domain_predicts_nothing(code):
    assert predicted(code, parse_case("x0 = -1.0\n%1 = log(x0)"), "log") == []


def test_fault_codes_are_unique_and_every_row_says_what_it_is():
    assert len(BY_CODE) == len(FAULTS)
    for fault in FAULTS:
        assert fault.scope in SCOPES
        assert all((fault.name, fault.what, fault.mend, fault.seen))
        assert "{form}" in fault.what or fault.scope in {"graph", "law"}
        assert fault.predict is not None or fault.scope != "graph"
        assert set(fault.with_it) <= set(BY_CODE) - {fault.code}
        assert "\n" not in fault.what + fault.mend


WALKS = [fault.code for fault in FAULTS if fault.scope == "graph"]
TELLING = (
    "x0 = 1.25\n%1 = exp(x0)",
    "x0 = 1.25\nx1 = 1.25\n%2 = mul(x0, x1)",
    "x0 = 1.25\n%1 = mul(x0, 1.0)\n%2 = add(%1, x0)",
    "x0 = 1.25\nx1 = 0.75\n%2 = mul(x0, x1)\n%3 = mul(%2, x0)\n%4 = mul(%3, x1)\n%5 = mul(%3, %4)",
    "x0 = 1.25\nx1 = 0.75\n%2 = mul(x0, x1)\n%3 = mul(%2, %2)\n%4 = mul(%2, %3)\n%5 = mul(%4, %2)",
)


@pytest.mark.parametrize("code", WALKS)
def test_walks_that_differ_are_told_apart(code):
    """On some question each wrong walk prints what no other does."""
    mine = [set(predictions(code, text)) for text in TELLING]
    assert all(mine)
    for other in WALKS:
        if other != code:
            assert mine != [set(predictions(other, text)) for text in TELLING], other


def test_swapped_partials_of_a_number_over_a_value():
    """The number's own partial, 1/x, rounds like any other: 1/1.3125 is no float."""
    case = parse_case("x0 = 1.3125\n%1 = div(2, x0)")
    (prediction,) = predicted("swapped-partials", case, "rdiv")
    assert prediction.adjoints[0].contains(1 / 1.3125)
