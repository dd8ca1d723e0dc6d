"""The symbolic oracle's cost on shared DAGs, beside what ``sympy.diff`` of the whole would meet.

    python benchmarks/symbolic.py

Prints, for random shared DAGs of rising size, the median and worst seconds for one point (value
and every input's gradient), whether the expression was taken whole or cut, and the size of the
tree that a derivative of the whole expression would have had to expand.
"""

from __future__ import annotations

import random
import statistics
import time

from verify.oracles import SymbolicOracle
from verify.program import BY_NAME, Instruction, Program, Ref

NAMES = ("add", "mul", "sub", "tanh", "sin", "exp", "sigmoid", "max", "cos")
INPUTS = 3
SAMPLES = 20


def shared_dag(size: int, seed: int) -> Program:
    """A random DAG whose instructions use recent values, so that sharing is heavy."""
    rng = random.Random(seed)
    instructions = []
    for made in range(INPUTS, INPUTS + size):
        name = rng.choice(NAMES)
        arity = len(next(iter(BY_NAME[name].forms)))
        recent = [Ref(made - 1 - rng.randrange(min(made, 5))) for _ in range(arity)]
        instructions.append(Instruction(name, tuple(recent)))
    return Program(INPUTS, tuple(instructions))


def tree_size(program: Program) -> int:
    """Nodes of the output's expression tree, shared values counted once for each use."""
    sizes = [1] * program.n_inputs
    for _, instruction in program.steps():
        sizes.append(1 + sum(sizes[ref] for ref in instruction.refs))
    return sizes[-1]


def main() -> None:
    """Measure and print."""
    oracle = SymbolicOracle()
    oracle.answers(shared_dag(5, 0), [(0.3, 0.5, 0.7)])  # imports SymPy
    for size in (5, 10, 30, 100, 300, 1000):
        seconds, cut, trees = [], 0, []
        for seed in range(SAMPLES):
            program = shared_dag(size, seed)
            started = time.perf_counter()
            (answer,) = oracle.answers(program, [(0.3, 0.5, 0.7)])
            seconds.append(time.perf_counter() - started)
            cut += answer.how != "whole"
            trees.append(tree_size(program))
        print(
            f"{size:5} instructions: median {statistics.median(seconds):.4f} s, "
            f"worst {max(seconds):.4f} s, {cut} of {SAMPLES} cut, "
            f"median tree {statistics.median(trees):.3g} nodes"
        )


if __name__ == "__main__":
    main()
