"""The text form: one instruction a line, for people; it round-trips.

A program begins with its inputs, a case gives each input a value:

    inputs x0 x1              x0 = 1.25
    %2 = mul(x0, x1)          x1 = -2.0
    %3 = add(2, %2)           %2 = mul(x0, x1)
                              %3 = add(2, %2)

A seed other than 1 is a last line ``seed = 0.5``.
"""

from __future__ import annotations

import re

from verify.program.case import Case
from verify.program.program import Instruction, Operand, Program, ProgramError, Ref

_LINE = re.compile(r"%(\d{1,9}) = ([a-z_]+)\((.*)\)")
_INPUT = re.compile(r"x(\d{1,9}) = (\S+)")
_REF = re.compile(r"(?:x|%)(\d{1,9})")
_INT = re.compile(r"-?\d{1,20}")


def operand_text(program: Program, operand: Operand) -> str:
    """An operand as the text form spells it."""
    return program.name(operand.index) if isinstance(operand, Ref) else repr(operand)


def instruction_text(program: Program, index: int) -> str:
    """One instruction as the text form spells it: ``%2 = mul(x0, x1)``."""
    instruction = program.at(index)
    operands = ", ".join(operand_text(program, o) for o in instruction.operands)
    return f"%{index} = {instruction.op}({operands})"


def program_text(program: Program) -> str:
    """A program in the text form."""
    inputs = " ".join(f"x{i}" for i in range(program.n_inputs))
    return "\n".join([f"inputs {inputs}", *_body(program)])


def case_text(case: Case) -> str:
    """A case in the text form."""
    lines = [f"x{i} = {value!r}" for i, value in enumerate(case.point)]
    lines += _body(case.program)
    if case.seed != 1.0:
        lines.append(f"seed = {case.seed!r}")
    return "\n".join(lines)


def _body(program: Program) -> list[str]:
    return [instruction_text(program, index) for index, _ in program.steps()]


def parse_program(text: str) -> Program:
    """Read a program from its text form.

    Raises:
        ProgramError: naming the line that cannot be read.
    """
    lines = _lines(text)
    if not lines or not lines[0].startswith("inputs "):
        raise ProgramError("a program begins with a line 'inputs x0 x1 ...'")
    names = lines[0].split()[1:]
    if names != [f"x{i}" for i in range(len(names))]:
        raise ProgramError(f"inputs are named x0, x1, ... in order, not {' '.join(names)}")
    return Program(len(names), _instructions(lines[1:], len(names)))


def parse_case(text: str) -> Case:
    """Read a case from its text form.

    Raises:
        ProgramError: naming the line that cannot be read.
    """
    lines = _lines(text)
    point: list[float] = []
    while len(point) < len(lines) and (match := _INPUT.fullmatch(lines[len(point)])):
        if int(match[1]) != len(point):
            raise ProgramError(f"expected x{len(point)}, found {lines[len(point)]!r}")
        point.append(_float(match[2]))
    seed = 1.0
    if lines and lines[-1].startswith("seed = "):
        seed = _float(lines.pop()[len("seed = ") :])
    program = Program(len(point), _instructions(lines[len(point) :], len(point)))
    return Case(program, tuple(point), seed)


def _lines(text: str) -> list[str]:
    return [line for raw in text.splitlines() if (line := raw.split("#")[0].strip())]


def _instructions(lines: list[str], n_inputs: int) -> tuple[Instruction, ...]:
    found = []
    for index, line in enumerate(lines, n_inputs):
        match = _LINE.fullmatch(line)
        if match is None:
            raise ProgramError(f"cannot read the instruction {line[:80]!r}")
        if int(match[1]) != index:
            raise ProgramError(f"expected %{index}, found {line[:80]!r}")
        operands = [part.strip() for part in match[3].split(",")] if match[3].strip() else []
        found.append(Instruction(match[2], tuple(_operand(part) for part in operands)))
    return tuple(found)


def _operand(part: str) -> Operand:
    if match := _REF.fullmatch(part):
        return Ref(int(match[1]))
    return int(part) if _INT.fullmatch(part) else _float(part)


def _float(part: str) -> float:
    try:
        return float(part)
    except ValueError:
        raise ProgramError(f"{part[:40]!r} is neither a value nor a number") from None
