"""FAULTS: known gradient bugs, one row each, with what an engine that has it would print.

A failing engine is diagnosed with a fault only if the fault's prediction explains every number
seen, on the counterexample and on each question asked after it. The sources are public reports,
named as ``repository#thread``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from verify.faults.mechanics import Local, Prediction, Sweep
from verify.program import Case, Instruction, Ref
from verify.program.ops import minus_one, plus_one

Predict = Callable[[Case, frozenset[str]], Iterator[Prediction]]


@dataclass(frozen=True, slots=True)
class Fault:
    """One known bug.

    Attributes:
        code: stable name for reports.
        name: what people call it.
        scope: ``operation`` if it sits in one operation, ``graph`` if in the walk.
        what: what the engine does, in the words of a diagnosis; ``{form}`` is the operation.
        mend: what to look for and what it should be.
        seen: where it happened.
        predict: what an engine with the bug in some forms (those that run the same method) would
            print, one prediction for each order the engine might work in.
    """

    code: str
    name: str
    scope: str
    what: str
    mend: str
    seen: str
    predict: Predict


def _operation(locals_: Callable[[Instruction], Iterator[Local]]) -> Predict:
    """Predict an operation broken in one of several ways, for every order of the sweep."""

    def predict(case: Case, forms: frozenset[str]) -> Iterator[Prediction]:
        sweep = Sweep(case)
        if not sweep.legal:
            return
        broken = (i for i in case.program.instructions if i.form in forms)
        widest = max(broken, key=lambda i: len(i.refs), default=None)
        for local in locals_(widest) if widest else iter((Local(),)):
            for order in sweep.orders:
                yield sweep.run(order, lambda i, local=local: local if i.form in forms else None)  # type: ignore[misc]

    return predict


def _slots(instruction: Instruction) -> list[int]:
    return [s for s, o in enumerate(instruction.operands) if isinstance(o, Ref)]


def _overwrites(instruction: Instruction) -> Iterator[Local]:
    slots = _slots(instruction)
    yield Local(assigned=frozenset(slots))
    if len(slots) > 1:
        yield Local(assigned=frozenset(slots), reverse_slots=True)
        for slot in slots:
            yield Local(assigned=frozenset((slot,)))
            yield Local(assigned=frozenset((slot,)), reverse_slots=True)


def _forgotten(instruction: Instruction) -> Iterator[Local]:
    for lost in _slots(instruction):
        yield Local(contribute=lambda s, g, p, lost=lost: None if s == lost else g * p[s])  # type: ignore[misc]


def _sign(instruction: Instruction) -> Iterator[Local]:
    for wrong in _slots(instruction):
        yield Local(contribute=lambda s, g, p, wrong=wrong: -(g * p[s]) if s == wrong else g * p[s])  # type: ignore[misc]


def _no_incoming(_instruction: Instruction) -> Iterator[Local]:
    yield Local(contribute=lambda s, _g, p: p[s])


def _is_signed(instruction: Instruction) -> bool:
    """Whether its partials are 1 and -1: only a sign can be lost there, so that is what it is."""
    return all(rule in {plus_one, minus_one} for rule in instruction.row.partials)


def _no_partial(instruction: Instruction) -> Iterator[Local]:
    if not _is_signed(instruction):
        yield Local(contribute=lambda _s, g, _p: g)


def _swapped_partials(instruction: Instruction) -> Iterator[Local]:
    one_of_two = _is_signed(instruction) and len(_slots(instruction)) == 1
    if len(instruction.operands) == 2 and not one_of_two:
        yield Local(contribute=lambda s, g, p: g * p[1 - s])


def _reflected(case: Case, forms: frozenset[str]) -> Iterator[Prediction]:
    """``2 - v`` computed as ``v - 2``: value and gradient of the swapped operands."""

    def swapped(instruction: Instruction) -> Instruction:
        if instruction.form not in forms or instruction.kinds != "nv":
            return instruction
        flipped = replace(instruction, operands=instruction.operands[::-1])
        if flipped.kinds in flipped.row.forms:
            return flipped
        return Instruction("pow", flipped.operands) if instruction.op == "power" else instruction

    sweep = Sweep(case, swapped)
    if sweep.legal:
        yield from (sweep.run(order) for order in sweep.orders)


def _walk(schedules: Callable[[Sweep], Iterator[list[int]]]) -> Predict:
    """Predict a walk of the graph that serves the wrong nodes, or in the wrong order."""

    def predict(case: Case, _forms: frozenset[str]) -> Iterator[Prediction]:
        sweep = Sweep(case)
        if sweep.legal:
            yield from (sweep.run(schedule) for schedule in schedules(sweep))

    return predict


def _duplicates(sweep: Sweep) -> Iterator[list[int]]:
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


def _every_path(sweep: Sweep) -> Iterator[list[int]]:
    """Each node serves its operands and calls them at once: once a path, with a partial adjoint."""
    for children in sweep.child_orders():
        schedule: list[int] = []

        def visit(index: int, schedule=schedule, children=children) -> None:  # type: ignore[no-untyped-def]
            schedule.append(index)
            for child in children(index):
                visit(child)

        visit(sweep.program.output)
        yield schedule


def _breadth_first(sweep: Sweep) -> Iterator[list[int]]:
    """Level by level from the root, each node once: a node may be served too early."""
    for children in sweep.child_orders():
        queue, seen = [sweep.program.output], {sweep.program.output}
        for index in queue:
            for child in children(index):
                if child not in seen:
                    seen.add(child)
                    queue.append(child)
        yield queue


def _preorder(sweep: Sweep) -> Iterator[list[int]]:
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


def _not_reversed(sweep: Sweep) -> Iterator[list[int]]:
    """The sorted list is walked from the leaves: only the root passes anything on."""
    for order in sweep.orders:
        yield list(reversed(order))


FAULTS: tuple[Fault, ...] = (
    Fault(
        "overwrite", "shared-node overwrite", "operation",
        "that assigns the gradient in {form} instead of adding to it",
        "Look for `.grad = ...` in {form}'s backward; it should be `.grad += ...`.",
        "the notebook; assignment in one operation only is the commonest bug of small engines",
        _operation(_overwrites),
    ),
    Fault(
        "duplicate-append", "duplicate append in the topological sort", "graph",
        "whose topological sort appends a node each time it is met, so that the "
        "node's backward runs more than once",
        "Append a node inside the `if node not in seen`, after its operands.",
        "the notebook",
        _walk(_duplicates),
    ),
    Fault(
        "every-path", "backward recursed once a path, without an order", "graph",
        "whose backward calls its operands' backward at once, so that a shared node "
        "passes on a partial adjoint once for every path",
        "Sort the graph first; serve each node once, after all its users.",
        "micrograd#2, #64, #68; cTensor#5",
        _walk(_every_path),
    ),
    Fault(
        "breadth-first", "nodes served level by level", "graph",
        "that walks the graph breadth first, so that a node can pass its gradient on "
        "before all its users have given theirs",
        "Serve the nodes in reverse topological order.",
        "micrograd#81, #91",
        _walk(_breadth_first),
    ),
    Fault(
        "preorder", "nodes served as they are met", "graph",
        "that serves each node when a depth-first walk first meets it, before all its "
        "users have given their gradients",
        "Append to the order after visiting the operands, then reverse.",
        "micrograd#68",
        _walk(_preorder),
    ),
    Fault(
        "not-reversed", "topological order not reversed", "graph",
        "that walks the sorted graph from the leaves to the root",
        "Reverse the topological order before serving it.",
        "tinygrad#3171",
        _walk(_not_reversed),
    ),
    Fault(
        "reflected", "reflected operands swapped", "operation",
        "that computes {form} with its operands swapped, as in `2 - v` giving `v - 2`",
        "In the reflected method write `other` first: `other - self`, not `self - other`.",
        "the notebook; six of 78 public engines",
        _reflected,
    ),
    Fault(
        "forgotten-operand", "an operand gets no gradient", "operation",
        "whose {form} gives one operand no gradient",
        "Add the missing `+=` for that operand in {form}'s backward.",
        "casadi; value exponents without a gradient in four of 78 public engines",
        _operation(_forgotten),
    ),
    Fault(
        "wrong-sign", "partial with the wrong sign", "operation",
        "whose {form} passes on a gradient with the wrong sign",
        "Check the sign of the partial in {form}'s backward.",
        "micrograd_c#1; casadi#2585",
        _operation(_sign),
    ),
    Fault(
        "dropped-adjoint", "incoming gradient dropped", "operation",
        "whose {form} passes on its partial without multiplying by the incoming gradient",
        "Multiply by `out.grad` in {form}'s backward.",
        "smile#528; stan-math#1569",
        _operation(_no_incoming),
    ),
    Fault(
        "dropped-partial", "local derivative dropped", "operation",
        "whose {form} passes on the incoming gradient unchanged",
        "Multiply by the local derivative in {form}'s backward.",
        "autodiff#395, #396",
        _operation(_no_partial),
    ),
    Fault(
        "swapped-partials", "the operands' partials swapped", "operation",
        "whose {form} gives each operand the other's partial",
        "Exchange the two partials in {form}'s backward.",
        "keops#155",
        _operation(_swapped_partials),
    ),
)  # fmt: skip

BY_CODE: dict[str, Fault] = {fault.code: fault for fault in FAULTS}
