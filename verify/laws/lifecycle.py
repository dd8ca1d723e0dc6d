"""Lifecycle laws: what several calls on one graph do, and what ``backward`` may change."""

from __future__ import annotations

from dataclasses import replace

from verify.engines import GRAPH
from verify.laws import holding, repeats, state, zeroing
from verify.laws.law import Law

_LAWS = (
    Law(
        "LIF01", "note", "second backward()",
        "A second backward() on one graph adds exactly one more gradient to the leaves, and one "
        "on a leaf too.",
        why="Leaves accumulate, so two passes over one graph should leave twice the gradient. "
        "An engine that leaves the gradients of intermediates in place passes them on once more: "
        "the second pass then adds more than the first. Most small engines do this, and a "
        "training loop that builds its graph anew for every step never notices. Others leave "
        "the gradient as it was or refuse. `self.grad = 1.0` where backward() begins makes "
        "a leaf that is the root forget what it held. It is a convention, and worth knowing which.",
        check=repeats.second_backward,
        example="a second backward() on one graph adds 8.0, where the first added 4.0: interior "
        "gradients are not reset",
    ),
    Law(
        "LIF02", "error", "values changed by backward()", "backward() changes no value.",
        why="Differentiating reads the values of the forward pass. Where it also writes them, "
        "every partial computed later uses a wrong number, and whoever prints the result after "
        "backward() sees another one than before. Look for `self.data` on the left of an "
        "assignment inside a backward.",
        check=state.primals_unchanged,
        example="backward() changes x0 from 1.5 to 2.5",
    ),
    Law(
        "LIF03", "note", "two roots of one graph",
        "backward() on two roots that share values gives the leaves the sum of both gradients.",
        why="Two losses of one network share all its layers. If the gradients of what they share "
        "are not reset, the first loss is counted again with the second. If backward() resets "
        "the leaves, the first loss is lost without a word. Add the losses and differentiate the "
        "sum, or reset intermediates, and only those, when backward() begins.",
        check=repeats.two_roots,
        example="two roots that share an intermediate give x0 the gradient 11.0, where 4.0 + 3.0 "
        "is right: interior gradients are not reset",
    ),
    Law(
        "LIF04", "error", "zeroing does not restore",
        "After all gradients are set to zero, backward() gives right gradients again.",
        why="Setting every gradient to zero is how a user starts afresh, and all that an engine "
        "remembers should be its gradients. A visited flag kept on the nodes, or an order of "
        "nodes kept on the class, survives the zeroing: the second pass then skips what the "
        "first has visited, and gradients are silently too small or 0. Make the set of visited "
        "nodes a local variable of backward().",
        check=repeats.zeroing,
        example="after all gradients were set to zero, a second backward() on the same root gives "
        "x0 the gradient 0.0, but it must lie in [3.9999999999999982, 4.000000000000002]: nodes "
        "that a first backward() visited are not visited again",
    ),
    Law(
        "LIF05", "error", "unrelated nodes changed",
        "backward() changes no gradient of a value that its root does not depend on.",
        why="Two models in one program have nothing to do with each other. A list of nodes kept "
        "on the class, or a default argument that is a list, makes the backward of one run the "
        "other's too, and a branch that the loss does not use gives gradients to the leaves it "
        "shares. Collect the nodes anew from the root in every backward().",
        check=state.isolation,
        example="backward() on one graph changes the gradient of x0 in another, which was "
        "differentiated before, to 12.0",
    ),
    Law(
        "LIF06", "warning", "a leaf as root", "backward() on a leaf gives it the gradient 1.",
        why="d x / d x is 1 for every x, a leaf too. It happens: a loss whose every term was "
        "dropped is a constant. An engine that starts from its root's operands, or looks up an "
        "operation that a leaf has not, raises there or gives nothing.",
        check=state.leaf_root,
        example="backward() on a leaf gives it the gradient 0.0, where d x / d x is 1",
    ),
    Law(
        "LIF07", "note", "a leaf changed after the fact",
        "After a leaf's value is changed, backward() gives the gradients at the old point, or "
        "those at the new one, or refuses.",
        why="An optimiser changes leaves in place. A graph built before then holds old values in "
        "its intermediates and new ones in its leaves, and an engine that reads its operands "
        "during backward() uses both: the gradient of no point at all. Keep the partials when "
        "the operation runs, or build the graph anew after each step, as training loops do.",
        check=state.changed_leaf,
        example="after x0 was changed to 4.0 without rebuilding the graph, backward() gives the "
        "gradients [6.25, 13.75], a mixture: at the old point they are [6.25, 7.5], at the new "
        "one [6.25, 20.0]",
    ),
    Law(
        "LIF08", "error", "root's gradient",
        "After backward() the root's own gradient is 1, or as it was.",
        why="The root's gradient is the cotangent that the sweep starts from. An operation that "
        "changes it in place spoils what its user passed in, and what its user reads. The leaves "
        "may all be right, so nothing else shows it.",
        check=state.root_gradient,
        example="backward() on %2 leaves %2 the gradient 1.5, where d %2 / d %2 is 1",
    ),
    Law(
        "LIF09", "note", "zero_grad()",
        "zero_grad() on a value sets its gradient, and those of all that it depends on, to 0.",
        why="backward() adds to what the leaves hold, so a training loop sets them to 0 between "
        "two steps. Where zero_grad() resets the value that it is called on and no other, or "
        "misses an operand, loss.zero_grad() leaves the parameters' gradients in place, and each "
        "step moves by the sum of all steps before. It may be a convention; know which, and "
        "reset every parameter.",
        check=zeroing.own_zero_grad,
        example="zero_grad() on %3 leaves gradients: x0 2.0, x1 1.0, %2 1.0",
    ),
    Law(
        "LIF10", "note", "gradients before backward()",
        "Before backward() the gradients of all values are 0, or all are missing.",
        why="Code that prints a gradient, clips it or steps by it asks for a number. Where some "
        "values hold 0.0 from the start and others None, it works on the one kind and raises on "
        "the other; and a gradient that does not start from 0 is added to. Either convention is "
        "right if all values keep it.",
        check=state.fresh_gradients,
        example="before backward() the gradients of x0 and %2 are 0.0 and None, where all should "
        "be 0.0, or all None",
    ),
    Law(
        "LIF11", "error", "values that nobody holds",
        "A gradient does not depend on whether the values between are held.",
        why="`(x * y).exp()` gives a name to no value between. Where a result refers to its "
        "operands weakly, Python frees them, and the graph ends there: gradients are 0 or stale, "
        "in ordinary expressions, and right in a test that keeps every value in a variable.",
        check=holding.unheld,
        example="x0 has the gradient 0.0 where nobody holds the value that add is applied to, and "
        "2.0 where somebody does",
    ),
    Law(
        "LIF12", "error", "whole numbers as leaves",
        "A leaf made of 3 behaves as one made of 3.0.",
        why="`Value(3)` is what people write. Where numbers are kept in the type they came in, or "
        "gradients are brought to it, 0.375 becomes 0, and 7 / 2 may be 3. Refusing a whole number "
        "is right; another answer is not.",
        check=holding.whole_numbers,
        example="of add on leaves made of whole numbers, such as Value(3), the gradient of x0 is "
        "0.0, and 0.375 on floats",
    ),
)  # fmt: skip

LIFECYCLE_LAWS = tuple(replace(law, needs=GRAPH) for law in _LAWS)
"""All of them call on one graph several times, or look at it before it is differentiated."""
