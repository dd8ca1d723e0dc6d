"""How an engine is driven is found out by trying, and only believed when it behaves."""

from __future__ import annotations

import pytest
from faulty_engines import OPERATIONS, SOURCE, replaced

from verify.engines import NotANumberError, TargetError, observe, open_engine
from verify.engines.engine import as_float
from verify.engines.operator_engine import BACKWARDS, GRADIENTS, PRIMALS, ZEROS
from verify.program import FORMS
from verify.program.text import parse_case

FUNCTIONS = """

def log(v):
    out = Value(math.log(v.data), (v,))

    def _backward():
        v.grad += out.grad / v.data
    out._backward = _backward
    return out


def maximum(a, b):
    return a
"""


def opened(engine_file, source: str = SOURCE):
    return open_engine(engine_file(source))


def test_own_operations_and_reflected_forms_are_found(engine_file):
    facts = opened(engine_file).facts
    assert set(OPERATIONS) <= set(facts.spellings)
    assert {"radd", "rsub", "rmul", "rdiv", "add_number", "sum", "iadd"} <= set(facts.spellings)
    assert facts.spellings["exp"] == "{0}.exp()"
    assert facts.spellings["rsub"] == "{0} - {1}"


def test_every_form_is_either_supported_or_not(engine_file):
    facts = opened(engine_file).facts
    assert set(facts.spellings) | set(facts.unsupported) == set(FORMS)
    assert not set(facts.spellings) & set(facts.unsupported)


def test_missing_operations_are_reported_in_the_engine_s_words(engine_file):
    unsupported = opened(engine_file).facts.unsupported
    assert unsupported["power"] == "AssertionError: only numbers as exponents"
    assert "unsupported operand type(s) for **" in unsupported["rpow"]
    assert unsupported["log"] == "there is no log"
    assert "abs" in unsupported["abs"]


def test_no_reflected_add_means_no_sum(engine_file):
    source = replaced(SOURCE, ("    def __radd__(self, other):\n        return self + other\n", ""))
    unsupported = opened(engine_file, source).facts.unsupported
    assert {"radd", "sum"} <= set(unsupported)


@pytest.mark.parametrize("name", PRIMALS)
def test_primal_is_found_under_each_usual_name(engine_file, name):
    source = SOURCE.replace(".data", f".{name}")
    engine = opened(engine_file, source)
    assert engine.facts.primal == f".{name}"
    assert engine.primal(engine.lift(-2.5)) == -2.5


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradient_is_found_under_each_usual_name(engine_file, name):
    engine = opened(engine_file, SOURCE.replace(".grad", f".{name}"))
    assert engine.facts.gradient == f".{name}"
    seen = observe(engine, parse_case("x0 = 3.0\n%1 = mul(x0, x0)"))
    assert seen.adjoints[0] == 6.0


@pytest.mark.parametrize("name", BACKWARDS)
def test_backward_is_found_under_each_usual_name(engine_file, name):
    source = replaced(SOURCE, ("def backward(self)", f"def {name}(self)"))
    assert opened(engine_file, source).facts.backward == f".{name}()"


@pytest.mark.parametrize("name", ZEROS)
def test_zero_grad_is_shown_where_there_is_one(engine_file, name):
    source = SOURCE + f"\n    def {name}(self):\n        self.grad = 0.0\n"
    assert opened(engine_file, source).facts.zero_grad == f".{name}()"
    assert opened(engine_file).facts.zero_grad is None


@pytest.mark.parametrize("target", ["", "microgradref:Value", "torch"])
def test_leaf_that_is_assigned_holds_exactly_that_number(engine_file, target):
    engine = open_engine(target or engine_file())
    leaf = engine.lift(1.5)
    engine.assign(leaf, 0.1)
    assert engine.primal(leaf) == 0.1
    doubled = engine.apply("add", [leaf, leaf])
    engine.backward(doubled)
    assert (engine.primal(doubled), engine.adjoint(leaf)) == (0.2, 2.0)


def test_leaf_that_cannot_be_assigned_raises(engine_file):
    line = "        self.data = float(data)\n"
    source = replaced(SOURCE, (line, line.replace("self.data", "self._d")))
    source += "\n    @property\n    def data(self):\n        return self._d\n"
    engine = opened(engine_file, source)
    with pytest.raises(AttributeError):
        engine.assign(engine.lift(1.5), 2.0)


def test_primal_is_believed_only_if_it_holds_the_number(engine_file):
    source = SOURCE.replace(".data", ".val").replace(
        "        self.grad = 0.0\n", "        self.grad = 0.0\n        self.data = 'a label'\n", 1
    )
    assert opened(engine_file, source).facts.primal == ".val"


def test_functions_beside_the_class_are_operations(engine_file):
    facts = opened(engine_file, SOURCE + FUNCTIONS).facts
    assert facts.spellings["log"] == "log({0})"
    assert facts.spellings["max"] == "maximum({0}, {1})"


def test_operation_of_another_kind_of_result_is_unsupported(engine_file):
    source = SOURCE + "\n    def sin(self):\n        return math.sin(self.data)\n"
    assert opened(engine_file, source).facts.unsupported["sin"] == ("it gives a float, not a Value")


@pytest.mark.parametrize("error", ["ZeroDivisionError", "ValueError", "RuntimeError", "KeyError"])
def test_operation_that_exists_and_raises_is_supported_and_a_finding(explore, engine_file, error):
    source = SOURCE + f"\n    def sin(self):\n        raise {error}('oh')\n"
    assert "sin" in opened(engine_file, source).facts.spellings
    (finding,) = explore(source, forms=("sin", "add"))
    assert (finding.law, finding.diagnosis.form) == ("RUN01", "sin")
    assert f"{error}: 'oh'" in finding.diagnosis.sentence or f"{error}: oh" in (
        finding.diagnosis.sentence
    )


@pytest.mark.parametrize("value", ["None", "'1.0'", "complex(1, 1)", "[1.0]", "object()"])
def test_operation_whose_value_is_no_number_is_a_finding(explore, value):
    source = SOURCE + f"\n    def sin(self):\n        out = self + 0\n        out.data = {value}\n"
    source += "        return out\n"
    (finding,) = explore(source, forms=("sin",))
    assert (finding.law, finding.diagnosis.form) == ("RUN01", "sin")
    assert "gives no number" in finding.diagnosis.sentence


def test_methods_that_an_operation_calls_are_seen(engine_file):
    delegates = opened(engine_file).facts.delegates
    assert delegates["add"] == ("__add__",)
    assert delegates["rsub"] == ("__rsub__", "__sub__")
    assert set(delegates["sum"]) == {"__radd__", "__add__"}
    assert delegates["exp"] == ("exp",)


def test_adapter_s_own_calls_are_not_the_engine_s(engine_file):
    source = SOURCE + "\n    def apply(self):\n        pass\n\n    def _run(self):\n        pass\n"
    assert opened(engine_file, source).facts.delegates["add"] == ("__add__",)


def test_watching_leaves_no_profiler_behind(engine_file):
    import sys

    before = sys.getprofile()
    opened(engine_file)
    assert sys.getprofile() is before


def test_intermediates_that_keep_their_gradients_are_seen(engine_file):
    assert opened(engine_file).facts.keeps_intermediates


FORGETTING = replaced(
    SOURCE,
    ("            node._backward()\n",
     "            node._backward()\n"
     "            if node._children and node is not self:\n                node.grad = 0.0\n"),
)  # fmt: skip


def test_intermediates_that_forget_are_seen_and_no_fault(engine_file, explore):
    assert not opened(engine_file, FORGETTING).facts.keeps_intermediates
    assert explore(FORGETTING) == []


@pytest.mark.parametrize("value", [None, 1j, "2", b"2", [1.0], object()])
def test_what_is_no_real_number_is_refused_by_name(value):
    with pytest.raises(NotANumberError, match=type(value).__name__):
        as_float(value, "the value")


@pytest.mark.parametrize("value", [2, 2.0, True])
def test_real_numbers_are_floats(value):
    assert type(as_float(value, "the value")) is float


def test_gradient_that_is_none_is_none_and_no_failure(engine_file):
    engine = opened(engine_file)
    leaf = engine.lift(1.0)
    leaf.grad = None
    assert engine.adjoint(leaf) is None


def test_zero_resets_the_gradients(engine_file):
    engine = opened(engine_file)
    leaf = engine.lift(1.0)
    leaf.grad = 7.0
    engine.zero([leaf])
    assert engine.adjoint(leaf) == 0.0


def test_failing_forward_keeps_the_primals_before_it(engine_file):
    engine = opened(engine_file)
    seen = observe(engine, parse_case("x0 = 800.0\n%1 = add(x0, x0)\n%2 = exp(%1)"))
    assert seen.primals == (800.0, 1600.0)
    assert seen.adjoints == ()
    assert seen.failure is not None
    assert (seen.failure.kind, seen.failure.stage, seen.failure.index) == ("raises", "forward", 2)


def test_failing_backward_is_said_to_be_backward(engine_file):
    engine = opened(engine_file)
    seen = observe(engine, parse_case("x0 = 0.0\n%1 = pow(x0, 0)"))
    assert seen.failure is not None
    assert (seen.failure.stage, seen.failure.index) == ("backward", 1)
    assert seen.failure.message.startswith("ZeroDivisionError")


EXITING = {
    "operation": SOURCE + "\n    def sin(self):\n        raise SystemExit(0)\n",
    "backward": SOURCE + "\n    def sin(self):\n"
    "        out = Value(math.sin(self.data), (self,))\n"
    "        def leave():\n            raise SystemExit\n"
    "        out._backward = leave\n        return out\n",
}  # fmt: skip


@pytest.mark.parametrize("where", EXITING)
def test_engine_that_exits_does_not_end_the_run(explore, where):
    """An exit with code 0 in the engine would look like a clean run."""
    (finding,) = explore(EXITING[where], forms=("sin", "add"))
    assert (finding.law, finding.diagnosis.form) == ("RUN01", "sin")
    assert "SystemExit" in finding.diagnosis.sentence


def test_gradient_that_raises_when_read_is_a_failure(engine_file):
    source = SOURCE.replace(".grad", "._g").replace("self._g = 0.0", "self._g = 0.0", 1)
    source += "\n    @property\n    def grad(self):\n        if self._children:\n"
    source += "            raise KeyError('lost')\n        return self._g\n"
    seen = observe(opened(engine_file, source), parse_case("x0 = 2.0\n%1 = mul(x0, x0)"))
    assert seen.failure is not None
    assert seen.failure.kind == "not a number"
    assert "KeyError: 'lost'" in seen.failure.message


@pytest.mark.parametrize(
    ("member", "words"),
    [(".grad", "; looked for grad, _grad, "), ("backward", "; looked for backward, backprop, ")],
)
def test_refusal_says_what_was_looked_for_and_where_another_name_is_said(
    engine_file, member, words
):
    source = SOURCE.replace(member, ".zorp" if member == ".grad" else "zorp")
    with pytest.raises(TargetError) as refused:
        open_engine(engine_file(source))
    said = str(refused.value)
    assert words in said
    assert ("getGrad" in said) or ("differentiate" in said)
    assert "in the table [engine] of gradverify.toml and look with gradverify probe; " in said
    assert "\n" not in said


@pytest.mark.parametrize("name", ["dx", "dval", "getGrad()", "differentiate"])
def test_names_that_engines_use_now_and_then_are_guessed(engine_file, name):
    if name == "differentiate":
        source, found = SOURCE.replace("def backward", f"def {name}"), f".{name}()"
    elif name.endswith("()"):
        source = (
            SOURCE.replace(".grad", "._zorp") + f"\n    def {name[:-1]}self): return self._zorp\n"
        )
        found = f".{name}"
    else:
        source, found = SOURCE.replace(".grad", f".{name}"), f".{name}"
    facts = open_engine(engine_file(source)).facts
    assert found in {facts.gradient, facts.backward}


SEVERAL_CLASSES = """
class Node:
    def __init__(self, data, parents=()):
        self.data, self.parents, self.found = data, parents, None

    @property
    def grad(self):
        if self.found is None:
            raise RuntimeError("call backward() first")
        return self.found

    def __mul__(self, other):
        return Product(self.data * other.data, ((self, other.data), (other, self.data)))

    def backward(self, slope=1.0):
        self.found = (self.found or 0.0) + slope
        for parent, factor in self.parents:
            parent.backward(slope * factor)


class Value(Node):
    pass


class Product(Node):
    pass
"""


def test_gradient_of_a_result_of_another_class_may_raise_until_backward(engine_file):
    """``Value`` gives ``Product``, which is none: a member that cannot be read yet is there."""
    assert {"mul", "imul"} <= set(opened(engine_file, SEVERAL_CLASSES).facts.spellings)
