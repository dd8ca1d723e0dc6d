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

pytestmark = pytest.mark.once

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
    said = " ".join(done.out.split())
    assert "agree at (1.3125, 0.78125): 44; (-1.1875, 0.84375): 4;" in said
    assert "(0.0, 1.0625): 4; (-1.0625, 0.0): 4 PROVED" in said


@pytest.mark.parametrize("where", ["self.data <= 0", "other.data < 0", "self.data == 0"])
def test_a_product_that_is_wrong_for_some_signs_is_not_proved(engine_file, oracles, where):
    line = "            self.grad += other.data * out.grad  # mul\n"
    wrong = replaced(SOURCE, (line, line.replace("+= ", f"+= 0 if {where} else ")))
    proof = prove(open_engine(engine_file(wrong)), oracles, ("add", "mul"), 3, 2)
    assert proof.counterexample is not None
    assert len(proof.counterexample.case.program.instructions) == 1


def test_a_proof_is_of_some_numbers_and_says_which(gradverify):
    done = gradverify("prove", "--ops", "pow,mul_number", "--size", "2", "--inputs", "1")
    said = " ".join(done.out.split())
    assert "each exponent one of 3, 2, -2, other numbers 3, 2 in the order of instructions" in said
    assert "exponent" not in gradverify("prove", "--size", "1").out


@pytest.mark.parametrize("slope", ["2 * self.data", "other * self.data ** abs(other - 1)"])
def test_a_power_right_for_some_exponents_is_not_proved(engine_file, oracles, slope):
    source = replaced(SOURCE, ("other * self.data ** (other - 1)", slope))
    proof = prove(open_engine(engine_file(source)), oracles, ("pow", "add"), 2, 2)
    assert proof.counterexample is not None


SELECTING = """
    def __abs__(self):
        return self.joined(abs(self.data), (self, (self.data > 0) - (self.data < 0)))

    def max(self, other):
        other = other if isinstance(other, Value) else Value(other)
        first = float(self.data > other.data)
        return self.joined(max(self.data, other.data), (self, first), (other, 1.0 - first))

    def joined(self, data, *slopes):
        out = Value(data, tuple(value for value, _ in slopes))

        def _backward():
            for value, slope in slopes:
                value.grad += slope * out.grad
        out._backward = _backward
        return out

    def relu(self):
"""
WITH_SIDES = replaced(SOURCE, ("\n    def relu(self):\n", SELECTING))


@pytest.mark.parametrize(
    ("form", "right", "wrong"),
    [
        ("relu", "(out.data > 0) * out.grad", "(1.0 if out.data > 0 else 0.5) * out.grad"),
        ("abs", "(self.data > 0) - (self.data < 0)", "1.0"),
        ("max", "first = float(self.data > other.data)", "first = 1.0"),
        ("max", "first = float(self.data > other.data)", "first = 0.0"),
        ("max_number", "first = float(self.data > other.data)", "first = 0.0"),
        ("max_number", "first = float(self.data > other.data)", "first = 1.0"),
    ],
)
def test_what_is_wrong_on_one_side_is_not_proved(engine_file, oracles, form, right, wrong):
    assert prove(open_engine(engine_file(WITH_SIDES)), oracles, (form,), 1, 2).decided > 0
    source = replaced(WITH_SIDES, (right, wrong))
    proof = prove(open_engine(engine_file(source)), oracles, (form,), 1, 2)
    assert proof.counterexample is not None


def test_undecided_programs_are_not_among_those_proved(gradverify):
    done = gradverify("prove", "--ops", "sub,div", "--size", "2")
    said = " ".join(done.out.split())
    assert done.code == 0, done.err
    assert "PROVED IN PART  41 of 44 programs of at most 2 instructions" in done.out
    assert "PROVED all" not in said
    assert "3 undecided, domain: the point is outside the domain of real" in said
    assert "41 programs confirmed by all three oracles" in said


def test_a_program_undecided_at_one_point_is_judged_at_another(oracles):
    proof = prove(open_engine("microgradref:Value"), oracles, ("neg", "log"), 2, 1)
    assert proof.decided == proof.total == 6 - proof.undecided.total()
    assert proof.points[1] > 0


def test_programs_met_on_one_side_only_are_counted(gradverify):
    done = gradverify("prove", "--ops", "exp,relu", "--size", "2", "--inputs", "1")
    said = " ".join(done.out.split())
    assert "meet one side only of an operation of two pieces: 2 (no point" in said


def test_an_operation_named_twice_counts_once(gradverify):
    done = gradverify("prove", "--ops", "add,add", "--size", "2")
    assert "programs of add on up to 2 inputs: 2 of size 1, 10 of size 2\n" in done.out


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
