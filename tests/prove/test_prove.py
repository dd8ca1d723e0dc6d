"""Bounded proofs: right engines are proved, and the counterexample is the smallest there is."""

import pytest
from faulty_engines import DUPLICATE_APPEND, SOURCE, replaced

from strategies.exhaustive import all_programs
from strategies.positions import POINTS
from verify.campaign.prove import prove
from verify.check import check
from verify.engines import open_engine
from verify.oracles import BallAlone
from verify.verdict import Mismatch

DUPLICATING = replaced(SOURCE, *DUPLICATE_APPEND)


def test_a_right_engine_is_proved(oracles):
    proof = prove(open_engine("microgradref:Value"), oracles, ("add", "mul"), 3, 2)
    assert proof.counterexample is None
    assert dict(proof.programs) == {1: 4, 2: 40, 3: 624}
    assert proof.confirmed == 668
    assert proof.gradients > 668
    assert not proof.undecided


def test_the_counterexample_to_the_duplicate_append_is_the_smallest(engine_file, oracles):
    engine = open_engine(engine_file(DUPLICATING))
    proof = prove(engine, oracles, ("add", "mul"), 4, 2)
    assert proof.counterexample is not None
    size = len(proof.counterexample.case.program.instructions)
    assert size == 2  # x + x, then that plus itself: its operands are met twice
    for smaller in range(1, size):
        for program in all_programs(("add", "mul"), smaller, 2):
            (checked,) = check(engine, BallAlone(), program, [POINTS[0][: program.n_inputs]])
            assert not isinstance(checked.verdict, Mismatch)


def test_prove_says_what_it_proved(gradverify):
    done = gradverify("prove", "--size", "2")
    assert done.code == 0, done.err
    assert "4 of size 1, 40 of size 2" in done.out
    assert "PROVED  all 44 programs" in done.out


def test_prove_shows_the_counterexample_and_its_name(gradverify, engine_file):
    done = gradverify("prove", engine_file(DUPLICATING), "--size", "3")
    assert done.code == 1, done.err
    assert "topological sort appends a node each time it is met" in " ".join(done.out.split())
    assert "COUNTEREXAMPLE" in done.out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--ops", "nonsense"], 2), (["--ops", ","], 2), (["no.such.module:Value"], 3)],
)
def test_prove_refuses_in_one_sentence(gradverify, arguments, code):
    done = gradverify("prove", *arguments)
    assert done.code == code
    assert done.refusal
