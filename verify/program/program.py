"""Program: an immutable straight-line program (SSA), the only thing every layer shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from verify.program.ops import BY_NAME, FORMS, Op

MAX_INSTRUCTIONS = 1_000_000
MAX_INPUTS = 100_000
MAX_INT = 2**53
"""Integers beyond this are not exact in float64, so an engine could not be blamed."""


class ProgramError(ValueError):
    """A program, case or text that is not legal; the message names the instruction and operand."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to an earlier value: ``Ref(0)`` is the first input."""

    index: int


Operand = Ref | int | float


@dataclass(frozen=True, slots=True)
class Instruction:
    """One operation applied to operands. It is validated by the Program that holds it."""

    op: str
    operands: tuple[Operand, ...]

    @property
    def row(self) -> Op:
        """The operation's row in OPS."""
        return BY_NAME[self.op]

    @property
    def refs(self) -> tuple[int, ...]:
        """Indices of the values it uses, in slot order, repeats kept."""
        return tuple(o.index for o in self.operands if isinstance(o, Ref))

    def renamed(self, name: Callable[[int], int]) -> Instruction:
        """The same operation on values with other indices."""
        operands = tuple(Ref(name(o.index)) if isinstance(o, Ref) else o for o in self.operands)
        return Instruction(self.op, operands)

    @property
    def kinds(self) -> str:
        """``v`` for a value and ``n`` for a number in each slot, or ``*`` when variadic."""
        if "*" in self.row.forms:
            return "*"
        return "".join("v" if isinstance(o, Ref) else "n" for o in self.operands)

    @property
    def form(self) -> str:
        """The name reports use for this spelling, e.g. ``radd`` for ``2 + v``."""
        return self.row.forms[self.kinds]


@dataclass(frozen=True, slots=True)
class Program:
    """Inputs ``%0..%(n-1)``, then one value for each instruction; the last value is the output.

    It is a DAG: any earlier value may be used any number of times.

    Raises:
        ProgramError: naming the first instruction and operand that is not legal.
    """

    n_inputs: int
    instructions: tuple[Instruction, ...]

    def __post_init__(self) -> None:
        """Check every instruction once, so that no later code has to."""
        if type(self.n_inputs) is not int or not 1 <= self.n_inputs <= MAX_INPUTS:
            raise ProgramError(f"a program has 1 to {MAX_INPUTS} inputs, not {self.n_inputs!r}")
        if len(self.instructions) > MAX_INSTRUCTIONS:
            raise ProgramError(
                f"a program has at most {MAX_INSTRUCTIONS} instructions, not "
                f"{len(self.instructions)}"
            )
        for index, instruction in enumerate(self.instructions, self.n_inputs):
            _check(index, instruction)

    def __len__(self) -> int:
        """The number of values: inputs and instructions."""
        return self.n_inputs + len(self.instructions)

    @property
    def output(self) -> int:
        """Index of the output, which is the last value."""
        return len(self) - 1

    @property
    def forms(self) -> frozenset[str]:
        """The forms that its instructions have."""
        return frozenset(instruction.form for instruction in self.instructions)

    def alone(self, index: int) -> tuple[Program, tuple[int, ...]]:
        """The instruction that makes a value, by itself, and which values its inputs are."""
        instruction = self.at(index)
        refs = tuple(dict.fromkeys(instruction.refs))
        return Program(len(refs), (instruction.renamed(refs.index),)), refs

    def steps(self) -> Iterator[tuple[int, Instruction]]:
        """Each instruction with the index of the value it makes, in order."""
        return enumerate(self.instructions, self.n_inputs)

    def at(self, index: int) -> Instruction:
        """The instruction that makes value ``index`` (not an input)."""
        return self.instructions[index - self.n_inputs]

    def uses(self) -> Counter[int]:
        """How often each value is used as an operand (slots counted, not instructions)."""
        return Counter(ref for _, instruction in self.steps() for ref in instruction.refs)

    def name(self, index: int) -> str:
        """``x0`` for an input, ``%3`` for an instruction's value."""
        return f"x{index}" if index < self.n_inputs else f"%{index}"


def _check(index: int, instruction: Instruction) -> None:
    row = BY_NAME.get(instruction.op)
    if row is None:
        raise ProgramError(f"%{index}: there is no operation {instruction.op!r}")
    for slot, operand in enumerate(instruction.operands):
        _check_operand(f"%{index}: {row.name}: operand {slot}", index, operand)
    if "*" in row.forms:
        if not instruction.operands or not all(isinstance(o, Ref) for o in instruction.operands):
            raise ProgramError(f"%{index}: {row.name} takes one or more values and no numbers")
        return
    arity = len(next(iter(row.forms)))
    if len(instruction.operands) != arity:
        raise ProgramError(
            f"%{index}: {row.name} takes {arity} operand{'s' if arity > 1 else ''}, "
            f"got {len(instruction.operands)}"
        )
    if instruction.kinds not in row.forms:
        raise ProgramError(f"%{index}: {row.name} cannot be spelled with {_spelt(instruction)}")


def _check_operand(where: str, index: int, operand: object) -> None:
    if isinstance(operand, Ref):
        if type(operand.index) is not int or not 0 <= operand.index < index:
            raise ProgramError(f"{where} refers to %{operand.index}, which is not an earlier value")
    elif type(operand) is int:
        if abs(operand) > MAX_INT:
            raise ProgramError(f"{where} is an integer beyond 2**53, which float64 cannot hold")
    elif type(operand) is not float:
        raise ProgramError(
            f"{where} must be a reference, an int or a float, not {type(operand).__name__}"
        )


def _spelt(instruction: Instruction) -> str:
    kinds = {"v": "a value", "n": "a number"}
    return " and ".join(kinds[k] for k in instruction.kinds)


def alone(form: str, number: float = 3) -> Program:
    """One instruction of a form, on inputs of its own and, where it takes one, a number."""
    row, kinds = FORMS[form]
    operands: list[Operand] = []
    inputs = 0
    for kind in kinds.replace("*", "vv"):
        operands.append(Ref(inputs) if kind == "v" else number)
        inputs += kind == "v"
    return Program(inputs, (Instruction(row.name, tuple(operands)),))
