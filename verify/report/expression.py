"""A program as people write it: ``let %1 = exp(x0)``, then ``%1 * %1``."""

from __future__ import annotations

import re

from verify.program import Case, Instruction, Program

MOST = 120
"""Instructions of the longest program that is written as an expression."""
MOST_LINES = 4
"""Lines of the longest expression that is told in a sentence."""
PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 4}
ATOM, NEGATIVE = 9, 3


def expression(case: Case) -> list[str] | None:
    """Lines that define the shared values, then the output; None for a program too long to read.

    A value that is used once is written where it is used; one that is used more often, or never,
    gets a name.
    """
    program = case.program
    if len(program.instructions) > MOST:
        return None
    uses = program.uses()
    texts = [(f"x{index}", ATOM) for index in range(program.n_inputs)]
    lines = []
    for index, instruction in program.steps():
        text, rank = _written(instruction, texts)
        if index != program.output and uses[index] != 1:
            lines.append(f"let {program.name(index)} = {text}")
            text, rank = program.name(index), ATOM
        texts.append((text, rank))
    return [*lines, texts[program.output][0]]


def in_one_line(case: Case, quantity: str | None) -> str:
    """``Written out: d/dx0 of 3 - x0``; with ``where %1 = exp(x0)`` for what is shared.

    Empty for a program too long to read so.
    """
    lines = expression(case)
    if lines is None or len(lines) > MOST_LINES:
        return ""
    *shared, output = lines
    asked = derivative(case.program, quantity)
    where = ", ".join(line.removeprefix("let ") for line in shared)
    said = " ".join(part for part in ("Written out:", asked, output) if part)
    return f"{said}, where {where}" if where else said


def derivative(program: Program, quantity: str | None) -> str:
    """What is asked of it: ``d/dx0 of``, ``the value of %1 in``; or nothing."""
    names = re.findall(r"[x%](\d+)", quantity or "")
    if not names:
        return ""
    name = program.name(int(names[-1]))
    return f"d/d{name} of" if "/" in (quantity or "") else f"the value of {name} in"


def _written(instruction: Instruction, texts: list[tuple[str, int]]) -> tuple[str, int]:
    operands = [_operand(o, texts) for o in instruction.operands]
    sign = re.fullmatch(r"\{0\} (\S+) \{1\}", instruction.row.spelling[0])
    if sign is not None and sign[1] in PRECEDENCE:
        rank = PRECEDENCE[sign[1]]
        power = sign[1] == "**"
        left = _bracketed(operands[0], rank + power)
        right = _bracketed(operands[1], rank + (not power))
        return f"{left} {sign[1]} {right}", rank
    if instruction.op == "neg":
        return f"-{_bracketed(operands[0], NEGATIVE)}", NEGATIVE
    return f"{instruction.op}({', '.join(text for text, _ in operands)})", ATOM


def _operand(operand: object, texts: list[tuple[str, int]]) -> tuple[str, int]:
    if isinstance(operand, int | float):
        text = repr(operand)
        return text, NEGATIVE if text.startswith("-") else ATOM
    return texts[operand.index]  # type: ignore[attr-defined]


def _bracketed(operand: tuple[str, int], least: int) -> str:
    text, rank = operand
    return text if rank >= least else f"({text})"
