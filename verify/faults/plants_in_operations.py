"""Engines with a fault in one operation: each kind of fault in each operation that can have it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verify.faults.planting import Edit, Plant, on_lines, replacing, rewriting
from verify.faults.rules import RULES, WrongRule
from verify.program import BY_NAME

BINARY = ("add", "sub", "mul", "div", "power", "max", "min")
UNARY = ("pow", "neg", "exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "abs")
SIGNED = frozenset({"add", "sub", "neg"})
"""Operations whose partials are 1 and -1: without its partial only a sign is lost."""


def in_operations() -> Iterator[Plant]:
    """Every fault of one operation."""
    for op in BINARY:
        yield from _in_any(op, (0, 1))
        yield from _in_binary(op)
    for op in UNARY:
        yield from _in_any(op, (0,))
        change = on_lines(op, (0,), _changed_cotangent)
        yield Plant("cotangent-changed", op, change)
    yield Plant("overwrite", "", _everywhere("="), "everywhere")
    yield from (_by_rule(rule) for rule in RULES)
    yield from _reflected()
    yield from _in_place()


def _everywhere(sign: str) -> Edit:
    """Another assignment on every line that adds to a gradient."""

    def edit(source: str) -> str:
        source, count = re.subn(r"\.grad \+= (.+  # \w+ \d)\n", rf".grad {sign} \1\n", source)
        if count < len(BINARY) + len(UNARY):
            raise ValueError(f"only {count} lines add to a gradient")
        return source

    return edit


def _in_any(op: str, slots: tuple[int, ...]) -> Iterator[Plant]:
    wired = f"        out._backward = _backward  # {op}\n"
    misplaced = wired.replace("out._backward", "self._backward")
    yield Plant("overwrite", op, on_lines(op, slots, lambda x, p: f"{x}.grad = ({p}) * out.grad"))
    yield Plant(
        "wrong-sign", op, on_lines(op, slots[-1:], lambda x, p: f"{x}.grad -= ({p}) * out.grad")
    )
    yield Plant("dropped-adjoint", op, on_lines(op, slots, lambda x, p: f"{x}.grad += {p}"))
    if op not in SIGNED:
        unweighted = on_lines(op, slots, lambda x, _p: f"{x}.grad += out.grad")
        yield Plant("dropped-partial", op, unweighted)
    yield Plant("never-wired", op, replacing((wired, "")))
    yield Plant("closure-on-operand", op, replacing((wired, misplaced)))
    yield Plant("missing-return", op, replacing((f"        return out  # {op}\n", "")))
    yield Plant("cut-graph", op, rewriting(rf", \(self,(?: other)?\)\)(  # {op}\n)", r")\1"))


def _in_binary(op: str) -> Iterator[Plant]:
    for slot in (0, 1):
        lost = on_lines(op, (slot,), lambda _x, _p: "pass")
        yield Plant("forgotten-operand", op, lost, str(slot))
        kept = ("other", "self")[slot]
        cut = rewriting(rf", \(self, other\)\)(  # {op}\n)", rf", ({kept},))\1")
        yield Plant("cut-graph", op, cut, str(slot))
    yield Plant("same-operand-once", op, _kept_by_operand(op))
    if op != "add":
        yield Plant("swapped-partials", op, _swapped(op))
    if op in {"max", "min"}:
        signs = {"_share(a, b)": "1.0 if a >= b else 0.0", "_share(b, a)": "1.0 if b >= a else 0.0"}
        both = on_lines(op, (0, 1), lambda x, p: f"{x}.grad += ({signs[p]}) * out.grad")
        yield Plant("tie-counted-twice", op, both)
        strict = {"_share(a, b)": "1.0 if a > b else 0.0", "_share(b, a)": "1.0 if b > a else 0.0"}
        neither = on_lines(op, (0, 1), lambda x, p: f"{x}.grad += ({strict[p]}) * out.grad")
        yield Plant("tie-to-neither", op, neither)


def _changed_cotangent(operand: str, partial: str) -> str:
    return f"out.grad *= {partial}\n            {operand}.grad += out.grad"


def _two_lines(op: str) -> str:
    return (
        rf"( +)self\.grad \+= (\(.+\)) \* out\.grad  # {op} 0\n"
        rf" +other\.grad \+= (\(.+\)) \* out\.grad  # {op} 1\n"
    )


def _kept_by_operand(op: str) -> Edit:
    """``for node, part in {self: ..., other: ...}.items()``: one entry where they are the same."""

    def loop(m: re.Match[str]) -> str:
        table = f"{{self: {m[2]} * out.grad, other: {m[3]} * out.grad}}"
        return f"{m[1]}for node, part in {table}.items():\n{m[1]}    node.grad += part\n"

    return rewriting(_two_lines(op), loop)


def _swapped(op: str) -> Edit:
    lines = r"\1self.grad += \3 * out.grad\n\1other.grad += \2 * out.grad\n"
    return rewriting(_two_lines(op), lines)


def _by_rule(rule: WrongRule) -> Plant:
    several = len([r for r in RULES if (r.code, r.op) == (rule.code, rule.op)]) > 1
    line = rule.text if rule.whole else f"({rule.text}) * out.grad"
    change = on_lines(rule.op, (rule.slot,), lambda x, _p: f"{x}.grad += {line}")
    return Plant(rule.code, rule.op, change, str(rule.slot) if several else "")


def _reflected() -> Iterator[Plant]:
    for op, sign in (("sub", "-"), ("div", "/"), ("power", "**")):
        right = f"Value(other) {sign} self"
        wrong = f"self {sign} Value(other)" if op == "power" else f"self {sign} other"
        yield Plant("reflected", BY_NAME[op].forms["nv"], replacing((right, wrong)))


def _in_place() -> Iterator[Plant]:
    for op, sign in (("add", "+"), ("sub", "-"), ("mul", "*"), ("div", "/")):
        method = (
            f"    def __i{op.replace('div', 'truediv')}__(self, other):\n"
            f"        self.data {sign}= other.data if isinstance(other, Value) else other\n"
            "        return self\n\n"
        )
        reflected = "    def __radd__"
        yield Plant("in-place", f"i{op}", replacing((reflected, method + reflected)))
