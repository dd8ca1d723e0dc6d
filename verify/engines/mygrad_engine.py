"""MyGrad as an engine under test: 0-d float64 tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from verify.engines.engine import Facts, as_float
from verify.engines.spelling import ARITHMETIC, Spelling

FUNCTIONS: dict[str, str] = {
    **{name: f"mg.{name}({{0}})" for name in ("exp", "log", "sqrt", "sin", "cos", "tanh", "abs")},
    "sigmoid": "mg.nnet.activations.sigmoid({0})",
    "relu": "mg.nnet.activations.relu({0})",
    "max": "mg.maximum({0}, {1})",
    "min": "mg.minimum({0}, {1})",
}


class MygradEngine:
    """MyGrad's scalars; in-place spellings are left out: they change the tensor that they name."""

    def __init__(self) -> None:
        import mygrad
        import mygrad.nnet
        import numpy as np

        self._mygrad, self._numpy = mygrad, np
        self._spelling = Spelling(ARITHMETIC | FUNCTIONS, {"mg": mygrad})
        self.facts = Facts(
            target="mygrad",
            name=f"mygrad {mygrad.__version__}",
            primal=".item()",
            gradient=".grad",
            backward=".backward()",
            zero_grad=None,
            reset=None,
            construct="mg.tensor({}, dtype=float)",
            imports=("import mygrad as mg", "import mygrad.nnet"),
            spellings=self._spelling.templates,
            unsupported=self._spelling.unsupported,
        )

    def lift(self, number: float) -> Any:
        """A leaf."""
        return self._mygrad.tensor(number, dtype=float)

    def apply(self, form: str, operands: Sequence[Any]) -> Any:
        """One operation."""
        with self._numpy.errstate(all="ignore"):  # inf and nan are numbers to be judged here
            return self._spelling.apply(form, operands)

    def backward(self, output: Any) -> None:
        """MyGrad's own backward, which also lets go of the graph."""
        with self._numpy.errstate(all="ignore"):
            output.backward()

    def primal(self, node: Any) -> float:
        """The value."""
        return as_float(node.item(), "the value")

    def adjoint(self, node: Any) -> float | None:
        """The gradient, or None."""
        return None if node.grad is None else as_float(node.grad, "the gradient")

    def zero(self, nodes: Sequence[Any]) -> None:
        """Forget the gradients."""
        for node in nodes:
            node.null_grad()

    def zero_grad(self, output: Any) -> None:
        """A tensor has none. Raises NotImplementedError."""
        raise NotImplementedError("a tensor has no zero_grad()")

    def assign(self, leaf: Any, number: float) -> None:
        """Fill the array, as MyGrad's own optimisers do; it refuses while a graph needs it."""
        leaf.data[...] = number
