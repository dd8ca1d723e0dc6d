"""Several calls on one graph: conventions are named, and named only if every number fits."""

from __future__ import annotations

import re

import broken_engines as broken
import pytest
from faulty_engines import SOURCE, overwriting, replaced

from verify.check import holds
from verify.laws.cases import chosen_case, single_case, truth
from verify.laws.passes import INTERIOR_KEPT, RESETS_LEAVES, RIGHT, SERVES_ONCE, Habit, Passes
from verify.laws.repeats import ONCE
from verify.program import FORMS

LIFECYCLE = [*(f"LIF0{i}" for i in range(1, 9)), "LIF10"]


@pytest.mark.parametrize("code", LIFECYCLE)
def test_right_engine_breaks_no_law_but_the_one_on_changed_leaves(examine, code):
    book = examine(code, broken.ROOT_ADDED_TO)
    assert bool(book.breaches) == (code == "LIF07")
    assert book.compared
    assert not book.skipped


def test_second_backward_that_inflates_is_said_with_both_numbers(breaches):
    (breach,) = breaches("LIF01", broken.INTERIOR_KEPT)
    assert "adds 8.0, where the first added 4.0" in breach.message
    assert (breach.actual, breach.fault) == (12.0, "interior-kept")
    assert breach.case is not None
    assert breach.expected.low <= 8.0 <= breach.expected.high


def test_second_backward_that_also_adds_its_seed_inflates_more(breaches):
    (breach,) = breaches("LIF01", broken.SEED_ADDED)
    assert "adds 12.0, where the first added 4.0" in breach.message
    assert breach.fault == "interior-kept"


def test_second_backward_that_resets_leaves_is_said(breaches):
    (breach,) = breaches("LIF01", broken.LEAVES_RESET)
    assert breach.message == (
        "a second backward() on one graph leaves the gradient at 4.0, where one more would make 8.0"
    )
    assert breach.fault is None


def test_second_backward_that_is_refused_is_said(breaches):
    (breach,) = breaches("LIF01", broken.REFUSES)
    assert "is refused: RuntimeError: graph is freed" in breach.message
    assert breach.fault is None


def test_second_backward_of_no_known_habit_gets_no_name(breaches):
    source = replaced(broken.INTERIOR_KEPT, ("        self.grad = 1.0\n", TWICE_FROM_THE_SECOND))
    (breach,) = breaches("LIF01", source)
    assert breach.fault is None
    assert breach.message == (
        "a second backward() on one graph adds 20.0, where the first added 4.0"
    )


TWICE_FROM_THE_SECOND = "        self.grad = self.grad * 4.0 or 1.0\n"


def test_leaf_that_forgets_as_a_root_is_said_where_graphs_are_right(breaches):
    (breach,) = breaches("LIF01")
    assert breach.message == (
        "a second backward() on a leaf leaves its gradient at 1.0, where one more would make 2.0: "
        "only where the root is a leaf itself"
    )
    assert "add 1 to the root's gradient" in breach.mend
    assert breach.actual == 1.0
    assert breach.fault is None


@pytest.mark.parametrize(
    "leaf", ["raise OSError('a leaf')", "self.grad += 3.0; return"], ids=["raises", "wrong at once"]
)
def test_leaf_as_a_root_that_is_wrong_at_once_is_left_to_its_own_law(examine, breaches, leaf):
    source = replaced(
        broken.ROOT_ADDED_TO,
        ("        self.grad += 1.0\n", f"        if not self._children:\n            {leaf}\n"
         "        self.grad += 1.0\n"),
    )  # fmt: skip
    book = examine("LIF01", source)
    assert (book.compared, book.breaches) == (1, [])
    assert breaches("LIF06", source)


@pytest.mark.parametrize(
    ("leaf", "result", "said"),
    [("0.0", "0.0", None), ("None", "None", None), ("None", "0.0", "x0 and %2 are None and 0.0"),
     ("1.0", "0.0", "x0 and x1 are 1.0 and 1.0"), ("0.0", "1.0", "x0 and %2 are 0.0 and 1.0")],
)  # fmt: skip
def test_gradients_before_backward_are_all_zero_or_all_missing(examine, leaf, result, said):
    source = replaced(
        SOURCE,
        ("        self.grad = 0.0\n", f"        self.grad = {result} if children else {leaf}\n"),
    )
    book = examine("LIF10", source)
    assert book.compared
    assert [said in breach.message for breach in book.breaches] == ([] if said is None else [True])


def test_two_roots_with_interior_gradients_kept_give_more_than_the_sum(breaches):
    (breach,) = breaches("LIF03", broken.INTERIOR_KEPT)
    assert (breach.actual, breach.fault) == (11.0, "interior-kept")


def test_two_roots_of_which_the_first_is_lost_are_said(breaches):
    (breach,) = breaches("LIF03", broken.LEAVES_RESET)
    assert "backward() resets the leaves, and the first root's gradient is lost" in breach.message
    assert (breach.actual, breach.fault) == (3.0, None)


def test_two_roots_with_only_a_leaf_shared_are_looked_at_too(breaches):
    """Leaves that are alone in a graph are reset; a shared intermediate would not show it."""
    source = replaced(
        SOURCE,
        (broken.RESET,
         "            two = sum(not n._children for n in topo) > 1\n"
         "            node.grad = 0.0 if node._children or two else node.grad\n"),
    )  # fmt: skip
    (breach,) = breaches("LIF03", source)
    assert "two roots that share only a leaf give x0 the gradient 1.0, where 2.0 + 1.0" in (
        breach.message
    )
    assert not any("one graph" in breach.message for breach in breaches("LIF01", source))


def test_two_roots_of_which_the_second_is_refused_are_said(breaches):
    (breach,) = breaches("LIF03", broken.REFUSES)
    assert "the second is refused: RuntimeError: graph is freed" in breach.message


def test_serving_every_node_ever_made_is_not_taken_for_interior_gradients_kept(breaches):
    (breach,) = breaches("LIF03", broken.CLASS_KEEPS_NODES)
    assert (breach.actual, breach.fault) == (11.0, None)


def test_stale_visited_flags_are_proved_on_both_graphs(breaches):
    again, new = breaches("LIF04", broken.STALE_VISITED)
    assert "a second backward() on the same root gives x0 the gradient 0.0" in again.message
    assert "a new operation that uses the old nodes gives x0 the gradient 1.0" in new.message
    assert {again.fault, new.fault} == {"stale-visited"}
    (two_roots,) = breaches("LIF03", broken.STALE_VISITED)
    assert two_roots.fault == "stale-visited"


@pytest.mark.parametrize("zero", ["0.0", "0"])
def test_graph_let_go_of_is_not_taken_for_visited_flags(breaches, zero):
    """It prints the same numbers. A gradient that is a whole number is no flag either."""
    freed = replaced(
        SOURCE,
        ("            node._backward()\n",
         "            node._backward()\n            node._children = ()\n"
         "            node._backward = lambda: None\n"),
    )  # fmt: skip
    freed = freed.replace("grad = 0.0", f"grad = {zero}").replace("else 0.0", f"else {zero}")
    freed = freed.replace("self.grad = 1.0", f"self.grad = {zero} + 1")
    (breach,) = breaches("LIF03", freed)
    assert breach.fault is None
    assert breach.message.endswith(f": {ONCE}")


def test_zeroing_that_fails_in_another_way_gets_no_name(breaches):
    source = replaced(SOURCE, ("        self.grad = 1.0\n", HALF_FROM_THE_SECOND))
    assert [b.fault for b in breaches("LIF04", source)] == [None, None]


HALF_FROM_THE_SECOND = (
    "        self.grad = 0.5 if any('old' in n.__dict__ for n in topo) else 1.0\n"
    "        for node in topo:\n            node.old = True\n"
)


def test_engine_that_refuses_a_second_backward_is_not_accused_of_stale_flags(examine):
    book = examine("LIF04", broken.REFUSES)
    assert book.breaches == []
    assert book.compared == 0
    assert "refuses" in book.skipped
    assert "graph is freed" in book.skipped


def test_gradients_that_cannot_be_zeroed_are_no_breach(examine):
    source = replaced(SOURCE, ("        self.grad = 0.0\n        self._b", "        self._b"))
    source = source.replace("self.grad", "self._g").replace("node.grad", "node._g")
    source = source.replace("other.grad", "other._g").replace("out.grad", "out._g")
    source = replaced(
        source, ("        self._backward =", "        self._g = 0.0\n        self._backward =")
    )
    source += "\n    @property\n    def grad(self):\n        return self._g\n"
    book = examine("LIF04", source)
    assert book.breaches == []
    assert "AttributeError" in book.skipped


def test_backward_that_changes_every_value_is_one_breach(breaches):
    (breach,) = breaches("LIF02", broken.BACKWARD_WRITES_VALUES)
    assert breach.message == "backward() changes x0 from 1.5 to 2.5"
    assert breach.operation is None


def test_backward_of_one_operation_that_changes_its_value_is_named(breaches):
    (breach,) = breaches("LIF02", broken.RELU_WRITES_VALUES)
    assert breach.message == "backward() changes x0 from 1.5 to 9.0"
    assert breach.operation == "relu"


def test_operations_that_call_a_broken_one_are_not_named(breaches):
    (breach,) = breaches("LIF08", broken.COTANGENT_CHANGED)
    assert breach.operation == "mul"
    assert (breach.actual, breach.expected.low, breach.expected.high) == (1.5, 1.0, 1.0)


def test_root_that_is_never_written_to_is_harmless(examine):
    """Gradients of operands are written, the root's own is kept apart."""
    source = replaced(
        SOURCE,
        (
            "            node._backward()\n",
            "            node._backward()\n        self.grad = 0.0\n",
        ),
    )
    book = examine("LIF08", source)
    assert book.compared
    assert book.breaches == []


def test_root_of_an_engine_that_keeps_no_gradients_is_not_looked_at(examine):
    source = replaced(
        SOURCE,
        ("            node._backward()\n",
         "            node._backward()\n"
         "            node.grad = 0.0 if node._children else node.grad\n"),
    )  # fmt: skip
    assert examine("LIF08", source).skipped == "the engine keeps no gradients of intermediates"


def test_graph_that_waits_for_its_backward_must_be_left_alone_too(breaches):
    source = replaced(
        broken.CLASS_KEEPS_NODES,
        ("        self.grad = 1.0\n",
         "        self.grad = 1.0\n        for node in Value.made:\n"
         "            if node not in seen:\n                node.grad = 7.0\n"),
    )  # fmt: skip
    messages = [b.message for b in breaches("LIF05", source)]
    assert "another, which was not differentiated yet, to 49.0" in messages[0]


def test_branch_that_the_root_does_not_use_must_give_nothing(breaches):
    (breach,) = breaches("LIF05", broken.SEEDS_EVERY_USER)
    assert "%2, which the root does not use, changes the gradient of x0 to 11.0" in breach.message
    assert breach.expected.low <= 3.0 <= breach.expected.high


def test_leaf_as_root_may_keep_its_gradient_or_add_another(examine):
    for source in (SOURCE, broken.SEED_ADDED):
        book = examine("LIF06", source)
        assert (book.compared, book.breaches) == (2, [])


def test_leaf_as_root_that_raises_is_said(breaches):
    (breach,) = breaches("LIF06", broken.LEAF_ROOT_RAISES)
    assert breach.message == "backward() on a leaf raises IndexError: tuple index out of range"


REMEMBERS_HOW = re.sub(
    r"        out = Value\((.+), (\(self,(?: other)?\))\)\n",
    r"\g<0>        out.again = lambda: \1\n",
    SOURCE,
).replace(
    "        self.grad = 0.0\n        self._b",
    "        self.again = lambda: self.data\n        self.grad = 0.0\n        self._b",
)
"""Every value can be computed again from its operands as they are now."""


@pytest.mark.parametrize("where", ["old", "new", "refuse"])
def test_changed_leaf_may_give_the_old_point_or_the_new_or_be_refused(examine, where):
    keeps = ("        self._backward = lambda: None\n",
             "        self._backward = lambda: None\n        self.first = self.data\n")  # fmt: skip
    source = replaced(REMEMBERS_HOW, keeps)
    old = "        for node in topo:\n            node.data = node.first\n"
    new = "        for node in topo:\n            node.data = node.again()\n"
    refuse = (
        "        if any(node.data != node.first for node in topo):\n"
        "            raise RuntimeError('changed')\n"
    )
    added = {"old": old, "new": new, "refuse": refuse}[where]
    source = replaced(source, ("        self.grad = 1.0\n", f"{added}        self.grad = 1.0\n"))
    book = examine("LIF07", source)
    assert book.compared
    assert book.breaches == []


def test_values_that_cannot_be_assigned_are_no_breach(examine):
    source = replaced(
        SOURCE, ("        self.data = float(data)\n", "        self._d = float(data)\n")
    )
    source += "\n    @property\n    def data(self):\n        return self._d\n"
    book = examine("LIF07", source)
    assert book.breaches == []
    assert "values cannot be changed: AttributeError" in book.skipped


def test_engine_whose_add_is_wrong_is_examined_with_mul(examine):
    source = overwriting("add", broken.INTERIOR_KEPT)
    (breach,) = examine("LIF01", source).breaches
    assert {i.op for i in breach.case.program.instructions} == {"mul"}
    assert breach.fault == "interior-kept"


def test_engine_that_is_wrong_on_fresh_graphs_is_not_examined(examine):
    for code in ("LIF01", "LIF03", "LIF04", "LIF05"):
        book = examine(code, overwriting("add", overwriting("mul")))
        assert book.breaches == []
        assert book.skipped == (
            "the graphs of add or mul that it needs are wrong at first, or cannot be made"
        )


@pytest.mark.parametrize("form", list(FORMS))
def test_single_case_is_legal_and_smooth(form):
    case = single_case(form)
    assert case.program.instructions[0].form == form
    assert truth(case).troubles == ()


def prints(passes, roots, habit, zeroed=False):
    return [float(ball.mid()) for ball in passes.after(roots, habit, zeroed)]


def test_passes_with_one_root_are_what_the_ball_oracle_says():
    case = chosen_case("mul", (0, 0), (1, 0), (2, 1))
    for habit in (RIGHT, RESETS_LEAVES, *INTERIOR_KEPT, *SERVES_ONCE):
        for ball, right in zip(Passes(case).after((3,), habit), truth(case).adjoints, strict=True):
            assert holds(right, float(ball.mid()))


def test_passes_of_each_habit_are_what_was_computed_by_hand():
    """With y = x + x, r = y + y and s = y + x: d r / d x = 4 and d s / d x = 3."""
    passes = Passes(chosen_case("add", (0, 0), (1, 1), (1, 0)))
    assert prints(passes, (2, 3), RIGHT)[0] == 4 + 3
    assert prints(passes, (2, 3), RESETS_LEAVES)[0] == 3
    assert [prints(passes, (2, 3), habit)[0] for habit in INTERIOR_KEPT] == [11, 11]
    assert [prints(passes, (2, 2), habit)[0] for habit in INTERIOR_KEPT] == [12, 16]
    assert {prints(passes, (2, 2), habit, zeroed=True)[0] for habit in SERVES_ONCE} == {0}
    assert prints(passes, (2, 2), Habit(), zeroed=True)[0] == 4


def test_habit_explains_only_if_every_number_fits():
    passes = Passes(chosen_case("add", (0, 0), (1, 1)))
    right = prints(passes, (2, 2), INTERIOR_KEPT[0])
    assert passes.explains(INTERIOR_KEPT, (2, 2), right)
    assert passes.explains(INTERIOR_KEPT, (2, 2), [right[0], None, None])
    assert not passes.explains(INTERIOR_KEPT, (2, 2), [right[0], right[1] + 1, right[2]])
    assert not passes.explains((RIGHT,), (2, 2), right)
