"""What no seed may miss: the number 0, exponents, many users, what backward() changes."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from faulty_engines import SOURCE, replaced

from strategies.ladder import RUNGS
from verify.campaign import Budget
from verify.program.floats import FLOAT32, FLOAT64

pytestmark = pytest.mark.once
GLIMPSE = Budget(programs=1, points=4, minimum=1, rounds=0)


@pytest.mark.parametrize("form", ["rsub", "rmul", "rdiv"])
def test_short_cut_for_the_number_0_that_is_wrong_is_found(explore, form):
    """`if other == 0: return self` is right in `__radd__`, and is copied."""
    name = {"rsub": "__rsub__", "rmul": "__rmul__", "rdiv": "__rtruediv__"}[form]
    head = f"    def {name}(self, other):\n"
    source = replaced(SOURCE, (head, f"{head}        if other == 0:\n            return self\n"))
    (finding,) = explore(source, budget=GLIMPSE)
    assert (finding.law, finding.diagnosis.form) == ("VAL01", form)
    assert len(finding.checked.case.program.instructions) == 1


def test_exponent_of_five_and_more_is_met(explore):
    right = "            self.grad += other * self.data ** (other - 1) * out.grad  # pow\n"
    wrong = right.replace("+= other *", "+= min(other, 4) *")
    (finding,) = explore(replaced(SOURCE, (right, wrong)), budget=GLIMPSE)
    assert finding.diagnosis.form == "pow"


EIGHTH_USER = """
    def backward(self):
        users, found, ready = {}, [self], [self]
        for node in found:
            for child in node._children:
                users[id(child)] = min(users.get(id(child), 0) + 1, 7)
                if all(child is not other for other in found):
                    found.append(child)
        self.grad = 1.0
        while ready:
            node = ready.pop()
            node._backward()
            for child in node._children:
                users[id(child)] -= 1
                if users[id(child)] == 0:
                    ready.append(child)
"""


def test_value_that_is_served_before_its_eighth_user_is_found(explore):
    source = SOURCE[: SOURCE.index("    def backward(self):")] + EIGHTH_USER
    assert explore(source, budget=GLIMPSE)
    assert not explore(source.replace(", 7)", ", 10_000)"), budget=GLIMPSE)


def test_value_that_backward_changes_is_said_to_be_right_before(explore):
    line = "            self.grad += out.data * out.grad  # exp\n"
    (finding,) = explore(replaced(SOURCE, (line, f"{line}            out.data += 1.0\n")))
    assert finding.law == "VAL01"
    assert "when it is made and" in finding.diagnosis.sentence
    assert "after backward()" in finding.diagnosis.sentence
    assert "inside a backward" in finding.diagnosis.mend


NEG = "        out = Value(-self.data, (self,))\n"
MUL = "        out = Value(self.data * other.data, (self, other))\n"
TANH = "            self.grad += (1 - out.data * out.data) * out.grad  # tanh\n"
POW = "            self.grad += other * self.data ** (other - 1) * out.grad  # pow\n"
EXP = "            self.grad += out.data * out.grad  # exp\n"
MET = {
    "a negation of a negation": (
        "neg",
        (NEG, f"{NEG}        out.made = 'neg'\n"
              "        twice = getattr(self, 'made', '') == 'neg'\n"),
        ("            self.grad += -out.grad  # neg\n",
         "            self.grad += -out.grad * (2 if twice else 1)\n"),
    ),
    "a function of its own result": (
        "tanh",
        ("        out = Value(math.tanh(self.data), (self,))\n",
         "        out = Value(math.tanh(self.data), (self,))\n"
         "        out.made = 'tanh'\n        slope = getattr(self, 'slope', 1 - out.data ** 2)\n"
         "        out.slope = slope\n"),
        (TANH, "            self.grad += slope * out.grad\n"),
    ),
    "a negation of a difference": (
        "neg",
        ("        out = Value(self.data - other.data, (self, other))\n",
         "        out = Value(self.data - other.data, (self, other))\n        out.made = 'sub'\n"),
        ("            self.grad += -out.grad  # neg\n",
         "            self.grad += -out.grad * (2 if hasattr(self, 'made') else 1)\n"),
    ),
    "a product of four": (
        "mul",
        (MUL, f"{MUL}        out.long = getattr(self, 'long', 0) + 1\n"),
        ("            other.grad += self.data * out.grad  # mul\n",
         "            other.grad += self.data * out.grad * (out.long < 3)  # mul\n"),
    ),
    "a product with a number below -10": (
        "rmul",
        ("    def __rmul__(self, other):\n        return self * other\n",
         "    def __rmul__(self, other):\n"
         "        return self * (-other if other < -10 else other)\n"),
    ),
    "an exponent above 8": ("pow", (POW, POW.replace("+= other *", "+= min(other, 8) *"))),
    "an exponent below -2": ("pow", (POW, POW.replace("+= other *", "+= max(other, -2) *"))),
    "exp of a large number": ("exp", (EXP, EXP.replace("+= out.data", "+= min(out.data, 1e15)"))),
}  # fmt: skip
"""What an engine treats as a special case, wrongly: the form, and the changes of its source."""


@pytest.mark.parametrize("name", MET)
def test_special_case_that_is_wrong_is_met_whatever_the_seed(explore, name):
    form, *changes = MET[name]
    source = replaced(SOURCE, *changes)
    for seed in (0, 1):
        found = explore(source, seed=seed, budget=GLIMPSE)
        assert found
        assert any(form in {f.diagnosis.form, *f.also} or f.diagnosis.form is None for f in found)
        assert max(len(f.checked.case.program.instructions) for f in found) <= 5


SINGLE = Path(__file__).resolve().parents[1] / "zoo" / "engines" / "single.py"


def test_no_rung_overflows_the_formulas_of_a_right_engine_of_float32(explore):
    """exp(2 x) is no number of float32 from 44.4 on: that edge is for EDG01, as in float64."""
    quotient = "np.seterr(all='ignore'); t = np.exp(2 * self.data); t = (t - 1) / (t + 1)"
    source = replaced(SINGLE.read_text("utf-8"), ("t = np.tanh(self.data)", quotient))
    with np.errstate():
        assert not [found for found in explore(source, budget=GLIMPSE) if found.law == "VAL01"]
    assert FLOAT32.fit(math.exp(2 * FLOAT32.reach)) < math.inf
    assert math.exp(2 * FLOAT64.reach) < math.inf
    assert max(RUNGS) < FLOAT64.reach
