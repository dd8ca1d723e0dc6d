"""A network and its loss as a Program, spelled with the operations of OPS."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from verify.networks.architecture import Activation, Apply
from verify.networks.shape import Shape
from verify.program import Instruction, Program, Ref


@dataclass(frozen=True, slots=True)
class Forward:
    """A network as a program: inputs are its parameters in our order, then the x's."""

    program: Program
    outputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Loss:
    """A squared error over samples as a program.

    Inputs are the parameters in our order, then for each sample its x's and its targets.
    """

    program: Program
    outputs: tuple[tuple[int, ...], ...]


@dataclass
class _Writer:
    n_inputs: int
    instructions: list[Instruction] = field(default_factory=list)

    def apply(self, op: str, *operands: Any) -> Ref:
        self.instructions.append(Instruction(op, operands))
        return Ref(self.n_inputs + len(self.instructions) - 1)

    def program(self) -> Program:
        return Program(self.n_inputs, tuple(self.instructions))


def forward(shape: Shape, hidden: Activation, last: Activation) -> Forward:
    """The network on one sample."""
    writer = _Writer(shape.n_parameters + shape.n_inputs)
    refs = [Ref(i) for i in range(writer.n_inputs)]
    parameters, xs = refs[: shape.n_parameters], refs[shape.n_parameters :]
    outputs = _outputs(writer, shape, (hidden, last), parameters, xs)
    return Forward(writer.program(), tuple(ref.index for ref in outputs))


def loss(
    shape: Shape, hidden: Activation, last: Activation, samples: int, forms: Collection[str]
) -> Loss:
    """The squared error of the network over so many samples, in forms that an engine has."""
    stride = shape.n_inputs + shape.n_outputs
    writer = _Writer(shape.n_parameters + samples * stride)
    refs = [Ref(i) for i in range(writer.n_inputs)]
    parameters, rest = refs[: shape.n_parameters], refs[shape.n_parameters :]
    outputs: list[list[Ref]] = []
    targets: list[Ref] = []
    for start in range(0, samples * stride, stride):
        xs = rest[start : start + shape.n_inputs]
        outputs.append(_outputs(writer, shape, (hidden, last), parameters, xs))
        targets += rest[start + shape.n_inputs : start + stride]
    squared_error(writer.apply, forms, [ref for row in outputs for ref in row], targets)
    return Loss(writer.program(), tuple(tuple(ref.index for ref in row) for row in outputs))


def squared_error(
    apply: Apply, forms: Collection[str], predictions: Sequence[Any], targets: Sequence[Any]
) -> Any:
    """The sum of ``(prediction - target) ** 2``, spelled with what the engine has."""
    total = None
    for prediction, target in zip(predictions, targets, strict=True):
        if "sub" in forms:
            error = apply("sub", prediction, target)
        else:
            error = apply("add", prediction, apply("mul", target, -1))
        square = apply("pow", error, 2) if "pow" in forms else apply("mul", error, error)
        total = square if total is None else apply("add", total, square)
    return total


def spellable(forms: Collection[str]) -> bool:
    """Whether the squared error can be spelled in these forms."""
    return (
        "add" in forms
        and ("sub" in forms or "mul_number" in forms)
        and ("pow" in forms or "mul" in forms)
    )


def _outputs(
    writer: _Writer,
    shape: Shape,
    activations: tuple[Activation, Activation],
    parameters: Sequence[Ref],
    xs: Sequence[Ref],
) -> list[Ref]:
    hidden, last = activations
    mine = iter(parameters)
    values = list(xs)
    for layer, (_, width) in enumerate(shape.layers(), 1):
        activation = last if layer == len(shape.widths) else hidden
        inputs, values = values, []
        for _ in range(width):
            terms = [writer.apply("mul", next(mine), x) for x in inputs]
            total = writer.apply("sum", *terms, next(mine))
            values.append(activation.spell(writer.apply, total))
    return values
