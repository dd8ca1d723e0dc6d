"""The edges: one case a row, and what may come out of it.

PyTorch itself satisfies every row but those of EDG09, which a test checks; so does the reference
engine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

INF, NAN = math.inf, math.nan
Slope: TypeAlias = float | tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge.

    Attributes:
        code: the law it belongs to.
        case: the case in the text form.
        primal: what the output must be; nan means nan, None anything.
        adjoints: where each input's gradient must lie: a number, two bounds, or None for anywhere;
            nan means nan, and an empty tuple that none is looked at.
        may_raise: whether refusing with an exception is right too.
        why: what is true there, for the message.
        total: what the adjoints must add up to, or None.
    """

    code: str
    case: str
    primal: float | None
    adjoints: tuple[Slope, ...]
    why: str
    may_raise: bool = False
    total: float | None = None


ZERO_BASE = "0 ** n is 0 for every n > 0, so its slope in n is 0"
NO_SLOPE = "of a negative base x ** n has no slope in n: nan, or refused"
NO_SIDE = "on which side of the kink a nan lies is not known, and so its slope is not"

EDGES: tuple[Edge, ...] = (
    Edge("EDG01", "x0 = 800.0\n%1 = exp(x0)", INF, (INF,), "exp overflows to inf"),
    Edge("EDG01", "x0 = -800.0\n%1 = exp(x0)", 0.0, (0.0,), "exp underflows to 0"),
    Edge("EDG01", "x0 = 400.0\n%1 = tanh(x0)", 1.0, (0.0,), "tanh saturates at 1, with slope 0"),
    Edge("EDG01", "x0 = -800.0\n%1 = tanh(x0)", -1.0, (0.0,), "tanh saturates at -1, with slope 0"),
    Edge("EDG01", "x0 = 800.0\n%1 = sigmoid(x0)", 1.0, (0.0,), "sigmoid saturates at 1"),
    Edge("EDG01", "x0 = -800.0\n%1 = sigmoid(x0)", 0.0, (0.0,), "sigmoid saturates at 0"),
    Edge("EDG01", "x0 = 1e+200\n%1 = mul(x0, x0)", INF, (2e200,), "the product overflows to inf"),
    Edge("EDG01", "x0 = 1e+200\n%1 = pow(x0, 2)", INF, ((1.999999e200, 2.000001e200),),
         "the power overflows to inf"),  # a formula that loses digits is ACC01's affair
    Edge("EDG01", "x0 = -1e+200\n%1 = pow(x0, 2)", INF, ((-2.000001e200, -1.999999e200),),
         "an even power overflows to inf"),
    Edge("EDG01", "x0 = -1e+200\n%1 = pow(x0, 3)", -INF, (INF,), "an odd power keeps the sign"),
    Edge("EDG01", "x0 = -1e+200\n%1 = pow(x0, 5)", -INF, (INF,), "an odd power keeps the sign"),
    Edge("EDG01", "x0 = -1e-200\n%1 = pow(x0, -2)", INF, (INF,), "an even power overflows to inf"),
    Edge("EDG01", "x0 = -1e-200\n%1 = pow(x0, -3)", -INF, (-INF,), "an odd power keeps the sign"),
    Edge("EDG02", "x0 = 0.0\n%1 = log(x0)", -INF, (), "log 0 is -inf, or refused", True),
    Edge("EDG02", "x0 = 0.0\n%1 = div(1.0, x0)", INF, (), "1 / 0 is inf, or refused", True),
    Edge("EDG02", "x0 = 0.0\n%1 = pow(x0, -1)", INF, (), "0 ** -1 is inf, or refused", True),
    Edge("EDG02", "x0 = 0.0\n%1 = sqrt(x0)", 0.0, (), "sqrt 0 is 0, or refused", True),
    Edge("EDG02", "x0 = 5e-324\n%1 = sqrt(x0)", math.sqrt(5e-324), (), "it has a square root"),
    Edge("EDG03", "x0 = 0.0\n%1 = pow(x0, 0)", 1.0, (0.0,), "x ** 0 is 1 and d/dx x ** 0 = 0 at 0"),
    Edge("EDG03", "x0 = 0.0\n%1 = pow(x0, 1)", 0.0, (1.0,), "d/dx x ** 1 = 1 at 0"),
    Edge("EDG03", "x0 = 0.0\n%1 = pow(x0, 2)", 0.0, (0.0,), "d/dx x ** 2 = 0 at 0"),
    Edge("EDG03", "x0 = 0.0\n%1 = pow(x0, 1.5)", 0.0, (0.0,), "d/dx x ** 1.5 = 0 at 0"),
    Edge("EDG03", "x0 = 0.0\nx1 = 2.0\n%2 = power(x0, x1)", 0.0, (0.0, 0.0), ZERO_BASE),
    Edge("EDG03", "x0 = 0.0\nx1 = 1.0\n%2 = power(x0, x1)", 0.0, (1.0, 0.0), ZERO_BASE),
    Edge("EDG03", "x0 = 2.0\n%1 = power(0.0, x0)", 0.0, (0.0,), ZERO_BASE),
    Edge("EDG04", "x0 = -8.0\n%1 = pow(x0, 0.3333333333333333)", NAN, (),
         "it should be nan, or refused", True),
    Edge("EDG04", "x0 = -1.0\n%1 = log(x0)", NAN, (), "log -1 is not real; nan or refused", True),
    Edge("EDG04", "x0 = -1.0\n%1 = sqrt(x0)", NAN, (), "sqrt -1 is not real; nan or refused", True),
    Edge("EDG04", "x0 = -0.5\n%1 = pow(x0, 0.5)", NAN, (), "-0.5 has no real root; nan or refused",
         True),
    Edge("EDG04", "x0 = -0.5\n%1 = log(x0)", NAN, (), "log -0.5 is not real; nan or refused", True),
    Edge("EDG04", "x0 = -0.5\n%1 = sqrt(x0)", NAN, (), "sqrt -0.5 is not real; nan or refused",
         True),
    Edge("EDG04", "x0 = inf\n%1 = sin(x0)", NAN, (), "sin inf is no number; nan or refused", True),
    Edge("EDG04", "x0 = inf\n%1 = cos(x0)", NAN, (), "cos inf is no number; nan or refused", True),
    Edge("EDG04", "x0 = -2.0\nx1 = 2.0\n%2 = power(x0, x1)", 4.0, (-4.0, NAN), NO_SLOPE, True),
    Edge("EDG04", "x0 = 2.0\n%1 = power(-2.0, x0)", 4.0, (NAN,), NO_SLOPE, True),
    Edge("EDG05", "x0 = -2.0\n%1 = pow(x0, nan)", NAN, (), "nan in gives nan out"),
    Edge("EDG05", "x0 = nan\n%1 = relu(x0)", NAN, (), "nan in gives nan out"),
    Edge("EDG05", "x0 = nan\n%1 = tanh(x0)", NAN, (), "nan in gives nan out"),
    Edge("EDG05", "x0 = nan\n%1 = sigmoid(x0)", NAN, (), "nan in gives nan out"),
    Edge("EDG05", "x0 = nan\n%1 = abs(x0)", NAN, (), "nan in gives nan out"),
    Edge("EDG05", "x0 = nan\nx1 = 1.0\n%2 = max(x0, x1)", NAN, (), "nan in gives nan out"),
    Edge("EDG05", "x0 = 1.0\nx1 = nan\n%2 = max(x0, x1)", NAN, (), "nan in gives nan out"),
    Edge("EDG05", "x0 = nan\nx1 = 1.0\n%2 = min(x0, x1)", NAN, (), "nan in gives nan out"),
    Edge("EDG05", "x0 = 1.0\nx1 = nan\n%2 = min(x0, x1)", NAN, (), "nan in gives nan out"),
    Edge("EDG05", "x0 = nan\nx1 = 1.0\n%2 = mul(x0, x1)", NAN, (), "nan in gives nan out"),
    Edge("EDG06", "x0 = 5e-324\nx1 = 5e-324\n%2 = add(x0, x1)", 1e-323, (1.0, 1.0),
         "the smallest subnormal is a number like others"),
    Edge("EDG06", "x0 = 5e-324\nx1 = 2.0\n%2 = mul(x0, x1)", 1e-323, (2.0, 5e-324),
         "the smallest subnormal is a number like others"),
    Edge("EDG07", "x0 = 0.0\n%1 = relu(x0)", 0.0, ((0.0, 1.0),), "relu's slope at 0 is in [0, 1]"),
    Edge("EDG07", "x0 = 0.0\n%1 = abs(x0)", 0.0, ((-1.0, 1.0),), "abs's slope at 0 is in [-1, 1]"),
    Edge("EDG07", "x0 = 2.0\nx1 = 2.0\n%2 = max(x0, x1)", 2.0, ((0.0, 1.0), (0.0, 1.0)),
         "at a tie the two slopes of max lie in [0, 1] and add up to 1", total=1.0),
    Edge("EDG07", "x0 = 2.0\nx1 = 2.0\n%2 = min(x0, x1)", 2.0, ((0.0, 1.0), (0.0, 1.0)),
         "at a tie the two slopes of min lie in [0, 1] and add up to 1", total=1.0),
    Edge("EDG08", "x0 = 0.0\n%1 = relu(x0)", 0.0, (0.0,), "PyTorch's slope of relu at 0 is 0"),
    Edge("EDG08", "x0 = 0.0\n%1 = abs(x0)", 0.0, (0.0,), "PyTorch's slope of abs at 0 is 0"),
    Edge("EDG08", "x0 = 2.0\nx1 = 2.0\n%2 = max(x0, x1)", 2.0, (0.5, 0.5),
         "PyTorch gives a half each at a tie"),
    Edge("EDG08", "x0 = 2.0\nx1 = 2.0\n%2 = min(x0, x1)", 2.0, (0.5, 0.5),
         "PyTorch gives a half each at a tie"),
    Edge("EDG09", "x0 = nan\n%1 = relu(x0)", None, (NAN,), NO_SIDE),
    Edge("EDG09", "x0 = nan\n%1 = abs(x0)", None, (NAN,), NO_SIDE),
    Edge("EDG09", "x0 = nan\nx1 = 1.0\n%2 = max(x0, x1)", None, (NAN, None), NO_SIDE),
    Edge("EDG09", "x0 = 1.0\nx1 = nan\n%2 = max(x0, x1)", None, (None, NAN), NO_SIDE),
    Edge("EDG09", "x0 = nan\nx1 = 1.0\n%2 = min(x0, x1)", None, (NAN, None), NO_SIDE),
    Edge("EDG09", "x0 = 1.0\nx1 = nan\n%2 = min(x0, x1)", None, (None, NAN), NO_SIDE),
    Edge("EDG09", "x0 = nan\nx1 = 2.0\n%2 = power(x0, x1)", None, (NAN, NAN),
         "of x ** n both slopes hold the nan"),
    Edge("EDG10", "x0 = 0.0\n%1 = sqrt(x0)", 0.0, (INF,), "sqrt 0 is 0, with slope inf"),
    Edge("EDG10", "x0 = 0.0\n%1 = pow(x0, 0.5)", 0.0, (INF,), "0 ** 0.5 is 0, with slope inf"),
    Edge("EDG10", "x0 = -0.0\n%1 = pow(x0, 0.25)", 0.0, (INF,), "0 ** 0.25 is 0, with slope inf"),
)  # fmt: skip
