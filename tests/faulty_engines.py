"""A small right engine, written as learners write one, and named ways to break it.

The engine is a string so that a fault is one replacement of its text, and each replacement asserts
that what it replaces is there: a fault that was not planted would look like one that was missed.
"""

from __future__ import annotations

OPERATIONS = ("add", "sub", "mul", "div", "pow", "neg", "exp", "tanh", "relu")
"""Operations of SOURCE that have a backward of their own; each line of it is marked ``# add``."""

SOURCE = """\
import math


class Value:
    def __init__(self, data, children=()):
        self.data = float(data)
        self.grad = 0.0
        self._backward = lambda: None
        self._children = tuple(children)

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad  # add
            other.grad += out.grad  # add
        out._backward = _backward
        return out

    def __sub__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data - other.data, (self, other))

        def _backward():
            self.grad += out.grad  # sub
            other.grad += -out.grad  # sub
        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad  # mul
            other.grad += self.data * out.grad  # mul
        out._backward = _backward
        return out

    def __truediv__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data / other.data, (self, other))

        def _backward():
            self.grad += out.grad / other.data  # div
            other.grad += -out.grad * self.data / (other.data * other.data)  # div
        out._backward = _backward
        return out

    def __pow__(self, other):
        assert isinstance(other, (int, float)), "only numbers as exponents"
        out = Value(self.data ** other, (self,))

        def _backward():
            self.grad += other * self.data ** (other - 1) * out.grad  # pow
        out._backward = _backward
        return out

    def __neg__(self):
        out = Value(-self.data, (self,))

        def _backward():
            self.grad += -out.grad  # neg
        out._backward = _backward
        return out

    def exp(self):
        out = Value(math.exp(self.data), (self,))

        def _backward():
            self.grad += out.data * out.grad  # exp
        out._backward = _backward
        return out

    def tanh(self):
        out = Value(math.tanh(self.data), (self,))

        def _backward():
            self.grad += (1 - out.data * out.data) * out.grad  # tanh
        out._backward = _backward
        return out

    def relu(self):
        out = Value(self.data if self.data > 0 else 0.0, (self,))

        def _backward():
            self.grad += (out.data > 0) * out.grad  # relu
        out._backward = _backward
        return out

    def __radd__(self, other):
        return self + other

    def __rsub__(self, other):
        return Value(other) - self

    def __rmul__(self, other):
        return self * other

    def __rtruediv__(self, other):
        return Value(other) / self

    def backward(self):
        topo, seen = [], set()

        def build(node):
            if node not in seen:
                seen.add(node)
                for child in node._children:
                    build(child)
                topo.append(node)
        build(self)
        for node in topo:
            node.grad = node.grad if not node._children else 0.0
        self.grad = 1.0
        for node in reversed(topo):
            node._backward()
"""

SWEEP = SOURCE[SOURCE.index("    def backward(self):") :]


def replaced(source: str, *pairs: tuple[str, str]) -> str:
    """The source with each text, which must occur exactly once, replaced."""
    for old, new in pairs:
        assert source.count(old) == 1, f"{old!r} occurs {source.count(old)} times"
        source = source.replace(old, new)
    return source


def overwriting(operation: str, source: str = SOURCE) -> str:
    """Every gradient of one operation assigned instead of added."""
    lines = source.splitlines(keepends=True)
    marked = [i for i, line in enumerate(lines) if line.endswith(f"  # {operation}\n")]
    assert marked, f"no line is marked {operation}"
    for i in marked:
        assert lines[i].count(" += ") == 1
        lines[i] = lines[i].replace(" += ", " = ")
    return "".join(lines)


def backward_of(lines: str, source: str = SOURCE) -> str:
    """The source with another ``backward``, given without its outer indentation."""
    body = "".join(f"    {line}" if line.strip() else line for line in lines.splitlines(True))
    return replaced(source, (SWEEP, body))


DUPLICATE_APPEND = (
    ("                seen.add(node)\n", "                seen.add(node)\n"),
    (
        "                for child in node._children:\n                    build(child)\n"
        "                topo.append(node)\n        build(self)\n",
        "                for child in node._children:\n                    build(child)\n"
        "                    topo.append(child)\n        build(self)\n        topo.append(self)\n",
    ),
)
"""Each operand appended whenever it is met, the root once: the notebook's bug."""

OPERANDS_IN_A_SET = (
    ("        self._children = tuple(children)\n", "        self._children = set(children)\n"),
)
"""Operands hashed by address: their order differs from run to run."""

SWAPPED_RSUB = (("        return Value(other) - self\n", "        return self - other\n"),)
SWAPPED_RDIV = (("        return Value(other) / self\n", "        return self / other\n"),)
NOT_REVERSED = (("        for node in reversed(topo):\n", "        for node in topo:\n"),)

BREADTH_FIRST = backward_of("""\
def backward(self):
    queue, seen = [self], {self}
    for node in queue:
        for child in node._children:
            if child not in seen:
                seen.add(child)
                queue.append(child)
    self.grad = 1.0
    for node in queue:
        node._backward()
""")
EVERY_PATH = backward_of("""\
def backward(self):
    self.grad = 1.0
    self._visit()

def _visit(self):
    self._backward()
    for child in self._children:
        child._visit()
""")
PREORDER = backward_of("""\
def backward(self):
    stack, seen = [self], set()
    self.grad = 1.0
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            node._backward()
            stack.extend(node._children)
""")
