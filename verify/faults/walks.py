"""What engines print that walk the graph wrongly, or gather contributions wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from verify.faults.mechanics import Accumulation, Prediction, Sweep, sweep_of
from verify.program import Case, Ref

Predictor = Callable[[Case], Iterator[Prediction]]
"""What an engine with a bug prints for a case, one prediction for each order it may work in."""
Predict = Callable[[frozenset[str]], list[Predictor]]
"""The ways in which a bug can sit in some forms; a bug of the walk sits in none of them."""
MAX_SCHEDULE = 400
"""A schedule that serves more than this is no question for a prediction."""


Schedules = Callable[[Sweep], Iterator[Sequence[int | tuple[int, int]]]]


def walk(*schedules: Schedules) -> Predict:
    """Predict a walk of the graph that serves the wrong nodes, or in the wrong order."""

    def predictor(schedule: Schedules) -> Predictor:
        def predict(case: Case) -> Iterator[Prediction]:
            sweep = sweep_of(case)
            if sweep.legal:
                yield from (sweep.run(order) for order in schedule(sweep))

        return predict

    return lambda _forms: [predictor(schedule) for schedule in schedules]


def gathering(*policies: Callable[[Sweep], Accumulation]) -> Predict:
    """Predict an engine that walks rightly and gathers contributions wrongly."""

    def predictor(policy: Callable[[Sweep], Accumulation]) -> Predictor:
        def predict(case: Case) -> Iterator[Prediction]:
            sweep = sweep_of(case)
            if sweep.legal:
                yield from (sweep.run(order, None, policy(sweep)) for order in sweep.orders)

        return predict

    return lambda _forms: [predictor(policy) for policy in policies]


def duplicates(sweep: Sweep) -> Iterator[list[int]]:
    """The sort appends an operand each time it is met; the root is served first."""
    for children in sweep.child_orders():
        found: list[int] = []
        seen: set[int] = set()

        def explore(index: int, found=found, seen=seen, children=children) -> None:  # type: ignore[no-untyped-def]
            for child in children(index):
                if child not in seen:
                    seen.add(child)
                    explore(child)
                found.append(child)

        explore(sweep.program.output)
        yield [sweep.program.output, *reversed(found)]


def every_path(sweep: Sweep) -> Iterator[list[int]]:
    """Each node is served once for every path to it, each time with the adjoint it has by then.

    A backward that calls its operands' and a sort without a visited set both do this.
    """
    for children in sweep.child_orders():
        schedule: list[int] = []

        def visit(index: int, schedule=schedule, children=children) -> None:  # type: ignore[no-untyped-def]
            schedule.append(index)
            for child in children(index):
                if len(schedule) < MAX_SCHEDULE:
                    visit(child)

        visit(sweep.program.output)
        if len(schedule) < MAX_SCHEDULE:
            yield schedule


def one_operand_at_a_time(sweep: Sweep) -> Iterator[list[int | tuple[int, int]]]:
    """As every_path, and each operand is followed before the next gets its contribution."""
    for backwards in (False, True):
        schedule: list[int | tuple[int, int]] = []

        def visit(index: int, schedule=schedule, backwards=backwards) -> None:  # type: ignore[no-untyped-def]
            if index < sweep.program.n_inputs or len(schedule) >= MAX_SCHEDULE:
                return
            slots = list(enumerate(sweep.program.at(index).operands))
            for slot, operand in reversed(slots) if backwards else slots:
                if isinstance(operand, Ref):
                    schedule.append((index, slot))
                    visit(operand.index)

        visit(sweep.program.output)
        if len(schedule) < MAX_SCHEDULE:
            yield schedule


def breadth_first(sweep: Sweep) -> Iterator[list[int]]:
    """Level by level from the root, each node once: a node may be served too early."""
    for children in sweep.child_orders():
        queue, seen = [sweep.program.output], {sweep.program.output}
        for index in queue:
            for child in children(index):
                if child not in seen:
                    seen.add(child)
                    queue.append(child)
        yield queue


def preorder(sweep: Sweep) -> Iterator[list[int]]:
    """Depth first, a node served as soon as it is met, each once."""
    for children in sweep.child_orders():
        schedule: list[int] = []
        stack = [sweep.program.output]
        while stack:
            index = stack.pop()
            if index not in schedule:
                schedule.append(index)
                stack.extend(children(index))
        yield schedule


def not_reversed(sweep: Sweep) -> Iterator[list[int]]:
    """The sorted list is walked from the leaves: only the root passes anything on."""
    for order in sweep.orders:
        yield list(reversed(order))


def one_branch(which: int, *, numbers: bool) -> Callable[[Sweep], Iterator[list[int]]]:
    """Only one operand of each node is followed; numbers may be nodes, where the walk then ends."""

    def schedule(sweep: Sweep) -> Iterator[list[int]]:
        index, served = sweep.program.output, []
        while index >= sweep.program.n_inputs:
            served.append(index)
            instruction = sweep.program.at(index)
            values = len(instruction.row.partials) > 1 and numbers
            operand = (instruction.operands if values else instruction.refs)[which]
            if isinstance(operand, int | float) and values:
                break
            index = operand.index if isinstance(operand, Ref) else int(operand)
        yield served

    return schedule


def equal_nodes(sweep: Sweep) -> Iterator[list[int]]:
    """A node whose value equals that of a node already seen is taken for it and never served."""
    values = [round(float(ball.mid()), 13) for ball in sweep.primals]
    for children in sweep.child_orders():
        order: list[int] = []
        seen: set[float] = set()

        def explore(index: int, order=order, seen=seen, children=children) -> None:  # type: ignore[no-untyped-def]
            if values[index] in seen:
                return
            seen.add(values[index])
            for child in children(index):
                explore(child)
            order.append(index)

        explore(sweep.program.output)
        yield order[::-1]


def merged_leaves(*, numbers: bool) -> Callable[[Sweep], Accumulation]:
    """Leaves of equal value are one leaf, which gets the gradients of all."""

    def policy(sweep: Sweep) -> Accumulation:
        point = sweep.case.point
        return Accumulation(
            merged={i: point.index(x) for i, x in enumerate(point)}, numbers=numbers
        )

    return policy


def one_user(keep: Callable[[int, int], int]) -> Callable[[Sweep], Accumulation]:
    """Each value knows one of its users only, the last or the first."""

    def policy(sweep: Sweep) -> Accumulation:
        users: dict[int, int] = {}
        for index, instruction in sweep.program.steps():
            for ref in instruction.refs:
                users[ref] = keep(users.get(ref, index), index)
        return Accumulation(user=users)

    return policy


def few_uses(most: int, *, each: bool = False) -> Callable[[Sweep], Accumulation]:
    """Contributions beyond some number of uses are lost; each operand may be a use of its own."""
    return lambda _sweep: Accumulation(most=most, each=each)


def no_seed(_sweep: Sweep) -> Accumulation:
    """The output's own gradient is never set."""
    return Accumulation(seed=0.0)
