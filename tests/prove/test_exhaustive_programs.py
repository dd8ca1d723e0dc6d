"""Enumeration: every program up to a size, each once."""

from itertools import permutations, product

import pytest

from strategies.exhaustive import all_programs
from verify.program import Instruction, Program, Ref
from verify.program.text import program_text

pytestmark = pytest.mark.once


def everything(names: tuple[str, ...], size: int, n_inputs: int) -> set[Program]:
    """Every sequence of binary instructions, with nothing left out."""
    steps = [
        [
            Instruction(name, (Ref(a), Ref(b)))
            for name in names
            for a in range(n_inputs + k)
            for b in range(n_inputs + k)
        ]
        for k in range(size)
    ]
    return {Program(n_inputs, chosen) for chosen in product(*steps)}


def is_whole(program: Program) -> bool:
    """Whether the output needs every input and every instruction."""
    needed = {program.output}
    for index in range(program.output, program.n_inputs - 1, -1):
        if index in needed:
            needed.update(program.at(index).refs)
    return len(needed) == len(program)


def renamings(program: Program) -> set[Program]:
    """Every program that differs in names of inputs and order of instructions only."""
    n = program.n_inputs
    found = set()
    for inputs in permutations(range(n)):
        for order in permutations(range(n, len(program))):
            name = {old: new for new, old in enumerate((*inputs, *order))}
            renamed = tuple(
                Instruction(
                    program.at(old).op,
                    tuple(Ref(name[o.index]) for o in program.at(old).operands),
                )
                for old in order
            )
            if all(ref < n + k for k, i in enumerate(renamed) for ref in i.refs):
                found.add(Program(n, renamed))
    return found


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("n_inputs", [1, 2])
def test_enumeration_has_each_class_of_renamings_exactly_once(size, n_inputs):
    listed = [p for p in all_programs(("add", "mul"), size, 2) if p.n_inputs == n_inputs]
    assert len(set(listed)) == len(listed)
    whole = {p for p in everything(("add", "mul"), size, n_inputs) if is_whole(p)}
    covered: set[Program] = set()
    for program in listed:
        alike = renamings(program)
        assert not alike & covered, program_text(program)
        covered |= alike
    assert covered == whole


def test_enumeration_of_spellings_with_numbers_and_of_unary_operations():
    texts = [program_text(p) for p in all_programs(("radd", "exp"), 2, 1)]
    assert texts == [
        "inputs x0\n%1 = add(3, x0)\n%2 = add(2, %1)",
        "inputs x0\n%1 = add(3, x0)\n%2 = exp(%1)",
        "inputs x0\n%1 = exp(x0)\n%2 = add(2, %1)",
        "inputs x0\n%1 = exp(x0)\n%2 = exp(%1)",
    ]


def test_every_exponent_is_tried_in_every_power():
    pairs = {
        tuple(step.operands[1] for step in program.instructions)
        for program in all_programs(("pow",), 2, 1)
    }
    assert pairs == set(product((3, 2, -2), repeat=2))


def test_no_two_instructions_of_the_usual_size_have_the_same_number():
    (program,) = all_programs(("mul_number",), 4, 1)
    assert [step.operands[1] for step in program.instructions] == [3, 2, 5, 7]


def test_a_form_named_twice_counts_once():
    once = list(all_programs(("add", "mul"), 2, 2))
    assert list(all_programs(("add", "mul", "add"), 2, 2)) == once
