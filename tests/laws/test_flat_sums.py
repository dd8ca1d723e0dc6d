"""An engine that flattens its sums: what is wrong on a fresh graph is told once, and by one law."""

from __future__ import annotations

import pytest
from faulty_engines import SOURCE, replaced

SUM = """        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad  # add
            other.grad += out.grad  # add
"""
FLAT = """        terms = (*getattr(self, "terms", (self,)), *getattr(other, "terms", (other,)))
        out = Value(self.data + other.data, terms)
        out.terms = terms

        def _backward():
            for term in terms:
                term.grad += out.grad
"""


@pytest.mark.parametrize("code", ["LIF04", "LIF05"])
def test_gradient_that_is_wrong_on_a_fresh_graph_is_no_news_after_a_second_pass(examine, code):
    book = examine(code, replaced(SOURCE, (SUM, FLAT)))
    assert book.compared
    assert not book.breaches


def test_it_is_told_as_a_wrong_gradient_of_an_intermediate(explore):
    found = explore(replaced(SOURCE, (SUM, FLAT)), forms=("add",))
    assert {finding.law for finding in found} == {"GRA02"}
