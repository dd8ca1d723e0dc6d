"""Right engines by other formulas are not accused, and broken ones are not excused."""

from __future__ import annotations

import pytest
from faulty_engines import SOURCE, replaced

from strategies.dice import Dice
from strategies.programs import BYTES, build, focuses
from verify.check import check
from verify.engines import open_engine
from verify.oracles import BallAlone
from verify.program.text import parse_case
from verify.verdict import Mismatch

TRIGONOMETRY = """
    def sin(self):
        out = Value(math.sin(self.data), (self,))

        def _backward():
            self.grad += {slope} * out.grad
        out._backward = _backward
        return out
"""
POWER_BY_LOGARITHM = """
    def log(self):
        out = Value(math.log(self.data), (self,))

        def _backward():
            self.grad += out.grad / self.data
        out._backward = _backward
        return out

    def __pow__(self, other):
        if isinstance(other, Value):
            return (other * self.log()).exp()
        out = Value(self.data ** other, (self,))

        def _backward():
            self.grad += other * self.data ** (other - 1) * out.grad
        out._backward = _backward
        return out
"""
SQUARED = (
    "-out.grad * self.data / (other.data * other.data)",
    "-out.grad * self.data / other.data ** 2",
)


@pytest.mark.parametrize(
    ("slope", "fault"),
    [
        ("-math.cos(self.data)", "wrong-sign"),
        ("1.0", "dropped-partial"),
        ("1.001 * math.cos(self.data)", None),
    ],
)
def test_a_wrong_sine_is_diagnosed_as_any_other_operation(explore, slope, fault):
    (finding,) = explore(SOURCE + TRIGONOMETRY.format(slope=slope), forms=("sin", "add"))
    assert (finding.diagnosis.form, finding.diagnosis.fault) == ("sin", fault)
    assert "could not be diagnosed" not in finding.diagnosis.sentence


@pytest.mark.parametrize(
    ("form", "pair"),
    [
        ("exp", ("math.exp(self.data)", "math.exp(self.datta)")),
        (
            "div",
            ("self.data / other.data, (self, other)", "self.datta / other.data, (self, other)"),
        ),
    ],
)
def test_a_typo_in_an_operation_is_a_finding_and_no_missing_operation(
    engine_file, explore, form, pair
):
    source = SOURCE.replace(*pair)
    assert source != SOURCE
    assert form in open_engine(engine_file(source)).facts.spellings
    laws = {(f.law, f.diagnosis.form) for f in explore(source, forms=(form, "add"))}
    assert laws == {("RUN01", form)}


def test_a_forgotten_return_is_a_finding(explore):
    start = SOURCE.index("    def exp(self")
    end = SOURCE.index("        return out\n", start)
    source = SOURCE[:end] + SOURCE[end + len("        return out\n") :]
    assert {(f.law, f.diagnosis.form) for f in explore(source, forms=("exp", "add"))} == {
        ("RUN01", "exp")
    }


@pytest.mark.parametrize(
    "case",
    [
        "x0 = 1e-160\n%1 = div(x0, x0)",
        "x0 = 1e-150\nx1 = 3e-158\n%2 = div(x0, x1)",
        "x0 = 1e200\nx1 = 1e250\n%2 = div(x1, x0)",
        "x0 = 1e-08\nx1 = 1.0\n%2 = power(x0, x1)",
        "x0 = 40.0\nx1 = 3.5\n%2 = power(x0, x1)",
    ],
)
def test_textbook_formulas_are_right_at_every_size(engine_file, case):
    source = replaced(SOURCE, SQUARED) + POWER_BY_LOGARITHM
    asked = parse_case(case)
    (found,) = check(open_engine(engine_file(source)), BallAlone(), asked.program, [asked.point])
    assert not isinstance(found.verdict, Mismatch), found.verdict


def test_an_operation_that_changes_its_operand_accuses_no_other(explore):
    source = SOURCE + (
        "\n    def __iadd__(self, other):\n"
        "        other = other if isinstance(other, Value) else Value(other)\n"
        "        self.data += other.data\n        return self\n"
    )
    findings = explore(source, forms=("add", "mul", "iadd"))
    assert findings
    assert {f.diagnosis.form for f in findings} <= {None, "iadd"}
    assert any("changes its operand" in f.diagnosis.sentence for f in findings)


@pytest.mark.parametrize(
    "forms", [("max", "relu"), ("sin", "cos"), ("exp", "log", "div"), ("add",)]
)
def test_programs_have_no_dead_code_and_hold_their_focus(forms):
    for number, focus in enumerate(focuses(forms) * 8):
        program = build(Dice(bytes([number + 1, 77]) * (BYTES // 2)), forms, focus, 6).program
        needed = {program.output}
        for index in range(program.output, program.n_inputs - 1, -1):
            assert index in needed
            needed.update(program.at(index).refs)
        assert any(instruction.form == focus.form for _, instruction in program.steps())


REMEMBERED = (
    "        out = Value(math.exp(self.data), (self,))\n",
    "        if hasattr(self, 'remembered'):\n            return self.remembered\n"
    "        out = self.remembered = Value(math.exp(self.data), (self,))\n",
)


def test_operation_that_is_made_once_for_two_is_right(explore):
    """The one node holds the sum of what two would; the leaf's gradient is what counts."""
    source = replaced(SOURCE, REMEMBERED)
    assert not explore(source, forms=("exp", "add", "mul", "sub"))
    line = "self.grad += out.data * out.grad"
    (finding,) = explore(replaced(source, (line, line.replace("+=", "="))), forms=("exp", "add"))
    assert finding.law == "GRA01"
