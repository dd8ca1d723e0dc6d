"""SymPy's expressions as straight-line tapes over Arb balls."""

from __future__ import annotations

import operator
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


Step = tuple[Callable[..., Ball], int, int]
"""A function, and the places of its operands; -1 for one it does not have."""


@dataclass(frozen=True, slots=True)
class Tape:
    """SymPy expressions as one list of operations, common subexpressions shared.

    Attributes:
        sources: the values that are loaded first, by their index.
        numbers: what makes each number, in the precision in force; they follow the values.
        steps: each makes the next from one or two of what is there.
        outputs: where each expression's value is.
    """

    sources: tuple[int, ...]
    numbers: tuple[Callable[[], Ball], ...]
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]

    @classmethod
    def of(cls, expressions: Sequence[Any], inputs: dict[Any, int]) -> Tape:
        """Flatten expressions whose free symbols are ``inputs`` (symbol -> value index)."""
        builder = _Builder(inputs, _leaves(expressions))
        outputs = tuple(builder.place(expression) for expression in expressions)
        return cls(builder.sources, builder.numbers, tuple(builder.steps), outputs)

    def run(self, values: Sequence[Ball]) -> list[Ball]:
        """Evaluate every expression at a point, in the precision in force."""
        done = [values[i] for i in self.sources]
        done += [number() for number in self.numbers]
        for function, i, j in self.steps:
            done.append(function(done[i]) if j < 0 else function(done[i], done[j]))
        return [done[i] for i in self.outputs]

    def compiled(self) -> Callable[..., Ball]:
        """The first expression as a Python function of all values, for tapes that are used often.

        Its text holds nothing but names made here.
        """
        known: dict[str, Any] = {f"n{k}": number for k, number in enumerate(self.numbers)}
        places = [f"v{i}" for i in self.sources] + [f"n{k}()" for k in range(len(self.numbers))]
        lines = []
        for k, (function, i, j) in enumerate(self.steps):
            if (sign := SIGNS.get(function)) is not None:
                lines.append(f"    s{k} = {places[i]} {sign} {places[j]}")
            else:
                known[f"f{k}"] = function
                operands = places[i] if j < 0 else f"{places[i]}, {places[j]}"
                lines.append(f"    s{k} = f{k}({operands})")
            places.append(f"s{k}")
        values = ", ".join(f"v{i}" for i in range(max(self.sources, default=-1) + 1))
        head = f"def tape({values + ', ' if values else ''}*_):"
        text = "\n".join([head, *lines, f"    return {places[self.outputs[0]]}"])
        exec(text, known)  # noqa: S102
        made: Callable[..., Ball] = known["tape"]
        return made


SIGNS: dict[Callable[..., Any], str] = {operator.add: "+", operator.mul: "*"}


class _Builder:
    """Places expressions on the tape in post-order, each once, without recursion."""

    def __init__(self, inputs: dict[Any, int], leaves: Sequence[Any]) -> None:
        values = [leaf for leaf in leaves if leaf in inputs]
        numbers = [leaf for leaf in leaves if leaf not in inputs]
        self.sources = tuple(inputs[leaf] for leaf in values)
        self.numbers = tuple(_number(leaf) for leaf in numbers)
        self.steps: list[Step] = []
        self._at = {leaf: place for place, leaf in enumerate([*values, *numbers])}
        self._length = len(self._at)

    def place(self, root: Any) -> int:
        """The place of ``root`` on the tape."""
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
            self._at[node] = self._add(node, [self._at[child] for child in operands])
        return self._at[root]

    def _add(self, node: Any, places: list[int]) -> int:
        function, first = _function(node), places[0]
        if len(places) == 1:
            return self._step(function, first, -1)
        for other in places[1:]:  # sums and products of many are taken two by two
            first = self._step(function, first, other)
        return first

    def _step(self, function: Callable[..., Ball], i: int, j: int) -> int:
        self.steps.append((function, i, j))
        self._length += 1
        return self._length - 1


def _operands(node: Any) -> tuple[Any, ...]:
    if node.is_Pow and node.exp.is_Rational:
        return (node.base,)
    return tuple(node.args)


def _leaves(roots: Sequence[Any]) -> list[Any]:
    """The symbols and numbers that expressions are made of, in the order they are met."""
    seen: dict[Any, bool] = {}
    stack = list(reversed(roots))
    while stack:
        node = stack.pop()
        if node not in seen:
            operands = _operands(node)
            seen[node] = not operands
            stack.extend(reversed(operands))
    return [node for node, is_leaf in seen.items() if is_leaf]


def _number(leaf: Any) -> Callable[[], Ball]:
    if isinstance(leaf, sympy_system().Constant):
        value = leaf.value
        return lambda: arb(value)
    if leaf.is_Rational:
        p, q = int(leaf.p), int(leaf.q)
        return lambda: arb(p) / q
    made: Callable[[], Ball] = arb.const_e  # by exp(x / x): OPS has no other constants
    return made


def _function(node: Any) -> Callable[..., Ball]:
    if node.is_Add:
        return operator.add
    if node.is_Mul:
        return operator.mul
    if node.is_Pow:
        return _pow_by(node.exp) if node.exp.is_Rational else _pow
    return _functions()[node.func]


def _pow_by(exponent: Any) -> Callable[[Ball], Ball]:
    p, q = int(exponent.p), int(exponent.q)
    if q == 1:
        return lambda x: integer_power(x, p)
    return lambda x: x ** (arb(p) / q)


def _pow(x: Ball, y: Ball) -> Ball:
    return (y * x.log()).exp()


def _sign(x: Ball) -> Ball:
    if x > 0:
        return arb(1)
    return arb(-1) if x < 0 else hull(-1, 1)


@cache
def _functions() -> dict[Any, Callable[[Ball], Ball]]:
    import sympy

    system = sympy_system()
    return {
        sympy.exp: arb.exp,
        sympy.log: arb.log,
        sympy.sin: arb.sin,
        sympy.cos: arb.cos,
        sympy.tanh: arb.tanh,
        system.Modulus: abs,
        system.Sign: _sign,
    }
