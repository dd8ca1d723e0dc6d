"""Each law is broken by an engine made for it, and the breach is one sentence."""

from __future__ import annotations

import pytest
from faulty_engines import OPERANDS_IN_A_SET, SOURCE, replaced

from verify.engines import open_engine
from verify.laws import BY_CODE, Breach
from verify.laws.behaviour import DEPTH


@pytest.fixture
def breaches(engine_file):
    """What an engine's source breaks of one law."""

    def look(code: str, source: str = SOURCE) -> list[Breach]:
        found = BY_CODE[code].examine(open_engine(engine_file(source))).breaches
        for breach in found:
            assert breach.message
            assert "\n" not in breach.message
        return found

    return look


STALE = replaced(
    SOURCE,
    ("        for node in topo:\n"
     "            node.grad = node.grad if not node._children else 0.0\n", ""),
)  # fmt: skip
"""Nothing is reset: a second pass adds more than one gradient."""


def test_second_backward_that_adds_one_gradient_is_right(breaches):
    assert breaches("LIF01") == []


def test_second_backward_that_inflates_is_said_with_both_numbers(breaches):
    (breach,) = breaches("LIF01", STALE)
    assert "adds 8.0 after 4.0" in breach.message
    assert "interior gradients are not reset" in breach.message
    assert breach.case is not None
    assert breach.actual == 12.0


def test_second_backward_that_resets_leaves_is_said(breaches):
    source = replaced(SOURCE, ("node.grad if not node._children else 0.0", "0.0"))
    (breach,) = breaches("LIF01", source)
    assert breach.message == (
        "a second backward() on one graph leaves the gradient at 4.0, where one more would make 8.0"
    )


def test_second_backward_that_is_refused_is_said(breaches):
    source = replaced(
        SOURCE,
        ("        topo, seen = [], set()\n",
         "        if self.grad:\n            raise RuntimeError('graph is freed')\n"
         "        topo, seen = [], set()\n"),
    )  # fmt: skip
    (breach,) = breaches("LIF01", source)
    assert "is refused: RuntimeError: graph is freed" in breach.message


def test_backward_that_changes_a_value_is_an_error(breaches):
    source = SOURCE.replace(
        "            node._backward()\n",
        "            node._backward()\n            node.data += 1\n",
    )
    (breach,) = breaches("LIF02", source)
    assert breach.message == "backward() changes x0 from 1.5 to 2.5"
    assert breaches("LIF02") == []


def test_recursion_is_said_with_the_depth_it_reaches(breaches):
    (breach,) = breaches("SCL01")
    assert "RecursionError" in breach.message
    about = int(breach.message.split("about ")[1].split()[0])
    assert 100 < about < DEPTH
    assert breach.operation == "add"


DEEP = replaced(
    SOURCE,
    ("                for child in node._children:\n                    build(child)\n"
     "                topo.append(node)\n        build(self)\n",
     "                topo.append(node)\n"
     "        stack = [(self, iter(self._children))]\n        seen.add(self)\n"
     "        while stack:\n            node, children = stack[-1]\n"
     "            for child in children:\n                if child not in seen:\n"
     "                    seen.add(child)\n"
     "                    stack.append((child, iter(child._children)))\n"
     "                    break\n"
     "            else:\n                topo.append(node)\n                stack.pop()\n"),
)  # fmt: skip
"""The same sort without recursion."""


def test_depth_that_is_said_is_the_depth_that_is_reached(breaches):
    """1,232 additions make 1,234 values, the most that this engine takes."""
    limit = "        if len(topo) > 1234:\n            raise RecursionError('too deep')\n"
    source = replaced(DEEP, ("        self.grad = 1.0\n", f"{limit}        self.grad = 1.0\n"))
    (breach,) = breaches("SCL01", source)
    assert breach.message == (
        "a chain of about 1230 add is the deepest it can take: beyond, RecursionError"
    )


def test_sort_without_recursion_takes_the_whole_chain(breaches, explore):
    assert breaches("SCL01", DEEP) == []
    assert explore(DEEP) == []


def test_order_that_is_not_kept_is_said(breaches):
    (breach,) = breaches("DET01", replaced(SOURCE, *OPERANDS_IN_A_SET))
    assert "last bits" in breach.message
    assert breaches("DET01") == []


def test_missing_operations_are_listed(breaches):
    (breach,) = breaches("SUP01")
    assert breach.message.startswith("not there: ")
    assert {"log", "power", "max"} <= set(breach.message.replace(",", " ").split())


EDGE_ENGINES = {
    "EDG01": (SOURCE, "exp(800.0) raises OverflowError"),
    "EDG02": (
        SOURCE.replace(" / other.data", " / (other.data or 1.0)").replace(
            "/ (other.data * other.data)", "/ (other.data * other.data or 1.0)"
        ),
        "1.0 / 0.0 is 1.0; ",
    ),
    "EDG03": (SOURCE, "0.0 ** 0 raises ZeroDivisionError"),
    "EDG04": (
        replaced(
            SOURCE,
            ("        self.data = float(data)\n", "        self.data = data\n"),
        ),
        "gives no real number: the value is complex",
    ),
    "EDG05": (SOURCE, "relu(nan) is 0.0; nan in gives nan out"),
    "EDG06": (
        SOURCE.replace("Value(self.data + other.data,", "Value(self.data + other.data + 1e-320,"),
        "5e-324 + 5e-324 is",
    ),
    "EDG07": (
        replaced(SOURCE, ("(out.data > 0) * out.grad", "(1 if out.data > 0 else -1) * out.grad")),
        "relu(0.0): d/dx0 is -1.0; ",
    ),
}


@pytest.mark.parametrize("code", EDGE_ENGINES)
def test_edge_is_broken_by_an_engine_made_for_it(breaches, code):
    source, words = EDGE_ENGINES[code]
    found = breaches(code, source)
    assert any(words in breach.message for breach in found), found
    assert all(breach.case is not None and breach.operation for breach in found)


MAX = """
    def max(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data if self.data >= other.data else other.data, (self, other))

        def _backward():
            self.grad += (self.data {0} other.data) * out.grad
            other.grad += (other.data {1} self.data) * out.grad
        out._backward = _backward
        return out
"""


@pytest.mark.parametrize(
    ("signs", "right"), [((">=", ">="), False), ((">", ">"), False), ((">=", ">"), True)]
)
def test_slopes_at_a_tie_add_up_to_one(breaches, signs, right):
    found = [b for b in breaches("EDG07", SOURCE + MAX.format(*signs)) if b.operation == "max"]
    assert (found == []) == right
    assert all("add up to 1" in breach.message for breach in found)


def test_edge_of_an_operation_that_is_missing_is_not_looked_at(breaches):
    for code in EDGE_ENGINES:
        assert not {b.operation for b in breaches(code)} & {"log", "sqrt", "max", "min", "abs"}


def test_engine_that_raises_in_a_law_is_a_breach_and_no_crash(breaches):
    source = SOURCE + "\n    def __hash__(self):\n        raise OSError('no')\n"
    for code in ("LIF01", "LIF02", "SCL01", "DET01"):
        for breach in breaches(code, source):
            assert "OSError: no" in breach.message
