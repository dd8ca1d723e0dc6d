"""OPS: the closed set of operations, one row each. Reading the table is reading the calculus.

A rule is written once and read by every number system: ``m`` is the system (float64, Arb balls,
SymPy, torch), ``y`` the value of the instruction, the rest its operands in order. ``m.fl(x)`` marks
an intermediate result that a float64 engine rounds; it is the identity in exact systems.
``m.either(a, b)`` is one number by two formulas, both of which right engines use.

``accuracy`` is the only number of its kind in the project. Its unit is 2**-53 relative, half an
ulp: the most that a correct float64 engine may lose in the primal, or in one partial, of the
operation.

* 1: one correctly rounded IEEE operation.
* 4: an elementary function of a C library (at most 1 ulp = 2 units), or division spelled as
  ``a * b**-1`` (2 units for the power, 1 for the product), with room for one more product. A whole
  power beyond the fifth may be a product of so many factors: XLA multiplies, and loses 4.02 units
  in the tenth; see ``ArbSystem.power``.
* 8: sigmoid spelled as ``1 / (1 + exp(-x))``: exp 2, sum 1, quotient 1, at worst all one way,
  doubled because ``(1 + exp(-x))**-1`` is usual too. And tanh of a vector library, which promises
  3.5 ulp: XLA's, a quotient of polynomials, was seen to lose 6.9 units (at 19.999, of 1e5 points).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

Rule = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Margin:
    """A condition on a quantity: ``quantity > 0`` or ``quantity != 0``."""

    quantity: Any
    relation: str


@dataclass(frozen=True, slots=True)
class Op:
    """One operation.

    Attributes:
        name: the operation's name in every program, report and option.
        forms: how its operands may be spelled, each form with the name reports use for it:
            ``v`` a value, ``n`` a number, ``*`` any number of values.
        spelling: how a user's engine is called, tried in this order.
        primal: the value, ``primal(m, *operands)``.
        partials: d value / d operand for each slot, ``partial(m, y, *operands)``. A partial that
            is the ``int`` 1 or -1 is exact in every engine. A variadic operation has one.
        domain: the margins inside which the operation is differentiable in real numbers.
        kinks: quantities at whose zeros it is continuous and not differentiable.
        accuracy: see the module's text; unit 2**-53 relative.
    """

    name: str
    forms: dict[str, str]
    spelling: tuple[str, ...]
    primal: Rule
    partials: tuple[Rule, ...]
    domain: Callable[..., tuple[Margin, ...]]
    kinks: Callable[..., tuple[Any, ...]]
    accuracy: int

    def partial(self, slot: int) -> Rule:
        """The rule for d value / d operand of one slot."""
        return self.partials[min(slot, len(self.partials) - 1)]


def everywhere(*_operands: Any) -> tuple[Margin, ...]:
    """The domain of an operation defined for all reals."""
    return ()


def smooth(*_operands: Any) -> tuple[Any, ...]:
    """The kinks of an operation that has none."""
    return ()


def _positive(x: Any, *_rest: Any) -> tuple[Margin, ...]:
    return (Margin(x, ">"),)


def _divisor(_a: Any, b: Any) -> tuple[Margin, ...]:
    return (Margin(b, "!="),)


def _power_of_number(x: Any, n: float) -> tuple[Margin, ...]:
    """``x ** n`` is smooth where ``n * x**(n - 1)`` can be evaluated as it stands.

    ``0 ** 0`` is a legal input whose derivative is 0, and an edge: EDG03 looks at it.
    A number that is nan or infinite leaves nothing to differentiate anywhere.
    """
    if not math.isfinite(n):
        return (Margin(0, "!="),)
    if n != int(n):
        return (Margin(x, ">"),)
    return (Margin(x, "!="),) if n <= 0 else ()


def _zero(x: Any) -> tuple[Any, ...]:
    return (x,)


def _tie(a: Any, b: Any) -> tuple[Any, ...]:
    return (a - b,)


def plus_one(_m: Any, _y: Any, *_operands: Any) -> int:
    """The partial 1, exact in every engine."""
    return 1


def minus_one(_m: Any, _y: Any, *_operands: Any) -> int:
    """The partial -1, exact in every engine."""
    return -1


def _both_ways(name: str) -> dict[str, str]:
    return {"vv": name, "vn": f"{name}_number", "nv": f"r{name}"}


def _in_place(op: Op) -> Op:
    name = f"i{op.name}"
    sign = op.spelling[0][4:-4]
    return replace(
        op,
        name=name,
        forms={"vv": name, "vn": f"{name}_number"},
        spelling=(f"{{0}} {sign}= {{1}}",),
    )


def _method(name: str) -> tuple[str, ...]:
    return (f"{{0}}.{name}()", f"{name}({{0}})")


ADD = Op(
    "add", _both_ways("add"), ("{0} + {1}",),
    lambda m, a, b: a + b,
    (plus_one, plus_one),
    everywhere, smooth, 1,
)  # fmt: skip
SUB = Op(
    "sub", _both_ways("sub"), ("{0} - {1}",),
    lambda m, a, b: a - b,
    (plus_one, minus_one),
    everywhere, smooth, 1,
)  # fmt: skip
MUL = Op(
    "mul", _both_ways("mul"), ("{0} * {1}",),
    lambda m, a, b: a * b,
    (lambda m, y, a, b: b, lambda m, y, a, b: a),
    everywhere, smooth, 1,
)  # fmt: skip
DIV = Op(
    "div", _both_ways("div"), ("{0} / {1}",),
    lambda m, a, b: a / b,
    (lambda m, y, a, b: 1 / b, lambda m, y, a, b: -a / m.fl(b * b)),
    _divisor, smooth, 4,
)  # fmt: skip
NEG = Op(
    "neg", {"v": "neg"}, ("-{0}",),
    lambda m, x: -x,
    (minus_one,),
    everywhere, smooth, 1,
)  # fmt: skip
POW = Op(
    "pow", {"vn": "pow"}, ("{0} ** {1}",),
    lambda m, x, n: m.power(x, n),
    (lambda m, y, x, n: n * m.fl(m.power(x, m.less_one(n))),),
    _power_of_number, smooth, 4,
)  # fmt: skip
POWER = Op(
    "power", {"vv": "power", "nv": "rpow"}, ("{0} ** {1}",),
    lambda m, x, y: m.power(x, y),
    (
        lambda m, z, x, y: y * m.either(m.fl(m.power(x, m.less_one(y))), m.fl(z / x)),
        lambda m, z, x, y: z * m.log(x),
    ),
    _positive, smooth, 4,
)  # fmt: skip
EXP = Op(
    "exp", {"v": "exp"}, (*_method("exp"), "{0}.raise_euler()"),
    lambda m, x: m.exp(x),
    (lambda m, y, x: y,),
    everywhere, smooth, 4,
)  # fmt: skip
LOG = Op(
    "log", {"v": "log"}, (*_method("log"), *_method("ln")),
    lambda m, x: m.log(x),
    (lambda m, y, x: 1 / x,),
    _positive, smooth, 4,
)  # fmt: skip
SQRT = Op(
    "sqrt", {"v": "sqrt"}, _method("sqrt"),
    lambda m, x: m.sqrt(x),
    (lambda m, y, x: 1 / (2 * y),),
    _positive, smooth, 4,
)  # fmt: skip
SIN = Op(
    "sin", {"v": "sin"}, _method("sin"),
    lambda m, x: m.sin(x),
    (lambda m, y, x: m.cos(x),),
    everywhere, smooth, 4,
)  # fmt: skip
COS = Op(
    "cos", {"v": "cos"}, _method("cos"),
    lambda m, x: m.cos(x),
    (lambda m, y, x: -m.sin(x),),
    everywhere, smooth, 4,
)  # fmt: skip
TANH = Op(
    "tanh", {"v": "tanh"}, _method("tanh"),
    lambda m, x: m.tanh(x),
    (lambda m, y, x: 1 - m.fl(y * y),),
    everywhere, smooth, 8,
)  # fmt: skip
SIGMOID = Op(
    "sigmoid", {"v": "sigmoid"}, _method("sigmoid"),
    lambda m, x: m.sigmoid(x),
    (lambda m, y, x: y * m.fl(1 - y),),
    everywhere, smooth, 8,
)  # fmt: skip
RELU = Op(
    "relu", {"v": "relu"}, _method("relu"),
    lambda m, x: m.relu(x),
    (lambda m, y, x: m.step(x),),
    everywhere, _zero, 1,
)  # fmt: skip
ABS = Op(
    "abs", {"v": "abs"}, ("abs({0})", "{0}.abs()"),
    lambda m, x: m.absolute(x),
    (lambda m, y, x: m.sign(x),),
    everywhere, _zero, 1,
)  # fmt: skip
MAX = Op(
    "max", {"vv": "max", "vn": "max_number"},
    ("{0}.max({1})", "{0}.maximum({1})", "maximum({0}, {1})", "max({0}, {1})"),
    lambda m, a, b: m.maximum(a, b),
    (lambda m, y, a, b: m.step(a - b), lambda m, y, a, b: m.step(b - a)),
    everywhere, _tie, 1,
)  # fmt: skip
MIN = Op(
    "min", {"vv": "min", "vn": "min_number"},
    ("{0}.min({1})", "{0}.minimum({1})", "minimum({0}, {1})", "min({0}, {1})"),
    lambda m, a, b: m.minimum(a, b),
    (lambda m, y, a, b: m.step(b - a), lambda m, y, a, b: m.step(a - b)),
    everywhere, _tie, 1,
)  # fmt: skip
SUM = Op(
    "sum", {"*": "sum"}, ("sum([{*}])",),
    lambda m, *xs: m.total(xs),
    (plus_one,),
    everywhere, smooth, 1,
)  # fmt: skip

OPS: tuple[Op, ...] = (
    ADD, SUB, MUL, DIV, NEG, POW, POWER,
    EXP, LOG, SQRT, SIN, COS, TANH, SIGMOID, RELU, ABS, MAX, MIN, SUM,
    _in_place(ADD), _in_place(SUB), _in_place(MUL), _in_place(DIV),
)  # fmt: skip

BY_NAME: dict[str, Op] = {op.name: op for op in OPS}
FORMS: dict[str, tuple[Op, str]] = {
    name: (op, kinds) for op in OPS for kinds, name in op.forms.items()
}
"""Every spelled form of every operation, by the name reports use: ``radd`` -> (add, ``nv``)."""


def family(op: str) -> str:
    """The operation that an in-place one spells: ``add`` for ``iadd``; any other is its own."""
    return op[1:] if op[0] == "i" and op[1:] in BY_NAME else op
