"""The torch oracle: PyTorch autograd in float64, what users trust.

All points of a program are one batch: every operation is elementwise, so the sum of the outputs
has, at each point, that point's gradient. The answer is a number, not an enclosure: the ball that
holds exactly it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

from flint import arb

from verify.oracles.answer import Answer, Trouble
from verify.oracles.collector import uncollected
from verify.program import Program, Ref
from verify.torch_loading import load_torch


@cache
def torch_system() -> Any:
    """The number system, made on first use because importing torch takes a second and more."""
    torch = load_torch()

    class TorchSystem:
        """Operations on float64 tensors, under the names that OPS uses."""

        exp, log, sqrt = staticmethod(torch.exp), staticmethod(torch.log), staticmethod(torch.sqrt)
        sin, cos, tanh = staticmethod(torch.sin), staticmethod(torch.cos), staticmethod(torch.tanh)
        sigmoid, relu = staticmethod(torch.sigmoid), staticmethod(torch.relu)
        absolute = staticmethod(torch.abs)
        power = staticmethod(torch.pow)

        @staticmethod
        def maximum(a: Any, b: Any) -> Any:
            """The larger of two; a number becomes a tensor."""
            return torch.maximum(a, torch.as_tensor(b, dtype=torch.float64))

        @staticmethod
        def minimum(a: Any, b: Any) -> Any:
            """The smaller of two; a number becomes a tensor."""
            return torch.minimum(a, torch.as_tensor(b, dtype=torch.float64))

        @staticmethod
        def total(xs: Sequence[Any]) -> Any:
            """The sum, as Python's ``sum`` spells it."""
            return sum(xs)

    return TorchSystem()


class TorchOracle:
    """PyTorch's own values and gradients."""

    name = "torch"

    def answers(
        self, program: Program, points: list[tuple[float, ...]], seed: float = 1.0
    ) -> list[Answer]:
        """One answer for each point: every primal and every adjoint."""
        torch = load_torch()
        with uncollected():
            values = self._forward(program, points)
            output = values[-1]
            seeds = output.new_full(output.shape, seed)
            found = torch.autograd.grad(output, values, seeds, allow_unused=True)
            zeros = output.new_zeros(output.shape)
            with torch.no_grad():
                primals = torch.stack(values, 1).tolist()
                adjoints = torch.stack([zeros if g is None else g for g in found], 1).tolist()
            return [_answer(program, *row) for row in zip(primals, adjoints, strict=True)]

    def _forward(self, program: Program, points: list[tuple[float, ...]]) -> list[Any]:
        torch = load_torch()
        system = torch_system()
        columns = torch.tensor(points, dtype=torch.float64).T
        values = [column.clone().requires_grad_() for column in columns]
        for _, instruction in program.steps():
            operands = [values[o.index] if isinstance(o, Ref) else o for o in instruction.operands]
            values.append(instruction.row.primal(system, *operands))
        return values


def _answer(program: Program, primals: list[float], adjoints: list[float]) -> Answer:
    if not all(map(math.isfinite, (*primals, *adjoints))):
        nothing = (None,) * len(program)
        return Answer(nothing, nothing, (Trouble("overflow", program.output),))
    return Answer(tuple(map(arb, primals)), tuple(map(arb, adjoints)))
