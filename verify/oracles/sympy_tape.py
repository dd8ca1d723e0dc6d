"""SymPy's expressions as straight-line tapes over Arb balls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from flint import arb

from verify.oracles.arb_system import Ball, hull, integer_power


@cache
def sympy_system() -> Any:
    """SymPy as a number system, imported on first use because SymPy takes half a second."""
    from verify.oracles import sympy_system

    return sympy_system


@dataclass(frozen=True, slots=True)
class Tape:
    """SymPy expressions as one list of operations, common subexpressions shared.

    Each step is (function, indices of its operands among the steps before).
    """

    steps: tuple[tuple[Callable[..., Ball], tuple[int, ...]], ...]
    outputs: tuple[int, ...]

    @classmethod
    def of(cls, expressions: Sequence[Any], inputs: dict[Any, int]) -> Tape:
        """Flatten expressions whose free symbols are ``inputs`` (symbol -> value index)."""
        builder = _Builder(inputs)
        outputs = tuple(builder.place(expression) for expression in expressions)
        return cls(tuple(builder.steps), outputs)

    def run(self, values: Sequence[Ball]) -> list[Ball]:
        """Evaluate every expression at a point, in the precision in force."""
        done: list[Ball] = []
        for function, operands in self.steps:
            done.append(function(values, *[done[i] for i in operands]))
        return [done[i] for i in self.outputs]


class _Builder:
    """Places expressions on the tape in post-order, each once, without recursion."""

    def __init__(self, inputs: dict[Any, int]) -> None:
        self._inputs = inputs
        self._at: dict[Any, int] = {}
        self.steps: list[tuple[Callable[..., Ball], tuple[int, ...]]] = []

    def place(self, root: Any) -> int:
        """The index of ``root`` on the tape."""
        stack = [root]
        while stack:
            node = stack[-1]
            if node in self._at:
                stack.pop()
                continue
            operands = _operands(node)
            if waiting := [child for child in operands if child not in self._at]:
                stack.extend(waiting)
                continue
            stack.pop()
            self._at[node] = len(self.steps)
            self.steps.append((self._function(node), tuple(self._at[c] for c in operands)))
        return self._at[root]

    def _function(self, node: Any) -> Callable[..., Ball]:
        system = sympy_system()
        if isinstance(node, system.Constant):
            return _load_number(node.value)
        if node.is_Symbol:
            return _load_value(self._inputs[node])
        if node.is_Rational:
            return _load_ratio(int(node.p), int(node.q))
        if node.is_NumberSymbol:
            return _load_e  # exp(x / x) is the only way to one: OPS has no other constants
        if node.is_Add:
            return _add
        if node.is_Mul:
            return _mul
        if node.is_Pow:
            return _pow_by(node.exp) if node.exp.is_Rational else _pow
        return _functions()[node.func]


def _operands(node: Any) -> tuple[Any, ...]:
    if node.is_Pow and node.exp.is_Rational:
        return (node.base,)
    return tuple(node.args)


def _load_number(value: float) -> Callable[..., Ball]:
    return lambda _values: arb(value)


def _load_value(index: int) -> Callable[..., Ball]:
    return lambda values: values[index]


def _load_ratio(p: int, q: int) -> Callable[..., Ball]:
    return lambda _values: arb(p) / q


def _load_e(_values: Any) -> Ball:
    return arb.const_e()


def _add(_values: Any, *terms: Ball) -> Ball:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _mul(_values: Any, *factors: Ball) -> Ball:
    product = factors[0]
    for factor in factors[1:]:
        product = product * factor
    return product


def _pow_by(exponent: Any) -> Callable[..., Ball]:
    p, q = int(exponent.p), int(exponent.q)
    if q == 1:
        return lambda _values, x: integer_power(x, p)
    return lambda _values, x: x ** (arb(p) / q)


def _pow(_values: Any, x: Ball, y: Ball) -> Ball:
    return (y * x.log()).exp()


def _sign(_values: Any, x: Ball) -> Ball:
    if x > 0:
        return arb(1)
    return arb(-1) if x < 0 else hull(-1, 1)


@cache
def _functions() -> dict[Any, Callable[..., Ball]]:
    import sympy

    system = sympy_system()
    return {
        sympy.exp: lambda _values, x: x.exp(),
        sympy.log: lambda _values, x: x.log(),
        sympy.sin: lambda _values, x: x.sin(),
        sympy.cos: lambda _values, x: x.cos(),
        sympy.tanh: lambda _values, x: x.tanh(),
        system.Modulus: lambda _values, x: abs(x),
        system.Sign: _sign,
    }
