"""Program, Case and OPS: what every layer shares."""

from verify.program.case import Case
from verify.program.ops import BY_NAME, FORMS, OPS, Margin, Op
from verify.program.program import Instruction, Operand, Program, ProgramError, Ref, alone

__all__ = [
    "BY_NAME",
    "FORMS",
    "OPS",
    "Case",
    "Instruction",
    "Margin",
    "Op",
    "Operand",
    "Program",
    "ProgramError",
    "Ref",
    "alone",
]
