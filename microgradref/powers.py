"""x**n over the reals: its domain, its value as IEEE 754 has it, and its two slopes."""

from __future__ import annotations

import math

from microgradref.errors import outside


def check_base(x: float, label: str, n: float) -> None:
    """Raise ``DomainError`` where x**n is not real: n < 0 at x = 0, n not an integer at x < 0."""
    if x == 0.0 and n < 0.0:
        raise outside("pow", x, label, f"x != 0 of the negative exponent {n!r}")
    if x < 0.0 and n == n and not n.is_integer():
        raise outside("pow", x, label, f"x >= 0 of the non-integer exponent {n!r}")


def check_variable_exponent(x: float, label: str, n: float) -> None:
    """Raise ``DomainError`` where d/dn x**n is not real: that is for every x < 0."""
    if x < 0.0:
        raise outside("pow", x, label, "x >= 0 of an exponent that is a Value")
    check_base(x, label, n)


def power(x: float, n: float) -> float:
    """x**n inside its domain, and its one-sided limit, infinity, for n < 0 at x = 0.

    Overflow gives a signed infinity. x**0 and 1**n are 1 even where the other operand is nan.
    """
    try:
        return math.pow(x, n)
    except (OverflowError, ValueError):
        # Only an odd power keeps the sign of its base.
        return math.copysign(math.inf, x) if n % 2.0 == 1.0 else math.inf


def base_slope(x: float, n: float) -> float:
    """d/dx x**n = n x**(n-1); 0 for n = 0, also at x = 0 where the formula is 0 * infinity."""
    return n * power(x, n - 1.0) if n != 0.0 else 0.0


def exponent_slope(x: float, value: float) -> float:
    """d/dn x**n = x**n log x, given ``value`` = x**n; 0 at x = 0."""
    return value * math.log(x) if x != 0.0 else 0.0
