"""Engines that give one node for several values: what lies between is theirs to arrange."""

from __future__ import annotations

import pytest
from faulty_engines import SOURCE, replaced

from verify.check import check
from verify.engines import observe, open_engine
from verify.engines.sharing import MOST_THINGS
from verify.faults.plants_in_graphs import CACHED, COMPARED
from verify.oracles import bench
from verify.program.text import parse_case
from verify.verdict import Agree, Mismatch

ORACLES = bench()
MEMO = (
    ("        self.data = float(data)\n",
     "        self.data = float(data)\n        self.memo = {}\n"),
    ("        out = Value(self.data * other.data, (self, other))\n",
     "        if other in self.memo:\n            return self.memo[other]\n"
     "        out = self.memo[other] = Value(self.data * other.data, (self, other))\n"),
)  # fmt: skip
NEG = "    def __neg__(self):\n"
SIMPLE = (
    (NEG, NEG + "        if self.negated is not None:\n            return self.negated\n"),
    ("        out = Value(-self.data, (self,))\n",
     "        out = Value(-self.data, (self,))\n        out.negated = self\n"),
    ("        self.grad = 0.0\n        self._b",
     "        self.grad = 0.0\n        self.negated = None\n        self._b"),
    ("        out = Value(self.data - other.data, (self, other))\n",
     "        return self + -other\n        out = None\n"),
)  # fmt: skip
"""`-(-x)` is `x`, and `2 - (-x)` is built on `x`."""

TWICE = "x0 = 3.0\n%1 = mul(x0, x0)\n%2 = imul(x0, x0)\n%3 = add(%1, %2)"
DEEP = (
    "x0 = 3.0\n%1 = exp(x0)\n%2 = mul(%1, %1)\n%3 = imul(%1, %1)\n%4 = mul(%2, %1)\n"
    "%5 = mul(%3, %1)\n%6 = add(%4, %5)\n%7 = mul(%6, %2)"
)
NEGATED = "x0 = 3.0\n%1 = exp(x0)\n%2 = neg(%1)\n%3 = neg(%2)\n%4 = mul(%3, %2)\n%5 = mul(%4, %1)"
HIDDEN = (
    "x0 = 2.0\n%1 = tanh(x0)\n%2 = neg(%1)\n%3 = sub(%2, %2)\n%4 = mul(%2, %1)\n%5 = add(%4, %3)"
)


@pytest.fixture
def verdict(engine_file):
    def of(source, text):
        case = parse_case(text)
        (found,) = check(open_engine(engine_file(source)), ORACLES, case.program, [case.point])
        return found.verdict

    return of


@pytest.fixture
def aliases(engine_file):
    return lambda source, text: observe(open_engine(engine_file(source)), parse_case(text)).aliases


@pytest.mark.parametrize(
    ("changes", "text"),
    [(MEMO, TWICE), (MEMO, DEEP), (SIMPLE, NEGATED), (SIMPLE, HIDDEN)],
    ids=["twice", "deep", "negated", "hidden"],
)
def test_right_engine_of_another_graph_agrees(verdict, changes, text):
    assert isinstance(verdict(replaced(SOURCE, *changes), text), Agree)


@pytest.mark.parametrize(
    ("changes", "text", "left"),
    [
        ((), DEEP, set()),
        (MEMO, DEEP, {2, 3, 4, 5}),
        (SIMPLE, NEGATED, {2, 3}),
        (SIMPLE, HIDDEN, {2}),
    ],
)
def test_no_more_is_left_out_than_the_engine_arranged_otherwise(aliases, changes, text, left):
    assert aliases(replaced(SOURCE, *changes), text) == left


@pytest.mark.parametrize(
    ("changes", "text"), [(MEMO, TWICE), (MEMO, DEEP), (SIMPLE, NEGATED), (SIMPLE, HIDDEN)]
)
def test_gradients_of_inputs_are_judged_as_ever(verdict, changes, text):
    rule = "other.grad += self.data * out.grad  # mul"
    wrong = replaced(SOURCE, *changes, (rule, f"other.grad += 2 * {rule[14:]}"))
    found = verdict(wrong, text)
    assert isinstance(found, Mismatch)
    assert "GRA01" in {each.law for each in found.discrepancies}


@pytest.mark.parametrize("text", [NEGATED, HIDDEN])
def test_gradients_that_are_the_programs_own_are_judged_as_ever(verdict, text):
    """A gradient of a value between is spoilt after the sweep: inputs' are right."""
    end = "            node._backward()\n"
    spoilt = end + "        for node in topo:\n            node.grad *= 1 + bool(node._children)\n"
    found = verdict(replaced(SOURCE, *SIMPLE, (end, spoilt)), text)
    assert isinstance(found, Mismatch)
    assert {each.law for each in found.discrepancies} == {"GRA02"}
    assert 1 in {each.index for each in found.discrepancies}


@pytest.mark.parametrize(
    ("members", "text"),
    [(COMPARED, "x0 = 2.0\n%1 = mul(x0, 2.0)\n%2 = add(x0, x0)\n%3 = mul(%1, %2)"),
     (CACHED, "x0 = 2.0\nx1 = 2.0\n%2 = mul(x0, x1)\n%3 = add(%2, x0)")],
    ids=["equal-nodes", "merged-leaves"],
)  # fmt: skip
def test_one_node_by_mistake_is_found_by_the_inputs(verdict, members, text):
    found = verdict(replaced(SOURCE, ("class Value:\n", "class Value:\n" + members)), text)
    assert isinstance(found, Mismatch)
    assert found.law == "GRA01"


def test_one_node_for_results_of_equal_value_is_found_by_the_inputs(verdict):
    """Where all results of one value are one object, sums get the gradients of products."""
    made = "        out = Value(self.data + other.data, (self, other))\n"
    wrong = replaced(
        SOURCE,
        ("class Value:\n", "class Value:\n    made = {}\n"),
        (made, made + "        out = Value.made.setdefault(out.data, out)\n"),
        ("        out = Value(self.data * other.data, (self, other))\n",
         "        out = Value(self.data * other.data, (self, other))\n"
         "        out = Value.made.setdefault(out.data, out)\n"),
    )  # fmt: skip
    found = verdict(wrong, "x0 = 2.0\n%1 = add(x0, x0)\n%2 = mul(x0, x0)\n%3 = mul(%1, %2)")
    assert isinstance(found, Mismatch)
    assert found.law == "GRA01"


@pytest.mark.parametrize(
    "line",
    ["for c in children: c.__dict__.setdefault('users', []).append(self)",
     "self.tape = children[0].tape if children else []; self.tape.append(self)",
     f"self.much = [[] for _ in range({MOST_THINGS})]"],
    ids=["users", "tape", "much"],
)  # fmt: skip
def test_nodes_that_hold_more_than_operands_say_nothing(aliases, line):
    """Their gradients are all compared."""
    held = "        self._children = tuple(children)\n"
    source = replaced(SOURCE, (held, held + f"        {line}\n"))
    assert aliases(source, HIDDEN) == set()


def test_a_number_that_is_a_value_is_looked_at(aliases):
    source = replaced(
        SOURCE, *SIMPLE, ("class Value:\n", "class Value(float):\n    __hash__ = float.__hash__\n"
        "    def __new__(cls, data, children=()):\n        return float.__new__(cls, data)\n")
    )  # fmt: skip
    assert aliases(source, HIDDEN) == {2}
