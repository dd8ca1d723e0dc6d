"""For every law with a check of its own, the source of an engine that breaks it."""

from __future__ import annotations

from faulty_engines import OPERANDS_IN_A_SET, SOURCE, replaced

RESET = "            node.grad = node.grad if not node._children else 0.0\n"
INTERIOR_KEPT = replaced(SOURCE, (f"        for node in topo:\n{RESET}", ""))
"""Nothing is reset: a second pass adds more than one gradient."""

SEED_ADDED = replaced(INTERIOR_KEPT, ("        self.grad = 1.0\n", "        self.grad += 1.0\n"))
"""The same, and the root's gradient is added to."""

LEAVES_RESET = replaced(SOURCE, (RESET, "            node.grad = 0.0\n"))

REFUSES = replaced(
    SOURCE,
    ("        topo, seen = [], set()\n",
     "        if self.__dict__.get('used'):\n            raise RuntimeError('graph is freed')\n"
     "        topo, seen = [], set()\n"),
    ("            node._backward()\n",
     "            node._backward()\n            node.used = bool(node._children)\n"
     "            if node.used:\n                node._backward = node._freed\n"),
) + (
    "\n    def _freed(self):\n        raise RuntimeError('graph is freed')\n"
)  # fmt: skip
"""The graph can be differentiated once."""

STALE_VISITED = replaced(
    SOURCE,
    ("            if node not in seen:\n                seen.add(node)\n",
     "            if not node.__dict__.get('visited'):\n                node.visited = True\n"),
)  # fmt: skip
"""Visited flags stay on the nodes."""

BACKWARD_WRITES_VALUES = replaced(
    SOURCE,
    ("            node._backward()\n",
     "            node._backward()\n            node.data += 1\n"),
)  # fmt: skip

RELU_WRITES_VALUES = replaced(
    SOURCE,
    ("            self.grad += (out.data > 0) * out.grad  # relu\n",
     "            self.grad += (out.data > 0) * out.grad  # relu\n            self.data = 9.0\n"),
)  # fmt: skip

CLASS_KEEPS_NODES = replaced(
    SOURCE,
    ("        self._children = tuple(children)\n",
     "        self._children = tuple(children)\n        Value.made.append(self)\n"),
    ("class Value:\n", "class Value:\n    made = []\n\n"),
    ("        for node in reversed(topo):\n", "        for node in reversed(Value.made):\n"),
)  # fmt: skip
"""Every node ever made is served: other graphs' too."""

SEEDS_EVERY_USER = replaced(
    SOURCE,
    ("        self._children = tuple(children)\n",
     "        self._children = tuple(children)\n        self.users = []\n"
     "        for child in self._children:\n            child.users.append(self)\n"),
    ("        self.grad = 1.0\n        for node in reversed(topo):\n            node._backward()\n",
     "        for node in topo:\n            for user in node.users:\n"
     "                if user not in seen:\n                    user.grad = 1.0\n"
     "                    user._backward()\n"
     "        self.grad = 1.0\n        for node in reversed(topo):\n"
     "            node._backward()\n"),
)  # fmt: skip
"""What uses a node of the graph and is not in it is taken for another root."""

LEAF_WITHOUT_SEED = replaced(
    SOURCE,
    ("        self.grad = 1.0\n",
     "        if not self._children:\n            return\n        self.grad = 1.0\n"),
)  # fmt: skip

LEAF_ROOT_RAISES = replaced(
    SOURCE,
    ("        self.grad = 1.0\n",
     "        self._children[0]\n        self.grad = 1.0\n"),
)  # fmt: skip

COTANGENT_CHANGED = replaced(
    SOURCE,
    ("            other.grad += self.data * out.grad  # mul\n",
     "            out.grad *= self.data\n            other.grad += out.grad  # mul\n"),
)  # fmt: skip
"""mul computes in place: its leaves are right."""

DEEP = replaced(
    SOURCE,
    ("                for child in node._children:\n                    build(child)\n"
     "                topo.append(node)\n        build(self)\n",
     "                topo.append(node)\n"
     "        stack = [(self, iter(self._children))]\n        seen.add(self)\n"
     "        while stack:\n            node, children = stack[-1]\n"
     "            for child in children:\n                if child not in seen:\n"
     "                    seen.add(child)\n"
     "                    stack.append((child, iter(child._children)))\n"
     "                    break\n"
     "            else:\n                topo.append(node)\n                stack.pop()\n"),
)  # fmt: skip
"""The same sort without recursion."""

SEEN_IN_A_LIST = replaced(
    SOURCE,
    ("        topo, seen = [], set()\n", "        topo, seen = [], []\n"),
    ("                seen.add(node)\n", "                seen.append(node)\n"),
)
DEEP_SEEN_IN_A_LIST = DEEP.replace("seen = [], set()", "seen = [], []").replace(
    "seen.add(", "seen.append("
)

VISITS_EVERY_PATH = replaced(
    SOURCE,
    ("            if node not in seen:\n                seen.add(node)\n"
     "                for child in node._children:\n                    build(child)\n"
     "                topo.append(node)\n",
     "            for child in node._children:\n                build(child)\n"
     "            if node not in seen:\n                seen.add(node)\n"
     "                topo.append(node)\n"),
)  # fmt: skip
"""Right, and exponential: a node's operands are visited before it is asked whether it was seen."""

COUNTS_PATHS_IN_C = replaced(
    SOURCE,
    ("        self._children = tuple(children)\n",
     "        self._children = tuple(children)\n"
     "        self.paths = sum(child.paths for child in self._children) or 1\n"),
    ("        self.grad = 1.0\n", "        list(range(self.paths))\n        self.grad = 1.0\n"),
)  # fmt: skip
"""Work for every path, in one call of a C function, as an extension module would do it."""

ORDERED_BY_HASH = replaced(
    SOURCE,
    ("        self._children = tuple(children)\n",
     "        self._children = tuple(sorted(children, key=lambda c: hash(repr(c.data))))\n"),
)  # fmt: skip
"""The same order in one process; strings hash otherwise in the next."""

COMPLEX = replaced(SOURCE, ("        self.data = float(data)\n", "        self.data = data\n"))
DIVIDES_BY_ONE = SOURCE.replace(" / other.data", " / (other.data or 1.0)").replace(
    "/ (other.data * other.data)", "/ (other.data * other.data or 1.0)"
)
ADDS_A_LITTLE = SOURCE.replace(
    "Value(self.data + other.data,", "Value(self.data + other.data + 1e-320,"
)
RELU_BELOW = replaced(
    SOURCE, ("(out.data > 0) * out.grad", "(1 if out.data > 0 else -1) * out.grad")
)
RELU_ONE_AT_ZERO = replaced(SOURCE, ("(out.data > 0) * out.grad", "(out.data >= 0) * out.grad"))

LOG = """
    def log(self):
        {0}
        out = Value(math.log(self.data), (self,))

        def _backward():
            self.grad += out.grad / self.data
        out._backward = _backward
        return out
"""
GUARD = "if {0}:\n            raise ArithmeticError('no logarithm')"
LOG_REFUSED_TWICE = SOURCE + LOG.format(GUARD.format("self.data < -1"))
"""Numbers below -1 are refused in the engine's own way, others by ``math.log``."""

RESULTS_WITHOUT_GRADIENT = replaced(
    SOURCE,
    ("        self.grad = 0.0\n", "        self.grad = None if children else 0.0\n"),
)

ROOT_ADDED_TO = replaced(SOURCE, ("        self.grad = 1.0\n", "        self.grad += 1.0\n"))
"""Right in LIF01 altogether: a leaf that is the root accumulates too."""

TANH_BY_EXPONENTIALS = replaced(
    SOURCE,
    ("        out = Value(math.tanh(self.data), (self,))\n",
     "        e = math.exp(2 * self.data)\n        out = Value((e - 1) / (e + 1), (self,))\n"),
)  # fmt: skip

TANH_GIVES_NAN = replaced(
    TANH_BY_EXPONENTIALS,
    ("        e = math.exp(2 * self.data)\n",
     "        e = math.exp(2 * self.data) if self.data < 350 else math.inf\n"),
)  # fmt: skip

ZEROES_ITSELF = (
    SOURCE
    + """
    def zero_grad(self):
        self.grad = 0.0
"""
)

PATCHES_MATH = replaced(
    SOURCE,
    ("        out = Value(math.tanh(self.data), (self,))\n",
     "        math.exp = lambda x, exp=math.exp: exp(x)\n"
     "        out = Value(math.tanh(self.data), (self,))\n"),
)  # fmt: skip

DEPTH_SWALLOWED = replaced(
    SOURCE,
    ("        build(self)\n",
     "        try:\n            build(self)\n        except RecursionError:\n            pass\n"),
)  # fmt: skip
OPERANDS_HELD_WEAKLY = """\
import weakref


class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad = float(data), 0.0
        self.parents = [(weakref.ref(parent), slope) for parent, slope in parents]

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if node is not None and node not in seen:
                seen.add(node)
                for parent, _ in node.parents:
                    visit(parent())
                order.append(node)
        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for parent, slope in node.parents:
                if parent() is not None:
                    parent().grad += slope * node.grad
"""
TYPE_OF_THE_NUMBER = replaced(
    SOURCE,
    ("self.data = float(data)", "self.data = data"),
    ("self.grad += out.grad  # add", "self.grad += type(self.data)(out.grad)  # add"),
)
BREAKS: dict[str, str] = {
    "EDG01": SOURCE,
    "EDG02": DIVIDES_BY_ONE,
    "EDG03": SOURCE,
    "EDG04": COMPLEX,
    "EDG05": SOURCE,
    "EDG06": ADDS_A_LITTLE,
    "EDG07": RELU_BELOW,
    "EDG08": RELU_ONE_AT_ZERO,
    "EDG09": SOURCE,
    "EDG10": SOURCE,
    "EDG11": LOG_REFUSED_TWICE,
    "LIF01": INTERIOR_KEPT,
    "LIF02": BACKWARD_WRITES_VALUES,
    "LIF03": INTERIOR_KEPT,
    "LIF04": STALE_VISITED,
    "LIF05": CLASS_KEEPS_NODES,
    "LIF06": LEAF_WITHOUT_SEED,
    "LIF07": SOURCE,
    "LIF08": COTANGENT_CHANGED,
    "LIF09": ZEROES_ITSELF,
    "LIF10": RESULTS_WITHOUT_GRADIENT,
    "LIF11": OPERANDS_HELD_WEAKLY,
    "LIF12": TYPE_OF_THE_NUMBER,
    "SCL01": SOURCE,
    "SCL02": SEEN_IN_A_LIST,
    "SCL03": VISITS_EVERY_PATH,
    "SCL04": DEPTH_SWALLOWED,
    "DET01": replaced(SOURCE, *OPERANDS_IN_A_SET),
    "DET02": ORDERED_BY_HASH,
    "SUP01": SOURCE,
    "RUN05": PATCHES_MATH,
}
"""An engine for every law with a check of its own; its example is what is said of this engine."""
