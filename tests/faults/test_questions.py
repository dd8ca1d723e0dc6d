"""Questions of a diagnosis: what they must be able to tell apart."""

from __future__ import annotations

import pytest

from verify.engines import open_engine
from verify.oracles import BallOracle
from verify.program import Case, Program, Ref
from verify.questions import POINTS, about


@pytest.mark.parametrize("form", ["max", "min"])
@pytest.mark.parametrize("slot", [0, 1])
def test_each_operand_of_a_choice_is_an_intermediate_and_chosen_somewhere(form: str, slot: int):
    """Else an operand cut off from the graph changes no number of any question."""
    questions = list(about(open_engine("microgradref:Value"), Program(2, ()), form))
    assert any(
        chosen(Case(question, point[: question.n_inputs]), form, slot)
        for question in questions
        for point in POINTS
    )


def chosen(case: Case, form: str, slot: int) -> bool:
    """Whether the output is the choice of an intermediate, reached in no other way."""
    last = case.program.at(case.program.output)
    operand, other = last.operands[slot], last.operands[1 - slot]
    if last.form != form or not isinstance(operand, Ref) or operand == other:
        return False
    if operand.index < case.program.n_inputs:
        return False
    (answer,) = BallOracle().answers(case.program, [case.point])
    return bool(answer.adjoints[operand.index].contains(1))
