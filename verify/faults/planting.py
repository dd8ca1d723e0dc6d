"""PLANTS: engines in which one fault is planted, each a small change of ``plain_engine.py``.

A change that finds nothing to change raises: a fault that was not planted would look like one that
was missed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from verify.faults.rules import RULES
from verify.program import BY_NAME

Edit = Callable[[str], str]
BINARY = ("add", "sub", "mul", "div", "power", "max", "min")
UNARY = ("pow", "neg", "exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "abs")
OPERATIONS = (*BINARY, *UNARY)


@dataclass(frozen=True, slots=True)
class Plant:
    """An engine with one fault.

    Attributes:
        fault: the fault's code.
        operation: the operation it sits in; empty for a fault of the whole engine.
        edit: what makes the plain engine faulty.
        what: tells two plants of one fault in one operation apart; usually empty.
    """

    fault: str
    operation: str
    edit: Edit
    what: str = ""

    @property
    def name(self) -> str:
        """``overwrite-mul``, ``wrong-sign-sub-1``, ``duplicate-append``."""
        return "-".join(part for part in (self.fault, self.operation, self.what) if part)

    @property
    def source(self) -> str:
        """The engine's text."""
        return self.edit(plain())


@cache
def plain() -> str:
    """The right engine's text."""
    return Path(__file__).with_name("plain_engine.py").read_text(encoding="utf-8")


def replacing(*pairs: tuple[str, str]) -> Edit:
    """Each text, which must occur exactly once, replaced."""

    def edit(source: str) -> str:
        for old, new in pairs:
            if source.count(old) != 1:
                raise ValueError(f"{old!r} occurs {source.count(old)} times, not once")
            source = source.replace(old, new)
        return source

    return edit


def on_lines(operation: str, slots: Iterable[int], change: Callable[[str, str], str]) -> Edit:
    """The lines that add to the gradients of some operands, changed.

    ``change`` gets the operand's name (``self``) and its partial (``b``), and returns the line.
    """

    def edit(source: str) -> str:
        for slot in slots:
            marked = rf"( +)(\w+)\.grad \+= \((.+)\) \* out\.grad  # {operation} {slot}\n"
            source, count = re.subn(
                marked, lambda m: f"{m[1]}{change(m[2], m[3])}  # {operation}\n", source
            )
            if count != 1:
                raise ValueError(f"operand {slot} of {operation} has {count} lines, not one")
        return source

    return edit


def _slots(operation: str) -> range:
    return range(2 if operation in BINARY else 1)


def _signed(operation: str) -> bool:
    return operation in {"add", "sub", "neg"}


def _in_operations() -> Iterator[Plant]:
    for op in OPERATIONS:
        slots = _slots(op)
        yield Plant(
            "overwrite", op, on_lines(op, slots, lambda x, p: f"{x}.grad = ({p}) * out.grad")
        )
        yield Plant(
            "wrong-sign", op, on_lines(op, slots[-1:], lambda x, p: f"{x}.grad -= ({p}) * out.grad")
        )
        yield Plant(
            "never-wired", op, replacing((f"        out._backward = _backward  # {op}\n", ""))
        )
        yield Plant("dropped-adjoint", op, on_lines(op, slots, lambda x, p: f"{x}.grad += {p}"))
        yield Plant(
            "closure-on-operand",
            op,
            replacing(
                (f"out._backward = _backward  # {op}\n", f"self._backward = _backward  # {op}\n")
            ),
        )
        yield Plant("missing-return", op, replacing((f"        return out  # {op}\n", "")))
        operands = "(self, other)" if op in BINARY else "(self,)"
        yield Plant("cut-graph", op, _cut(op, operands))
        if not _signed(op):
            yield Plant(
                "dropped-partial", op, on_lines(op, slots, lambda x, _p: f"{x}.grad += out.grad")
            )
        if op in BINARY:
            yield Plant("forgotten-operand", op, on_lines(op, (1,), lambda _x, _p: "pass"), "1")
            yield Plant("forgotten-operand", op, on_lines(op, (0,), lambda _x, _p: "pass"), "0")
            yield Plant("same-operand-once", op, _kept_by_operand(op))
        else:
            change = on_lines(
                op, (0,), lambda x, p: f"out.grad *= {p}\n            {x}.grad += out.grad"
            )
            yield Plant("cotangent-changed", op, change)
    for op in ("sub", "mul", "div", "power", "max", "min"):
        yield Plant("swapped-partials", op, _swapped(op))
    for op in ("max", "min"):
        sign = ">" if op == "max" else "<"
        old = f"(1.0 if b {sign} a else 0.0) * out.grad  # {op} 1"
        yield Plant("tie-counted-twice", op, replacing((old, old.replace(sign, sign + "="))))


def _cut(op: str, operands: str) -> Edit:
    def edit(source: str) -> str:
        return re.sub(rf", {re.escape(operands)}\)(  # {op}\n)", r")\1", source)

    return edit


def _kept_by_operand(op: str) -> Edit:
    """``for node, part in {self: ..., other: ...}.items()``: one entry where they are the same."""

    def edit(source: str) -> str:
        lines = re.findall(rf" +(\w+)\.grad \+= (\(.+\) \* out\.grad)  # {op} \d\n", source)
        table = ", ".join(f"{name}: {part}" for name, part in lines)
        loop = f"            for node, part in {{{table}}}.items():\n                node.grad += part\n"
        first = re.compile(rf"(?: +\w+\.grad \+= \(.+\) \* out\.grad  # {op} \d\n){{2}}")
        source, count = first.subn(lambda _m: loop, source)
        if count != 1:
            raise ValueError(f"{op} has no two lines")
        return source

    return edit


def _swapped(op: str) -> Edit:
    def edit(source: str) -> str:
        both = re.compile(
            rf"self\.grad \+= (\(.+\)) \* out\.grad  # {op} 0\n( +)other\.grad \+= (\(.+\)) \*"
        )
        source, count = both.subn(
            lambda m: f"self.grad += {m[3]} * out.grad  # {op}\n{m[2]}other.grad += {m[1]} *",
            source,
        )
        if count != 1:
            raise ValueError(f"{op} has no two lines")
        return source

    return edit


def _by_rules() -> Iterator[Plant]:
    for rule in RULES:

        def change(x: str, _p: str, rule=rule) -> str:  # type: ignore[no-untyped-def]
            return (
                f"{x}.grad += {rule.text}"
                if rule.whole
                else f"{x}.grad += ({rule.text}) * out.grad"
            )

        several = len([r for r in RULES if (r.code, r.op) == (rule.code, rule.op)]) > 1
        what = str(rule.slot) if several else ""
        yield Plant(rule.code, rule.op, on_lines(rule.op, (rule.slot,), change), what)


def _reflected() -> Iterator[Plant]:
    for op, sign in (("sub", "-"), ("div", "/"), ("power", "**")):
        right = f"Value(other) {sign} self"
        wrong = f"self {sign} Value(other)" if op == "power" else f"self {sign} other"
        yield Plant("reflected", BY_NAME[op].forms["nv"], replacing((right, wrong)))


def _in_place() -> Iterator[Plant]:
    for op, sign in (("add", "+"), ("sub", "-"), ("mul", "*"), ("div", "/")):
        name = {"div": "itruediv"}.get(op, f"i{op}")
        method = (
            f"    def __{name}__(self, other):\n"
            f"        self.data {sign}= other.data if isinstance(other, Value) else other\n"
            "        return self\n\n"
        )
        yield Plant(
            "in-place", f"i{op}", replacing(("    def __radd__", f"{method}    def __radd__"))
        )


ORDER_LOOP = "        for node in reversed(order):\n            node._backward()\n"
VISIT = """\
            elif node not in seen:
                seen.add(node)
                todo.append((node, True))
                todo.extend((child, False) for child in node._children)
"""
SORT = plain()[plain().index("        order, seen, todo") : plain().index("    def backward")]
RECURSIVE = """\
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for child in node._children:
                    visit(child)
                order.append(node)

        visit(self)
        return order

"""
RESET = """\
        for node in order:
            if node._children:
                node.grad = 0.0
"""


def _sort(body: str) -> Edit:
    return replacing((SORT, body))


def _in_graphs() -> Iterator[Plant]:
    yield Plant(
        "duplicate-append",
        "",
        _sort("""\
        order, seen = [self], set()

        def visit(node):
            for child in node._children:
                if child not in seen:
                    seen.add(child)
                    visit(child)
                order.append(child)

        order.clear()
        visit(self)
        order.append(self)
        return order

"""),
    )
    yield Plant(
        "every-path",
        "",
        _sort("""\
        order = []

        def visit(node):
            for child in node._children:
                visit(child)
            order.append(node)

        visit(self)
        return order

"""),
    )
    yield Plant(
        "every-path",
        "",
        replacing(
            (
                ORDER_LOOP,
                "        self._pass_on()\n\n"
                "    def _pass_on(self):\n        self._backward()\n"
                "        for child in self._children:\n            child._pass_on()\n",
            )
        ),
    )
    yield Plant(
        "breadth-first",
        "",
        _sort("""\
        queue, seen = [self], {self}
        for node in queue:
            for child in node._children:
                if child not in seen:
                    seen.add(child)
                    queue.append(child)
        return queue[::-1]

"""),
    )
    yield Plant(
        "preorder",
        "",
        _sort("""\
        order, todo = [], [self]
        while todo:
            node = todo.pop()
            if node not in order:
                order.append(node)
                todo.extend(node._children)
        return order[::-1]

"""),
    )
    yield Plant("not-reversed", "", replacing(("in reversed(order):", "in order:")))
    yield Plant(
        "one-branch",
        "",
        replacing(
            (
                "in node._children)\n        return order",
                "in node._children[:1])\n        return order",
            )
        ),
        "first",
    )
    yield Plant(
        "one-branch",
        "",
        replacing(
            (
                "in node._children)\n        return order",
                "in node._children[-1:])\n        return order",
            )
        ),
        "last",
    )
    compared = (
        "    def __add__",
        "    def __eq__(self, other):\n        return self.data == other.data\n\n"
        "    def __hash__(self):\n        return hash(self.data)\n\n    def __add__",
    )
    yield Plant("equal-nodes", "", replacing(compared))
    yield Plant(
        "merged-leaves",
        "",
        replacing(
            (
                "    def __init__",
                "    _leaves = {}\n\n"
                "    def __new__(cls, data, children=()):\n        if children:\n"
                "            return super().__new__(cls)\n"
                "        return cls._leaves.setdefault(float(data), super().__new__(cls))\n\n    def __init__",
            )
        ),
    )
    yield Plant(
        "one-user",
        "",
        replacing(
            (
                "        self._children = tuple(children)\n",
                "        self._children = tuple(children)\n"
                "        for child in children:\n            child._user = self\n",
            ),
            (
                ORDER_LOOP,
                "        for node in reversed(order):\n"
                "            others = [(c, c.grad) for c in node._children if c._user is not node]\n"
                "            node._backward()\n            for child, grad in others:\n                child.grad = grad\n",
            ),
        ),
    )
    for most in (2, 3):
        yield Plant(
            "few-uses",
            "",
            replacing(
                (
                    ORDER_LOOP,
                    "        uses = {}\n        for node in reversed(order):\n"
                    f"            full = [(c, c.grad) for c in node._children if uses.get(c, 0) >= {most}]\n"
                    "            node._backward()\n            for child, grad in full:\n                child.grad = grad\n"
                    "            for child in set(node._children):\n                uses[child] = uses.get(child, 0) + 1\n",
                )
            ),
            str(most),
        )
    yield Plant("no-seed", "", replacing(("        self.grad = 1.0\n", "")))


def _in_formulas() -> Iterator[Plant]:
    tanh = (
        "        y = math.tanh(a)\n",
        "        e = _exp(2 * a)\n        y = (e - 1) / (e + 1)\n",
    )
    yield Plant("tanh-by-exponentials", "tanh", replacing(tanh))
    sigmoid = ("        y = 1 / (1 + _exp(-a))\n", "        y = (math.tanh(a / 2) + 1) / 2\n")
    yield Plant("sigmoid-by-difference", "sigmoid", replacing(sigmoid))
    power = (
        "    try:\n        y = a**n\n",
        "    try:\n        y = math.exp(n * math.log(a)) if a > 0 else a**n\n",
    )
    yield Plant("power-by-logarithms", "pow", replacing(power))


def _in_laws() -> Iterator[Plant]:
    yield Plant("interior-kept", "", replacing((RESET, "")))
    yield Plant(
        "stale-visited",
        "",
        replacing(
            (
                "        self._backward = lambda: None\n",
                "        self._backward = lambda: None\n        self._visited = False\n",
            ),
            (
                VISIT,
                VISIT.replace("node not in seen", "not node._visited").replace(
                    "seen.add(node)", "node._visited = True"
                ),
            ),
        ),
    )
    yield Plant("recursion", "", _sort(RECURSIVE))
    yield Plant(
        "quadratic-walk",
        "",
        replacing(
            ("seen, todo = [], set(), [", "seen, todo = [], [], ["),
            ("seen.add(node)", "seen.append(node)"),
        ),
    )
    yield Plant("unordered", "", replacing(("tuple(children)", "set(children)")))
    yield Plant(
        "mixed-points",
        "mul",
        on_lines(
            "mul",
            (0, 1),
            lambda x, p: f"{x}.grad += {'other' if p == 'b' else 'self'}.data * out.grad",
        ),
    )
    yield Plant(
        "pow-at-zero",
        "pow",
        on_lines("pow", (0,), lambda x, _p: f"{x}.grad += n * a ** (n - 1) * out.grad"),
    )
    yield Plant(
        "silent-complex",
        "pow",
        replacing(
            ("    return math.nan if isinstance(y, complex) else y\n", "    return y\n"),
            ("        self.data = float(data)\n", "        self.data = data\n"),
        ),
    )
    yield Plant(
        "saturation",
        "tanh",
        replacing(
            (
                "        y = math.tanh(a)\n",
                "        e = math.exp(2 * abs(a))\n        y = math.copysign(math.tanh(a) if e < 9 else 1 - 2 / (e + 1), a)\n",
            )
        ),
    )
    yield Plant(
        "overflow",
        "exp",
        replacing(
            (
                "        y = _exp(a)\n        out = Value(y, (self,))  # exp",
                "        y = math.exp(a)\n        out = Value(y, (self,))  # exp",
            )
        ),
    )
    yield Plant(
        "nan-swallowed",
        "relu",
        replacing(
            ("0.0 if a <= 0 else a, (self,))  # relu", "a if a > 0 else 0.0, (self,))  # relu")
        ),
    )
    yield Plant("missing-operation", "radd", replacing(("    def __radd__", "    def _radd")))


PLANTS: tuple[Plant, ...] = (
    *_in_operations(), *_by_rules(), *_reflected(), *_in_place(),
    *_in_graphs(), *_in_formulas(), *_in_laws(),
)  # fmt: skip
"""Every planted engine; each fault has at least one."""
