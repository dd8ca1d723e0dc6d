"""(a) Gradients certified in a second by all three oracles, and against other ways to check them.

* ours: a Hypothesis draw of bytes, a program of exactly n instructions with 12 points, micrograd,
  all three oracles, verdicts;
* the straightforward pipeline of straightforward.py: one point a program, as such pipelines do;
* ``torch.autograd.gradcheck`` of the same programs at the same points: it checks torch alone, and
  by finite differences.
"""

from __future__ import annotations

import random
import time
from typing import Any

import straightforward
from measure import Row, paired

from verify.check import check
from verify.engines import open_engine
from verify.oracles import Bench, bench
from verify.program import Instruction, Program, Ref
from verify.verdict import Agree

POINTS = 12
INPUTS = straightforward.INPUTS
NAMES = ("add", "mul", "sub", "pow", "add", "mul", "sub", "relu")


def program_of(size: int, dice: random.Random) -> Program:
    """A DAG of the straightforward pipeline's kind: each instruction on the value before it."""
    steps: list[Instruction] = []
    for made in range(INPUTS, INPUTS + size):
        name, first = dice.choice(NAMES), Ref(made - 1)
        second = Ref(dice.randint(max(0, made - 4), made - 1))
        unary = {"relu": (first,), "pow": (first, 2)}
        steps.append(Instruction(name, unary.get(name, (first, second))))
    return Program(INPUTS, tuple(steps))


def drawn(size: int, count: int, seed: int) -> list[tuple[Program, list[tuple[float, ...]]]]:
    """Programs and points, drawn by Hypothesis as one choice of bytes each."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as with_seed
    from hypothesis import strategies as st

    found: list[tuple[Program, list[tuple[float, ...]]]] = []

    @with_seed(seed)
    @settings(
        max_examples=count, database=None, deadline=None, derandomize=False,
        phases=(Phase.generate,), suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.binary(min_size=32, max_size=32))
    def examine(data: bytes) -> None:
        dice = random.Random(data)
        points = [tuple(dice.uniform(0.25, 2) for _ in range(INPUTS)) for _ in range(POINTS)]
        found.append((program_of(size, dice), points))

    examine()
    return found


def certified(engine: Any, oracles: Bench, size: int, count: int, seed: int) -> tuple[int, float]:
    """Gradients of inputs and intermediates in decided cases that agree, and CPU seconds."""
    started = time.process_time()
    inputs = 0
    for program, points in drawn(size, count, seed):
        for one in check(engine, oracles, program, points):
            inputs += program.n_inputs if isinstance(one.verdict, Agree) else 0
    return inputs, time.process_time() - started


def by_gradcheck(programs: list[tuple[Program, list[tuple[float, ...]]]]) -> tuple[int, int, float]:
    """Cases, alarms, and CPU seconds of gradcheck."""
    import torch

    from verify.oracles.pytorch import torch_system

    system, alarms, cases = torch_system(), 0, 0
    started = time.process_time()
    for program, points in programs:

        def run(*inputs: Any, program: Program = program) -> Any:
            values = list(inputs)
            for instruction in program.instructions:
                operands = [
                    values[o.index] if isinstance(o, Ref) else o for o in instruction.operands
                ]
                values.append(instruction.row.primal(system, *operands))
            return values[-1]

        for point in points:
            given = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in point]
            cases += 1
            try:
                alarms += not torch.autograd.gradcheck(run, given, raise_exception=False)
            except RuntimeError:
                alarms += 1
    return cases, alarms, time.process_time() - started


def rows(pairs: int) -> list[Row]:
    """All comparisons of this kind. Inputs' gradients alone are counted, on both sides."""
    engine, oracles = open_engine("micrograd.engine:Value"), bench()
    certified(engine, oracles, 5, 20, 0)  # imports, and what is made once
    straightforward.certify(5, 2, 0)
    found = []
    for size, few in ((5, 20), (10, 6)):
        seeds = iter(range(1, 10_000))

        def ours(size: int = size, seeds: Any = seeds) -> float:
            gradients, seconds = certified(engine, oracles, size, 40, next(seeds))
            return gradients / seconds

        def theirs(size: int = size, few: int = few, seeds: Any = seeds) -> float:
            started = time.process_time()
            gradients = straightforward.certify(size, few, next(seeds))
            return gradients / (time.process_time() - started)

        found.append(
            paired(f"gradients/s, {size} instructions: ours / straightforward", ours, theirs, pairs)
        )
    for size in (5, 10):
        found += _against_gradcheck(engine, oracles, size, pairs)
    for size in (20, 30):
        gradients, seconds = certified(engine, oracles, size, 40, 1)
        name = f"gradients/s, {size} instructions: ours"
        found.append({"name": name, "a": gradients / seconds, "b": None, "ratio": None})
    return found


def _against_gradcheck(engine: Any, oracles: Bench, size: int, pairs: int) -> list[Row]:
    cases = drawn(size, 15, 7)
    alarms = 0

    def ours() -> float:
        started = time.process_time()
        for program, points in cases:
            check(engine, oracles, program, points)
        return (time.process_time() - started) / (len(cases) * POINTS)

    def theirs() -> float:
        nonlocal alarms
        count, alarms, seconds = by_gradcheck(cases)
        return seconds / count

    def oracles_alone() -> float:
        started = time.process_time()
        for program, points in cases:
            oracles.truths(program, points)
        return (time.process_time() - started) / (len(cases) * POINTS)

    whole = paired(
        f"s/case, {size} instructions: gradcheck / ours with micrograd's run", theirs, ours, pairs
    )
    name = f"s/case, {size} instructions: gradcheck / our three oracles"
    alone = paired(name, theirs, oracles_alone, pairs)
    return [whole, {**alone, "gradcheck_alarms": f"{alarms} in {len(cases) * POINTS} right cases"}]
