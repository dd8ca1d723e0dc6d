"""A reverse sweep that can be broken on purpose: what would an engine with this bug print?

The sweep runs in ball arithmetic like the ball oracle, so a prediction encloses what every engine
with the bug can print, and a number outside it disproves the bug. Engines visit nodes in different
orders; where the order matters, every order that could be is predicted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, permutations, product
from typing import Any

from flint import arb

from verify.oracles.arb_system import ArbSystem, precision
from verify.oracles.ball import PRECISION, operands_of, outside
from verify.program import Case, Instruction, Ref

MAX_ORDERS = 64
SYSTEM = ArbSystem()


@dataclass(frozen=True, slots=True)
class Prediction:
    """Enclosures of every primal and adjoint that an engine with a bug would print."""

    primals: tuple[Any, ...]
    adjoints: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Local:
    """How one operation is broken; the default is not at all.

    Attributes:
        assigned: slots whose contribution replaces the adjoint instead of adding to it.
        contribute: (slot, adjoint, partials) -> contribution; None contributes nothing.
        reverse_slots: whether the last operand is served first.
    """

    assigned: frozenset[int] = frozenset()
    contribute: Callable[[int, Any, Sequence[Any]], Any] | None = None
    reverse_slots: bool = False


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
        operands = operands_of(meant, self.primals)
        if not self.legal or outside(meant, operands) is not None:
            self.legal = False
            return
        row = meant.row
        value = SYSTEM.widened(row.primal(SYSTEM, *operands), row.accuracy)
        partials = []
        for slot, operand in enumerate(written.operands):
            meant_slot = slot if meant.operands == written.operands else 1 - slot
            partial = row.partial(meant_slot)(SYSTEM, value, *operands)
            exact = isinstance(partial, int) or not isinstance(operand, Ref)
            partials.append(arb(partial) if exact else SYSTEM.widened(arb(partial), row.accuracy))
        self.primals.append(value)
        self.partials[index] = partials

    @cached_property
    def reachable(self) -> list[int]:
        """Instructions that the output depends on, the output first."""
        needed = {self.program.output}
        for index in range(self.program.output, self.program.n_inputs - 1, -1):
            if index in needed:
                needed.update(self.program.at(index).refs)
        return sorted((i for i in needed if i >= self.program.n_inputs), reverse=True)

    @cached_property
    def orders(self) -> list[tuple[int, ...]]:
        """Orders in which every user of a value comes before it, at most MAX_ORDERS of them."""
        return list(islice(self._orders((), frozenset(self.reachable)), MAX_ORDERS))

    def _orders(self, done: tuple[int, ...], left: frozenset[int]) -> Iterator[tuple[int, ...]]:
        if not left:
            yield done
            return
        used = {ref for index in left for ref in self.program.at(index).refs}
        for index in sorted(left - used, reverse=True):
            yield from self._orders((*done, index), left - {index})

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
        self, schedule: Sequence[int], broken: Callable[[Instruction], Local | None] | None = None
    ) -> Prediction:
        """Sweep back: serve each instruction of the schedule, in its order, as often as it says."""
        adjoints: list[Any] = [arb(0)] * len(self.program)
        adjoints[self.program.output] = arb(self.case.seed)
        with precision(PRECISION):
            for index in schedule:
                if index >= self.program.n_inputs:
                    local = broken(self.program.at(index)) if broken else None
                    self._serve(index, local or Local(), adjoints)
        return Prediction(tuple(self.primals), tuple(adjoints))

    def _serve(self, index: int, local: Local, adjoints: list[Any]) -> None:
        adjoint, partials = adjoints[index], self.partials[index]
        slots = list(enumerate(self.program.at(index).operands))
        for slot, operand in reversed(slots) if local.reverse_slots else slots:
            if not isinstance(operand, Ref):
                continue
            if local.contribute is None:
                term = SYSTEM.fl(adjoint * partials[slot])
            else:
                term = local.contribute(slot, adjoint, partials)
                if term is None:
                    continue
            if slot in local.assigned:
                adjoints[operand.index] = term
            else:
                before = adjoints[operand.index]
                adjoints[operand.index] = (
                    term if before.is_zero() else SYSTEM.accumulated([before, term])
                )
