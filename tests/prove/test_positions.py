"""Where enumerated programs are judged: on both sides of each piecewise operation that has two."""

import struct

import pytest

from strategies.exhaustive import all_programs
from strategies.positions import ALONE, GENERAL, POINTS, piecewise, positions, sides
from verify.program import Program, alone
from verify.program.text import program_text

PIECEWISE = ("relu", "abs", "max", "min", "max_number", "min_number")


def met(program: Program) -> set[tuple[int, bool]]:
    at = [sides(program, POINTS[k][: program.n_inputs]) for k in positions(program)]
    return set().union(*(reached or set() for reached in at))


def test_points_are_distinct_and_float32_holds_them():
    numbers = [number for point in POINTS for number in point]
    assert struct.unpack(f"<{len(numbers)}f", struct.pack(f"<{len(numbers)}f", *numbers)) == tuple(
        numbers
    )
    for point in POINTS[:GENERAL]:
        assert len(set(map(abs, point))) == len(point)
        assert not {0.0, 1.0, 2.0} & set(map(abs, point))


def test_sums_and_products_have_one_point_and_all_else_more():
    assert {tuple(positions(p)) for p in all_programs(("add", "mul", "isub"), 2, 2)} == {(0,)}
    single = {tuple(positions(p)) for p in all_programs(("add", "mul", "isub"), 1, 2)}
    assert single == {tuple(ALONE)}
    signs = {tuple((x > 0) - (x < 0) for x in POINTS[index][:2]) for index in ALONE}
    assert signs == {(1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (-1, 0)}
    assert all(len(positions(p)) > 1 for p in all_programs(("tanh", "pow"), 2, 2))


@pytest.mark.parametrize("form", PIECEWISE)
def test_an_operation_of_two_pieces_is_met_on_both_sides_by_itself(form):
    program = alone(form)
    assert met(program) == {(program.output, True), (program.output, False)}


@pytest.mark.parametrize("form", PIECEWISE)
def test_and_where_its_operand_was_made_by_another(form):
    """The second operand, a product of two inputs, a sum: each has its own signs."""
    for program in all_programs(("mul", "sub", form), 2, 2):
        pieces = piecewise(program)
        if len(pieces) == 1 and not always_one_sided(program):
            assert met(program) == {(pieces[0], True), (pieces[0], False)}, program_text(program)


def always_one_sided(program: Program) -> bool:
    """No point of many has the other side: ``relu(x0 * x0)``, ``abs(x0 - x0)``."""
    many = [-7.3, -2.1, -1.2, -0.4, 0.3, 0.9, 1.7, 3.2, 8.1]
    points = [(a, b) if program.n_inputs == 2 else (a,) for a in many for b in many]
    found = set().union(*(sides(program, point) or set() for point in points))
    return len(found) < 2 * len(piecewise(program))


def test_a_point_that_the_domain_refuses_is_passed_over():
    shown = {program_text(p): positions(p) for p in all_programs(("neg", "log"), 2, 1)}
    assert all(POINTS[k][0] < 0 for k in shown["inputs x0\n%1 = neg(x0)\n%2 = log(%1)"])
    assert all(POINTS[k][0] > 0 for k in shown["inputs x0\n%1 = log(x0)\n%2 = neg(%1)"])


def test_a_program_that_every_point_is_refused_by_keeps_the_first():
    nowhere = [p for p in all_programs(("sub", "div"), 2, 1) if positions(p) == [0]]
    assert "inputs x0\n%1 = sub(x0, x0)\n%2 = div(x0, %1)" in map(program_text, nowhere)


def test_a_kink_is_no_side():
    (program,) = all_programs(("relu",), 2, 1)
    assert sides(program, (1.5,)) == {(1, True), (2, True)}
    assert sides(program, (-1.5,)) == set()
