"""RULES: partials computed by a wrong rule, one row each: what it computes, and how it is written.

``rule(m, g, y, *operands)`` is the contribution in ball arithmetic, where ``g`` is the incoming
adjoint and ``y`` the instruction's value; ``text`` is the same as a line of an engine would have it
in place of its partial, or of the whole contribution.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flint import arb

from verify.faults.mechanics import SYSTEM, Served


@dataclass(frozen=True, slots=True)
class WrongRule:
    """One wrong rule.

    Attributes:
        code: the fault it belongs to.
        op, slot: the operation and operand position whose partial it is.
        rule: the wrong contribution.
        text: Python for the wrong partial, in which ``a``, ``b`` (or ``n``) and ``y`` are the
            operands and the value.
        whole: whether ``text`` is the contribution and not only the partial.
    """

    code: str
    op: str
    slot: int
    rule: Callable[..., Any]
    text: str
    whole: bool = False

    def contribution(self, at: Served) -> Any:
        """The wrong contribution, as wide as a float64 engine's arithmetic."""
        term = self.rule(SYSTEM, at.adjoint, at.value, *(_ball(x) for x in at.operands))
        return SYSTEM.widened(term, at.instruction.row.accuracy)


def _ball(x: Any) -> Any:
    """An integer stays one: powers by integers have no logarithm in them."""
    return x if isinstance(x, int) else int(x) if isinstance(x, float) and x == int(x) else arb(x)


def _pow(x: Any, n: Any) -> Any:
    return SYSTEM.power(x, n)


def _unless_zero(term: Any, x: Any) -> Any:
    if arb(x).is_zero():
        return arb(0)
    return arb(term).union(arb(0)) if arb(x).contains(0) else term  # zero, or all but


RULES: tuple[WrongRule, ...] = (
    WrongRule("dropped-factor", "pow", 0,
              lambda m, g, y, x, n: g * _pow(x, m.less_one(n)), "_power(a, n - 1)"),
    WrongRule("dropped-factor", "sqrt", 0, lambda m, g, y, x: g / y, "_divided(1.0, y)"),
    WrongRule("dropped-factor", "tanh", 0, lambda m, g, y, x: g * m.fl(1 - y), "1 - y"),
    WrongRule("dropped-factor", "sigmoid", 0, lambda m, g, y, x: g * y, "y"),
    WrongRule("dropped-factor", "div", 1, lambda m, g, y, a, b: g * (-a / b), "_divided(-a, b)"),
    WrongRule("dropped-factor", "power", 0,
              lambda m, g, z, x, y: g * _pow(x, m.less_one(y)), "_power(a, b - 1)"),
    WrongRule("dropped-factor", "power", 1, lambda m, g, z, x, y: g * z, "y"),

    WrongRule("output-for-input", "sin", 0, lambda m, g, y, x: g * m.cos(y), "math.cos(y)"),
    WrongRule("output-for-input", "cos", 0, lambda m, g, y, x: -g * m.sin(y), "-math.sin(y)"),
    WrongRule("output-for-input", "log", 0, lambda m, g, y, x: g / y, "_divided(1.0, y)"),
    WrongRule("output-for-input", "pow", 0,
              lambda m, g, y, x, n: g * n * _pow(y, m.less_one(n)), "n * _power(out.data, n - 1)"),

    WrongRule("input-for-output", "exp", 0, lambda m, g, y, x: g * x, "a"),
    WrongRule("input-for-output", "tanh", 0, lambda m, g, y, x: g * (1 - m.fl(x * x)), "1 - a * a"),
    WrongRule("input-for-output", "sigmoid", 0,
              lambda m, g, y, x: g * x * m.fl(1 - x), "a * (1 - a)"),
    WrongRule("input-for-output", "sqrt", 0, lambda m, g, y, x: g / (2 * x), "1 / (2 * a)"),

    WrongRule("ignored-exponent", "pow", 0, lambda m, g, y, x, n: g * 2 * x, "2 * a"),
    WrongRule("power-as-exponential", "pow", 0,
              lambda m, g, y, x, n: g * y * arb(abs(x)).log(),
              "out.data * math.log(abs(a)) if a else 0.0"),
    WrongRule("exponential-as-power", "exp", 0,
              lambda m, g, y, x: g * x * m.widened((m.fl(x - 1)).exp(), 4), "a * _exp(a - 1)"),

    WrongRule("precedence", "pow", 0,
              lambda m, g, y, x, n: g * (n * m.fl(y) - 1), "n * _power(a, n) - 1"),
    WrongRule("precedence", "tanh", 0,
              lambda m, g, y, x: 1 - m.fl(m.fl(y * y) * g), "1 - y * y * out.grad", whole=True),
    WrongRule("precedence", "sigmoid", 0,
              lambda m, g, y, x: y - m.fl(y * g), "y * 1 - y * out.grad", whole=True),
    WrongRule("precedence", "div", 1, lambda m, g, y, a, b: g * (m.fl(-a / b) * b), "-a / b * b"),

    WrongRule("wrong-below-zero", "mul", 0, lambda m, g, y, a, b: g * abs(arb(b)), "abs(b)"),
    WrongRule("wrong-below-zero", "mul", 1, lambda m, g, y, a, b: g * abs(arb(a)), "abs(a)"),
    WrongRule("wrong-below-zero", "pow", 0,
              lambda m, g, y, x, n: g * n * _pow(abs(arb(x)), m.less_one(n)),
              "n * _power(abs(a), n - 1) if n else 0.0"),
    WrongRule("wrong-below-zero", "exp", 0,
              lambda m, g, y, x: g * abs(arb(x)).exp(), "_exp(abs(a))"),
    WrongRule("wrong-below-zero", "div", 0, lambda m, g, y, a, b: g / abs(arb(b)), "1 / abs(b)"),
    WrongRule("wrong-below-zero", "cos", 0,
              lambda m, g, y, x: -g * m.sin(abs(arb(x))), "-math.sin(abs(a))"),

    WrongRule("wrong-at-zero", "mul", 0,
              lambda m, g, y, a, b: _unless_zero(g * b, a), "b if a else 0.0"),
    WrongRule("wrong-at-zero", "mul", 1,
              lambda m, g, y, a, b: _unless_zero(g * a, b), "a if b else 0.0"),
    WrongRule("wrong-at-zero", "add", 0,
              lambda m, g, y, a, b: _unless_zero(g, a), "1.0 if self.data else 0.0"),
    WrongRule("wrong-at-zero", "exp", 0,
              lambda m, g, y, x: _unless_zero(g * y, x), "y if a else 0.0"),
    WrongRule("wrong-at-zero", "tanh", 0,
              lambda m, g, y, x: _unless_zero(g * (1 - m.fl(y * y)), x), "1 - y * y if y else 0.0"),
    WrongRule("wrong-at-zero", "sin", 0,
              lambda m, g, y, x: _unless_zero(g * m.cos(x), x), "math.cos(a) if y else 0.0"),
)  # fmt: skip
