"""Known bugs that a formula or a law gives away: no numbers need be predicted."""

from verify.faults.fault import Fault

FORMULA_FAULTS = (
    Fault(
        "tanh-by-exponentials", "tanh by exponentials or a sigmoid", "formula",
        "that computes {form} by exponentials or a sigmoid, which loses digits near 0",
        "Use `math.tanh`.",
        "the notebook; 43 of 76 public engines overflow in tanh(+400)",
        with_it=("saturation",),
    ),
    Fault(
        "sigmoid-by-difference", "sigmoid by a difference", "formula",
        "that computes {form} as a difference from 1 or by tanh, which loses digits far below 0",
        "Use 1 / (1 + exp(-x)), or exp(x) / (1 + exp(x)) for x below 0.",
        "a usual formula; no public report",
    ),
    Fault(
        "power-by-logarithms", "power by logarithms", "formula",
        "that computes {form} as exp(n * log(x)), which loses digits for large powers",
        "Use `**`.",
        "a usual formula; no public report",
    ),
    Fault(
        "exp-by-power-of-two", "exp by a power of two", "formula",
        "that computes {form} by 2**(x / log 2), which loses as many digits as x has",
        "Use `math.exp`, or take what rounds off x / log 2 along.",
        "tinygrad: exp and sigmoid",
    ),
    Fault(
        "rounded-angle", "angle rounded", "formula",
        "whose {form} rounds its angle: cos as sin(pi/2 - x), or a reduction by a rounded pi",
        "Use `math.sin` and `math.cos`.",
        "tinygrad: cos, and the slope of sin",
    ),
)  # fmt: skip

LAW_FAULTS = (
    Fault(
        "interior-kept", "interior gradients are not reset", "law",
        "whose second backward() adds to what interior nodes kept from the first",
        "In backward(), after the nodes are sorted and before the root's gradient is set, set to "
        "0 the gradient of every node that an operation made, and of no leaf.",
        "the notebook (27, then 72); micrograd#53, #102; 67 of 76 public engines",
    ),
    Fault(
        "stale-visited", "visited flags left from an earlier backward()", "law",
        "whose nodes stay marked as visited, so that a later backward() passes them by",
        "Keep the set of visited nodes in backward(), not on the nodes.",
        "autobw.torch#7; two of 78 public engines",
        with_it=("interior-kept",),
    ),
    Fault(
        "mixed-points", "gradients from old and new values mixed", "law",
        "whose backward reads operands when it runs, so that a leaf changed meanwhile mixes points",
        "Keep the numbers that a derivative needs when the operation is made: `x = self.data` "
        "before the closure, and `x` in it.",
        "Warp#1350",
    ),
    Fault(
        "recursion", "backward() recurses", "law",
        "whose walk of the graph recurses, and dies of a long chain",
        "In the sort of backward() walk with a list of pairs as a stack, first (root, False). Pop "
        "(node, done): if done, append the node to the order; else, if it is not in `seen`, add "
        "it there, push (node, True), and (operand, False) for each operand.",
        "the notebook; micrograd#90; 72 of 76 public engines at a chain of 5,000",
    ),
    Fault(
        "quadratic-walk", "time grows much faster than the graph", "law",
        "whose backward() takes time that grows as the square of the graph rather than with it, as "
        "when each node is looked up in a list",
        "Keep visited nodes in a set, and copy no list once a node.",
        "`if node not in topo` in small engines",
    ),
    Fault(
        "exponential-walk", "backward() takes exponential time", "law",
        "whose walk goes into nodes it has seen, so that time doubles with every level",
        "In the function that sorts or visits nodes for backward(), return at once from one that "
        "was seen (`if node in seen: return`), and go into the operands of new ones only.",
        "the notebook: a 30-level diamond never returns; tinygrad#165",
        with_it=("recursion",),
    ),
    Fault(
        "unordered", "additions in a changing order", "law",
        "whose order of additions, and with it the last bits, changes from run to run, as when "
        "operands are kept in a `set`",
        "Where a result is made, keep its operands in a tuple, in the order they were given, not "
        "in `set(...)`.",
        "the notebook: 40 of 40 heavily shared graphs",
    ),
    Fault(
        "pow-at-zero", "power at zero", "law",
        "that computes n * x**(n - 1) as it stands where x = 0 and n = 0",
        "In the backward of `**` take the slope 0 where the exponent n is 0, before computing "
        "x**(n - 1).",
        "the notebook; pytorch#27134; tt-metal#54440; 67 of 76 public engines",
    ),
    Fault(
        "silent-complex", "silent complex number", "law",
        "that lets Python turn a fractional power of a negative number into a complex one",
        "In `__pow__` (and `__rpow__`), before the power is computed: where the base is below 0 "
        "and the exponent no whole number, return nan or raise a ValueError that says so.",
        "the notebook",
    ),
    Fault(
        "saturation", "overflow where a function saturates", "law",
        "whose function overflows or gives nan where its limit is a plain number",
        "Use the library's function, or a formula that is stable for both signs.",
        "the notebook; jax#764",
    ),
    Fault(
        "overflow", "overflow raises", "law",
        "that raises OverflowError where IEEE arithmetic gives inf",
        "Catch OverflowError and return inf, with the sign of the result.",
        "burn#5373",
    ),
    Fault(
        "nan-swallowed", "nan swallowed", "law",
        "that turns nan into an ordinary number, which hides where it came from",
        "Compare so that nan falls through: `0 if x <= 0 else x`.",
        "relu swallows nan: a numerics fault of the survey",
    ),
    Fault(
        "zip-truncation", "surplus inputs or weights ignored", "law",
        "that pairs weights and inputs with `zip`, which drops what is left over",
        "In the neuron's weighted sum write `zip(w, x, strict=True)`, or compare the lengths.",
        "the notebook",
    ),
    Fault(
        "stale-gradients", "zero_grad() leaves gradients of the last step", "law",
        "whose zero_grad leaves gradients of the last step",
        "In zero_grad() write `p.grad = 0` for every parameter of every layer: look at which its "
        "loop goes through, and at what parameters() returns.",
        "the notebook: the second pass of training drifts",
    ),
    Fault(
        "missing-operation", "operations not there", "law",
        "that lacks operations its users will write",
        "Write those that your users need; where one is used that is not there, it raises.",
        "the notebook; cs249r_book#1343",
    ),
)  # fmt: skip
