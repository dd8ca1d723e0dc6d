"""FORMULAS: ways to compute an operation that are right in real numbers and lose digits in float64.

An engine that uses one is not wrong: its numbers lie in the enclosure of the formula, which is the
hull of what each of its usual spellings can print, rounding by rounding, and of what a better
formula prints. A number outside that too is wrong like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flint import arb

from verify.oracles.arb_system import LIBM, ArbSystem, Ball
from verify.program import BY_NAME
from verify.program.ops import Op, Rule


@dataclass(frozen=True, slots=True)
class Formula:
    """One way to compute an operation.

    Attributes:
        code: stable name; the fault of the same code says what to do.
        what: how the operation is computed, in words.
        rows: the operations it computes, by name, each with rules as wide as the formula is.
    """

    code: str
    what: str
    rows: dict[str, Op]


def _hull(found: Ball, *others: Ball) -> Ball:
    for ball in others:
        found = found.union(ball)
    return found


def _exp(m: ArbSystem, x: Ball) -> Ball:
    return m.widened(m.fl(x).exp(), LIBM)


def _tanh(m: ArbSystem, x: Ball) -> Ball:
    """(e**2x - 1) / (e**2x + 1), (e**x - e**-x) / (e**x + e**-x) or 2 / (1 + e**-2x) - 1."""
    square, up, down = _exp(m, 2 * x), _exp(m, x), _exp(m, -x)
    return _hull(
        m.tanh(x),
        m.fl(square - 1) / m.fl(square + 1),
        m.fl(up - down) / m.fl(up + down),
        m.fl(2 / m.fl(1 + _exp(m, -2 * x))) - 1,
        1 - m.fl(2 / m.fl(square + 1)),
    )


def _tanh_partial(m: ArbSystem, y: Ball, x: Ball) -> Ball:
    """1 - y**2, or the chain rule through the quotient of exponentials."""
    e = _exp(m, 2 * x)
    below = m.fl(e + 1)
    chain = m.fl(m.fl(1 / below) - m.fl(m.fl(e - 1) / m.fl(below * below)))
    return _hull(1 - m.fl(y * y), 2 * m.fl(e * chain))


def _sigmoid(m: ArbSystem, x: Ball) -> Ball:
    """(tanh(x/2) + 1) / 2, 1 - 1 / (1 + e**x) or e**x / (1 + e**x)."""
    half = m.widened((x / 2).tanh(), LIBM)
    up = _exp(m, x)
    below = m.fl(1 + up)
    return _hull(m.sigmoid(x), m.fl(half + 1) / 2, 1 - m.fl(1 / below), up / below)


def _power(m: ArbSystem, x: Ball | float, y: Ball | float) -> Ball:
    """exp(y * log(x)) for x above 0, else as always."""
    base, exponent = m.power(x, y), arb(y)
    if not arb(x) > 0:
        return base
    return _hull(base, m.fl(exponent * m.widened(arb(x).log(), LIBM)).exp())


def _power_partial(m: ArbSystem, y: Ball, x: Ball, n: float) -> Ball:
    right = n * m.fl(m.power(x, m.less_one(n)))
    if not arb(x) > 0:
        return right
    return _hull(right, n * m.fl(_power(m, x, m.less_one(n))), n * m.fl(y / x))


def _exp2(m: ArbSystem, x: Ball) -> Ball:
    """e**x as 2**(x * (1/log 2)), the factor rounded to a float."""
    two = arb.const_log2()
    return m.widened((m.fl(x * m.fl(1 / two)) * two).exp(), LIBM)


def _sigmoid_slope_by_exp2(m: ArbSystem, y: Ball, x: Ball) -> Ball:
    """As always, or y**2 * e**-x with both factors log 2 and 1/log 2 of the chain rule.

    Three products round, and the two factors, as floats, are off by 0.43 roundings together.
    """
    chain = m.widened(m.fl(y * y) * _exp2(m, -x), 4)
    return _hull(y * m.fl(1 - y), chain)


def _quarter_less(m: ArbSystem, x: Ball) -> Ball:
    """pi/2 - x, as floats."""
    return m.fl(m.fl(arb.pi() / 2) - x)


def _sin(m: ArbSystem, x: Ball) -> Ball:
    """The sine of an argument that is rounded on its way below pi."""
    return m.fl(x).sin()


def _cos(m: ArbSystem, x: Ball) -> Ball:
    """sin(pi/2 - x)."""
    return _sin(m, _quarter_less(m, x))


def _row(name: str, primal: Rule, *partials: Rule) -> dict[str, Op]:
    row = BY_NAME[name]
    return {name: replace(row, primal=primal, partials=partials or row.partials)}


FORMULAS: tuple[Formula, ...] = (
    Formula("tanh-by-exponentials", "tanh as a quotient of exponentials",
            _row("tanh", _tanh, _tanh_partial)),
    Formula("sigmoid-by-difference", "sigmoid as 1 - 1/(1 + exp(x)) or by tanh",
            _row("sigmoid", _sigmoid)),
    Formula("power-by-logarithms", "a power as exp(n * log(x))",
            _row("pow", _power, _power_partial)),
    Formula("exp-by-power-of-two", "e**x as a power of 2",
            _row("exp", lambda m, x: _hull(m.exp(x), _exp2(m, x)),
                 lambda m, y, x: m.widened(y, 2))  # y * log 2 / log 2, the constants rounded
            | _row("sigmoid", lambda m, x: _hull(_sigmoid(m, x), 1 / m.fl(1 + _exp2(m, -x))),
                   _sigmoid_slope_by_exp2)),
    Formula("rounded-angle", "sin and cos of a rounded angle, cos as sin(pi/2 - x)",
            _row("sin", _sin, lambda m, y, x: _hull(m.cos(x), _cos(m, x)))
            | _row("cos", lambda m, x: _hull(m.cos(x), _cos(m, x)),
                   lambda m, y, x: -_hull(m.sin(x), _cos(m, _quarter_less(m, x))))),
)  # fmt: skip
