"""The one error that leaving the real numbers raises."""

from __future__ import annotations


class DomainError(ArithmeticError, ValueError):
    """An operation was asked for a point where it has no real value or no real derivative.

    It is an ``ArithmeticError`` and a ``ValueError`` at once, so a caller who already guards
    against ``ZeroDivisionError``'s family or against ``math``'s ``ValueError`` guards against it.
    """


def outside(operation: str, data: float, label: str, domain: str) -> DomainError:
    """Return the error that names the operation, its operand and the domain that was left."""
    name = f" ({label!r})" if label else ""
    return DomainError(f"{operation}: operand {data!r}{name} is outside the domain {domain}")
