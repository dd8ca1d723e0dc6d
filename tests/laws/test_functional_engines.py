"""Engines that differentiate functions: what is asked of them, what is not, and why."""

from __future__ import annotations

import broken_engines as broken
import pytest
from faulty_engines import SOURCE, overwriting, replaced
from functional_engine import Functional

from verify.campaign import Budget, Plan, run
from verify.engines import GRAPH, keeps_graph, observe, open_engine, ready
from verify.gate.bits import seconds
from verify.laws import BY_CODE, LAWS
from verify.oracles import BallAlone
from verify.program.text import parse_case
from verify.report.terminal import render

CASE = parse_case("x0 = 1.5\nx1 = 2.5\n%2 = mul(x0, x1)\n%3 = exp(%2)\n%4 = add(%3, x0)")
QUICK = Budget(programs=1, points=3, minimum=0, rounds=0)
SMALL = Budget(programs=2, points=4, minimum=1, rounds=0)


@pytest.fixture
def functional(engine_file):
    """An engine's source as a functional engine."""
    return lambda source=SOURCE: Functional(open_engine(engine_file(source)))


def test_values_and_gradients_of_inputs_are_those_of_the_graph(functional):
    engine = functional()
    seen, inner = observe(engine, CASE), observe(engine.inner, CASE)
    assert seen.primals == inner.primals
    assert seen.adjoints == (*inner.adjoints[:2], None, None, None)
    assert not keeps_graph(engine)


def test_what_raises_forward_is_said_with_its_place_and_the_values_before_it(functional):
    source = replaced(
        SOURCE,
        ("        out = Value(math.exp(self.data), (self,))\n", "        raise OSError('no')\n"),
    )
    seen = observe(functional(source), CASE)
    assert (seen.failure.kind, seen.failure.stage, seen.failure.index) == ("raises", "forward", 3)
    assert seen.failure.message == "OSError: no"
    assert seen.primals == (1.5, 2.5, 3.75)


def test_what_raises_as_it_differentiates_is_said_of_the_output(functional, monkeypatch):
    engine = functional()

    def refuse(_output):
        raise ArithmeticError("no slope")

    monkeypatch.setattr(engine.inner, "backward", refuse)
    seen = observe(engine, CASE)
    assert (seen.failure.stage, seen.failure.index) == ("backward", 4)
    assert seen.failure.message == "ArithmeticError: no slope"


@pytest.mark.parametrize(
    ("values", "gradients", "index"), [([1.0, None], [1.0], 1), ([1.0, 2.0], [2j], 1)]
)
def test_what_is_no_number_is_said(functional, monkeypatch, values, gradients, index):
    engine = functional()
    monkeypatch.setattr(engine, "value_and_gradient", lambda *_: (values, gradients))
    seen = observe(engine, parse_case("x0 = 1.0\n%1 = exp(x0)"))
    assert (seen.failure.kind, seen.failure.stage, seen.failure.index) == (
        "not a number",
        "read",
        index,
    )
    assert seen.adjoints == ()


def test_laws_that_need_a_graph_are_not_examined_and_say_why(functional):
    engine = functional()
    needing = [law for law in LAWS if law.needs == GRAPH]
    assert {law.code[:3] for law in needing} == {"LIF"}
    for law in needing:
        book = law.examine(engine)
        assert (book.compared, book.breaches) == (0, [])
        assert book.skipped == "a functional engine has no graph to keep"
        assert BY_CODE[law.code].examine(engine.inner).skipped != book.skipped


@pytest.mark.parametrize("code", ["EDG05", "EDG07", "SCL02", "SCL03", "DET01", "SUP01"])
def test_laws_that_need_none_compare(functional, code):
    book = BY_CODE[code].examine(functional())
    assert book.compared
    assert not book.skipped


def test_recursion_is_found_through_a_function(functional):
    (breach,) = BY_CODE["SCL01"].examine(functional()).breaches
    assert breach.fault == "recursion"
    assert breach.message.endswith("is the deepest it can take: beyond, RecursionError")


def test_walk_of_every_path_is_found_through_a_function(functional):
    (breach,) = BY_CODE["SCL03"].examine(functional(broken.VISITS_EVERY_PATH)).breaches
    assert breach.fault == "exponential-walk"
    assert "each level doubles the time of it" in breach.message


def test_bug_of_a_function_is_found_and_named(functional):
    laws = tuple(BY_CODE[code] for code in ("VAL01", "GRA01", "LIF01", "LIF10"))
    document = run(functional(overwriting("exp")), BallAlone(), Plan(SMALL, laws=laws))
    (error,) = [f for f in document.findings if f.severity == "error"]
    assert (error.law, error.operation, error.fault) == ("GRA01", "exp", "overwrite")
    assert document.engine["lacks"] == {GRAPH: "a functional engine has no graph to keep"}
    said = " ".join(render(document).split())
    assert "no graph operations" in said
    assert "LIF10); a functional engine has no graph to keep" in said


def test_engine_with_a_graph_says_nothing_of_what_it_lacks(functional):
    document = run(functional().inner, BallAlone(), Plan(QUICK, laws=(BY_CODE["VAL01"],)))
    assert "lacks" not in document.engine


def test_ready_leaves_only_differentiation_to_do(functional):
    engine, called = functional(), []
    engine.inner.backward = lambda output: called.append(engine.inner.primal(output))
    act = ready(engine.inner, CASE)
    assert not called
    act()
    assert called == [observe(engine.inner, CASE).primals[-1]] * len(called)


def test_parts_of_a_function_cannot_be_timed(functional):
    with pytest.raises(TypeError, match="keeps no graph whose parts could be timed"):
        seconds(functional(), "add", 1, None)
