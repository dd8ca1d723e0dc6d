"""A reverse sweep that can be broken on purpose: what would an engine with this bug print?

The sweep runs in ball arithmetic like the ball oracle, so a prediction encloses what every engine
with the bug can print, and a number outside it disproves the bug. Engines visit nodes in different
orders; where the order matters, every order that could be is predicted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice, permutations, product
from typing import Any

from flint import arb

from verify.oracles.arb_system import ArbSystem, precision
from verify.oracles.ball import PRECISION, operands_of, outside
from verify.program import Case, Instruction, Ref

MAX_ORDERS = 64
KINKED = frozenset({"max", "min"})
"""Operations with a kink where their operands are the same value."""
SYSTEM = ArbSystem()


@dataclass(frozen=True, slots=True)
class Prediction:
    """Enclosures of every primal and adjoint that an engine with a bug would print."""

    primals: tuple[Any, ...]
    adjoints: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Served:
    """One operand being given its contribution.

    Attributes:
        slot: the operand's position.
        adjoint: the incoming one, of the instruction.
        partials: the right partial of each slot.
        value: the instruction's primal.
        operands: the operands' primals; numbers are as they are.
        instruction: what is served.
    """

    slot: int
    adjoint: Any
    partials: Sequence[Any]
    value: Any
    operands: Sequence[Any]
    instruction: Instruction

    @property
    def right(self) -> Any:
        """What a right engine adds."""
        return SYSTEM.fl(self.adjoint * self.partials[self.slot])


@dataclass(frozen=True, slots=True)
class Local:
    """How one operation is broken; the default is not at all.

    Attributes:
        assigned: slots whose contribution replaces the adjoint instead of adding to it.
        contribute: the contribution; None contributes nothing.
        reverse_slots: whether the last operand is served first.
        after: what becomes of the instruction's own adjoint once it is served.
        halves: whether max and min of a value and itself give each operand a half, as engines do
            that halve ties; else one operand gets all.
    """

    assigned: frozenset[int] = frozenset()
    contribute: Callable[[Served], Any] | None = None
    reverse_slots: bool = False
    after: Callable[[Served], Any] | None = None
    halves: bool = False


@dataclass(frozen=True, slots=True)
class Accumulation:
    """How contributions are gathered; the default is to add up all of them.

    Attributes:
        most: how many instructions may contribute to one value, in the order served.
        each: whether the operands of one instruction count apart.
        user: the only instruction that may contribute to each value, by value.
        merged: the value whose adjoint each value shares.
        numbers: whether a number written in the program is merged with an input of its value.
        seed: what the output starts with; None is the case's own.
    """

    most: int | None = None
    each: bool = False
    user: dict[int, int] | None = None
    merged: dict[int, int] | None = None
    numbers: bool = False
    seed: float | None = None


RIGHTLY = Accumulation()


class Sweep:
    """A case's values and partials, ready to be swept back rightly or wrongly.

    Args:
        case: what is computed.
        evaluate: how an instruction is evaluated, for bugs of the forward pass; None is rightly.
    """

    def __init__(
        self, case: Case, evaluate: Callable[[Instruction], Instruction] | None = None
    ) -> None:
        self.case = case
        self.program = case.program
        self.primals: list[Any] = [arb(x) for x in case.point]
        self.partials: dict[int, list[Any]] = {}
        self.legal = True
        with precision(PRECISION):
            for index, instruction in case.program.steps():
                self._step(index, evaluate(instruction) if evaluate else instruction, instruction)

    def _step(self, index: int, meant: Instruction, written: Instruction) -> None:
        if not self.legal:
            return
        operands = operands_of(meant, self.primals)
        if outside(meant, operands) is not None:
            self.legal = False
            return
        row = meant.row
        value = SYSTEM.widened(row.primal(SYSTEM, *operands), row.accuracy)
        partials = []
        for slot in range(len(written.operands)):
            meant_slot = slot if meant.operands == written.operands else 1 - slot
            partial = row.partial(meant_slot)(SYSTEM, value, *operands)
            exact = isinstance(partial, int)
            partials.append(arb(partial) if exact else SYSTEM.widened(arb(partial), row.accuracy))
        self.primals.append(value)
        self.partials[index] = partials

    @cached_property
    def reachable(self) -> list[int]:
        """Instructions that the output depends on, the output first."""
        return sorted(self.reached_by(self.children), reverse=True)

    def children(self, index: int) -> tuple[int, ...]:
        """The operands of an instruction that are values; none of an input."""
        return self.program.at(index).refs if index >= self.program.n_inputs else ()

    def reached_by(self, children: Callable[[int], Iterable[int]]) -> set[int]:
        """Instructions that are met from the output."""
        found, todo = {self.program.output}, [self.program.output]
        while todo:
            new = set(children(todo.pop())) - found
            found |= new
            todo += new
        return {index for index in found if index >= self.program.n_inputs}

    @cached_property
    def orders(self) -> list[tuple[int, ...]]:
        """Orders in which every user of a value comes before it, at most MAX_ORDERS of them."""
        return self.orders_of(frozenset(self.reachable), self.children)

    def orders_of(
        self, nodes: frozenset[int], children: Callable[[int], Iterable[int]]
    ) -> list[tuple[int, ...]]:
        """Orders of some nodes in which each comes before its children, at most MAX_ORDERS."""

        def from_here(done: tuple[int, ...], left: frozenset[int]) -> Iterator[tuple[int, ...]]:
            if not left:
                yield done
                return
            used = {child for index in left for child in children(index)}
            for index in sorted(left - used, reverse=True):
                yield from from_here((*done, index), left - {index})

        return list(islice(from_here((), nodes), MAX_ORDERS))

    def child_orders(self) -> Iterator[Callable[[int], tuple[int, ...]]]:
        """Ways an engine may list a node's operands: as a tuple or as a set, in either order."""
        indices = self.reachable[:5]
        for unique in (True, False):
            choices = []
            for index in indices:
                refs = self.program.at(index).refs
                refs = tuple(dict.fromkeys(refs)) if unique else refs
                choices.append(sorted(set(permutations(refs)))[:6])
            for chosen in islice(product(*choices), MAX_ORDERS):
                table = dict(zip(indices, chosen, strict=True))
                yield lambda index, table=table: table.get(index, ())  # type: ignore[misc]

    def run(
        self,
        schedule: Sequence[int | tuple[int, int]],
        broken: Callable[[Instruction], Local | None] | None = None,
        gathered: Accumulation = RIGHTLY,
    ) -> Prediction:
        """Sweep back: serve each instruction of the schedule, in its order, as often as it says.

        An instruction with a slot is served in that operand only.
        """
        adjoints: list[Any] = [arb(0)] * len(self.program)
        seed = self.case.seed if gathered.seed is None else gathered.seed
        adjoints[self.program.output] = arb(seed)
        served = [0] * len(self.program)
        with precision(PRECISION):
            for entry in schedule:
                index, only = entry if isinstance(entry, tuple) else (entry, None)
                if index >= self.program.n_inputs:
                    local = broken(self.program.at(index)) if broken else None
                    self._serve(index, only, local or Local(), adjoints, gathered, served)
            if gathered.merged is not None:
                adjoints = [adjoints[gathered.merged.get(i, i)] for i in range(len(adjoints))]
        return Prediction(tuple(self.primals), tuple(adjoints))

    def _serve(
        self,
        index: int,
        only: int | None,
        local: Local,
        adjoints: list[Any],
        gathered: Accumulation,
        served: list[int],
    ) -> None:
        instruction = self.program.at(index)
        each = instruction.op == "sum" or gathered.each  # a sum is several additions
        at = None
        for slot, operand in _slots(instruction, only, backwards=local.reverse_slots):
            target = self._target(operand, gathered)
            if target is None or _refused(target, index, gathered, served):
                continue
            at = self._served(index, slot, adjoints[index], local)
            served[target] += each
            term = at.right if local.contribute is None else local.contribute(at)
            if term is None:
                continue
            before = adjoints[target]
            if slot in local.assigned or before.is_zero():
                adjoints[target] = term
            else:
                adjoints[target] = SYSTEM.accumulated([before, term])
        for ref in () if each else set(instruction.refs):
            served[ref] += 1
        if local.after is not None and at is not None:
            adjoints[index] = local.after(at)

    def _served(self, index: int, slot: int, adjoint: Any, local: Local) -> Served:
        instruction, partials = self.program.at(index), self.partials[index]
        same = instruction.op in KINKED and len(set(instruction.operands)) == 1
        if same and local.contribute is None:
            # whatever the engine picks adds up to 1
            partials = [arb(0.5), arb(0.5)] if local.halves else [arb(1), arb(0)]
        operands = operands_of(instruction, self.primals)
        return Served(slot, adjoint, partials, self.primals[index], operands, instruction)

    def _target(self, operand: Any, gathered: Accumulation) -> int | None:
        """The value that receives an operand's contribution; None for a number."""
        if isinstance(operand, Ref):
            merged = gathered.merged or {}
            return merged.get(operand.index, operand.index)
        if gathered.merged is None or not gathered.numbers:
            return None
        return next(
            (i for i in range(self.program.n_inputs) if self.case.point[i] == operand), None
        )


def _slots(instruction: Instruction, only: int | None, *, backwards: bool) -> list[tuple[int, Any]]:
    """The operands to serve, in order; an exponent that is a number is no value of any engine."""
    slots = [
        (slot, operand)
        for slot, operand in enumerate(instruction.operands)
        if only in {None, slot} and not (instruction.op == "pow" and slot == 1)
    ]
    return slots[::-1] if backwards else slots


def _refused(target: int, index: int, gathered: Accumulation, served: list[int]) -> bool:
    """Whether an instruction may not contribute to a value."""
    if gathered.most is not None and served[target] >= gathered.most:
        return True
    return gathered.user is not None and gathered.user[target] != index


def sweep_of(case: Case) -> Sweep:
    """The case's sweep, made once: every fault is tried on the same cases."""
    return _sweep_of(case, SYSTEM.unit)


@lru_cache(maxsize=512)
def _sweep_of(case: Case, _unit: float) -> Sweep:
    return Sweep(case)
