"""A functional engine without any package: a graph engine that shows nothing but its answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from verify.engines import GRAPH, GraphEngine, StepError
from verify.engines.spelling import NO_GRAPH
from verify.program import Program, Ref


class Functional:
    """Runs a function on a new graph every time."""

    def __init__(self, inner: GraphEngine) -> None:
        self.inner = inner
        self.facts = replace(inner.facts, keeps_intermediates=False, lacks={GRAPH: NO_GRAPH})

    def value_and_gradient(
        self, program: Program, point: Sequence[float]
    ) -> tuple[list[Any], list[Any]]:
        made = [self.inner.lift(x) for x in point]
        for _, instruction in program.steps():
            operands = [made[o.index] if isinstance(o, Ref) else o for o in instruction.operands]
            try:
                made.append(self.inner.apply(instruction.form, operands))
            except Exception as error:
                raise StepError([self.inner.primal(node) for node in made]) from error
        self.inner.backward(made[-1])
        values = [self.inner.primal(node) for node in made]
        return values, [self.inner.adjoint(node) for node in made[: len(point)]]
