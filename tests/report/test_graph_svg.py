"""The graph: every value a box, every use a line, the wrong ones marked; no line through a box."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from html_samples import WRONG

from verify.program import Case, Instruction, Program, Ref
from verify.program.json_form import case_to_json
from verify.program.text import parse_case
from verify.report.graph_layout import HEIGHT, WIDTH, Edge, edges_of, layout
from verify.report.graph_svg import MOST, to_svg, wrong_edges

SVG = "{http://www.w3.org/2000/svg}"


def drawn(finding=WRONG, **options) -> ET.Element:
    return ET.fromstring(to_svg(finding, **options))  # noqa: S314


def of(case: Case):
    return replace(WRONG, case=case_to_json(case), values=(), instruction=None)


def random_program(seed: int, instructions: int, inputs: int = 3) -> Program:
    rng = Random(seed)
    steps = [
        Instruction("add", (Ref(rng.randrange(inputs + k)), Ref(rng.randrange(inputs + k))))
        for k in range(instructions)
    ]
    return Program(inputs, tuple(steps))


def texts(svg: ET.Element, kind: str) -> list[str]:
    return [t.text or "" for t in svg.iter(f"{SVG}text") if kind in (t.get("class") or "").split()]


def test_each_value_is_a_box_with_its_name_and_numbers():
    svg = drawn()
    assert texts(svg, "name") == [
        "x0 = 3.0", "x1 = 2.0", "%2 = mul(x0, x1)", "%3 = mul(%2, %2)", "%4 = add(%3, x0)",
    ]  # fmt: skip
    titles = [t.text for g in svg.iter(f"{SVG}g") if g.get("class") == "node" for t in g[:1]]
    assert len(titles) == 5
    assert "gradient 13.0, must lie in [25.0, 25.0]" in (titles[0] or "")


def test_wrong_number_is_marked_in_words_and_nothing_else_is():
    assert texts(drawn(), "wrong") == [
        "\u2717 first wrong",
        "13 \u2717 wrong",
        "must be exactly 25",
    ]
    right = tuple(replace(v, adjoint=v.adjoint_range["low"]) for v in WRONG.values)
    assert texts(drawn(replace(WRONG, values=right, instruction=None)), "wrong") == []


def test_wrong_line_is_the_operand_of_the_instruction():
    case = parse_case(WRONG.program)
    assert wrong_edges(case, WRONG) == {Edge(0, 2, 0)}
    assert wrong_edges(case, replace(WRONG, operand=None)) == {Edge(0, 2, 0)}
    assert wrong_edges(case, replace(WRONG, instruction=None)) == set()
    value = replace(WRONG, operand=None, quantity="%3", instruction=3)
    assert wrong_edges(case, value) == set()
    both = replace(WRONG, operand=None, quantity="d %4 / d %2", instruction=3)
    assert wrong_edges(case, both) == {Edge(2, 3, 0), Edge(2, 3, 1)}


def test_same_value_in_both_positions_gives_two_lines_and_a_badge():
    svg = drawn()
    paths = [p.get("d") for p in svg.iter(f"{SVG}path") if "line" in (p.get("class") or "")]
    assert len(paths) == len(set(paths)) == 6
    assert texts(svg, "small").count("used 2\u00d7") == 2  # x0 and %2


def test_graph_is_told_in_words():
    svg = drawn()
    assert svg.get("role") == "img"
    said = svg.find(f"{SVG}desc").text
    assert "x0 = 3.0, used 2 times, value 3, gradient 13, wrong, must be exactly 25" in said
    assert "flows from %2 back to x0, operand 0" in said


def test_engine_without_gradients_of_intermediates_is_not_accused_of_them():
    bare = tuple(
        replace(v, adjoint=None) if i > 1 else v for i, v in enumerate(WRONG.values)
    )  # fmt: skip
    finding = replace(WRONG, values=bare)
    assert len(texts(drawn(finding, kept=False), "wrong")) == 3
    assert len(texts(drawn(finding), "wrong")) > 3


def test_without_values_the_structure_is_drawn():
    svg = drawn(replace(WRONG, values=()))
    assert len(texts(svg, "name")) == 5
    assert not texts(svg, "label")


def test_nothing_is_drawn_without_a_case_or_of_a_huge_one():
    assert to_svg(replace(WRONG, case=None)) is None
    assert to_svg(of(Case(random_program(0, MOST), (1.0, 1.0, 1.0)))) is None


def points(line):
    """Points on the curves that the picture draws."""
    for (x, y), (to, down) in pairwise(line):
        middle = (y + down) / 2
        for k in range(1, 40):
            t = k / 40
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            yield (a + b) * x + (c + d) * to, a * y + (b + c) * middle + d * down


@pytest.mark.parametrize("seed", range(20))
def test_no_line_goes_through_a_box_and_no_boxes_touch(seed):
    program = random_program(seed, 1 + seed)
    made = layout(program)
    assert set(made.lines) == set(edges_of(program))
    for line in made.lines.values():
        for x, y in points(line):
            assert 0 <= x <= made.width
            for left, top in made.boxes:
                assert not (left < x < left + WIDTH and top < y < top + HEIGHT)
    for i, (x, y) in enumerate(made.boxes):
        assert 0 <= x <= made.width - WIDTH
        assert 0 <= y <= made.height - HEIGHT
        for left, top in made.boxes[:i]:
            assert abs(x - left) >= WIDTH or abs(y - top) >= HEIGHT


@pytest.mark.parametrize("seed", range(10))
def test_lines_that_run_down_beside_each_other_have_lanes_of_their_own(seed):
    made = layout(random_program(seed, 12))
    down = [line[1:3] for line in made.lines.values() if len(line) == 4]
    for i, (start, end) in enumerate(down):
        for other, below in down[:i]:
            if other[0] == start[0]:
                assert below[1] < start[1] or end[1] < other[1]


def test_lines_end_where_boxes_begin_in_the_order_of_operands():
    program = parse_case("x0 = 1.0\nx1 = 2.0\n%2 = sub(x1, x0)").program
    made = layout(program)
    (a, b) = (made.lines[Edge(1, 2, 0)][-1], made.lines[Edge(0, 2, 1)][-1])
    assert a[0] < b[0]
    assert a[1] == b[1] == made.boxes[2][1]


def test_large_graph_stays_small_and_quick():
    chain = Program(1, tuple(Instruction("mul", (Ref(k), Ref(0))) for k in range(200)))
    started = time.perf_counter()
    text = to_svg(of(Case(chain, (1.0,))))
    assert time.perf_counter() - started < 2
    assert text.count('class="node"') == 201
    assert len(text) < 201 * 1500
