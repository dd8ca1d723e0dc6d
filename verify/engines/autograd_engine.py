"""HIPS autograd as an engine under test: ``autograd.grad`` of a function of Python floats."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from importlib import metadata
from typing import Any

from verify.engines.engine import GRAPH, Facts
from verify.engines.spelling import ARITHMETIC, IN_PLACE, NO_GRAPH, Spelling
from verify.program import Program

FUNCTIONS: dict[str, str] = {
    **{name: f"np.{name}({{0}})" for name in ("exp", "log", "sqrt", "sin", "cos", "tanh")},
    "abs": "abs({0})",
    "relu": "np.maximum({0}, 0)",
    "max": "np.maximum({0}, {1})",
    "min": "np.minimum({0}, {1})",
}
NEEDS_SCIPY = {"sigmoid": "special.expit({0})"}


class AutogradEngine:
    """HIPS autograd's scalars; its sigmoid is there where SciPy is."""

    def __init__(self) -> None:
        import autograd
        import autograd.numpy
        from autograd.tracer import getval

        self._grad, self._numpy, self._getval = autograd.grad, autograd.numpy, getval
        templates, names = ARITHMETIC | IN_PLACE | FUNCTIONS, {"np": autograd.numpy}
        imports = ["import autograd", "import autograd.numpy as np"]
        with suppress(ModuleNotFoundError):
            import autograd.scipy.special

            templates |= NEEDS_SCIPY
            names["special"] = autograd.scipy.special
            imports.append("import autograd.scipy.special as special")
        self._spelling = Spelling(templates, names)
        self.facts = Facts(
            target="autograd",
            name=f"autograd {metadata.version('autograd')}",
            primal="autograd.value_and_grad",
            gradient="autograd.grad",
            backward="autograd.grad",
            zero_grad=None,
            construct="{}",
            imports=tuple(imports),
            spellings=self._spelling.templates,
            unsupported=self._spelling.unsupported,
            keeps_intermediates=False,
            lacks={GRAPH: NO_GRAPH},
        )

    def value_and_gradient(
        self, program: Program, point: Sequence[float]
    ) -> tuple[Sequence[Any], Sequence[Any]]:
        """``autograd.grad`` for all inputs; values are read from what the function traced."""
        made: list[Any] = []

        def function(*inputs: float) -> Any:
            made[:] = self._spelling.run(program, inputs)
            return made[-1]

        with self._numpy.errstate(all="ignore"):  # inf and nan are numbers to be judged here
            gradients = self._grad(function, tuple(range(len(point))))(*point)
        return [self._getval(value) for value in made], gradients
