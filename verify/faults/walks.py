"""What engines print that walk the graph wrongly, or gather contributions wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from verify.faults.mechanics import Accumulation, Prediction, Sweep, sweep_of
from verify.program import Case

Predict = Callable[[Case, frozenset[str]], Iterator[Prediction]]
MAX_SCHEDULE = 400
"""A schedule that serves more than this is no question for a prediction."""


def walk(schedules: Callable[[Sweep], Iterator[list[int]]]) -> Predict:
    """Predict a walk of the graph that serves the wrong nodes, or in the wrong order."""

    def predict(case: Case, _forms: frozenset[str]) -> Iterator[Prediction]:
        sweep = sweep_of(case)
        if sweep.legal:
            yield from (sweep.run(schedule) for schedule in schedules(sweep))

    return predict


def gathering(policies: Callable[[Sweep], Iterator[Accumulation]]) -> Predict:
    """Predict an engine that walks rightly and gathers contributions wrongly."""

    def predict(case: Case, _forms: frozenset[str]) -> Iterator[Prediction]:
        sweep = sweep_of(case)
        if sweep.legal:
            for policy in policies(sweep):
                for order in sweep.orders:
                    yield sweep.run(order, None, policy)

    return predict


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


def no_visited_set(sweep: Sweep) -> Iterator[list[int]]:
    """The sort appends a node after its operands, once for every path that leads to it."""
    for children in sweep.child_orders():
        found: list[int] = []

        def explore(index: int, found=found, children=children) -> None:  # type: ignore[no-untyped-def]
            for child in children(index):
                if len(found) < MAX_SCHEDULE:
                    explore(child)
            found.append(index)

        explore(sweep.program.output)
        if len(found) < MAX_SCHEDULE:
            yield found[::-1]


def every_path(sweep: Sweep) -> Iterator[list[int]]:
    """Each node serves its operands and calls them at once: once a path, with a partial adjoint."""
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


def one_branch(sweep: Sweep) -> Iterator[list[int]]:
    """Only the first operand of each node is followed, or only the last."""
    for which in (0, -1):
        index, schedule = sweep.program.output, []
        while index >= sweep.program.n_inputs:
            schedule.append(index)
            index = sweep.children(index)[which]
        yield schedule


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


def merged_leaves(sweep: Sweep) -> Iterator[Accumulation]:
    """Leaves of equal value are one leaf, which gets the gradients of all."""
    point = sweep.case.point
    merged = {i: point.index(x) for i, x in enumerate(point)}
    for numbers in (True, False):
        yield Accumulation(merged=merged, numbers=numbers)


def one_user(sweep: Sweep) -> Iterator[Accumulation]:
    """Each value knows one of its users only, the last or the first."""
    for keep in (max, min):
        users: dict[int, int] = {}
        for index, instruction in sweep.program.steps():
            for ref in instruction.refs:
                users[ref] = keep(users.get(ref, index), index)
        yield Accumulation(user=users)


def few_uses(_sweep: Sweep) -> Iterator[Accumulation]:
    """Contributions beyond the second or the third are lost."""
    yield from (Accumulation(most=most) for most in (2, 3))


def no_seed(_sweep: Sweep) -> Iterator[Accumulation]:
    """The output's own gradient is never set."""
    yield Accumulation(seed=0.0)
