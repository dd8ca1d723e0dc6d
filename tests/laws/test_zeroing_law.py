"""``zero_grad()``: what it must reset, and what it must leave alone."""

from __future__ import annotations

import pytest
from broken_engines import ZEROES_ITSELF
from faulty_engines import SOURCE

WHOLE = """
    def zero_grad(self):
        seen, todo = set(), [self]
        while todo:
            node = todo.pop()
            if node not in seen:
                seen.add(node)
                node.grad = 0.0
                todo.extend({operands})
"""


def whole(operands: str = "node._children") -> str:
    return SOURCE + WHOLE.format(operands=operands)


def test_zero_grad_that_resets_the_graph_is_right(examine):
    book = examine("LIF09", whole())
    assert (book.compared, book.breaches, book.skipped) == (3, [], "")


def test_engine_without_zero_grad_is_not_examined(examine):
    assert examine("LIF09").skipped == "the engine has no zero_grad()"


def test_zero_grad_of_the_value_alone_is_said(breaches):
    (breach,) = breaches("LIF09", ZEROES_ITSELF)
    assert breach.case is not None
    assert "x0 2.0, x1 1.0, %2 1.0" in breach.message


@pytest.mark.parametrize(
    ("operands", "left"),
    [("list(node._children)[:1]", "x1 1.0"), ("list(node._children)[1:]", "x0 2.0")],
)
def test_operand_that_is_missed_is_said(breaches, operands, left):
    (breach,) = breaches("LIF09", whole(operands))
    assert left in breach.message


def test_values_and_other_graphs_are_left_alone(breaches):
    spoiling = whole().replace("node.grad = 0.0", "node.grad = node.data = 0.0")
    (values,) = breaches("LIF09", spoiling)
    assert values.message == "zero_grad() on %3 changes values"
    everywhere = whole().replace(
        "seen, todo = set(), [self]",
        "import gc\n        seen = set()\n"
        "        todo = [o for o in gc.get_objects() if type(o) is Value]",
    )
    (others,) = breaches("LIF09", everywhere)
    assert others.message == "zero_grad() on %3 changes another graph"
