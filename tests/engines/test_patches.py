"""``Class@N`` has the operations that were patched in before the next definition."""

from __future__ import annotations

import json

import pytest
from faulty_engines import SOURCE
from notebooks import notebook

from verify.cli import main
from verify.engines import observe, open_engine
from verify.program.text import parse_case

PLAIN = SOURCE.replace("def relu", "def not_called_so")
RELU = """
def relu(self):
    out = Value(max(self.data, 0.0), (self,))

    def _backward():
        self.grad += {slope} * out.grad

    out._backward = _backward
    return out

Value.relu = relu
"""
RIGHT, WRONG = RELU.format(slope="(self.data > 0)"), RELU.format(slope="3")
CASE = parse_case("x0 = 2.0\n%1 = relu(x0)")


def slope(target: str) -> float | None:
    """The gradient of relu at 2."""
    return observe(open_engine(target), CASE).adjoints[0]


def test_an_operation_that_is_patched_in_under_its_own_name_is_there(written):
    assert "relu" not in open_engine(written(PLAIN).target).facts.spellings
    loaded = written(PLAIN + RIGHT + PLAIN, "Value@1")
    assert slope(loaded.target) == 1.0
    assert loaded.left_out == ()
    assert not hasattr(written(PLAIN + RIGHT + PLAIN, "Value@2").cls, "relu")


def test_each_definition_is_patched_with_the_function_of_its_time(taught):
    cells = (PLAIN, WRONG, PLAIN, RIGHT, PLAIN, WRONG)
    slopes = [slope(taught(*cells, target=f"Value@{number}").target) for number in (1, 2, 3)]
    assert slopes == [3.0, 1.0, 3.0]
    names: dict[str, object] = {}
    exec("\n".join(taught(*cells, target="Value@2").imports), names)  # noqa: S102 - our own lines
    out = names["Value"](2.0).relu()
    out.backward()
    assert out._children[0].grad == 1.0


PATCHES = {
    "a table of what comes after": (
        "", "RULES = {}\nRULES['extra'] = lambda self: 3\nValue.extra = RULES['extra']\n"),
    "a value computed before": (
        "def made():\n    return 3\nSIZE = made()\n",
        "def extra(self):\n    return SIZE\nValue.extra = extra\n"),
    "a decorator that is given the class": (
        "def add_to(cls):\n    return lambda f: setattr(cls, f.__name__, f)\n",
        "@add_to(Value)\ndef extra(self):\n    return 3\n"),
    "a decorator that reads an annotation": (
        "def patch(f):\n    setattr(Value, f.__name__, f)\n",
        "@patch\ndef extra(self: Value):\n    return 3\n"),
}  # fmt: skip


@pytest.mark.parametrize("how", PATCHES)
def test_what_a_patch_needs_is_executed_before_and_after_the_definition(taught, how):
    before, after = PATCHES[how]
    loaded = taught(before, PLAIN, after, PLAIN, target="Value@1")
    assert loaded.cls(1.0).extra() == 3
    assert loaded.left_out == ()


def test_a_training_that_a_later_cell_touches_the_class_with_is_not_run(taught):
    cells = ("def net():\n    1 / 0\nmlp = net()\n", PLAIN, "for k in 'ab':\n    Value.n = mlp()\n")
    loaded = taught(*cells, PLAIN, target="Value@1")
    assert not hasattr(loaded.cls, "n")


SMALL = """
class Value:
    def __init__(self, data, children=()):
        self.data, self.grad, self._children = data, 0.0, children
        self._backward = lambda: None

    def __neg__(self):
        out = Value(-self.data, (self,))

        def _backward():
            self.grad -= out.grad

        out._backward = _backward
        return out

    def backward(self):
        order, self.grad = [self], 1.0
        for node in order:
            node._backward()
            order += node._children
"""


@pytest.mark.once
def test_a_history_examines_operations_that_are_patched_in(tmp_path, monkeypatch, capsys):
    path = tmp_path / "lesson.ipynb"
    path.write_text(notebook([SMALL, WRONG, SMALL, RIGHT, "total + 1"]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    main(["history", "lesson.ipynb:Value", "--quick", "--json", "-"])
    entries = json.loads(capsys.readouterr().out)["entries"]
    assert [entry["operations"] for entry in entries] == [["neg", "relu"]] * 2
    broken = [{(one["law"], one["operation"]) for one in entry["broken"]} for entry in entries]
    assert [("GRA01", "relu") in found for found in broken] == [True, False]
