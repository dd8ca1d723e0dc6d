"""The symbolic oracle: SymPy differentiates; no partial and no reverse sweep of ours.

``sympy.diff`` sees a tree: a shared DAG expands, and time with it. So the work is bounded: a
program whose tree is small is built and differentiated whole. A larger one is cut at every value
into equations that SymPy differentiates one by one (see equations.py), and each input is followed
through them; of so many inputs that this would pass a budget, some. The answer says which was done.
Derivatives are evaluated in exact ball arithmetic, at a precision raised until the result is known
to float64 and beyond. One derivative serves every point of a program.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flint import arb

from verify.oracles.answer import Answer, Trouble
from verify.oracles.arb_system import Ball, precision
from verify.oracles.equations import Equations
from verify.oracles.sympy_tape import Tape, sympy_system
from verify.program import Instruction, Program, Ref

TREE_LIMIT = 6
"""Nodes of the largest expression tree given to SymPy whole."""
DEGREE_LIMIT = 64
"""Polynomial degree above which a program is cut, so that SymPy's exact numbers stay small."""
WORK = 1_000_000
"""Equations times inputs followed, at each point: above it, inputs evenly spaced are followed."""
PRECISIONS = (128, 1280, 4096)
ENOUGH_BITS = 70
NOTHING = arb(1e-300)
"""Beside float64: a sum that cancels exactly need not be known better."""

Evaluate = Callable[[Sequence[float], float], tuple[list[Ball | None], list[Ball | None]]]
"""Primals and adjoints at a point for a seed, in the precision in force."""


class SymbolicOracle:
    """Encloses the exact value and gradient: SymPy's derivative at the exact inputs."""

    name = "symbolic"

    def answers(
        self, program: Program, points: list[tuple[float, ...]], seed: float = 1.0
    ) -> list[Answer]:
        """One answer for each point: the output, every input's adjoint; if cut, all primals."""
        evaluate, how = _derivative(program)
        return [_precise(program, evaluate, point, seed, how) for point in points]


def _derivative(program: Program) -> tuple[Evaluate, str]:
    """How to evaluate a program's derivative, and how it was made."""
    if is_small(program):
        return _whole(program), "whole"
    followed = followed_inputs(program)
    how = f"cut at {len(program.instructions) - 1} values"
    if len(followed) < program.n_inputs:
        how += f"; {len(followed)} of {program.n_inputs} inputs followed"
    return _cut(program, followed), how


def is_small(program: Program) -> bool:
    """Whether SymPy takes the expression whole."""
    size, degree = [1] * program.n_inputs, [1.0] * program.n_inputs
    for index, instruction in program.steps():
        size.append(1 + sum(size[ref] for ref in instruction.refs))
        degree.append(_degree(instruction, degree))
        if size[index] > TREE_LIMIT or not degree[index] <= DEGREE_LIMIT:
            return False
    return True


def followed_inputs(program: Program) -> range:
    """The inputs whose derivatives are made where a program is cut: all, if the budget allows."""
    most = max(1, WORK // max(1, len(program.instructions)))
    return range(0, program.n_inputs, -(-program.n_inputs // most))


def _degree(instruction: Instruction, degree: list[float]) -> float:
    degrees = [degree[ref] for ref in instruction.refs]
    if instruction.op in {"mul", "div", "imul", "idiv"}:
        return sum(degrees)
    if instruction.op == "pow":
        exponent = instruction.operands[1]
        return degrees[0] * max(1.0, abs(exponent)) if not isinstance(exponent, Ref) else 1.0
    return max(degrees)


def _whole(program: Program) -> Evaluate:
    """SymPy builds the whole expression and differentiates it by each input."""
    symbols = sympy_system()
    inputs = [symbols.symbol(f"x{i}") for i in range(program.n_inputs)]
    expressions: list[Any] = list(inputs)
    for _, instruction in program.steps():
        operands = [
            expressions[o.index] if isinstance(o, Ref) else symbols.number(o)
            for o in instruction.operands
        ]
        expressions.append(instruction.row.primal(symbols, *operands))
    output = expressions[-1]
    free = output.free_symbols
    sources = [i for i, symbol in enumerate(inputs) if symbol in free]
    wanted = [output, *(output.diff(inputs[i]) for i in sources)]
    tape = Tape.of(wanted, {inputs[i]: i for i in sources})

    def evaluate(
        point: Sequence[float], seed: float
    ) -> tuple[list[Ball | None], list[Ball | None]]:
        values = [arb(x) for x in point]
        nothing = [None] * len(program.instructions)
        primals: list[Ball | None] = [*values, *nothing]
        adjoints: list[Ball | None] = [*[arb(0)] * program.n_inputs, *nothing]
        primals[-1], *partials = tape.run(values)
        for source, partial in zip(sources, partials, strict=True):
            adjoints[source] = seed * partial
        adjoints[-1] = arb(seed)
        return primals, adjoints

    return evaluate


def _cut(program: Program, followed: range) -> Evaluate:
    """SymPy differentiates each instruction; each input is followed through them."""
    equations = Equations(program)

    def evaluate(
        point: Sequence[float], seed: float
    ) -> tuple[list[Ball | None], list[Ball | None]]:
        registers = equations.values(point)
        adjoints: list[Ball | None] = [None] * len(program)
        for index in followed:
            adjoints[index] = seed * equations.slope(registers, index)
        adjoints[-1] = arb(seed)
        return [registers[i] for i in equations.registers], adjoints

    return evaluate


def _precise(
    program: Program, evaluate: Evaluate, point: Sequence[float], seed: float, how: str
) -> Answer:
    """Evaluate at rising precision until every number is known well beyond float64."""
    for bits in PRECISIONS:
        with precision(bits):
            primals, adjoints = evaluate(point, seed)
        known = [ball is None or _is_known(ball) for ball in (*primals, *adjoints)]
        if all(known) or (bits > PRECISIONS[0] and _undefined(program, primals, adjoints)):
            break
    troubles = _undefined(program, primals, adjoints)
    return Answer(tuple(primals), tuple(adjoints), troubles, how)


def _is_known(ball: Ball) -> bool:
    return ball.rel_accuracy_bits() >= ENOUGH_BITS or bool(abs(ball) < NOTHING)


def _undefined(program: Program, primals: Any, adjoints: Any) -> tuple[Trouble, ...]:
    known = [*primals[: program.n_inputs], primals[-1], *adjoints[: program.n_inputs]]
    if all(ball is None or ball.is_finite() for ball in known):
        return ()
    return (Trouble("domain", program.output),)
