"""What engines of different habits print when ``backward`` runs more than once on one graph.

The sweeps run in ball arithmetic, so a prediction encloses what every engine of that habit can
print, whatever its order of adding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb

from verify.check import holds
from verify.oracles.arb_system import ArbSystem, precision
from verify.oracles.ball import PRECISION, operands_of
from verify.program import Case, Ref

SYSTEM = ArbSystem()


@dataclass(frozen=True, slots=True)
class Habit:
    """What an engine does when ``backward`` begins.

    Attributes:
        keeps_interior: gradients of intermediates stay, and are passed on once more.
        keeps_leaves: gradients of leaves stay, so that passes add up.
        adds_seed: the root's gradient is increased by 1, not set to 1.
        serves_once: a node that a former pass has visited is not visited again.
    """

    keeps_interior: bool = False
    keeps_leaves: bool = True
    adds_seed: bool = False
    serves_once: bool = False


RIGHT = Habit()
RESETS_LEAVES = Habit(keeps_leaves=False)
INTERIOR_KEPT = (Habit(keeps_interior=True), Habit(keeps_interior=True, adds_seed=True))
SERVES_ONCE = tuple(
    Habit(keeps_interior=interior, serves_once=True, adds_seed=seed)
    for interior in (True, False)
    for seed in (False, True)
)


class Passes:
    """A case whose values are roots of several backward passes.

    Args:
        case: what is computed; any of its values may be a root.
    """

    def __init__(self, case: Case) -> None:
        self._program = case.program
        self._partials: dict[int, list[Any]] = {}
        primals: list[Any] = [arb(x) for x in case.point]
        with precision(PRECISION):
            for index, instruction in case.program.steps():
                operands, row = operands_of(instruction, primals), instruction.row
                value = SYSTEM.widened(row.primal(SYSTEM, *operands), row.accuracy)
                primals.append(value)
                self._partials[index] = [
                    arb(p) if isinstance(p, int) else SYSTEM.widened(arb(p), row.accuracy)
                    for slot in range(len(operands))
                    for p in [row.partial(slot)(SYSTEM, value, *operands)]
                ]

    def after(self, roots: Sequence[int], habit: Habit = RIGHT, zeroed: bool = False) -> list[Any]:
        """Every gradient after ``backward`` on each root in turn.

        Args:
            roots: indices of the values that backward is called on, in order.
            habit: the engine's.
            zeroed: whether all gradients are set to zero between two passes.
        """
        terms: list[list[Any]] = [[] for _ in range(len(self._program))]
        served: set[int] = set()
        with precision(PRECISION):
            for root in roots:
                under = self._under(root)
                for index in range(len(terms)):
                    if zeroed or (index in under and self._forgets(habit, index)):
                        terms[index] = []
                terms[root] = [*(terms[root] if habit.adds_seed else []), arb(1)]
                skipped = served if habit.serves_once else set()
                for index in sorted(under - skipped, reverse=True):
                    self._serve(index, terms)
                served |= under
            return [self._total(found) for found in terms]

    def explains(
        self,
        habits: Sequence[Habit],
        roots: Sequence[int],
        seen: Sequence[float | None],
        zeroed: bool = False,
    ) -> bool:
        """Whether one of the habits makes every number that was seen; None says nothing."""
        return any(
            all(
                number is None or holds(ball, number)
                for ball, number in zip(self.after(roots, habit, zeroed), seen, strict=False)
            )
            for habit in habits
        )

    def _forgets(self, habit: Habit, index: int) -> bool:
        is_leaf = index < self._program.n_inputs
        return not (habit.keeps_leaves if is_leaf else habit.keeps_interior)

    def _under(self, root: int) -> set[int]:
        found = {root}
        for index in range(root, self._program.n_inputs - 1, -1):
            if index in found:
                found.update(self._program.at(index).refs)
        return found

    def _serve(self, index: int, terms: list[list[Any]]) -> None:
        if index < self._program.n_inputs or not terms[index]:
            return
        adjoint = self._total(terms[index])
        for slot, operand in enumerate(self._program.at(index).operands):
            if isinstance(operand, Ref):
                terms[operand.index].append(adjoint * self._partials[index][slot])

    def _total(self, terms: list[Any]) -> Any:
        return SYSTEM.accumulated(terms) if terms else arb(0)
