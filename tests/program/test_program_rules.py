"""Program and Case: what is refused, with which words, and that nothing can be changed."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from verify.program import FORMS, OPS, Case, Instruction, Program, ProgramError, Ref

X, Y = Ref(0), Ref(1)
ADD = Instruction("add", (X, Y))

WRONG_TYPE = "must be a reference, an int or a float"
REFUSED: list[tuple[Instruction, str]] = [
    (Instruction("add", (X,)), "%2: add takes 2 operands, got 1"),
    (Instruction("add", (X, Y, X)), "%2: add takes 2 operands, got 3"),
    (Instruction("exp", ()), "%2: exp takes 1 operand, got 0"),
    (Instruction("sum", ()), "%2: sum takes one or more values and no numbers"),
    (Instruction("sum", (X, 2)), "%2: sum takes one or more values and no numbers"),
    (Instruction("add", (X, Ref(2))), "%2: add: operand 1 refers to %2, which is not an earlier"),
    (Instruction("mul", (Ref(9), X)), "%2: mul: operand 0 refers to %9, which is not an earlier"),
    (Instruction("mul", (X, Ref(-1))), "%2: mul: operand 1 refers to %-1"),
    (Instruction("mul", (Ref(True), X)), "%2: mul: operand 0 refers to %True"),
    (Instruction("mul", (Ref(0.0), X)), "%2: mul: operand 0 refers to %0.0"),  # type: ignore[arg-type]
    (Instruction("add", (X, True)), f"%2: add: operand 1 {WRONG_TYPE}, not bool"),
    (Instruction("add", (1j, X)), f"%2: add: operand 0 {WRONG_TYPE}, not complex"),  # type: ignore[arg-type]
    (Instruction("add", (X, "2")), "not str"),  # type: ignore[arg-type]
    (Instruction("add", (X, None)), "not NoneType"),  # type: ignore[arg-type]
    (Instruction("mul", (X, 2**53 + 1)), "%2: mul: operand 1 is an integer beyond 2**53"),
    (Instruction("mul", (X, -(10**400))), "%2: mul: operand 1 is an integer beyond 2**53"),
    (Instruction("gelu", (X,)), "%2: there is no operation 'gelu'"),
    (Instruction("radd", (2, X)), "%2: there is no operation 'radd'"),
    (Instruction("add", (1, 2)), "%2: add cannot be spelled with a number and a number"),
    (Instruction("max", (2, X)), "%2: max cannot be spelled with a number and a value"),
    (Instruction("pow", (X, Y)), "%2: pow cannot be spelled with a value and a value"),
    (Instruction("power", (X, 2)), "%2: power cannot be spelled with a value and a number"),
    (Instruction("iadd", (2, X)), "%2: iadd cannot be spelled with a number and a value"),
    (Instruction("tanh", (0.5,)), "%2: tanh cannot be spelled with a number"),
]  # fmt: skip


@pytest.mark.parametrize(("instruction", "words"), REFUSED)
def test_program_refusal_names_instruction_and_operand(
    instruction: Instruction, words: str
) -> None:
    with pytest.raises(ProgramError) as refusal:
        Program(2, (instruction,))
    assert str(refusal.value).startswith("%2: ")
    assert words in str(refusal.value)


def test_program_refusal_is_about_the_first_wrong_instruction() -> None:
    good, bad = ADD, Instruction("mul", (Ref(7), X))
    with pytest.raises(ProgramError, match=r"^%3: mul: operand 0 refers to %7"):
        Program(2, (good, bad, Instruction("no such", ())))


@pytest.mark.parametrize("n_inputs", [0, -1, True, 1.0, None, "2", 100_001])
def test_program_needs_a_sensible_number_of_inputs(n_inputs: Any) -> None:
    with pytest.raises(ProgramError, match="a program has 1 to 100000 inputs"):
        Program(n_inputs, ())


def test_program_refuses_more_instructions_than_its_limit() -> None:
    with pytest.raises(ProgramError, match="at most 1000000 instructions, not 1000001"):
        Program(2, (ADD,) * 1_000_001)


@pytest.mark.parametrize("form", FORMS)
def test_program_takes_every_form_and_names_it(form: str) -> None:
    row, kinds = FORMS[form]
    operands = (X, Y) if kinds == "*" else tuple(X if k == "v" else 2.0 for k in kinds)
    (instruction,) = Program(2, (Instruction(row.name, operands),)).instructions
    assert instruction.form == form
    assert instruction.refs == tuple(o.index for o in operands if isinstance(o, Ref))


def test_program_limits_are_inside_the_law() -> None:
    assert Program(1, (Instruction("mul", (X, 2**53)), Instruction("mul", (-(2**53), X))))


def test_program_counts_uses_slot_by_slot() -> None:
    program = Program(1, (Instruction("mul", (X, X)), Instruction("sum", (X, Y, Y))))
    assert program.uses() == {0: 3, 1: 2}
    assert (len(program), program.output, program.name(0), program.name(2)) == (3, 2, "x0", "%2")
    assert [index for index, _ in program.steps()] == [1, 2]
    assert program.at(2).op == "sum"


POINTS: list[tuple[Any, Any, str]] = [
    ((1.0,), 1.0, "the program has 2 inputs, the point 1"),
    ((1.0, 2.0, 3.0), 1.0, "the program has 2 inputs, the point 3"),
    ((1.0, 2), 1.0, "x1 must be a float, not int"),
    ((True, 2.0), 1.0, "x0 must be a float, not bool"),
    ((1.0, None), 1.0, "x1 must be a float, not NoneType"),
    ((1.0, 2.0), 1, "the seed must be a float, not int"),
]


@pytest.mark.parametrize(("point", "seed", "words"), POINTS)
def test_case_refusal_names_what_does_not_fit(point: Any, seed: Any, words: str) -> None:
    with pytest.raises(ProgramError) as refusal:
        Case(Program(2, (ADD,)), point, seed)
    assert str(refusal.value) == words


CASE = Case(Program(2, (ADD,)), (1.0, 2.0))


@pytest.mark.parametrize("value", [CASE, CASE.program, ADD, X, OPS[0]])
def test_values_cannot_be_changed(value: Any) -> None:
    for field in dataclasses.fields(value):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, field.name, None)


def test_cases_are_values_equal_and_hashable() -> None:
    again = Case(Program(2, (Instruction("add", (Ref(0), Ref(1))),)), (1.0, 2.0))
    assert again == CASE
    assert len({again, CASE}) == 1
    assert Case(CASE.program, (1.0, 2.5)) != CASE


def test_one_instruction_by_itself_has_the_values_it_uses_as_inputs():
    square = Instruction("mul", (Ref(2), Ref(2)))
    program = Program(
        2, (Instruction("add", (Ref(1), Ref(0))), square, Instruction("exp", (Ref(3),)))
    )
    assert program.forms == {"add", "mul", "exp"}
    assert program.alone(2) == (Program(2, (Instruction("add", (Ref(0), Ref(1))),)), (1, 0))
    assert program.alone(3) == (Program(1, (Instruction("mul", (Ref(0), Ref(0))),)), (2,))
