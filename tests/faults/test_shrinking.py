"""Shrinking: the result fails, is never larger, is the same every time, and is minimal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import cases
from verify.program import Case, Instruction, Program, Ref
from verify.program.text import case_text, parse_case
from verify.shrink import _written_out, shrink, size

LONG = parse_case("""\
x0 = 1.3125
x1 = -0.71875
x2 = 7.25
%3 = mul(x0, x1)
%4 = exp(%3)
%5 = add(%4, x2)
%6 = tanh(%5)
%7 = mul(%6, %4)
%8 = sub(%7, 3.75)
%9 = add(%8, %8)
%10 = pow(%9, 3)
%11 = sum(%10, %3, %4)
""")


def uses(case: Case, op: str) -> int:
    return sum(instruction.op == op for instruction in case.program.instructions)


PREDICATES = {
    "anything": (lambda case: True, 0),
    "an exp": (lambda case: uses(case, "exp") >= 1, 1),
    "a shared value": (lambda case: max(case.program.uses().values(), default=0) >= 2, 1),
    "two products": (lambda case: uses(case, "mul") >= 2, 2),
    "an exp of a product": (
        lambda case: any(
            i.op == "exp" and i.refs[0] >= case.program.n_inputs
            and case.program.at(i.refs[0]).op == "mul"
            for i in case.program.instructions
        ),
        2,
    ),
    "a shared intermediate": (
        lambda case: any(
            count >= 2 and index >= case.program.n_inputs
            for index, count in case.program.uses().items()
        ),
        2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("wanted", PREDICATES)
def test_shrinking_reaches_the_least_number_of_instructions(wanted):
    fails, least = PREDICATES[wanted]
    assert fails(LONG)
    small = shrink(LONG, fails)
    assert fails(small)
    assert len(small.program.instructions) <= max(least, 1)


@pytest.mark.parametrize("wanted", PREDICATES)
def test_shrinking_makes_the_numbers_plain(wanted):
    small = shrink(LONG, PREDICATES[wanted][0])
    assert set(small.point) == {2.0}
    assert small.program.n_inputs == 1


def test_shrinking_keeps_what_the_failure_needs():
    def fails(case: Case) -> bool:
        return case.point[0] < 0 and uses(case, "tanh") == 1 and uses(case, "sub") == 1

    case = parse_case("x0 = -3.71875\n%1 = exp(x0)\n%2 = tanh(%1)\n%3 = sub(%2, x0)\n%4 = neg(%3)")
    assert case_text(shrink(case, fails)) == "x0 = -2.0\n%1 = tanh(x0)\n%2 = sub(%1, %1)"


def test_shrinking_leaves_the_minimal_alone():
    case = parse_case("x0 = 2.0\n%1 = exp(x0)")
    assert shrink(case, lambda _case: True) == case


def test_shrinking_never_changes_the_case_it_was_given():
    before = case_text(LONG)
    shrink(LONG, lambda case: uses(case, "tanh") == 1)
    assert case_text(LONG) == before


def test_shrinking_drops_operands_of_a_sum():
    case = parse_case("x0 = 1.5\nx1 = 2.5\n%2 = sum(x0, x1, x0, x1)")
    small = shrink(case, lambda c: uses(c, "sum") == 1)
    assert len(small.program.instructions[0].operands) == 1


def test_shrinking_exchanges_a_form_for_a_plainer_one():
    """An operation that an engine composes of others gives way to those."""
    case = parse_case("x0 = 2.0\n%1 = sub(x0, x0)")
    ranks = {"add": 1, "sub": 2}
    small = shrink(case, lambda c: True, ranks)
    assert small.program.instructions == (Instruction("add", (Ref(0), Ref(0))),)


def test_shrinking_uses_no_form_that_the_engine_lacks():
    case = parse_case("x0 = 2.0\n%1 = sub(x0, x0)")
    seen = set()
    shrink(case, lambda c: bool(seen.update(i.form for i in c.program.instructions)), {"sub": 2})
    assert seen <= {"sub"}


def test_every_step_is_smaller():
    """So shrinking ends, whatever fails."""
    sizes = [size(LONG)]

    def fails(case: Case) -> bool:
        assert size(case) < sizes[-1]
        sizes.append(size(case))
        return True

    shrink(LONG, fails)
    assert len(sizes) > 1


@given(cases(), st.sampled_from(sorted(PREDICATES)))
def test_shrunk_case_fails_and_is_no_larger(case, wanted):
    fails, _least = PREDICATES[wanted]
    if not fails(case):
        return
    small = shrink(case, fails)
    assert fails(small)
    assert size(small) <= size(case)
    assert small.seed == case.seed
    assert shrink(case, fails) == small
    assert shrink(small, fails) == small


def test_program_that_nothing_shortens_is_returned():
    case = Case(Program(1, (Instruction("exp", (Ref(0),)),)), (0.123456789,))
    assert shrink(case, lambda _case: False) == case


ADDITIONS = {"add": 1, "radd": 2, "sum": 2}


def test_shrinking_writes_a_sum_out():
    """What goes wrong inside Python's `sum` is shown as the additions that it makes."""

    def fails(case: Case) -> bool:  # a value with two users, as in 0 + x0 + x0
        users = {k: sum(k in i.refs for _, i in case.program.steps()) for k in case.program.uses()}
        within = sum(i.op == "sum" and len(i.operands) > 1 for i in case.program.instructions)
        return within > 0 or max(users.values(), default=0) > 1

    case = parse_case("x0 = 2.0\n%1 = sum(x0, x0)")
    assert case_text(shrink(case, fails, ADDITIONS)) == (
        "x0 = 2.0\n%1 = add(2, x0)\n%2 = add(%1, x0)"
    )


def test_sum_that_is_wrong_itself_stays():
    case = parse_case("x0 = 2.0\n%1 = exp(x0)\n%2 = sum(%1, x0, %1)\n%3 = neg(%2)")
    small = shrink(case, lambda c: uses(c, "sum") == 1, ADDITIONS)
    assert [i.op for i in small.program.instructions] == ["sum"]


def test_sum_written_out_is_the_same_function():
    def sums(case: Case) -> float:
        values = list(case.point)
        for i in case.program.instructions:
            operands = [values[o.index] if isinstance(o, Ref) else float(o) for o in i.operands]
            values.append(-operands[0] if i.op == "neg" else sum(operands))
        return values[-1]

    text = "x0 = 2.0\nx1 = 3.0\nx2 = 7.0\n%3 = neg(x0)\n%4 = sum(x1, %3, x2)\n%5 = neg(%4)"
    case = parse_case(text)
    written = list(_written_out(case, ADDITIONS))
    assert [len(w.program.instructions) for w in written if w] == [4, 5]
    assert {sums(w) for w in written if w} == {sums(case)} == {-8.0}
