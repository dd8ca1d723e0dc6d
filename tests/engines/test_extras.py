"""The engines of the extras: each against the laws of its protocol, and its scripts.

An engine that is not installed is skipped and named; with GRADVERIFY_REQUIRE_ENGINES set, as in the
tox environment ``engines``, it fails.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec

import pytest

from verify.campaign import Budget, Plan, run
from verify.check import check
from verify.cli import main
from verify.engines import ENGINES, TargetError, keeps_graph, observe, open_engine
from verify.laws import BY_CODE
from verify.laws.cases import single_case
from verify.oracles import BallAlone
from verify.program import FORMS
from verify.program.text import parse_case
from verify.report import script
from verify.verdict import Agree, Inaccurate

EXTRAS = ("jax", "autograd", "mygrad", "tinygrad")
FUNCTIONAL = ("jax", "autograd")
GRAPHS = ("mygrad", "tinygrad", "torch")
LOSSY = {"tinygrad": {"sin", "cos"}}
"""Operations that lose digits at a mild point: docs/engines.md says why."""
REQUIRED = bool(os.environ.get("GRADVERIFY_REQUIRE_ENGINES"))
CASE = parse_case("x0 = 1.5\nx1 = 2.5\n%2 = mul(x0, x1)\n%3 = exp(%2)\n%4 = add(%3, x0)")


def installed(name: str):
    """The engine, or a skip that names the extra."""
    if find_spec(name) is None and not REQUIRED:
        pytest.skip(f'{name} is not installed: pip install "microgradref[{name}]"')
    return open_engine(name)


@pytest.fixture(autouse=True)
def _recursion_limit():
    """Tinygrad raises it for its whole process when it is imported."""
    limit = sys.getrecursionlimit()
    yield
    sys.setrecursionlimit(limit)


@pytest.fixture(params=EXTRAS)
def engine(request):
    return installed(request.param)


@pytest.fixture(params=FUNCTIONAL)
def functional(request):
    return installed(request.param)


@pytest.fixture(params=GRAPHS)
def graph(request):
    return installed(request.param)


def test_every_extra_is_a_target_of_its_package_name():
    assert set(ENGINES) == {"torch", *EXTRAS}


@pytest.mark.engines
def test_every_form_is_right_or_said_to_be_missing(engine):
    facts = engine.facts
    assert set(facts.spellings) | set(facts.unsupported) == set(FORMS)
    assert not set(facts.spellings) & set(facts.unsupported)
    assert set(facts.unsupported) <= {"iadd", "isub", "imul", "idiv", "iadd_number", "isub_number",
                                      "imul_number", "idiv_number", "sigmoid"}  # fmt: skip
    for form in facts.spellings:
        case = single_case(form)
        (one,) = check(engine, BallAlone(), case.program, [case.point])
        lossy = FORMS[form][0].name in LOSSY.get(facts.target, ())
        assert isinstance(one.verdict, Inaccurate if lossy else Agree), (form, one.verdict)


@pytest.mark.engines
@pytest.mark.parametrize("number", [0.1, -0.0, 1e300, 5e-324, math.inf])
def test_leaf_has_exactly_the_number_put_in(engine, number):
    seen = observe(engine, replace(parse_case("x0 = 1.0\n%1 = neg(x0)"), point=(number,)))
    assert seen.primals[0].hex() == number.hex()


@pytest.mark.engines
def test_numbers_have_double_precision(engine):
    seen = observe(engine, parse_case("x0 = 0.1\n%1 = mul(x0, 0.7)\n%2 = add(%1, 0.2)"))
    assert seen.primals[2] == 0.1 * 0.7 + 0.2
    assert seen.adjoints[0] == 0.7


@pytest.mark.engines
def test_same_question_has_the_same_answer(engine):
    assert observe(engine, CASE) == observe(engine, CASE)


@pytest.mark.engines
def test_functional_engine_gives_gradients_of_inputs_alone(functional):
    assert not keeps_graph(functional)
    seen = observe(functional, CASE)
    assert seen.adjoints[2:] == (None, None, None)
    assert seen.adjoints[1] == pytest.approx(1.5 * math.exp(3.75))
    assert BY_CODE["LIF01"].examine(functional).skipped
    assert observe(functional, parse_case("x0 = 1.5")).adjoints == (1.0,)


@pytest.mark.engines
def test_what_a_function_raises_is_said_of_its_instruction(functional):
    broken = type(functional)()
    broken._spelling._calls["exp"] = lambda _x: 1 / 0
    failure = observe(broken, CASE).failure
    assert (failure.stage, failure.index) == ("forward", 3)
    assert failure.message == "ZeroDivisionError: division by zero"


@pytest.mark.engines
def test_graph_engine_keeps_its_operands_and_its_gradients(graph):
    assert keeps_graph(graph)
    x, y = graph.lift(1.5), graph.lift(2.5)
    z = graph.apply("mul", [x, y])
    graph.backward(z)
    assert [graph.primal(node) for node in (x, y, z)] == [1.5, 2.5, 3.75]
    assert [graph.adjoint(node) for node in (x, y)] == [2.5, 1.5]
    graph.zero([x, y])
    assert graph.adjoint(x) in {0.0, None}
    leaf = graph.lift(1.0)
    graph.assign(leaf, 4.0)
    assert graph.primal(leaf) == 4.0
    with pytest.raises(NotImplementedError):
        graph.zero_grad(z)


@pytest.mark.engines
@pytest.mark.parametrize("name", EXTRAS)
def test_script_of_a_finding_runs_on_the_engine_alone(name, tmp_path):
    """A bug is planted in the adapter, so the engine by itself is right; then in the script."""
    engine = installed(name)
    right = engine._spelling._calls["exp"]
    engine._spelling._calls["exp"] = lambda x: right(x) * 1.001
    budget = Budget(programs=1, points=3, minimum=0, rounds=0)
    plan = Plan(budget, forms=("exp", "mul"), laws=(BY_CODE["VAL01"], BY_CODE["GRA01"]))
    document = run(engine, BallAlone(), plan)
    finding = next(f for f in document.findings if f.operation == "exp")
    path = tmp_path / "shown.py"
    text = script.render(document, finding)
    spelling = engine.facts.spellings["exp"]
    wrong = spelling.replace("{0}", "x0")
    assert wrong in text
    for source, code in ((text, 0), (text.replace(wrong, f"{wrong} * 1.001"), 1)):
        path.write_text(source, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, path], capture_output=True, text=True, check=False, cwd=tmp_path
        )
        assert done.returncode == code, done.stdout + done.stderr


@pytest.mark.engines
def test_script_asks_the_engine_for_values_and_not_python(tmp_path):
    """Jax sets subnormals to 0 where Python adds them; its operators look alike in a script."""
    document = run(
        installed("jax"), BallAlone(), Plan(Budget(programs=1), laws=(BY_CODE["EDG06"],))
    )
    path = tmp_path / "subnormal.py"
    path.write_text(script.render(document, document.findings[0]), encoding="utf-8")
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "actual 0.0   WRONG" in done.stdout


def test_adapters_import_their_package_only_when_they_are_made():
    ask = "import sys, verify.engines, verify.cli; print({'jax', 'autograd', 'mygrad', 'tinygrad', "
    ask += "'numpy', 'torch'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("name", ENGINES)
def test_missing_package_is_one_sentence_that_names_the_extra(name, monkeypatch, capsys):
    for module in [m for m in sys.modules if m.split(".")[0] == name]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(TargetError) as caught:
        open_engine(name)
    said = f'{name} is not installed: install it with   pip install "microgradref[{name}]"'
    assert str(caught.value) == said
    if name != "torch":  # which oracles need too
        assert main(["run", name, "--in-process"]) == 3
        assert capsys.readouterr().err == f"gradverify: {said}\n"


def test_package_that_cannot_be_imported_is_one_sentence(monkeypatch):
    def broken():
        raise OSError("libgone.so:\nnot found")

    monkeypatch.setitem(ENGINES, "torch", broken)
    with pytest.raises(
        TargetError, match=r"^torch cannot be imported: it raises OSError: libgone.so: not"
    ):
        open_engine("torch")
