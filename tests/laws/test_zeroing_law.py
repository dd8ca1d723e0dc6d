"""``zero_grad()``: what it must reset, and what it must leave alone."""

from __future__ import annotations

import pytest
from broken_engines import ZEROES_ITSELF
from faulty_engines import SOURCE, replaced

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
    assert examine("LIF09").skipped == "its values have no zero_grad(), and need none"


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
        "        todo = [o for o in gc.get_objects() "
        "if type(o) is Value and vars(o)]",
    )
    (others,) = breaches("LIF09", everywhere)
    assert others.message == "zero_grad() on %3 changes another graph"


def test_backward_after_zero_grad_is_as_on_a_fresh_graph(examine):
    assert examine("LIF04", whole()).compared == examine("LIF04").compared + 1


@pytest.mark.parametrize(
    ("reset", "said"),
    [("node.grad = None", "raises TypeError: unsupported operand"),
     ("node.grad = 0.0; node._backward = lambda: None", "gives x0 the gradient 0.0, but it must")],
)  # fmt: skip
def test_zero_grad_after_which_backward_does_not_run_again_is_an_error(breaches, reset, said):
    (breach,) = breaches("LIF04", whole().replace("node.grad = 0.0", reset))
    assert breach.message.startswith(
        "after the engine's own zero_grad(), a second backward() on the same root " + said
    )
    assert breach.case is not None


def test_zero_grad_of_the_value_alone_is_no_error(breaches):
    assert breaches("LIF04", ZEROES_ITSELF) == []


def test_zero_grad_that_raises_is_left_to_its_own_law(breaches):
    source = whole().replace("node.grad = 0.0", "raise OSError('no')")
    assert breaches("LIF04", source) == []
    assert "OSError: no" in breaches("LIF09", source)[0].message


def test_zero_grad_that_walks_every_path_is_said(examine):
    every_path = SOURCE + WHOLE.format(operands="node._children").replace("seen.add(node)", "pass")
    (breach,) = examine("SCL03", every_path).breaches
    assert "each level doubles the time of zero_grad()" in breach.message
    assert breach.fault == "exponential-walk"
    book = examine("SCL03", whole())
    assert book.breaches == []
    assert book.compared == examine("SCL03").compared + 2


def test_an_operation_that_keeps_its_partial_from_the_first_pass_is_named(breaches):
    """The sums and products of the law are right in every pass."""
    line = "            self.grad += (1 - out.data * out.data) * out.grad  # tanh\n"
    kept = (
        "            slope = out.__dict__.pop('slope', 1.0)\n"
        "            self.grad += slope * out.grad\n"
    )
    make = "        out = Value(math.tanh(self.data), (self,))\n"
    source = replaced(SOURCE, (line, kept), (make, make + "        out.slope = 1 - out.data**2\n"))
    (breach,) = breaches("LIF04", source)
    assert breach.operation == "tanh"
    assert "a second backward() on tanh gives x0 the gradient 1.0" in breach.message


def test_many_operations_that_keep_something_are_told_once(breaches):
    """The partials of a product swell from pass to pass, in each of its spellings."""
    source = replaced(
        SOURCE,
        ("self.grad += other.data * out.grad",
         "out.n = out.__dict__.get('n', 0) + 1; self.grad += out.n * other.data * out.grad"),
    )  # fmt: skip
    (breach,) = breaches("LIF04", source)
    assert breach.operation is None
    assert "4 operations do so: mul, mul_number, imul, imul_number" in breach.message


MARKS_IN_TURNS = (
    ("        topo, seen = [], set()\n",
     "        topo = []\n        Value.epoch = not Value.epoch\n"),
    ("            if node not in seen:\n                seen.add(node)\n",
     "            if node.mark is not Value.epoch:\n                node.mark = Value.epoch\n"),
    ("class Value:\n", "class Value:\n    epoch, mark = False, None\n"),
)  # fmt: skip


def test_mark_that_is_turned_by_every_walk_is_found_after_another_graph(breaches):
    """Two walks later a node that was not visited between looks visited."""
    found = breaches("LIF04", replaced(SOURCE, *MARKS_IN_TURNS))
    assert found
    assert "a backward() on another graph and then on the same root" in found[0].message
    assert found[0].fault == "stale-visited"
