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
from verify.oracles.collector import uncollected
from verify.program import Instruction, Program, Ref
from verify.program.floats import FLOAT64, Floats
from verify.program.ops import Op, Rule, everywhere, smooth

PRECISION = 80
SELECTING = frozenset({"max", "min"})


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction made ready for many points.

    Attributes:
        index: of the value it makes.
        instruction: as the program has it.
        row: its rules.
        sources: each operand's index, or None and the number.
        pulls: slot, value and rule of each partial.
        same_node: whether it selects between a value and that value.
        has_domain, has_kinks: whether there is anything to ask.
    """

    index: int
    instruction: Instruction
    row: Op
    sources: tuple[tuple[int | None, Any], ...]
    pulls: tuple[tuple[int, int, Rule], ...]
    same_node: bool
    has_domain: bool
    has_kinks: bool

    @classmethod
    def of(cls, index: int, instruction: Instruction, rows: Mapping[str, Op]) -> Step:
        """Make an instruction ready."""
        row = rows.get(instruction.op) or instruction.row
        sources = tuple(
            (o.index, None) if isinstance(o, Ref) else (None, o) for o in instruction.operands
        )
        pulls = tuple((k, i, row.partial(k)) for k, (i, _) in enumerate(sources) if i is not None)
        same = instruction.op in SELECTING and instruction.operands[0] == instruction.operands[1]
        has_domain, has_kinks = row.domain is not everywhere, row.kinks is not smooth and not same
        return cls(index, instruction, row, sources, pulls, same, has_domain, has_kinks)

    def at(self, primals: list[Ball]) -> list[Any]:
        """The operands' balls, numbers left as they are."""
        return [number if i is None else primals[i] for i, number in self.sources]


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
        return BallOracle(rows=self._rows, floats=floats)

    def answers(
        self, program: Program, points: list[tuple[Any, ...]], seed: float = 1.0
    ) -> list[Answer]:
        """One answer for each point.

        A coordinate is a float64 number, or a ball: then the answer holds at every number in it.
        """
        with precision(PRECISION), uncollected():
            steps = [Step.of(index, made, self._rows) for index, made in program.steps()]
            return [self._answer(program, steps, point, seed) for point in points]

    def _answer(
        self, program: Program, steps: list[Step], point: tuple[Any, ...], seed: float
    ) -> Answer:
        troubles: list[Trouble] = []
        primals: list[Ball] = [arb(x) for x in point]
        for index, ball in enumerate(primals):
            self._range(ball, index, troubles)
        for step in steps:
            operands = step.at(primals)
            if step.has_domain and (reason := outside(step.instruction, operands)) is not None:
                nothing = (None,) * len(program)
                return Answer(nothing, nothing, (Trouble(reason, step.index),))
            primals.append(self._primal(step, operands, troubles))
        adjoints = self._adjoints(program, steps, primals, seed, troubles)
        accuracy = min(map(arb.rel_accuracy_bits, (*primals, *adjoints)))
        if accuracy < self._floats.power_bits:
            troubles += self._wide(program, steps, primals, adjoints)
        return Answer(tuple(primals), tuple(adjoints), tuple(troubles))

    def _primal(self, step: Step, operands: list[Any], troubles: list[Trouble]) -> Ball:
        row = step.row
        value = self._system.widened(row.primal(self._system, *operands), row.accuracy)
        self._range(value, step.index, troubles)
        if step.has_kinks and any(arb(q).contains(0) for q in row.kinks(*operands)):
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
        size = ball.abs_upper()
        if not size <= self._large:  # nan is not
            troubles.append(Trouble("overflow", index))
        elif size < self._small and not ball.contains(0):
            troubles.append(Trouble("underflow", index))

    def _pull_back(
        self, step: Step, adjoint: Ball, primals: list[Ball], terms: list[list[Ball]]
    ) -> None:
        accuracy = step.row.accuracy
        for index, partial in self._partials(step, primals):
            if isinstance(partial, int):
                terms[index].append(adjoint * partial)
            else:
                terms[index].append(adjoint * self._system.widened(partial, accuracy))

    def _partials(self, step: Step, primals: list[Ball]) -> list[tuple[int, Ball | int]]:
        """Each operand that is a value, and the derivative by it."""
        if step.same_node:  # max(v, v) is v: whatever the engine picks adds up to 1, as 0 and 1 do
            return [(index, slot) for slot, index, _ in step.pulls]
        value, operands = primals[step.index], step.at(primals)
        return [(index, rule(self._system, value, *operands)) for _, index, rule in step.pulls]

    def _wide(
        self, program: Program, steps: list[Step], primals: list[Ball], adjoints: list[Ball]
    ) -> list[Trouble]:
        """The values whose enclosure is wide beside what it was computed from.

        A sum that cancels is narrow beside its terms, and that is what gives power: an engine that
        drops or alters a term is seen. The terms' magnitudes are those of the same two sweeps with
        absolute values (the denominator of the condition number), in plain floats.
        """
        ups = [magnitude(ball) for ball in primals[: program.n_inputs]]
        rows: list[tuple[Step, list[tuple[int, float]]]] = []
        for step in steps:
            row = [(i, magnitude(partial)) for i, partial in self._partials(step, primals)]
            rows.append((step, row))
            through = sum(partial * ups[index] for index, partial in row)
            ups.append(max(through, magnitude(primals[step.index])))
        downs = [0.0] * len(primals)
        downs[-1] = magnitude(adjoints[-1])
        for step, row in reversed(rows):
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
