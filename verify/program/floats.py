"""The floating-point numbers that engines compute with: float64 mostly, float32 in some.

Sources: IEEE 754-2019, table 3.5. ``unit`` is half the distance between 1 and the next number.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from verify.program.program import MAX_INT, Instruction, Operand, Program, Ref


@dataclass(frozen=True, slots=True)
class Floats:
    """One format.

    Attributes:
        bits: its width.
        unit: the most that one rounding loses, relative.
        smallest: the smallest subnormal: the most that a rounding to it loses, absolute.
        large, small: beyond these a right engine's formula may overflow or underflow inside, as
            ``-a / b**2`` does: about the cube roots of the largest and the smallest number.
        negligible: an enclosure this narrow has power, however small its number is.
        power_bits: an enclosure has power if it is narrower than ``2**-power_bits`` of the numbers
            it was summed from. Less is asked where numbers have fewer bits.
    """

    bits: int
    unit: float
    smallest: float
    large: float
    small: float
    negligible: float
    power_bits: int

    @property
    def reach(self) -> float:
        """Up to which x the ``exp(2 * x)`` in a formula of tanh is finite: ``large`` cubed is."""
        return 1.5 * math.log(self.large)

    def fit(self, number: float) -> float:
        """The nearest number of the format; infinite beyond its largest."""
        if self.bits == 64:
            return number
        try:
            (fitted,) = struct.unpack("<f", struct.pack("<f", number))
        except OverflowError:
            return math.copysign(math.inf, number)
        return float(fitted)

    def fit_point(self, point: Sequence[float]) -> tuple[float, ...]:
        """The point that an engine of this format truly holds."""
        return tuple(map(self.fit, point))

    def fit_program(self, program: Program) -> Program:
        """The program with the numbers in it as an engine of this format holds them."""
        if self.bits == 64:
            return program
        steps = tuple(
            Instruction(step.op, tuple(_fitted(self.fit, o) for o in step.operands))
            for step in program.instructions
        )
        return Program(program.n_inputs, steps)


def _fitted(fit: Callable[[float], float], operand: Operand) -> Operand:
    if isinstance(operand, Ref):
        return operand
    if type(operand) is int:
        whole = int(fit(float(operand)))
        return whole if abs(whole) <= MAX_INT else operand
    return fit(operand)


FLOAT64 = Floats(64, 2.0**-53, 2.0**-1074, 1e100, 1e-100, 1e-300, 20)
FLOAT32 = Floats(32, 2.0**-24, 2.0**-149, 1e12, 1e-12, 1e-36, 8)
FLOATS: dict[int, Floats] = {floats.bits: floats for floats in (FLOAT64, FLOAT32)}
"""By width in bits."""
