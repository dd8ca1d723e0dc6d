"""Who checks the checker: a wrong oracle is the suite's fault, and never the engine's."""

from __future__ import annotations

import dataclasses
import sys
from dataclasses import replace

import pytest
from faulty_engines import SOURCE, overwriting
from flint import arb

from verify.campaign import Budget, Plan, SuiteError, run
from verify.cli import main
from verify.engines import open_engine
from verify.oracles import BallOracle, Bench, SymbolicOracle, TorchOracle
from verify.program import ops

pytestmark = pytest.mark.once
SMALL = Budget(programs=1, points=4, minimum=0, rounds=0)


class Altered:
    """An oracle whose answers are changed on the way out."""

    def __init__(self, oracle, change, quantity="adjoints") -> None:
        self._oracle, self._change, self._quantity = oracle, change, quantity
        self.name = oracle.name

    def answers(self, program, points, seed=1.0):
        return [
            replace(
                answer,
                **{
                    self._quantity: tuple(
                        None if ball is None else self._change(ball)
                        for ball in getattr(answer, self._quantity)
                    )
                },
            )
            for answer in self._oracle.answers(program, points, seed)
        ]


def off(ball):
    """Wrong by 1e-12, relative: far below what any tolerance would see."""
    return ball * arb(1 + 1e-12)


ORACLES = (BallOracle, SymbolicOracle, TorchOracle)


def bench_with(which: int, change, quantity: str = "adjoints") -> Bench:
    return Bench(
        [
            Altered(oracle(), change, quantity) if i == which else oracle()
            for i, oracle in enumerate(ORACLES)
        ]
    )


@pytest.fixture
def examined(engine_file):
    def make(bench: Bench, source: str = SOURCE):
        return run(open_engine(engine_file(source)), bench, Plan(SMALL))

    return make


@pytest.mark.parametrize("quantity", ["primals", "adjoints"])
@pytest.mark.parametrize("which", [0, 1, 2], ids=["ball", "symbolic", "torch"])
def test_oracle_off_by_a_hair_puts_the_suite_in_doubt(examined, which, quantity):
    document = examined(bench_with(which, off, quantity))
    assert document.status == "in doubt"
    assert document.totals["oracle_disagreements"] > 0
    assert document.undecided["doubt"] > 0
    assert "says nothing about the engine" in document.sentence
    assert document.doubts
    assert all("disagree about" in sentence for sentence in document.doubts)


@pytest.mark.parametrize("which", [1, 2], ids=["symbolic", "torch"])
def test_wrong_oracle_is_never_blamed_on_a_right_engine(examined, which):
    document = examined(bench_with(which, off))
    assert [f for f in document.findings if f.severity == "error"] == []
    assert document.totals["mismatched"] == 0


def test_doubt_outranks_findings(examined):
    document = examined(bench_with(2, off), overwriting("mul"))
    assert document.status == "in doubt"


def test_oracle_that_is_sure_of_nothing_gives_no_certificate(examined):
    """A ball that holds everything agrees with everybody, and proves nothing."""
    everything = bench_with(0, lambda ball: arb(0, 1e300))
    assert examined(everything).status == "in doubt"


def with_partial(monkeypatch, name: str, slot: int, rule) -> None:
    """Plant a wrong partial in OPS for one test."""
    row = ops.BY_NAME[name]
    partials = (*row.partials[:slot], rule, *row.partials[slot + 1 :])
    wrong = dataclasses.replace(row, partials=partials)
    monkeypatch.setitem(ops.BY_NAME, name, wrong)
    for form, (old, kinds) in list(ops.FORMS.items()):
        if old is row:
            monkeypatch.setitem(ops.FORMS, form, (wrong, kinds))


def test_wrong_partial_of_the_table_is_the_suite_s_fault(examined, monkeypatch, oracles):
    with_partial(monkeypatch, "tanh", 0, lambda m, y, x: (1 - y * y) * (1 + 1e-12))
    document = examined(oracles)
    assert document.status == "in doubt"
    assert document.totals["mismatched"] == 0
    assert [f for f in document.findings if f.severity == "error"] == []


def test_doubt_is_exit_code_4_with_the_disagreement_shown(
    engine_file, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr("verify.cli.run.bench", lambda: bench_with(1, off))
    folder = str(tmp_path / "reports")
    code = main(["run", engine_file(), "--quick", "--ops", "mul", "--report-dir", folder])
    shown = capsys.readouterr().out
    assert code == 4
    assert "IN DOUBT" in shown
    assert "ball and symbolic disagree about the adjoint of" in shown
    assert "CERTIFIED" not in shown


@pytest.mark.parametrize("error", [ValueError, RecursionError, MemoryError, AssertionError])
def test_oracle_that_raises_is_the_suite_s_failure(examined, error):
    def explode(_ball):
        raise error("it broke")

    with pytest.raises(SuiteError, match=f"{error.__name__}: it broke"):
        examined(bench_with(1, explode))


def test_oracle_that_raises_is_exit_code_4_in_one_sentence(
    engine_file, tmp_path, monkeypatch, capsys
):
    def explode(_ball):
        raise ZeroDivisionError("it\nbroke")

    monkeypatch.setattr("verify.cli.run.bench", lambda: bench_with(2, explode))
    code = main(["run", engine_file(), "--quick", "--report-dir", str(tmp_path), "--seed", "7"])
    shown = capsys.readouterr()
    assert code == 4
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert "ZeroDivisionError: it broke" in shown.err
    assert "--seed 7" in shown.err


def test_bug_in_a_law_of_ours_is_exit_code_4(engine_file, tmp_path, monkeypatch, capsys):
    def broken(*_arguments):
        raise KeyError("ours")

    monkeypatch.setattr(sys.modules["verify.campaign.run"], "look_at_laws", broken)
    arguments = ["run", engine_file(), "--quick", "--ops", "add", "--report-dir", str(tmp_path)]
    assert main(arguments) == 4
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "an internal error (KeyError: 'ours', at test_doubt.py line " in shown.err
    assert shown.err.count("\n") == 1


def test_one_oracle_alone_is_no_bench():
    with pytest.raises(ValueError, match="at least two"):
        Bench([BallOracle()])
