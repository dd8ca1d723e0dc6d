"""The ball oracle: the reverse sweep in Arb ball arithmetic, wide enough for every right engine.

Inputs are exact float64. After every primal and every partial the ball is widened by the
operation's ``accuracy`` (units of 2**-53, relative) and the smallest subnormal; where ``k``
contributions meet in one adjoint, by ``k`` units of the sum of their magnitudes, since an engine
may add them in any order. The result encloses what every correct float64 engine can print,
whatever its order of evaluation: a gradient outside is wrong. No tolerance is tuned anywhere. For
engines of float32 the unit is 2**-24, and the inputs are float32 numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flint import arb

from verify.oracles.answer import Answer, Trouble
from verify.oracles.arb_system import ArbSystem, Ball, precision
from verify.program import Instruction, Program, Ref
from verify.program.floats import FLOAT64, Floats
from verify.program.ops import Op

PRECISION = 80


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction made ready for many points."""

    index: int
    instruction: Instruction
    row: Op
    same_node: bool

    @classmethod
    def of(cls, index: int, instruction: Instruction, rows: Mapping[str, Op]) -> Step:
        """Make an instruction ready."""
        refs = instruction.refs
        kinked = instruction.op in {"max", "min"}
        same = kinked and len(refs) == 2 and refs[0] == refs[1]
        return cls(index, instruction, rows.get(instruction.op, instruction.row), same)


class BallOracle:
    """Encloses every number a correct engine can print.

    Args:
        unit: the relative rounding of one operation of the engines meant, 2**-53 for float64.
        rows: rules to use for some operations instead of those of OPS, as wide as a formula is.
        floats: the numbers that the engines meant compute with; ``unit`` is theirs if not given.
    """

    name = "ball"

    def __init__(
        self,
        unit: float | None = None,
        rows: Mapping[str, Op] = MappingProxyType({}),
        floats: Floats = FLOAT64,
    ) -> None:
        self._system = ArbSystem(floats.unit if unit is None else unit, floats.smallest)
        self._rows = rows
        self._floats = floats
        self._large, self._small = arb(floats.large), arb(floats.small)

    def among(self, floats: Floats) -> BallOracle:
        """The same oracle for engines of other numbers."""
        return self if floats == self._floats else BallOracle(rows=self._rows, floats=floats)

    def answers(
        self, program: Program, points: list[tuple[Any, ...]], seed: float = 1.0
    ) -> list[Answer]:
        """One answer for each point.

        A coordinate is a float64 number, or a ball: then the answer holds at every number in it.
        """
        steps = [Step.of(index, instruction, self._rows) for index, instruction in program.steps()]
        with precision(PRECISION):
            return [self._answer(program, steps, point, seed) for point in points]

    def _answer(
        self, program: Program, steps: list[Step], point: tuple[Any, ...], seed: float
    ) -> Answer:
        troubles: list[Trouble] = []
        primals: list[Ball] = [arb(x) for x in point]
        for index, ball in enumerate(primals):
            self._range(ball, index, troubles)
        for step in steps:
            operands = operands_of(step.instruction, primals)
            if (reason := outside(step.instruction, operands)) is not None:
                nothing = (None,) * len(program)
                return Answer(nothing, nothing, (Trouble(reason, step.index),))
            primals.append(self._primal(step, operands, troubles))
        adjoints = self._adjoints(program, steps, primals, seed, troubles)
        if any(
            ball.rel_accuracy_bits() < self._floats.power_bits for ball in (*primals, *adjoints)
        ):
            troubles += self._wide(program, steps, primals, adjoints)
        return Answer(tuple(primals), tuple(adjoints), tuple(troubles))

    def _primal(self, step: Step, operands: list[Any], troubles: list[Trouble]) -> Ball:
        row = step.row
        value = self._system.widened(row.primal(self._system, *operands), row.accuracy)
        self._range(value, step.index, troubles)
        if not step.same_node and any(arb(q).contains(0) for q in row.kinks(*operands)):
            troubles.append(Trouble("kink", step.index))
        return value

    def _adjoints(
        self,
        program: Program,
        steps: list[Step],
        primals: list[Ball],
        seed: float,
        troubles: list[Trouble],
    ) -> list[Ball]:
        terms: list[list[Ball]] = [[] for _ in primals]
        adjoints: list[Ball] = [arb(0)] * len(primals)
        for step in reversed(steps):
            adjoint = self._adjoint(program, step.index, terms, seed, troubles)
            if adjoint is not None:
                adjoints[step.index] = adjoint
                self._pull_back(step, adjoint, primals, terms)
        for index in range(program.n_inputs):
            adjoint = self._adjoint(program, index, terms, seed, troubles)
            if adjoint is not None:
                adjoints[index] = adjoint
        return adjoints

    def _adjoint(
        self,
        program: Program,
        index: int,
        terms: list[list[Ball]],
        seed: float,
        troubles: list[Trouble],
    ) -> Ball | None:
        if index == program.output:
            return arb(seed)
        if not terms[index]:
            return None
        adjoint = self._system.accumulated(terms[index])
        self._range(adjoint, index, troubles)
        return adjoint

    def _range(self, ball: Ball, index: int, troubles: list[Trouble]) -> None:
        size = abs(ball)
        if not size <= self._large:  # nan is not
            troubles.append(Trouble("overflow", index))
        elif size < self._small and not ball.contains(0):
            troubles.append(Trouble("underflow", index))

    def _pull_back(
        self, step: Step, adjoint: Ball, primals: list[Ball], terms: list[list[Ball]]
    ) -> None:
        row = step.row
        operands = operands_of(step.instruction, primals)
        for slot, operand in enumerate(step.instruction.operands):
            if not isinstance(operand, Ref):
                continue
            partial = self._partial(step, slot, primals[step.index], operands)
            if isinstance(partial, int):
                terms[operand.index].append(adjoint * partial)
            else:
                terms[operand.index].append(adjoint * self._system.widened(partial, row.accuracy))

    def _partial(self, step: Step, slot: int, value: Ball, operands: list[Any]) -> Ball | int:
        if step.same_node:  # max(v, v) is v: whatever the engine picks adds up to 1
            return 1 - slot
        partial: Ball | int = step.row.partial(slot)(self._system, value, *operands)
        return partial

    def _wide(
        self, program: Program, steps: list[Step], primals: list[Ball], adjoints: list[Ball]
    ) -> list[Trouble]:
        """The values whose enclosure is wide beside what it was computed from.

        A sum that cancels is narrow beside its terms, and that is what gives power: an engine that
        drops or alters a term is seen. The terms' magnitudes are those of the same two sweeps with
        absolute values (the denominator of the condition number), in plain floats.
        """
        ups = [magnitude(ball) for ball in primals[: program.n_inputs]]
        partials: list[list[tuple[int, float]]] = []
        for step in steps:
            operands = operands_of(step.instruction, primals)
            row = [
                (o.index, magnitude(self._partial(step, slot, primals[step.index], operands)))
                for slot, o in enumerate(step.instruction.operands)
                if isinstance(o, Ref)
            ]
            partials.append(row)
            through = sum(partial * ups[index] for index, partial in row)
            ups.append(max(through, magnitude(primals[step.index])))
        downs = [0.0] * len(primals)
        downs[-1] = magnitude(adjoints[-1])
        for step, row in zip(reversed(steps), reversed(partials), strict=True):
            for index, partial in row:
                downs[index] += downs[step.index] * partial
        return [
            Trouble("wide", index)
            for balls, scales in ((primals, ups), (adjoints, downs))
            for index, (ball, scale) in enumerate(zip(balls, scales, strict=True))
            if not narrow(ball, scale, self._floats)
        ]


def operands_of(instruction: Instruction, primals: list[Ball]) -> list[Any]:
    """The operands' balls, numbers left as they are."""
    return [primals[o.index] if isinstance(o, Ref) else o for o in instruction.operands]


def outside(instruction: Instruction, operands: list[Any]) -> str | None:
    """``domain`` if the operands are not certainly inside the operation's domain."""
    for margin in instruction.row.domain(*operands):
        quantity = arb(margin.quantity)
        inside = quantity > 0 if margin.relation == ">" else not quantity.contains(0)
        if not inside:
            return "domain"
    return None


def magnitude(number: Ball | float) -> float:
    """The size of a ball's midpoint."""
    return abs(float(arb(number).mid()))


def narrow(ball: Ball, scale: float, floats: Floats = FLOAT64) -> bool:
    """Whether a ball is narrow beside the magnitude of what it was computed from."""
    return float(ball.rad()) <= max(scale * 2.0**-floats.power_bits, floats.negligible)
