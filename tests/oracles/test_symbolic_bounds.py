"""The symbolic oracle stays bounded: it cuts what is large, says so, and answers the same."""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING

import pytest
from flint import arb
from oracle_samples import sample

from verify.oracles import BallOracle, SymbolicOracle, symbolic
from verify.oracles.symbolic import cut_points
from verify.program import Instruction, Program, Ref

if TYPE_CHECKING:
    from verify.oracles import Answer

POINT = (0.75, 1.25)


def answer(program: Program, point: tuple[float, ...] = POINT) -> Answer:
    (found,) = SymbolicOracle().answers(program, [point])
    return found


def tangle(length: int) -> Program:
    """A DAG in which every instruction uses two of the last three values."""
    dice = random.Random(7)
    steps = []
    for index in range(2, 2 + length):
        a, b = Ref(index - 1), Ref(index - dice.randint(1, min(index, 3)))
        steps.append(Instruction(dice.choice(("add", "mul", "sub")), (a, b)))
        steps[-1] = Instruction("sin", (a,)) if index % 4 == 0 else steps[-1]
    return Program(2, tuple(steps))


def diamond(levels: int) -> Program:
    """Repeat v = (v + v) / 2: 2**levels paths."""
    steps = []
    for _ in range(levels):
        last = Ref(1 + len(steps))
        steps += [Instruction("add", (last, last)), Instruction("mul", (Ref(last.index + 1), 0.5))]
    return Program(2, tuple(steps))


def chain(length: int) -> Program:
    """Repeat v = 1 + v / 2."""
    steps: list[Instruction] = []
    while len(steps) < length:
        steps.append(Instruction("mul", (Ref(1 + len(steps)), 0.5)))
        steps.append(Instruction("add", (1, Ref(1 + len(steps)))))
    return Program(2, tuple(steps))


def test_symbolic_takes_small_programs_whole() -> None:
    program = Program(2, (Instruction("mul", (Ref(0), Ref(1))), Instruction("tanh", (Ref(2),))))
    assert cut_points(program) == frozenset()
    assert answer(program).how == "whole"
    assert sum(not cut_points(batch.program) for batch in sample(300, 1)) > 100


def test_symbolic_cuts_a_shared_dag_and_says_so() -> None:
    program = tangle(30)
    found = answer(program)
    assert found.how == f"cut at {len(cut_points(program))} values"
    assert len(cut_points(program)) > 3
    (ball,) = BallOracle().answers(program, [POINT])
    assert all(map(arb.contains, ball.adjoints[:2], found.adjoints[:2]))
    assert ball.primals[-1].contains(found.primals[-1])
    assert found.adjoints[0].rel_accuracy_bits() >= 70


def test_symbolic_answers_at_the_values_cut() -> None:
    program = tangle(30)
    found = answer(program)
    known = {i for i in range(2, len(program)) if found.primals[i] is not None}
    assert known == set(cut_points(program)) | {program.output}
    (ball,) = BallOracle().answers(program, [POINT])
    reached = {i for i in known if found.adjoints[i] is not None}
    assert len(reached) > 3
    assert all(ball.adjoints[i].contains(found.adjoints[i]) for i in reached)


def test_symbolic_takes_a_diamond_in_which_paths_double_at_each_level() -> None:
    found = answer(diamond(60))
    assert found.how.startswith("cut at ")
    assert found.adjoints[1].contains(arb(1))
    assert found.primals[-1].contains(arb(1.25))
    assert found.adjoints[0].is_zero()


def test_symbolic_takes_a_chain_longer_than_the_stack() -> None:
    program = chain(2000)
    assert len(program.instructions) > sys.getrecursionlimit()
    found = answer(program)
    assert found.how.startswith("cut at ")
    assert found.adjoints[1].overlaps(arb(2) ** -1000)
    assert found.adjoints[1].rel_accuracy_bits() >= 70
    assert found.primals[-1].overlaps(2 - arb(2) ** -1000 * arb(0.75))


def test_symbolic_cuts_powers_of_powers() -> None:
    steps = tuple(Instruction("pow", (Ref(i), 9)) for i in range(1, 5))
    found = answer(Program(2, steps), (1.0, 1.0))
    assert found.how.startswith("cut at ")
    assert found.adjoints[1] == 9**4


@pytest.mark.parametrize("limit", [1, 4, 9])
def test_symbolic_answers_alike_whole_and_cut(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    batches = [b for b in sample(150, 2) if not cut_points(b.program)]
    whole = [answer(b.program, b.points[0]) for b in batches]
    monkeypatch.setattr(symbolic, "TREE_LIMIT", limit)
    cut = [answer(b.program, b.points[0]) for b in batches]
    assert sum(found.how != "whole" for found in cut) > len(batches) / 3
    for batch, one, other in zip(batches, whole, cut, strict=True):
        same(batch.program, one, other)


def same(program: Program, one: Answer, other: Answer) -> None:
    """Both answer the output and every input, and what both know overlaps."""
    both = [(p, q) for p, q in zip(one.primals + one.adjoints, other.primals + other.adjoints,
                                   strict=True) if p is not None and q is not None]  # fmt: skip
    assert len(both) >= 2 * program.n_inputs + 1
    assert all(p.overlaps(q) for p, q in both)


def test_symbolic_differentiates_once_for_all_points(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(symbolic, "_blocks", lambda *a, f=symbolic._blocks: made.append(1) or f(*a))
    answers = SymbolicOracle().answers(tangle(6), [POINT, (0.5, 2.0), (-1.0, 3.0)])
    assert (len(answers), len(made)) == (3, 1)
