"""Two bugs at once: neither hides the other, and nothing innocent is named."""

from __future__ import annotations

import pytest
from faulty_engines import SOURCE, replaced

from verify.campaign import QUICK, Budget, Plan, run
from verify.engines import open_engine
from verify.engines.observe import describe
from verify.faults.planting import plain, replacing
from verify.faults.plants import PLANTS
from verify.laws import LAWS, selected
from verify.report.exhibit import case_of

pytestmark = pytest.mark.once
BY_NAME = {plant.name: plant for plant in PLANTS}
NUMBERS = selected(LAWS, "VAL,GRA,RUN,ACC", None)


@pytest.fixture
def errors(engine_file, oracles):
    """The errors that a quick run finds in a source: (fault, operation) of each."""

    def find(source: str, laws=NUMBERS) -> set[tuple[str | None, str | None]]:
        document = run(open_engine(engine_file(source)), oracles, Plan(QUICK, laws=laws))
        return {(f.fault, f.operation) for f in document.findings if f.severity == "error"}

    return find


def both(*names: str) -> str:
    """The plain engine with several faults."""
    source = plain()
    for name in names:
        source = BY_NAME[name].edit(source)
    return source


@pytest.mark.parametrize(
    "other", ["overwrite-exp", "dropped-adjoint-tanh", "forgotten-operand-mul-1"]
)
@pytest.mark.parametrize("walk", ["duplicate-append", "breadth-first"])
def test_bug_of_the_walk_does_not_hide_that_of_an_operation(errors, walk, other):
    plant = BY_NAME[other]
    assert errors(both(walk, other)) >= {(walk, None), (plant.fault, plant.operation)}


def test_three_bugs_are_three_findings(errors):
    found = errors(both("duplicate-append", "wrong-sign-exp", "dropped-partial-log"))
    assert found == {("duplicate-append", None), ("wrong-sign", "exp"), ("dropped-partial", "log")}


def test_two_reflected_operations_are_both_found(errors):
    found = errors(both("reflected-rsub", "reflected-rdiv"))
    assert found == {("reflected", "rsub"), ("reflected", "rdiv")}


def test_caller_of_a_broken_operation_is_not_named(errors):
    """Division as ``a * b**-1`` is right; its gradients are wrong since those of pow are."""
    division = replacing(
        ("        a, b = self.data, other.data\n        out = Value(_divided(a, b), (self, other))",
         "        return self * other**-1\n        a, b = self.data, other.data\n"
         "        out = Value(_divided(a, b), (self, other))"),
    )  # fmt: skip
    source = division(plain())
    assert errors(source) == set()
    assert {op for _, op in errors(BY_NAME["precedence-pow"].edit(source))} == {"pow"}


IDENTITIES = replacing(
    ("        a = self.data\n        out = Value(0.0 if a <= 0 else a, (self,))  # relu",
     "        a = self.data\n        if a > 0:\n            return self\n"
     "        out = Value(0.0 if a <= 0 else a, (self,))  # relu"),
    ("        a, n = self.data, other\n",
     "        a, n = self.data, other\n        if n == 1:\n            return self\n"),
)  # fmt: skip


def test_operation_that_returns_its_operand_is_right(errors):
    assert errors(IDENTITIES(plain()), LAWS) == set()


def test_bug_beside_returned_operands_is_found(errors):
    found = errors(BY_NAME["overwrite-mul"].edit(IDENTITIES(plain())))
    assert found == {("overwrite", "mul")}


LETS_GO = replacing(
    ("            node._backward()\n",
     "            node._backward()\n        for node in order:\n"
     "            node._backward, node._children = (lambda: None), ()\n"),
)  # fmt: skip


def test_engine_that_lets_go_of_its_graph_breaks_no_law_of_errors(errors):
    assert errors(LETS_GO(plain()), selected(LAWS, "LIF", None)) == set()


def test_visited_flags_are_still_an_error(errors):
    found = errors(BY_NAME["stale-visited"].source, selected(LAWS, "LIF", None))
    assert found == {("stale-visited", None)}


GRADIENTS_ARE_VALUES = """\
    @property
    def grad(self):
        return Value(self._grad)

    @grad.setter
    def grad(self, number):
        self._grad = number.data if isinstance(number, Value) else number

"""


def test_gradient_that_is_a_value_is_read(errors):
    """Some engines keep gradients as values, for second derivatives."""
    kept = replacing(("    def __init__", f"{GRADIENTS_ARE_VALUES}    def __init__"))
    assert errors(kept(plain())) == set()


def test_addresses_in_an_engine_s_words_do_not_reach_a_report():
    assert describe(KeyError(140515769257424)) == "KeyError: (an address)"
    assert "0x" not in describe(ValueError(f"bad {object()!r}"))
    assert describe(ValueError("shape 12345 of 0x1f")) == "ValueError: shape 12345 of 0x1f"


def test_what_two_operations_leave_on_one_operand_is_always_met(engine_file, oracles):
    """Each keeps its slope on the operand, where the other overwrites it; alone both are right."""
    source = SOURCE
    for name, slope in (("exp", "out.data"), ("tanh", "(1 - out.data * out.data)")):
        make = f"        out = Value(math.{name}(self.data), (self,))\n"
        source = replaced(
            source,
            (make, make + f"        self.slope = {slope}\n"),
            (f"self.grad += {slope} * out.grad  # {name}", "self.grad += self.slope * out.grad"),
        )
    budget = Budget(programs=1, points=1, minimum=0, rounds=0)
    laws = selected(LAWS, "GRA,VAL", None)
    for seed in range(2):
        found = run(open_engine(engine_file(source)), oracles, Plan(budget, seed, laws=laws))
        assert found.status == "wrong"
        assert {f.law for f in found.findings} == {"GRA01"}
        case = case_of(found.findings[0])
        assert {i.op for i in case.program.instructions} >= {"exp", "tanh"}
        assert len(case.program.instructions) == 3
