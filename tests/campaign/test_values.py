"""A class without ``backward()`` is examined for its values, or driven by hand by its own rules."""

from __future__ import annotations

import pytest
from faulty_engines import SOURCE, replaced

from verify.campaign import Budget
from verify.campaign.history import examine_definition
from verify.engines import TargetError, observe
from verify.engines.unfinished import open_by_hand, open_values
from verify.program.text import parse_case

pytestmark = pytest.mark.once
BUDGET = Budget(programs=2, points=5, minimum=1, rounds=20)
VALUES = """\
import math


class Value:
    def __init__(self, data, children=()):
        self.data = float(data)
        self.children = set(children)

    def __add__(self, other):
        return Value(self.data + other.data, (self, other))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other))

    def exp(self):
        return Value(math.exp(self.data), (self,))
"""
BY_HAND = SOURCE[: SOURCE.index("    def backward(self)")]


def entry(engine_file, source: str):
    return examine_definition(engine_file(source), BUDGET, 0)


def test_right_values_are_said_to_be_right_and_no_more_than_that(engine_file):
    found = entry(engine_file, VALUES)
    assert (found.status, found.how, found.broken) == ("values only", "values only", ())
    assert "Every value is right in " in found.sentence
    assert set(found.operations) == {"add", "mul", "exp", "iadd", "imul"}


@pytest.mark.parametrize(
    ("change", "form"),
    [
        (("self.data * other.data", "self.data * other.data * (1 + 1e-12)"), "mul"),
        (("math.exp(self.data)", "math.exp(-self.data)"), "exp"),
        (("self.data + other.data", "self.data - other.data"), "add"),
    ],
)
def test_a_wrong_value_is_found_alone(engine_file, change, form):
    found = entry(engine_file, replaced(VALUES, change))
    assert found.status == "wrong"
    (one,) = [one for one in found.broken if one.operation == form]
    assert (one.law, one.severity) == ("VAL01", "error")
    case = parse_case(one.program)
    assert [instruction.form for instruction in case.program.instructions] == [form]
    assert "but must lie in" in one.message


@pytest.mark.parametrize(
    ("change", "said"),
    [("raise KeyError('x')", "KeyError"), ("return Value(1.0).lost", "AttributeError")],
)
def test_an_operation_that_raises_on_some_values_is_an_error(engine_file, change, said):
    body = "        return Value(math.exp(self.data), (self,))\n"
    wrong = f"        if self.data < 0:\n            {change}\n"
    found = entry(engine_file, replaced(VALUES, (body, wrong + body)))
    assert [(one.law, one.operation) for one in found.broken] == [("RUN01", "exp")]
    assert said in found.broken[0].message
    assert found.status == "wrong"


def test_a_formula_that_loses_digits_is_a_warning(engine_file):
    source = VALUES + (
        "\n    def tanh(self):\n        e = math.exp(2 * self.data)\n"
        "        return Value((e - 1) / (e + 1), (self,))\n"
    )
    found = entry(engine_file, source)
    assert found.status == "values only"
    assert [(one.severity, one.fault) for one in found.broken] == [
        ("warning", "tanh-by-exponentials")
    ]


def test_rules_on_nodes_are_called_by_hand_in_order_and_once(engine_file):
    engine = open_by_hand(engine_file(BY_HAND))
    case = parse_case("x0 = 3.0\n%1 = mul(x0, x0)\n%2 = add(%1, x0)\n%3 = mul(%2, %1)")
    assert observe(engine, case).adjoints == (135.0, 21.0, 9.0, 1.0)
    assert entry(engine_file, BY_HAND).status == "certified"


def test_a_wrong_rule_that_is_called_by_hand_is_found(engine_file):
    source = replaced(
        BY_HAND, ("self.grad += other.data * out.grad", "self.grad = other.data * out.grad")
    )
    found = entry(engine_file, source)
    assert (found.status, found.how) == ("wrong", "rules by hand")
    assert "overwrite" in {one.fault for one in found.broken if one.severity == "error"}


NO_ENGINES = {
    "nothing": "class Value:\n    pass\n",
    "no arithmetic": "class Value:\n    def __init__(self, data): self.data = data\n",
    "raises": "class Value:\n    def __init__(self, data): raise KeyError(data)\n",
    "adds, and holds no number": "class Value:\n    def __init__(self, d): self.secret = str(d)\n"
    "    def __add__(self, o): return self\n",
    "slots": "class Value:\n    __slots__ = ('backward',)\n    def __init__(self, data): pass\n",
}


@pytest.mark.parametrize("kind", NO_ENGINES)
def test_what_computes_no_values_either_is_no_engine(engine_file, kind):
    target = engine_file(NO_ENGINES[kind])
    for opener in (open_by_hand, open_values):
        with pytest.raises(TargetError) as caught:
            opener(target)
        assert "\n" not in str(caught.value)
    found = examine_definition(target, BUDGET, 0)
    assert (found.status, found.how) == ("no engine", None)
    assert "is not an engine" in found.sentence
