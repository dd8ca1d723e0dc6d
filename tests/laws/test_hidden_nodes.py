"""Values that an operation makes for itself: their gradients are zeroed too before LIF04 speaks."""

from __future__ import annotations

import pytest
from broken_engines import INTERIOR_KEPT
from faulty_engines import replaced

FUNCTIONS = """
from dataclasses import dataclass, field
@dataclass(eq=False)
class Value:
    data: float
    grad: float = 0.0
    edges: list = field(default_factory=list, repr=False)
    def __add__(self, o): return plus(self, o)
    def __radd__(self, o): return plus(o, self)
    def __mul__(self, o): return times(self, o)
    def __rmul__(self, o): return times(o, self)
    def __sub__(self, o): return plus(self, times(-1, o))
    def __rsub__(self, o): return plus(o, times(-1, self))
    def backward(self):
        order, seen = [], set()
        def visit(n):
            if id(n) not in seen:
                seen.add(id(n))
                for m, _ in n.edges: visit(m)
                order.append(n)
        visit(self)
        self.grad = 1.0
        for n in reversed(order):
            for m, d in n.edges: m.grad += d * n.grad
def node(x): return x if isinstance(x, Value) else Value(x)
def made(number, *edges): return Value(number, 0.0, list(edges))
def plus(a, b):
    a, b = node(a), node(b); return made(a.data + b.data, (a, 1.0), (b, 1.0))
def times(a, b):
    a, b = node(a), node(b); return made(a.data * b.data, (a, b.data), (b, a.data))
"""
"""`self - o` makes a value by functions of the module, which no method is seen to call."""

CLOSURES = (
    ("for m, _ in n.edges:", "for m, _ in n.edges():"),
    ("for m, d in n.edges:", "for m, d in n.edges():"),
    ("list(edges)", "lambda: edges"),
    ("field(default_factory=list, repr=False)", "tuple"),
)
CLASSES = (
    ("def made(number, *edges): return Value(",
     "class Made(Value): pass\ndef made(number, *edges): return Made("),
)  # fmt: skip
MARKED = (
    ("            if id(n) not in seen:\n                seen.add(id(n))\n",
     "            if not getattr(n, 'seen', False):\n                n.seen = True\n"),
)  # fmt: skip
KEPT = (
    ("            for m, d in n.edges: m.grad += d * n.grad",
     "            for m, d in n.edges: m.grad += d * n.grad\n"
     "            n.edges = [(m, 2 * d) for m, d in n.edges] if n.data == -2.5 else n.edges"),
)  # fmt: skip


@pytest.mark.parametrize("changes", [(), CLOSURES, CLASSES], ids=["members", "closures", "classes"])
def test_gradient_of_a_value_that_an_operation_made_is_no_reason(examine, changes):
    book = examine("LIF04", replaced(FUNCTIONS, *changes))
    assert (book.breaches, book.skipped) == ([], "")
    assert book.compared > 5


def test_plain_operation_may_make_values_for_itself(examine):
    """The sums of the law are made of three values each."""
    source = replaced(
        INTERIOR_KEPT,
        ("    def __add__(", "    def plus("),
        ("    def __mul__(", "    def times("),
    )
    source += "    __mul__ = None\n    def __add__(self, other):\n"
    source += "        return self.plus(0.0).plus(Value(0.0).plus(other))\n"
    book = examine("LIF04", source)
    assert (book.breaches, book.skipped) == ([], "")


def test_marks_on_values_are_a_reason_as_before(breaches):
    found = breaches("LIF04", replaced(FUNCTIONS, *MARKED))
    assert found
    assert found[0].fault == "stale-visited"


def test_what_a_hidden_value_keeps_besides_its_gradient_is_a_reason(breaches):
    (breach, *_) = breaches("LIF04", replaced(FUNCTIONS, *KEPT))
    assert breach.operation == "sub"
    assert "gives x1 the gradient" in breach.message
