"""The notebook's lineage: the page is about the committed engines, and each commits its mistake."""

from __future__ import annotations

import math
import runpy
import sys
from itertools import permutations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from strategies.exhaustive import all_programs
from strategies.positions import POINTS
from verify.campaign import QUICK
from verify.campaign.prove import prove
from verify.engines import build, open_engine
from verify.program.text import parse_case, program_text

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
LINEAGE = ROOT / "examples" / "lineage"
PAGE = (ROOT / "docs" / "lineage.md").read_text(encoding="utf-8")
TOOL = runpy.run_path(str(ROOT / "tools" / "lineage.py"))
STEPS = {step.target: step for step in TOOL["STEPS"]}
INTENDED = {
    "step3.py:ByHand": {"overwrite"},
    "step4.py:Value": {"overwrite"},
    "step5.py:Value": {"duplicate-append"},
    "step6.py:Value": set(),
    "step7.py:Value": {"reflected"},
    "step8.py:Value": {"reflected"},
}


def row_of(step) -> list[str]:
    """The cells of a step's row in the page's table."""
    (line,) = [x for x in PAGE.splitlines() if x.startswith(f"| {step.name} | {step.adds} |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def step(name: str) -> dict:
    """The names of a step's module."""
    return runpy.run_path(str(LINEAGE / f"{name}.py"))


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own text


@pytest.mark.parametrize("target", INTENDED)
def test_page_lists_what_the_suite_finds_in_the_committed_engine(target):
    step = STEPS[target]
    document = TOOL["examined"](step, QUICK)
    found = TOOL["errors"](document)
    assert {f.fault for f in found} >= INTENDED[target]
    verdict, written = row_of(step)[2:4]
    assert verdict == document.status
    for finding in found:
        assert finding.law in written
        assert finding.fault is None or f"(`{finding.fault}`)" in written
    assert bool(written) == bool(found)


@pytest.mark.parametrize("target", sorted(STEPS.keys() - INTENDED.keys()))
def test_a_step_without_backward_is_refused_and_the_page_says_so(target):
    refusal = TOOL["examined"](STEPS[target], QUICK)
    assert "has no backward method" in refusal
    assert "exit code 3" in row_of(STEPS[target])[2]
    assert refusal in PAGE


def test_every_step_has_a_file_and_a_section_that_says_what_it_says():
    assert {f"step{k}.py" for k in range(1, 9)} == {t.partition(":")[0] for t in STEPS}
    for found in STEPS.values():
        assert found.says()
        assert found.says() in PAGE


def test_pictures_are_those_of_the_page_and_show_what_is_wrong():
    drawn = {path.name: path for path in (ROOT / "docs" / "lineage").glob("*.svg")}
    assert drawn
    assert PAGE.count("](lineage/") == len(drawn)
    for name, path in drawn.items():
        text = path.read_text(encoding="utf-8")
        title = parsed(text).findtext(f"{{{TOOL['SVG']}}}title")
        assert f"![{title}](lineage/{name})" in PAGE
        assert 'class="edge wrong"' in text
        assert " got " in text


def test_the_wrong_edges_of_a_picture_are_red_and_no_others():
    case = parse_case("x0 = 2.0\nx1 = 3.0\n%2 = mul(x0, x1)\n%3 = add(%2, x0)")
    nodes: list = []
    reference = open_engine("microgradref:Value")
    build(reference, case.program, case.point, nodes)
    for wrong in ({(0, 3, 1)}, {(0, 2, 0), (1, 2, 1)}, set()):
        text = TOOL["_marked"](nodes, wrong, "an alternative text")
        root = parsed(text)
        svg = f"{{{TOOL['SVG']}}}"
        paths = [p.get("class") for p in root.findall(f"{svg}path")]
        assert paths.count("wrongtip") == len(wrong)
        assert paths.count("wrongtip") + paths.count("tip") == 4
        assert root.findtext(f"{svg}title") == "an alternative text"


def test_step_1_draws_a_shared_node_once_a_path():
    one = step("step1")
    visits = 0

    class Watched:
        def __init__(self, operands) -> None:
            self.under = operands

        @property
        def _operands(self):
            nonlocal visits
            visits += 1
            return self.under

    node = Watched([])
    for _ in range(8):
        node = Watched([Watched([node]), Watched([node])])
    one["trace"](node)
    assert visits == 2**10 - 3  # of 25 nodes


def test_steps_2_to_5_make_tanh_of_exponentials_and_later_steps_do_not():
    for k in (2, 3, 4, 5):
        with pytest.raises(OverflowError):
            step(f"step{k}")["Value"](356.0).tanh()
        assert step(f"step{k}")["Value"](1e-8).tanh().data != math.tanh(1e-8)
    assert not hasattr(step("step6")["Value"], "tanh")
    for k in (7, 8):
        assert step(f"step{k}")["Value"](356.0).tanh().data == 1.0


@pytest.mark.parametrize(("name", "held"), [("step3", 0.0), ("step4", 0.0), ("step5", 10.0)])
def test_rules_assign_in_steps_3_and_4_and_add_in_step_5(name, held):
    value = step(name)["Value"]
    rules = (
        (lambda a, b: a + b, 1.0),
        (lambda a, b: a * b, 3.0),
        (lambda a, _: a.tanh(), 1.0),
    )
    for rule, slope in rules:
        a, b = value(0.0), value(3.0)
        a.grad = 10.0
        out = rule(a, b)
        out.grad = 1.0
        out._backward()
        assert a.grad == held + slope


def test_the_overwrite_of_step_4_hides_its_sort():
    engine = open_engine(f"{LINEAGE / 'step4.py'}:Value")
    for program in (p for size in (1, 2, 3) for p in all_programs(("add", "mul"), size, 2)):
        nodes: list = []
        build(engine, program, POINTS[0][: program.n_inputs], nodes)
        engine.backward(nodes[-1])
        got = [node.grad for node in nodes]
        assert got in list(overwritten(program, nodes)), program_text(program)


def overwritten(program, nodes):
    """The gradients by the same rules, each called once, for every right order."""
    for order in permutations(range(program.n_inputs, len(program))):
        place = {index: i for i, index in enumerate(order)}
        if all(place.get(ref, 9) > place[k] for k in order for ref in program.at(k).refs):
            nodes[-1].grad = 1.0
            for index in order:
                nodes[index]._backward()
            yield [node.grad for node in nodes]


def test_the_sort_of_step_5_counts_a_shared_intermediate_again():
    value = step("step5")["Value"]
    a = value(1.0)
    b = a + a
    (b + b + b).backward()
    assert a.grad in {8.0, 12.0}


def test_numbers_on_the_left_are_missing_and_then_swapped():
    six, seven, eight = (step(f"step{k}")["Value"] for k in (6, 7, 8))
    for spelled in (lambda v: 3 + v, lambda v: 3 - v, lambda v: 3 / v, lambda v: sum([v, v])):
        with pytest.raises(TypeError):
            spelled(six(2.0))
    assert (3 - seven(2.0)).data == (3 - eight(2.0)).data == -1.0
    with pytest.raises(TypeError):
        3 / seven(2.0)
    assert (3 / eight(2.0)).data == 2.0 / 3
    assert not hasattr(eight, "exp")


@pytest.mark.parametrize("name", ["step7", "step8"])
def test_a_neuron_drops_the_weights_that_have_no_input(name):
    made = step(name)
    neuron = made["Neuron"](3)
    for k, weight in enumerate(neuron.weights):
        weight.data = 10.0**k
    neuron.bias.data = 0.0
    assert neuron([0.25]).data == math.tanh(0.25)


@pytest.mark.parametrize(("name", "stale"), [("step7", True), ("step8", False)])
def test_training_zeroes_gradients_from_step_8_on(name, stale):
    made = step(name)
    mlp = made["MLP"](1, [1])
    weight = mlp.parameters()[0]
    weight.grad = 1e6
    made["train"](mlp, [[made["Value"](0.5)]], [made["Value"](1.0)], 1)
    assert (abs(weight.grad) > 1e5) == stale


def test_a_squared_loss_hides_the_swapped_subtraction_and_a_cubed_one_does_not():
    value = step("step7")["Value"]
    assert (3 - value(2.0)).data == -1.0
    for power, hidden in ((2, True), (3, False)):
        v = value(2.0)
        loss = (5 - v) ** power
        loss.backward()
        slope = -power * 3.0 ** (power - 1)
        assert ((loss.data, v.grad) == (3.0**power, slope)) == hidden


@pytest.mark.parametrize("name", ["first_repair", "textbook"])
def test_both_repairs_of_the_sort_are_proved(oracles, name):
    proof = prove(open_engine(f"{LINEAGE / name}.py:Value"), oracles, ("add", "mul"), 3, 2)
    assert proof.counterexample is None
    assert proof.programs.total() == proof.confirmed == 668
    assert not proof.undecided


def test_both_repairs_list_the_same_nodes_in_the_same_order_and_give_the_same_bits():
    compare = runpy.run_path(str(LINEAGE / "compare_sorts.py"))
    orders = compare["compare_orders"](3)
    assert (orders["graphs"], orders["roots"]) == (239, 1163)
    assert orders["roots that are leaves"] > 239
    assert orders["different orders"] == orders["broken orders"] == 0
    bits = compare["compare_gradients"](3, 2)
    assert (bits["programs"], bits["different gradients"]) == (668, 0)
    assert bits["second backward adds more than the first"] > 0


def test_the_comparison_of_orders_sees_a_sort_that_differs_and_one_that_is_wrong(monkeypatch):
    compare = runpy.run_path(str(LINEAGE / "compare_sorts.py"))

    def duplicating(root):
        order = []
        seen = set()

        def below(node):
            for operand in node._operands:
                if operand not in seen:
                    seen.add(operand)
                    below(operand)
                order.append(operand)

        below(root)
        return [root, *reversed(order)]

    monkeypatch.setattr(sys.modules["first_repair"], "ordered", duplicating)
    seen = compare["compare_orders"](2)
    assert seen["different orders"] > 0
    assert seen["broken orders"] > 0


def test_a_root_that_is_a_leaf_and_a_root_in_a_cycle():
    orders = {name: step(name) for name in ("first_repair", "textbook")}
    for made in orders.values():
        leaf = made["Value"](2.0)
        assert made["ordered"](leaf) == [leaf]
        leaf.backward()
        assert leaf.grad == 1.0
        leaf._operands = (leaf,)
    assert [len(made["ordered"](_cycle(made))) for made in orders.values()] == [2, 1]


def _cycle(made: dict):
    node = made["Value"](2.0)
    node._operands = (node,)
    return node
