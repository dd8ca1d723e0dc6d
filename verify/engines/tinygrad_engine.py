"""tinygrad as an engine under test: 0-d float64 tensors, on its own choice of device or in Python.

tinygrad is lazy: operations make a graph, and numbers are computed when they are read.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import metadata
from typing import Any
from weakref import WeakValueDictionary

from verify.engines.engine import Facts, NotANumberError, TargetError, as_float
from verify.engines.observe import describe
from verify.engines.spelling import ARITHMETIC, Spelling

NAMES = ("exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "abs")
FUNCTIONS: dict[str, str] = {
    **{name: f"{{0}}.{name}()" for name in NAMES},
    "max": "{0}.maximum({1})",
    "min": "{0}.minimum({1})",
}
IN_PYTHON = "PYTHON"
"""The device that needs no compiler; it is taken where tinygrad finds no other that works."""
IMPORTS = ("from tinygrad import Tensor, dtypes",)
IMPORTS_IN_PYTHON = (
    "from tinygrad.helpers import DEV",
    *IMPORTS,
    f'DEV.value = "{IN_PYTHON}"  # the device on which this was found',
)
"""What a script needs there as well: tinygrad by itself ends where it finds no device."""


class TinygradEngine:
    """tinygrad's scalars; in-place spellings are left out: they change the tensor that they name.

    A leaf is an element of a buffer: a tensor made of a number alone is a constant, which tinygrad
    folds before any device computes it. Values that are computed in the same way are one node to
    tinygrad, which has the gradient of all of them: those of intermediates say nothing of one.

    Raises:
        TargetError: if no device that works here has float64.
    """

    def __init__(self) -> None:
        import tinygrad
        from tinygrad.helpers import DEV

        self._tensor, self._float64 = tinygrad.Tensor, tinygrad.dtypes.float64
        self._leaves: WeakValueDictionary[int, Any] = WeakValueDictionary()
        self._spelling = Spelling(ARITHMETIC | FUNCTIONS, {})
        if (why := self._fails()) is not None and not os.environ.get("DEV"):
            DEV.value = IN_PYTHON
            why = self._fails()
        if why is not None:
            raise TargetError(f"tinygrad computes no float64 here: {why}; try DEV={IN_PYTHON}")
        self.facts = Facts(
            target="tinygrad",
            name=f"tinygrad {metadata.version('tinygrad')} on {tinygrad.Device.DEFAULT}",
            primal=".item()",
            gradient=".grad",
            backward=".backward()",
            zero_grad=None,
            reset="None",
            construct="Tensor([{}], dtype=dtypes.float64).reshape(())",
            imports=IMPORTS_IN_PYTHON if tinygrad.Device.DEFAULT == IN_PYTHON else IMPORTS,
            spellings=self._spelling.templates,
            unsupported=self._spelling.unsupported,
            keeps_intermediates=False,
        )

    def _fails(self) -> str | None:
        """Why the device that is chosen computes nothing; None if it does."""
        try:
            self.primal(self.apply("mul", [self.lift(0.5), self.lift(2.0)]))
        except Exception as error:  # noqa: BLE001 - a compiler or a driver that is missing
            return describe(error)
        return None

    def lift(self, number: float) -> Any:
        """A leaf."""
        leaf = self._tensor([number], dtype=self._float64).reshape(())
        self._leaves[id(leaf)] = leaf
        return leaf

    def apply(self, form: str, operands: Sequence[Any]) -> Any:
        """One operation."""
        return self._spelling.apply(form, operands)

    def backward(self, output: Any) -> None:
        """Tinygrad's own backward."""
        output.backward()

    def primal(self, node: Any) -> float:
        """The value. Raises NotANumberError."""
        return _number(node, "the value")

    def adjoint(self, node: Any) -> float | None:
        """The gradient of a leaf, or None. Raises NotANumberError."""
        gradient = node.grad
        if gradient is None or self._leaves.get(id(node)) is not node:
            return None  # computing what says nothing of one value takes time
        return _number(gradient, "the gradient")

    def zero(self, nodes: Sequence[Any]) -> None:
        """Forget the gradients."""
        for node in nodes:
            node.grad = None

    def zero_grad(self, output: Any) -> None:
        """A tensor has none. Raises NotImplementedError."""
        raise NotImplementedError("a tensor has no zero_grad()")

    def assign(self, leaf: Any, number: float) -> None:
        """Assign in place, as tinygrad's own optimisers do."""
        leaf.assign(self.lift(number)).realize()


def _number(tensor: Any, what: str) -> float:
    """A tensor's number, which is only now computed; compiling it may fail."""
    try:
        found = tensor.item()
    except Exception as error:
        raise NotANumberError(f"computing {what} raises {describe(error)}") from error
    return as_float(found, what)
