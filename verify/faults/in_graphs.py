"""Known bugs of the walk over the graph, and of gathering contributions."""

from verify.faults import walks
from verify.faults.fault import Fault
from verify.faults.walks import gathering, walk

GRAPH_FAULTS = (
    Fault(
        "duplicate-append", "duplicate append in the topological sort", "graph",
        "whose topological sort appends a node each time it is met, so that the "
        "node's backward runs more than once",
        "Append a node inside the `if node not in seen`, after its operands.",
        "the notebook",
        walk(walks.duplicates),
        with_it=("recursion",),
    ),
    Fault(
        "every-path", "a node served once for every path", "graph",
        "whose backward calls its operands' backward at once, so that a shared node "
        "passes on a partial adjoint once for every path",
        "Sort the graph first; serve each node once, after all its users.",
        "micrograd#2, #64, #68; cTensor#5",
        walk(walks.every_path, walks.one_operand_at_a_time),
        with_it=("exponential-walk", "recursion"),
    ),
    Fault(
        "breadth-first", "nodes served level by level", "graph",
        "that walks the graph breadth first, so that a node can pass its gradient on "
        "before all its users have given theirs",
        "Serve the nodes in reverse topological order.",
        "micrograd#81, #91",
        walk(walks.breadth_first),
    ),
    Fault(
        "preorder", "nodes served as they are met", "graph",
        "that serves each node when a depth-first walk first meets it, before all its "
        "users have given their gradients",
        "Append to the order after visiting the operands, then reverse.",
        "micrograd#68",
        walk(walks.preorder),
    ),
    Fault(
        "not-reversed", "topological order not reversed", "graph",
        "that walks the sorted graph from the leaves to the root",
        "Reverse the topological order before serving it.",
        "tinygrad#3171",
        walk(walks.not_reversed),
    ),
    Fault(
        "one-branch", "only one operand's branch is walked", "graph",
        "whose walk follows one operand of each node only",
        "Visit every operand of a node in the sort.",
        "TrenTorch#182",
        walk(*(walks.one_branch(w, numbers=n) for w in (0, -1) for n in (True, False))),
    ),
    Fault(
        "equal-nodes", "nodes of equal value taken for one another", "graph",
        "whose visited set compares nodes by value, so that a node whose value was "
        "seen before is skipped",
        "Compare nodes by identity: leave out `__eq__` and `__hash__`, or keep a set of ids.",
        "tinygrad#9597",
        walk(walks.equal_nodes),
    ),
    Fault(
        "merged-leaves", "leaves of equal value merged", "graph",
        "that takes leaves of equal value for one leaf, which gets the gradients of all",
        "Make a new leaf for every number; never look one up by its value.",
        "tinygrad#9597",
        gathering(*(walks.merged_leaves(numbers=numbers) for numbers in (True, False))),
    ),
    Fault(
        "one-user", "one parent pointer for each value", "graph",
        "whose values know one of their users only, so that the others pass nothing on",
        "Walk from the output to its operands; never from a value to its one parent.",
        "a single parent pointer, in the survey of 78 engines",
        gathering(walks.one_user(max), walks.one_user(min)),
    ),
    Fault(
        "few-uses", "contributions lost beyond some number of uses", "graph",
        "in which a value used more than a few times loses the contributions of the other uses",
        "Add up every contribution, however many there are.",
        "mxnet#17989",
        gathering(
            *(walks.few_uses(most) for most in (2, 3, 4)),
            *(walks.few_uses(most, each=True) for most in (1, 2, 3)),
        ),
    ),
    Fault(
        "no-seed", "the output's own gradient is never set", "graph",
        "that never sets the output's own gradient, so that every gradient is 0",
        "Set `self.grad = 1` at the start of backward().",
        "a plain mistake; no public report",
        gathering(walks.no_seed),
    ),
)  # fmt: skip
