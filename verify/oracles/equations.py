"""A program as equations ``y = f(a, b)``, each differentiated by SymPy with respect to a parameter.

The operands are unknown functions ``a(t)`` and ``b(t)``, so what SymPy answers holds wherever the
equation stands: ``d(a b)/dt = a db/dt + b da/dt``. It is asked once for each operation and kept for
every program. Following one input through the equations gives the derivative of every value by it
(forward mode), and nothing is multiplied or added up but what SymPy's formulas say: neither the
partials of OPS nor the reverse sweep of the ball oracle has a part in it. Time is linear in the
number of instructions that an input reaches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flint import arb

from verify.oracles.arb_system import Ball
from verify.oracles.sympy_tape import Tape, sympy_system
from verify.program import BY_NAME, Instruction, Program, Ref

KEPT = 1024
"""Equations kept; every exponent makes one of its own."""


@dataclass(frozen=True, slots=True)
class Equation:
    """An operation's value by its operands; its derivative by them and their derivatives."""

    value: Callable[..., Ball]
    slope: Callable[..., Ball]


@lru_cache(maxsize=KEPT, typed=True)  # 2 and 2.0 are equal and not the same
def equation_of(op: str, operands: int, exponent: float | None) -> Equation:
    """What SymPy says of one operation.

    Args:
        op: its name.
        operands: how many, an exponent that is a number left out.
        exponent: that number, or None.
    """
    import sympy

    system = sympy_system()
    t = sympy.Symbol("t")
    unknown = [sympy.Function(f"a{i}")(t) for i in range(operands)]
    fixed = () if exponent is None else (system.number(exponent),)
    value = BY_NAME[op].primal(system, *unknown, *fixed)
    names = [sympy.Symbol(f"a{i}") for i in range(operands)]
    slopes = [sympy.Symbol(f"d{i}") for i in range(operands)]
    plain = dict(zip(unknown, names, strict=True))
    moved = {a.diff(t): d for a, d in zip(unknown, slopes, strict=True)}
    slope = value.diff(t).xreplace(moved).xreplace(plain)
    places = {symbol: place for place, symbol in enumerate((*names, *slopes))}
    tapes = [Tape.of([wanted], places) for wanted in (value.xreplace(plain), slope)]
    return Equation(*(tape.compiled() for tape in tapes))


class Equations:
    """A program as equations between registers: inputs, then numbers, then results.

    Args:
        program: the program. A sum of many is several equations, of two operands each.
    """

    def __init__(self, program: Program) -> None:
        self._inputs = program.n_inputs
        self._numbers = [
            operand
            for instruction in program.instructions
            for operand in _operands(instruction)
            if not isinstance(operand, Ref)
        ]
        self._equations: list[tuple[Equation, tuple[int, ...]]] = []
        self.registers = list(range(program.n_inputs))
        """Where each value of the program is."""
        unused = iter(range(program.n_inputs, program.n_inputs + len(self._numbers)))
        for instruction in program.instructions:
            places = [
                self.registers[o.index] if isinstance(o, Ref) else next(unused)
                for o in _operands(instruction)
            ]
            self.registers.append(self._add(instruction, places))

    def _add(self, instruction: Instruction, places: list[int]) -> int:
        kept = instruction.operands[1] if instruction.op == "pow" else None
        variadic = instruction.op == "sum" and len(places) > 2
        pairs = [tuple(places[:2])] if variadic else [tuple(places)]
        for place in places[2:] if variadic else ():
            pairs.append((self._next + len(pairs) - 1, place))
        equation = equation_of(instruction.op, len(pairs[0]), kept)
        self._equations += [(equation, pair) for pair in pairs]
        return self._next - 1

    @property
    def _next(self) -> int:
        return self._inputs + len(self._numbers) + len(self._equations)

    def values(self, point: Sequence[float]) -> list[Ball]:
        """The balls in all registers, in the precision in force."""
        found = [arb(x) for x in (*point, *self._numbers)]
        for equation, places in self._equations:
            found.append(equation.value(*[found[i] for i in places]))
        return found

    def slope(self, values: Sequence[Ball], index: int) -> Ball:
        """The derivative of the output by one input, at what ``values`` gave."""
        zero = arb(0)
        slopes: list[Ball | None] = [None] * (self._inputs + len(self._numbers))
        slopes[index] = arb(1)
        for equation, places in self._equations:
            moved = [slopes[i] for i in places]
            if all(slope is None for slope in moved):
                slopes.append(None)
                continue
            given = [values[i] for i in places]
            given += [zero if slope is None else slope for slope in moved]
            slopes.append(equation.slope(*given))
        return zero if (found := slopes[self.registers[-1]]) is None else found


def _operands(instruction: Instruction) -> tuple[Any, ...]:
    """The operands that equations see: all but a number as exponent, which SymPy must know."""
    return instruction.operands[:1] if instruction.op == "pow" else instruction.operands
