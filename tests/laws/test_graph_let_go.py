"""Engines that let go of their graph after backward() and say nothing: what mends them."""

from __future__ import annotations

import pytest
from broken_engines import INTERIOR_KEPT, LEAVES_RESET, REFUSES, STALE_VISITED
from faulty_engines import SOURCE, replaced

STEP = "            node._backward()\n"
RULES = STEP + "            node._backward = lambda: None\n"
OPERANDS = STEP + "        for node in topo:\n            node._children = ()\n"
TAUGHT = "eep the rules and the operands of every node until the graph itself goes"


@pytest.mark.parametrize("lets_go", [RULES, OPERANDS], ids=["rules", "operands"])
@pytest.mark.parametrize("source", [SOURCE, INTERIOR_KEPT], ids=["reset", "kept"])
@pytest.mark.parametrize("code", ["LIF01", "LIF03"])
def test_graph_that_is_gone_is_mended_by_keeping_it(breaches, code, source, lets_go):
    (breach,) = breaches(code, replaced(source, (STEP, lets_go)))
    assert TAUGHT in breach.mend
    assert breach.mend[0].isupper()
    assert breach.fault is None


@pytest.mark.parametrize(
    "source",
    [INTERIOR_KEPT, LEAVES_RESET, REFUSES, STALE_VISITED],
    ids=["kept", "leaves", "refuses", "marks"],
)
@pytest.mark.parametrize("code", ["LIF01", "LIF03"])
def test_other_habits_are_mended_as_before(breaches, code, source):
    assert all(TAUGHT not in breach.mend for breach in breaches(code, source))
