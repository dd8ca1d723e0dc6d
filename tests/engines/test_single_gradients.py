"""Gradients alone that are float32 make no engine of float32: they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from faulty_engines import SOURCE, replaced

from verify.check import check
from verify.engines import open_engine
from verify.oracles import Bench
from verify.program.text import parse_case
from verify.verdict import Agree, Mismatch

ZOO = Path(__file__).resolve().parents[1] / "zoo" / "engines"
SINGLE = "__import__('struct').unpack('f', __import__('struct').pack('f', {}))[0]"
END = "        for node in reversed(topo):\n            node._backward()\n"
ROUNDED_AT_THE_END = END + f"        for node in topo:\n            node.grad = {SINGLE}\n".format(
    "node.grad"
)
SUM = "        out = Value(self.data + other.data, (self, other))\n"
PRODUCT = "        out = Value(self.data * other.data, (self, other))\n"


def rounded(line: str) -> str:
    """A result whose value is rounded to float32."""
    return f"{line}        out.data = {SINGLE.format('out.data')}\n"


def test_gradients_that_are_rounded_at_the_end_are_wrong(engine_file, oracles: Bench):
    engine = open_engine(engine_file(replaced(SOURCE, (END, ROUNDED_AT_THE_END))))
    assert engine.facts.float_width == 64
    assert engine.facts.notes == ()
    case = parse_case("x0 = 0.1\nx1 = 0.7\n%2 = mul(x0, x1)")
    (found,) = check(engine, oracles, case.program, [case.point])
    assert isinstance(found.verdict, Mismatch)
    assert found.verdict.law == "GRA01"


@pytest.mark.parametrize(("lines", "width"), [((SUM,), 64), ((PRODUCT,), 64), ((SUM, PRODUCT), 32)])
def test_results_of_one_operation_that_are_rounded_make_no_engine_of_float32(
    engine_file, lines, width
):
    source = replaced(SOURCE, *((line, rounded(line)) for line in lines))
    assert open_engine(engine_file(source)).facts.float_width == width


@pytest.mark.parametrize("name", ["single", "single_by_struct", "single_overwrites"])
def test_engine_of_float32_is_known(name):
    cls = "Scalar" if name == "single_by_struct" else "Value"
    assert open_engine(f"{ZOO / name}.py:{cls}").facts.float_width == 32


def test_sums_that_tell_nothing_leave_it_to_products(engine_file, oracles: Bench):
    """An engine of float32 whose sums are always 0."""
    nothing = "        out = Value(0.0, (self, other))\n"
    source = replaced(SOURCE, (SUM, nothing), (PRODUCT, rounded(PRODUCT)))
    engine = open_engine(engine_file(source))
    assert engine.facts.float_width == 32
    case = parse_case("x0 = 0.1\nx1 = 0.7\n%2 = mul(x0, x1)")
    (found,) = check(engine, oracles, case.program, [case.point])
    assert isinstance(found.verdict, Agree)
