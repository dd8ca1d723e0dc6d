"""The symbolic oracle stays bounded: it cuts what is large, says so, and answers the same."""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flint import arb
from oracle_samples import sample

from verify.oracles import BallOracle, SymbolicOracle, symbolic
from verify.oracles.equations import equation_of
from verify.oracles.symbolic import followed_inputs, is_small
from verify.program import BY_NAME, Instruction, Program, Ref

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
    assert is_small(program)
    assert answer(program).how == "whole"
    assert sum(is_small(batch.program) for batch in sample(300, 1)) > 5


def test_symbolic_answers_a_program_without_instructions() -> None:
    found = answer(Program(1, ()), (0.75,))
    assert (found.primals, found.adjoints) == ((0.75,), (1,))


def test_symbolic_cuts_a_shared_dag_and_says_so() -> None:
    program = tangle(30)
    found = answer(program)
    assert found.how == "cut at 29 values"
    (ball,) = BallOracle().answers(program, [POINT])
    assert all(map(arb.contains, ball.adjoints[:2], found.adjoints[:2]))
    assert found.adjoints[1].rel_accuracy_bits() >= 70
    assert abs(found.adjoints[0]) < 1e-300, "it cancels"


def test_symbolic_answers_every_value_of_a_cut_program() -> None:
    program = tangle(30)
    found = answer(program)
    (ball,) = BallOracle().answers(program, [POINT])
    assert all(map(arb.contains, ball.primals, found.primals))


def test_symbolic_follows_as_many_inputs_as_its_budget_allows_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps = [Instruction("mul", (Ref(i), Ref(i + 1))) for i in range(0, 10, 2)]
    program = Program(10, (*steps, Instruction("sum", tuple(map(Ref, range(10, 15))))))
    point = tuple(float(i + 1) for i in range(10))
    assert len(followed_inputs(program)) == 10
    monkeypatch.setattr(symbolic, "WORK", 6 * 4)
    found = answer(program, point)
    assert found.how == "cut at 5 values; 4 of 10 inputs followed"
    known = {i: a for i, a in enumerate(found.adjoints[:10]) if a is not None}
    assert known == {0: 2, 3: 3, 6: 8, 9: 9}
    assert found.troubles == ()


def test_equations_of_exponents_equal_and_not_the_same_are_apart() -> None:
    assert equation_of("pow", 1, 2) is not equation_of("pow", 1, 2.0)


def test_symbolic_asks_no_partial_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    program = tangle(12)
    before = answer(program)
    equation_of.cache_clear()
    for name, row in list(BY_NAME.items()):
        monkeypatch.setitem(BY_NAME, name, replace(row, partials=(refuse,)))
    after = answer(program)
    assert [str(a) for a in after.adjoints] == [str(a) for a in before.adjoints]


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


@pytest.mark.parametrize("limit", [1, 3, 4])
def test_symbolic_answers_alike_whole_and_cut(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    batches = [b for b in sample(600, 2) if is_small(b.program)]
    whole = [answer(b.program, b.points[0]) for b in batches]
    monkeypatch.setattr(symbolic, "TREE_LIMIT", limit)
    cut = [answer(b.program, b.points[0]) for b in batches]
    assert sum(found.how != "whole" for found in cut) > len(batches) / 4
    for batch, one, other in zip(batches, whole, cut, strict=True):
        same(batch.program, one, other)


def same(program: Program, one: Answer, other: Answer) -> None:
    """Both answer the output and every input, and what both know overlaps."""
    both = [(p, q) for p, q in zip(one.primals + one.adjoints, other.primals + other.adjoints,
                                   strict=True) if p is not None and q is not None]  # fmt: skip
    assert len(both) >= 2 * program.n_inputs + 1
    assert all(p.overlaps(q) for p, q in both)


@pytest.mark.parametrize("length", [2, 6], ids=["whole", "cut"])
def test_symbolic_differentiates_once_for_all_points(
    length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    derive = symbolic._derivative
    monkeypatch.setattr(symbolic, "_derivative", lambda *a: made.append(1) or derive(*a))
    answers = SymbolicOracle().answers(tangle(length), [POINT, (0.5, 2.0), (-1.0, 3.0)])
    assert (len(answers), len(made)) == (3, 1)
