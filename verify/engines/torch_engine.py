"""PyTorch as an engine under test: 0-d float64 tensors, one graph a case, as a user writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from verify.engines.engine import Facts, as_float
from verify.program import FORMS
from verify.torch_loading import load_torch

FUNCTIONS = ("exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "abs")


class TorchEngine:
    """PyTorch's scalars."""

    def __init__(self) -> None:
        self._torch = torch = load_torch()
        self._call = _calls(torch)
        self.facts = Facts(
            target="torch",
            name=f"torch {torch.__version__}",
            primal=".item()",
            gradient=".grad",
            backward=".backward()",
            zero_grad=None,
            reset="None",
            construct="torch.tensor({}, dtype=torch.float64, requires_grad=True)",
            imports=("import torch",),
            spellings={form: _spelling(form) for form in self._call},
        )

    def lift(self, number: float) -> Any:
        """A leaf."""
        return self._torch.tensor(number, dtype=self._torch.float64, requires_grad=True)

    def apply(self, form: str, operands: Sequence[Any]) -> Any:
        """One operation."""
        made = self._call[form](*operands)
        made.retain_grad()
        return made

    def backward(self, output: Any) -> None:
        """PyTorch's own backward."""
        output.backward()

    def primal(self, node: Any) -> float:
        """The value."""
        return as_float(node.item(), "the value")

    def adjoint(self, node: Any) -> float | None:
        """The gradient, or None."""
        return None if node.grad is None else as_float(node.grad.item(), "the gradient")

    def zero(self, nodes: Sequence[Any]) -> None:
        """Forget the gradients."""
        for node in nodes:
            node.grad = None

    def zero_grad(self, output: Any) -> None:
        """A tensor has none. Raises NotImplementedError."""
        raise NotImplementedError("a tensor has no zero_grad()")

    def assign(self, leaf: Any, number: float) -> None:
        """Fill in place, as torch's own optimisers do."""
        with self._torch.no_grad():
            leaf.fill_(number)


def _calls(torch: Any) -> dict[str, Callable[..., Any]]:
    """Every form as a function; in-place spellings are left out: torch refuses them on leaves."""

    def tensor(x: Any) -> Any:
        return x if isinstance(x, torch.Tensor) else torch.tensor(float(x), dtype=torch.float64)

    by_name: dict[str, Callable[..., Any]] = {
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / b,
        "pow": lambda a, b: a**b,
        "power": lambda a, b: a**b,
        "neg": lambda a: -a,
        "max": lambda a, b: torch.maximum(a, tensor(b)),
        "min": lambda a, b: torch.minimum(a, tensor(b)),
        "sum": lambda *xs: sum(xs),
    }
    for name in FUNCTIONS:
        by_name[name] = getattr(torch, name)
    return {form: by_name[row.name] for form, (row, _) in FORMS.items() if row.name in by_name}


def _spelling(form: str) -> str:
    """What is called, as a user writes it."""
    row, _ = FORMS[form]
    if row.name in FUNCTIONS:
        return f"torch.{row.name}({{0}})"
    if row.name in {"max", "min"}:
        return f"torch.{row.name}imum({{0}}, {{1}})"
    return row.spelling[0]
