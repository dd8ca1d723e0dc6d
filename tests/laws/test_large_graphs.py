"""What is right in a small graph and wrong in a large one, and what is only refused."""

from __future__ import annotations

import broken_engines as broken
import pytest
from faulty_engines import DUPLICATE_APPEND, SOURCE, overwriting, replaced

MUL = "            self.grad += other.data * out.grad  # mul\n"
COUNTED = MUL.replace(
    "self.grad", "self.uses = getattr(self, 'uses', 0) + 1\n            self.grad"
)
WALK = "        for node in reversed(topo):\n            node._backward()\n"


@pytest.mark.parametrize("limit", [20, 100, 900])
def test_value_that_is_forgotten_after_so_many_uses_is_found(breaches, limit):
    (breach,) = breaches("SCL04", replaced(
        SOURCE, (MUL, COUNTED.replace("+= other", f"+= (self.uses <= {limit}) * other"))
    ))  # fmt: skip
    assert "times the gradients of x0 and x1 are" in breach.message


ADD = "            self.grad += out.grad  # add\n"


@pytest.mark.parametrize("operand", ["self", "other"])
def test_operand_that_is_forgotten_after_so_many_uses_is_found(breaches, operand):
    """Counted for one operation and one operand: sums of products do not show it."""
    line = ADD.replace("self", operand)
    counted = f"            {operand}.uses = getattr({operand}, 'uses', 0) + 1\n"
    lost = line.replace("+= out.grad", f"+= out.grad * ({operand}.uses < 17)")
    (breach,) = breaches("SCL04", replaced(SOURCE, (line, counted + lost)))
    place = ("self", "other").index(operand)
    assert f"operand {place} of 100 operations in a row (add) is wrong" in breach.message


@pytest.mark.parametrize("limit", [1e4, 1e10])
def test_gradients_that_are_clipped_are_found_in_a_diamond(breaches, limit):
    clipped = WALK.replace(
        "node._backward()",
        f"node.grad = max(-{limit}, min({limit}, node.grad)); node._backward()",
    )
    found = breaches("SCL04", replaced(SOURCE, (WALK, clipped)))
    assert any("60 levels of add give the gradient" in breach.message for breach in found)
    assert not breaches("SCL03", replaced(SOURCE, (WALK, clipped)))


def test_chain_whose_gradient_is_wrong_is_no_recursion(examine, breaches):
    (breach,) = breaches("SCL04", broken.DEPTH_SWALLOWED)
    assert breach.fault is None
    book = examine("SCL01", broken.DEPTH_SWALLOWED)
    assert not book.breaches
    assert "which SCL04 says" in book.skipped


def test_depth_that_is_refused_is_no_wrong_number(examine):
    book = examine("SCL04", SOURCE)
    assert not book.breaches
    assert book.compared > 8


def test_whole_numbers_may_be_refused(breaches):
    refusing = "        if type(data) is int:\n            raise TypeError('floats only')\n"
    source = replaced(
        SOURCE, ("        self.data = float(data)\n", f"{refusing}        self.data = data\n")
    )
    assert not breaches("LIF12", source.replace("else Value(other)", "else Value(float(other))"))


@pytest.mark.parametrize("source", [replaced(SOURCE, *DUPLICATE_APPEND), overwriting("add")])
def test_what_is_wrong_in_small_graphs_already_is_no_second_finding(examine, source):
    book = examine("SCL04", source.replace("other.data * out.grad  # mul", "out.grad  # mul"))
    assert not book.breaches
    assert book.skipped


def test_chain_that_is_too_long_for_the_walk_is_wrong_and_not_deep(breaches, examine):
    """A bound on the nodes that a walk takes: it neither recurses nor raises."""
    walk = "        for node in reversed(topo):\n"
    bounded = replaced(broken.DEEP, (walk, walk.replace("topo", "topo[-30_000:]")))
    (breach,) = breaches("SCL04", bounded)
    assert "in a chain of 100,000 operations (add) the gradient is 0.0 and not 1" in breach.message
    assert not examine("SCL01", bounded).breaches
    assert not breaches("SCL04", bounded.replace("30_000", "300_000"))
