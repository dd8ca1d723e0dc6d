"""(c) Cost per instruction, from 10 to 100,000 instructions, for each oracle.

The program is a chain v = (v + v) * 0.5 + 0.25 - 0.25: its numbers stay near 1 at any length.
The figure is CPU time of one point over the number of instructions; the ratio is
that at n over that at 100, each pair measured in one go.
"""

from __future__ import annotations

from measure import Row, cpu_seconds, paired

from verify.oracles import ORACLES
from verify.program import Instruction, Program, Ref

SIZES = (10, 1_000, 10_000, 100_000)
POINT = (0.75, 1.25)


def chain(size: int) -> Program:
    """A chain of ``size`` instructions; in every fourth a value meets itself."""
    steps: list[Instruction] = []
    for index in range(2, 2 + size):
        last = Ref(index - 1)
        steps.append(
            (
                Instruction("mul", (last, 0.5)),
                Instruction("add", (last, 0.25)),
                Instruction("sub", (last, 0.25)),
                Instruction("add", (last, last)),
            )[(index + 1) % 4]
        )
    return Program(2, tuple(steps))


def rows(pairs: int) -> list[Row]:
    """One row for each oracle and size."""
    found = []
    for kind in ORACLES:
        oracle = kind()
        oracle.answers(chain(20), [POINT])

        def cost(size: int, oracle: object = oracle) -> float:
            program, repeats = chain(size), max(1, 2_000 // size)

            def ask() -> None:
                for _ in range(repeats):
                    oracle.answers(program, [POINT])  # type: ignore[attr-defined]

            return cpu_seconds(ask) / size / repeats

        for size in SIZES:
            name = f"{oracle.name}: s/instruction at {size:,} / at 100"
            count = max(2, min(pairs, 300_000 // size))
            found.append(paired(name, lambda n=size: cost(n), lambda: cost(100), count))
    return found
