"""A bug that no row explains is not given a name: the diagnosis says so, and shows where it is."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest
from faulty_engines import SOURCE, backward_of, overwriting, replaced

from verify.diagnose import diagnose
from verify.faults import BY_CODE, FAULTS

pytestmark = pytest.mark.once
SCALED = replaced(
    SOURCE,
    ("self.grad += (1 - out.data * out.data)", "self.grad += 1.001 * (1 - out.data * out.data)"),
)


def test_scaled_partial_is_unknown_with_the_instruction_named(explore):
    (finding,) = explore(SCALED)
    diagnosis = finding.diagnosis
    assert diagnosis.fault is None
    assert diagnosis.mend == ""
    assert diagnosis.form == "tanh"
    assert diagnosis.slot == 0
    assert finding.checked.case.program.at(diagnosis.index).op == "tanh"
    assert "No known fault explains every number seen." in diagnosis.sentence


def test_scaled_partial_is_shown_beside_the_right_one(explore):
    (finding,) = explore(SCALED)
    program = finding.checked.case.program
    assert len(program.instructions) == 1
    shown = re.search(r"should be ([\d.e-]+) and is ([\d.e-]+)\.", finding.diagnosis.sentence)
    assert shown is not None
    right = 1 - math.tanh(finding.checked.case.point[0]) ** 2
    assert shown[1] == f"{right:.6g}"
    assert shown[2] == f"{1.001 * right:.6g}"


def test_wrong_value_of_a_formula_is_unknown_with_the_instruction_named(explore):
    source = replaced(SOURCE, ("math.tanh(self.data)", "math.tanh(self.data) * 1.000001"))
    (finding,) = explore(source)
    assert finding.law == "VAL01"
    assert finding.diagnosis.fault is None
    assert finding.diagnosis.form == "tanh"
    assert "The first wrong value is that of %1 = tanh(x0)." in finding.diagnosis.sentence


def test_partial_wrong_only_below_zero_is_found(explore):
    source = replaced(
        SOURCE,
        ("self.grad += other.data * out.grad  # mul",
         "self.grad += (other.data if self.data > 0 else 2 * other.data) * out.grad"),
    )  # fmt: skip
    (finding,) = explore(source)
    assert finding.diagnosis.form in {"mul", "mul_number", "rmul"}
    assert finding.diagnosis.fault is None


@pytest.mark.parametrize(
    "slope",
    ["-math.sqrt(1 - out.data**2)", "-abs(math.sin(self.data))"],
)
def test_slope_wrong_in_each_second_half_period_is_not_called_wrong_below_zero(explore, slope):
    """Between -pi and pi it is; in the half period after pi it is wrong above zero."""
    cosine = (
        "\n    def cos(self):\n"
        "        out = Value(math.cos(self.data), (self,))\n"
        "        def _backward():\n"
        f"            self.grad += {slope} * out.grad\n"
        "        out._backward = _backward\n"
        "        return out\n\n"
        "    def tanh(self):"
    )
    (finding,) = explore(replaced(SOURCE, ("\n    def tanh(self):", cosine)))
    assert (finding.diagnosis.fault, finding.diagnosis.form) == (None, "cos")


def test_same_node_in_both_positions_handled_wrongly_is_found(explore):
    source = replaced(
        SOURCE,
        ("            other.grad += self.data * out.grad  # mul\n",
         "            if other is not self:\n                other.grad += self.data * out.grad\n"),
    )  # fmt: skip
    (finding,) = explore(source)
    assert finding.diagnosis.form == "mul"
    assert len(finding.checked.case.program.instructions) == 1


@pytest.mark.parametrize("seed", ["2.0", "self.data"])
def test_root_that_begins_with_another_number_is_one_bug_of_no_operation(explore, seed):
    """Every gradient is that multiple of the right one: there is one finding, and it says so."""
    (finding,) = explore(replaced(SOURCE, ("self.grad = 1.0\n", f"self.grad = {seed}\n")))
    assert (finding.diagnosis.fault, finding.diagnosis.form) == (None, None)
    root = finding.checked.observation.adjoints[-1]
    assert f"itself is {root!r}, not 1" in finding.diagnosis.sentence
    assert "the root's own gradient set to 1" in finding.diagnosis.mend


def test_operation_that_doubles_its_own_gradient_is_not_taken_for_the_root(explore):
    """Alone it shows the same numbers; beside others it does not."""
    source = replaced(
        SOURCE,
        ("self.grad += (1 - out.data * out.data)",
         "out.grad *= 2.0\n            self.grad += (1 - out.data * out.data)"),
    )  # fmt: skip
    found = explore(source)
    assert found
    assert all(f.diagnosis.form == "tanh" for f in found)


def test_engine_that_never_propagates_is_found(explore):
    found = explore(backward_of("def backward(self):\n    self.grad = 1.0\n"))
    assert found
    assert all(f.law in {"GRA01", "GRA02"} for f in found)


def test_only_a_failing_case_can_be_diagnosed(engine_file, oracles):
    from verify.check import check
    from verify.engines import open_engine
    from verify.program.text import parse_case

    engine = open_engine(engine_file())
    case = parse_case("x0 = 2.0\n%1 = mul(x0, x0)")
    (right,) = check(engine, oracles, case.program, [case.point])
    with pytest.raises(TypeError, match="Agree"):
        diagnose(engine, right)


@pytest.mark.parametrize("seed", [0, 1])
def test_diagnosis_is_the_same_every_time(explore, seed):
    first, second = (explore(SCALED, seed=seed) for _ in range(2))
    assert [f.fingerprint for f in first] == [f.fingerprint for f in second]
    assert [f.diagnosis for f in first] == [f.diagnosis for f in second]
    assert [f.checked.case for f in first] == [f.checked.case for f in second]


def test_bug_that_two_rows_explain_is_not_guessed(explore, monkeypatch):
    """Where the numbers cannot tell two bugs apart, neither is claimed and both are said."""
    twin = replace(BY_CODE["overwrite"], code="twin", name="its twin")
    monkeypatch.setattr("verify.explain.FAULTS", (*FAULTS, twin))
    (finding,) = explore(overwriting("exp"))
    assert finding.diagnosis.fault is None
    assert finding.diagnosis.mend == ""
    assert "More than one known fault" in finding.diagnosis.sentence
    assert "shared-node overwrite and its twin" in finding.diagnosis.sentence


def test_sum_that_cuts_off_its_first_operand_gives_the_others_their_gradient(explore):
    """`sum([a])` then gives no gradient at all, and `sum([a, b])` gives one to b."""
    kept = "    def __radd__(self, other):\n        return "
    source = replaced(SOURCE, (kept, kept + "Value(self.data) if other == 0 else "))
    found = explore(source)
    assert found
    assert all(finding.diagnosis.fault is None for finding in found)


def test_short_cut_for_equal_operands_is_not_called_merged_leaves(explore):
    """No leaf is looked up by its value: another operation on leaves of one value is right."""
    head = "        out = Value(self.data - other.data, (self, other))\n"
    cut = "        if self.data == other.data:\n            return Value(0.0)\n"
    found = explore(replaced(SOURCE, (head, cut + head)))
    assert found
    assert {f.diagnosis.fault for f in found} == {None}
    assert "sub" in {f.diagnosis.form for f in found}
