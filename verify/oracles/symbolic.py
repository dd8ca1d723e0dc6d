"""The symbolic oracle: SymPy builds the expression and differentiates it; no chain rule of ours.

``sympy.diff`` sees a tree: a shared DAG expands, and time with it. So the work is bounded: a
program whose tree is small is differentiated whole; a larger one is cut at its shared values, and
wherever a block's tree or polynomial degree would still pass the bound. Each block is
differentiated whole by SymPy, and the blocks are joined by the chain rule; the answer says which
was done. Derivatives are evaluated in exact ball arithmetic, at a precision raised until the
result is known to float64 and beyond. One derivative serves every point of a program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb

from verify.oracles.answer import Answer, Trouble
from verify.oracles.arb_system import Ball, precision
from verify.oracles.sympy_tape import Tape, sympy_system
from verify.program import Instruction, Program, Ref

TREE_LIMIT = 24
"""Nodes of the largest expression tree given to SymPy whole."""
DEGREE_LIMIT = 64
"""Polynomial degree above which a block is cut, so that SymPy's exact numbers stay small."""
PRECISIONS = (160, 640, 4096)
ENOUGH_BITS = 70


@dataclass(frozen=True, slots=True)
class Block:
    """A cut-out expression: its value, and its derivative by each value it depends on."""

    index: int
    tape: Tape
    sources: tuple[int, ...]


class SymbolicOracle:
    """Encloses the exact value and gradient: SymPy's derivative at the exact inputs."""

    name = "symbolic"

    def answers(
        self, program: Program, points: list[tuple[float, ...]], seed: float = 1.0
    ) -> list[Answer]:
        """One answer for each point: the output, the values cut at, and every input's adjoint."""
        cuts = cut_points(program)
        blocks = _blocks(program, cuts)
        how = f"cut at {len(cuts)} values" if cuts else "whole"
        return [_precise(program, blocks, point, seed, how) for point in points]


def cut_points(program: Program) -> frozenset[int]:
    """The values at which the expression is cut; empty if SymPy takes it whole."""
    if _oversized(program, frozenset()) is None:
        return frozenset()
    uses = program.uses()
    cuts = frozenset(
        index for index, _ in program.steps() if uses[index] > 1 and index != program.output
    )
    return cuts | _oversize_cuts(program, cuts)


def _oversized(program: Program, cuts: frozenset[int]) -> int | None:
    """The first value whose block passes a limit."""
    return next(iter(_oversize_cuts(program, cuts, stop=True)), None)


def _oversize_cuts(program: Program, cuts: frozenset[int], stop: bool = False) -> frozenset[int]:
    """The operands to cut at as well, so that every block stays within the limits."""
    size, degree = [1] * program.n_inputs, [1.0] * program.n_inputs
    extra: set[int] = set()
    for index, instruction in program.steps():
        size.append(1 + sum(size[ref] for ref in instruction.refs))
        degree.append(_degree(instruction, degree))
        if size[index] > TREE_LIMIT or degree[index] > DEGREE_LIMIT:
            if stop:
                return frozenset({index})
            for ref in instruction.refs:
                if ref >= program.n_inputs:
                    extra.add(ref)
                    size[ref], degree[ref] = 1, 1.0
            size[index] = 1 + len(instruction.refs)
            degree[index] = _degree(instruction, degree)
        if index in cuts:
            size[index], degree[index] = 1, 1.0
    return frozenset(extra)


def _degree(instruction: Instruction, degree: list[float]) -> float:
    degrees = [degree[ref] for ref in instruction.refs]
    if instruction.op in {"mul", "div", "imul", "idiv"}:
        return sum(degrees)
    if instruction.op == "pow":
        exponent = instruction.operands[1]
        return degrees[0] * max(1.0, abs(exponent)) if not isinstance(exponent, Ref) else 1.0
    return max(degrees)


def _blocks(program: Program, cuts: frozenset[int]) -> list[Block]:
    symbols = sympy_system()
    expressions: list[Any] = [symbols.symbol(f"x{i}") for i in range(program.n_inputs)]
    boundary = dict(enumerate(expressions))
    blocks = []
    for index, instruction in program.steps():
        operands = [
            expressions[o.index] if isinstance(o, Ref) else symbols.number(o)
            for o in instruction.operands
        ]
        expression = instruction.row.primal(symbols, *operands)
        if index in cuts or index == program.output:
            sources = tuple(sorted(i for i, s in boundary.items() if s in expression.free_symbols))
            wanted = [expression, *(expression.diff(boundary[i]) for i in sources)]
            inputs = {boundary[i]: i for i in sources}
            blocks.append(Block(index, Tape.of(wanted, inputs), sources))
            boundary[index] = expression = symbols.symbol(f"v{index}")
        expressions.append(expression)
    return blocks


def _precise(
    program: Program, blocks: list[Block], point: Sequence[float], seed: float, how: str
) -> Answer:
    """Evaluate at rising precision until every number is known well beyond float64."""
    for bits in PRECISIONS:
        with precision(bits):
            answer = _evaluate(program, blocks, point, seed, how)
        balls = [b for b in (*answer.primals, *answer.adjoints) if b is not None]
        if all(b.rel_accuracy_bits() >= ENOUGH_BITS or b.is_zero() for b in balls):
            break
    return answer


def _evaluate(
    program: Program, blocks: list[Block], point: Sequence[float], seed: float, how: str
) -> Answer:
    primals: list[Ball | None] = [arb(x) for x in point]
    primals += [None] * len(program.instructions)
    derivatives: list[list[Ball]] = []
    for block in blocks:
        value, *partials = block.tape.run(primals)
        primals[block.index] = value
        derivatives.append(partials)
    adjoints: list[Ball | None] = [
        arb(0) if i < program.n_inputs else None for i in range(len(program))
    ]
    adjoints[program.output] = arb(seed)
    for block, partials in zip(reversed(blocks), reversed(derivatives), strict=True):
        cotangent = adjoints[block.index]
        for source, partial in zip(block.sources, partials, strict=True):
            before = adjoints[source]
            term = cotangent * partial if cotangent is not None else arb(0)
            adjoints[source] = term if before is None else before + term
    return Answer(tuple(primals), tuple(adjoints), _undefined(program, primals, adjoints), how)


def _undefined(program: Program, primals: Any, adjoints: Any) -> tuple[Trouble, ...]:
    known = [*primals[: program.n_inputs], primals[program.output], *adjoints[: program.n_inputs]]
    if all(ball is not None and ball.is_finite() for ball in known):
        return ()
    return (Trouble("domain", program.output),)
