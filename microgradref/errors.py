"""The one error that leaving the real numbers raises."""

from __future__ import annotations

import math


class DomainError(ArithmeticError, ValueError):
    """An operation was asked for a point where it has no real value or no real derivative.

    It is an ``ArithmeticError`` and a ``ValueError`` at once, so a caller who already guards
    against ``ZeroDivisionError``'s family or against ``math``'s ``ValueError`` guards against it.
    """


def outside(operation: str, data: float, label: str, domain: str) -> DomainError:
    """Return the error that names the operation, its operand and the domain that was left."""
    name = f" ({label!r})" if label else ""
    return DomainError(f"{operation}: operand {data!r}{name} is outside the domain {domain}")


def nonzero(divisor: float, label: str = "") -> float:
    """Return the divisor. Raises ``DomainError`` for 0 of either sign."""
    if divisor == 0.0:
        raise outside("div", divisor, label, "y != 0")
    return divisor


def finite(operation: str, x: float, label: str) -> float:
    """Return the operand, which may be nan. Raises ``DomainError`` for an infinity."""
    if math.isinf(x):
        raise outside(operation, x, label, "of finite x")
    return x
