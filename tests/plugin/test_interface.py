"""The interface for a person's own tests: names that load late, and what each does."""

from __future__ import annotations

import ast
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from faulty_engines import SOURCE, overwriting, replaced
from hypothesis import Phase, given, settings

import verify
from strategies import cases
from verify import conformance
from verify.engines import Here, TargetError, loaded_from, open_engine
from verify.program.text import parse_case

HEAVY = ("torch", "sympy", "flint", "hypothesis", "rich")
SQUARE = parse_case("x0 = 1.5\n%1 = mul(x0, x0)\n")


def made(source=SOURCE):
    """A class that no file holds."""
    names = {"__name__": __name__}
    exec(source, names)  # noqa: S102 - the source is ours
    return names["Value"]


def imported_by(code: str) -> set[str]:
    """The modules that a fresh interpreter holds after some code."""
    shown = f"{code}\nimport sys\nprint(*sys.modules)"
    command = [sys.executable, "-c", shown]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_import_of_verify_brings_nothing_else():
    found = imported_by("import verify; dir(verify); verify.__version__")
    assert {name for name in found if name.startswith("verify")} == {"verify"}
    assert not found & set(HEAVY)
    assert "verify.verdict" in imported_by("import verify; verify.Agree")


def test_every_name_of_the_interface_is_there_and_typed():
    for name, module in verify.HOME.items():
        assert getattr(verify, name) is getattr(sys.modules[module], name)
    assert set(verify.HOME) <= set(dir(verify))
    stub = ast.parse(Path(verify.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    told = {a.asname: s.module for s in stub.body if isinstance(s, ast.ImportFrom) for a in s.names}
    assert told == verify.HOME
    with pytest.raises(AttributeError, match="module 'verify' has no attribute 'run_conformence'"):
        verify.run_conformence  # noqa: B018


def test_right_class_gives_its_report_and_a_target_the_same(engine_file):
    chosen = {"quick": True, "select": "LIF,SUP"}
    local = verify.run_conformance(made(), **chosen)
    assert local.status == "certified"
    assert [law.code for law in local.laws] == [*(f"LIF{n:02}" for n in range(1, 13)), "SUP01"]
    named = verify.run_conformance(engine_file(), **chosen)
    assert [replace(law) for law in named.laws] == list(local.laws)


def test_laws_may_be_selected_in_a_list():
    laws = verify.run_conformance(made(), select=["LIF", "SUP01"], ignore=("LIF0",)).laws
    assert [law.code for law in laws] == ["LIF10", "LIF11", "LIF12", "SUP01"]


def test_wrong_class_is_raised_in_the_words_of_the_report():
    with pytest.raises(verify.ConformanceError) as raised:
        verify.run_conformance(made(overwriting("exp")), quick=True, select="GRA")
    assert "GRA01  exp: shared-node overwrite" in str(raised.value)
    assert "Look for `.grad = ...` in exp's backward" in str(raised.value)
    assert raised.value.document.findings[0].operation == "exp"


def test_fail_on_says_what_is_raised():
    engine = made()
    chosen = {"select": "SUP"}
    assert verify.run_conformance(engine, **chosen).findings
    assert verify.run_conformance(engine, **chosen, fail_on="warning").findings
    with pytest.raises(verify.ConformanceError, match="SUP01"):
        verify.run_conformance(engine, **chosen, fail_on="note")
    assert verify.run_conformance(engine, **chosen, fail_on=None).findings


def test_run_in_doubt_is_raised_as_such_and_never_as_wrong(monkeypatch):
    def doubtful(engine, bench, plan):
        return replace(original(engine, bench, plan), status="in doubt", sentence="who knows")

    original = conformance.run
    monkeypatch.setattr(conformance, "run", doubtful)
    with pytest.raises(verify.InDoubtError, match="who knows") as raised:
        verify.run_conformance(made(), select="SUP", fail_on="note")
    assert not isinstance(raised.value, AssertionError)
    assert verify.run_conformance(made(), select="SUP", fail_on=None).status == "in doubt"


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"engine": "nowhere.py:Value"}, TargetError, "there is no file 'nowhere.py'"),
        ({"engine": 3}, TargetError, "3 is neither a class nor the name of one"),
        ({"engine": int}, TargetError, "builtins:int is not an engine"),
        ({"engine": "torch", "network": 3}, TargetError, "3 is neither a class nor the name"),
        ({"engine": "torch", "select": "XYZ"}, ValueError, "no law's code begins with 'XYZ'"),
        ({"engine": "torch", "select": ["GRA", 3]}, ValueError, "select is a text such as 'GRA,L"),
        ({"engine": "torch", "ignore": 3}, ValueError, "or a list of such, not 3"),
        ({"engine": "torch", "select": []}, ValueError, "no law is named"),
        ({"engine": "torch", "select": "NET"}, ValueError, "no network is named"),
        ({"engine": "torch", "case_timeout": 0}, ValueError, "seconds, 0.05 or more, not 0"),
        ({"engine": "torch", "memory": -1}, ValueError, "0 for no limit or 32 or more, not -1"),
        ({"engine": "torch", "memory": 31}, ValueError, "0 for no limit or 32 or more, not 31"),
        ({"engine": "torch", "seed": "a"}, ValueError, "a whole number, 0 or more, not 'a'"),
        ({"engine": "torch", "seed": True}, ValueError, "a whole number, 0 or more, not True"),
        ({"engine": "torch", "seed": -1}, ValueError, "a whole number, 0 or more, not -1"),
        ({"engine": "torch", "seed": 2**63}, ValueError, "0 or more, not 9223372036854775808"),
        ({"engine": "torch", "fail_on": "err"}, ValueError, "fail_on is note, warning, error or"),
    ],
)
def test_mistake_is_raised_in_a_sentence(arguments, error, said):
    with pytest.raises(error, match=said):
        verify.run_conformance(**arguments)


def test_network_may_be_a_class():
    import microgradref

    laws = verify.run_conformance(
        microgradref.Value, network=microgradref.MLP, quick=True, select="NET01"
    ).laws
    assert [(law.code, law.status) for law in laws] == [("NET01", "held")]


def test_class_of_a_module_is_spelt_as_a_script_imports_it():
    import microgradref

    loaded = loaded_from(microgradref.Value)
    assert loaded.imports == (f"from {microgradref.Value.__module__} import Value",)
    assert loaded.source["file"].endswith(".py")
    local = loaded_from(made())
    assert local.target == f"{__name__}:Value"
    assert local.imports == ("# bring Value here",)


def test_engine_is_opened_once():
    engine = made()
    assert conformance.engine_of(engine) is conformance.engine_of(engine)
    opened = open_engine("torch")
    assert conformance.engine_of(opened).engine is opened


def test_engine_that_is_named_cannot_end_this_process(engine_file):
    rule = "            self.grad += out.data * out.grad  # exp\n"
    ends = "            if self.data < 0: import os; os._exit(0)\n"
    target = engine_file(replaced(SOURCE, (rule, ends + rule)))
    with pytest.raises(verify.ConformanceError, match="RUN04: %1 crashes: the process ends with"):
        verify.assert_case(target, parse_case("x0 = -0.5\n%1 = exp(x0)\n"))
    assert verify.check_case(target, SQUARE) == verify.Agree(1, 2)
    chosen = {"quick": True, "select": "RUN01", "case_timeout": 5, "memory": 500}
    document = verify.run_conformance(target, **chosen, fail_on=None)
    assert "RUN04" in {finding.law for finding in document.findings}


def test_process_of_an_engine_that_is_named_ends_with_the_run(engine_file, monkeypatch):
    def seen(engine, bench, plan):
        kept.append(engine)
        return original(engine, bench, plan)

    kept, original = [], conformance.run
    monkeypatch.setattr(conformance, "run", seen)
    target = engine_file()
    verify.run_conformance(target, select="SUP")
    assert not kept[0].process.is_alive
    verify.run_conformance(target, select="SUP", in_process=True)
    assert isinstance(kept[1], Here)


def test_case_gets_its_verdict_and_is_asserted():
    assert verify.check_case(made(), SQUARE) == verify.Agree(1, 2)
    assert verify.assert_case(made(), SQUARE) == verify.Agree(1, 2)
    wrong = made(overwriting("mul"))
    verdict = verify.check_case(wrong, SQUARE)
    assert isinstance(verdict, verify.Mismatch)
    assert (verdict.law, verdict.discrepancies[0].actual) == ("GRA01", 1.5)
    with pytest.raises(verify.ConformanceError) as raised:
        verify.assert_case(wrong, SQUARE)
    assert "%1 = mul(x0, x0)" in str(raised.value)
    assert "GRA01: d %1 / d x0 = 1.5, but must lie in [" in str(raised.value)
    assert raised.value.document is None


def test_case_that_cannot_be_asked_is_refused():
    unknown = parse_case("x0 = 1.5\n%1 = log(x0)\n%2 = sqrt(%1)\n")
    with pytest.raises(ValueError, match="the engine has no log, sqrt: draw cases from"):
        verify.check_case(made(), unknown)
    with pytest.raises(ValueError, match="engines are given the seed 1"):
        verify.check_case(made(), replace(SQUARE, seed=2.0))


def test_case_that_is_undecided_passes_and_one_that_raises_does_not():
    kink = parse_case("x0 = 0.0\n%1 = relu(x0)\n")
    assert isinstance(verify.assert_case(made(), kink), verify.Agree | verify.Undecided)
    slip = made(SOURCE.replace("math.tanh", "tanh"))
    with pytest.raises(verify.ConformanceError, match="RUN01: %1 raises: NameError"):
        verify.assert_case(slip, parse_case("x0 = 0.5\n%1 = tanh(x0)\n"))


def test_operations_are_those_of_the_engine():
    found = verify.operations_of(made())
    assert {"add", "rmul", "tanh", "sum"} <= set(found)
    assert "log" not in found


def test_cases_shrink_to_a_few_instructions():
    wrong = made(overwriting("tanh"))
    failing = []

    @settings(phases=(Phase.generate, Phase.shrink), max_examples=300)
    @given(case=cases(verify.operations_of(wrong)))
    def property_of_the_engine(case):
        try:
            verify.assert_case(wrong, case)
        except verify.ConformanceError:
            failing.append(case)
            raise

    with pytest.raises(verify.ConformanceError):
        property_of_the_engine()
    assert len(failing[-1].program.instructions) <= 3
    assert all(math.isfinite(x) for x in failing[-1].point)


def test_configuration_says_how_what_is_named_is_driven(engine_file, tmp_path, monkeypatch):
    engine_file(SOURCE.replace(".grad", ".zorp"), "engine")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TargetError, match="gradient"):
        verify.run_conformance("engine.py:Value", select="SUP")
    path = tmp_path / "gradverify.toml"
    path.write_text('target = "engine.py:Value"\n[engine]\ngradient = ".zorp"\n')
    document = verify.run_conformance("./engine.py:Value", select="SUP")
    assert document.engine["overrides"] == {"gradient": ".zorp"}
    assert verify.check_case("engine.py:Value", SQUARE) == verify.Agree(1, 2)
    path.write_text('[engine]\ngradeint = ".zorp"\n')
    with pytest.raises(ValueError, match="no key 'gradeint'; did you mean 'gradient'"):
        verify.run_conformance("engine.py:Value", select="SUP")
