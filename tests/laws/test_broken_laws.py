"""Each law is broken by an engine made for it, which is then described by the law's example."""

from __future__ import annotations

import re

import broken_engines as broken
import pytest
from faulty_engines import SOURCE, replaced

from verify.laws import BY_CODE, LAWS


def plain(message: str) -> str:
    """Without Python's own words, which differ between its versions."""
    message = re.sub(r" \[(?!\d|-)[^\]]*\]", "", message)
    return re.sub(r"(Error): [^;]*?;", r"\1;", message)


def test_every_law_with_a_check_is_broken_by_an_engine():
    assert set(broken.BREAKS) == {law.code for law in LAWS if law.subject == "engine"}


@pytest.mark.parametrize("code", broken.BREAKS)
def test_engine_that_breaks_a_law_is_described_by_the_law_s_example(breaches, code):
    first, *_ = breaches(code, broken.BREAKS[code])
    said, example = plain(first.message), plain(BY_CODE[code].example)
    if code == "SCL01":  # how deep it goes depends on Python and on the frames above
        said, example = (re.sub(r"\d+", "N", text, count=1) for text in (said, example))
    assert said == example


def test_missing_operations_are_listed(examine):
    book = examine("SUP01")
    (breach,) = book.breaches
    assert breach.message.startswith("not there: ")
    assert {"log", "power", "max"} <= set(breach.message.replace(",", " ").split())
    assert book.compared > 20


EDGES = [code for code in broken.BREAKS if code.startswith("EDG")]


@pytest.mark.parametrize("code", EDGES)
def test_breach_of_an_edge_has_a_case_and_an_operation(breaches, code):
    assert all(b.case is not None and b.operation for b in breaches(code, broken.BREAKS[code]))


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
    ("signs", "right", "fault"),
    [((">=", ">="), False, "tie-counted-twice"), ((">", ">"), False, "tie-to-neither"),
     ((">=", ">"), True, None)],
)  # fmt: skip
def test_slopes_at_a_tie_add_up_to_one(breaches, signs, right, fault):
    found = [b for b in breaches("EDG07", SOURCE + MAX.format(*signs)) if b.operation == "max"]
    assert (found == []) == right
    assert all("add up to 1" in breach.message for breach in found)
    assert {b.fault for b in found} <= {fault}


@pytest.mark.parametrize("seed", ["self.data", "2.0", "0.5"])
def test_gradients_are_not_judged_where_the_root_has_another_gradient_than_one(breaches, seed):
    """Seeded with its value, a tie of 2 gives each operand 1: both halves are right, and no bug."""
    seeded = replaced(
        SOURCE + MAX.format(">=", ">"), ("self.grad = 1.0\n", f"self.grad = {seed}\n")
    )
    assert breaches("LIF08", seeded)
    for code in EDGES:
        messages = [breach.message for breach in breaches(code, seeded)]
        assert not [
            said for said in messages if "d/dx" in said.split(", but ")[0] or "slopes" in said
        ]


CACHED = """
    _leaves = {}
    def __new__(cls, data, _children=()):
        made = super().__new__(cls)
        return made if _children else cls._leaves.setdefault(data, made)
"""


def test_tie_of_one_leaf_with_itself_is_no_tie(breaches):
    """An engine that merges equal leaves has one slope there, whatever its max does."""
    twice = MAX.format(">=", ">=")
    assert [b.operation for b in breaches("EDG07", SOURCE + twice)] == ["max"]
    assert breaches("EDG07", SOURCE + CACHED + twice) == []


FAULTS = [
    ("EDG03", SOURCE, "pow", "pow-at-zero"),
    ("EDG04", broken.COMPLEX, "pow", "silent-complex"),
    ("EDG05", SOURCE, "relu", "nan-swallowed"),
    ("EDG01", broken.TANH_BY_EXPONENTIALS, "tanh", "saturation"),
    ("EDG01", broken.TANH_GIVES_NAN, "tanh", "saturation"),
    ("EDG01", SOURCE, "exp", "overflow"),
    ("EDG02", broken.DIVIDES_BY_ONE, "rdiv", None),
    ("EDG06", broken.ADDS_A_LITTLE, "add", None),
    ("EDG07", broken.RELU_BELOW, "relu", None),
]


@pytest.mark.parametrize(("code", "source", "form", "fault"), FAULTS)
def test_fault_of_an_edge_is_set_where_its_mechanism_is_plain(breaches, code, source, form, fault):
    found = [b for b in breaches(code, source) if b.operation == form]
    assert found
    assert {breach.fault for breach in found} == {fault}


def test_edge_of_an_operation_that_is_missing_is_not_looked_at(breaches):
    for code in EDGES:
        assert not {b.operation for b in breaches(code)} & {"log", "sqrt", "max", "min", "abs"}


def test_edge_law_without_any_of_its_operations_says_so(examine):
    source = SOURCE.replace("relu", "other").replace("tanh(self):", "other2(self):")
    source = source.replace("__mul__", "other3").replace("__rmul__", "other4")
    source = source.replace("__pow__", "power_of")
    book = examine("EDG05", source)
    assert (book.compared, book.skipped) == (0, "the engine has none of its operations")


def test_engine_that_raises_in_a_law_is_a_breach_and_no_crash(examine):
    source = SOURCE + "\n    def __hash__(self):\n        raise OSError('no')\n"
    for code in (c for c in broken.BREAKS if c[:3] in {"LIF", "SCL", "DET"}):
        book = examine(code, source)
        for breach in book.breaches:
            assert "OSError: no" in breach.message
