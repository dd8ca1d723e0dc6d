"""What engines print in which one operation is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from flint import arb

from verify.faults.mechanics import MAX_ORDERS, Local, Prediction, Served, Sweep, sweep_of
from verify.faults.rules import RULES
from verify.faults.walks import Predict
from verify.program import Case, Instruction, Ref
from verify.program.ops import minus_one, plus_one

Locals = Callable[[Instruction], Iterator[Local]]


def operation(locals_: Locals) -> Predict:
    """Predict an operation broken in one of several ways, for every order of the sweep."""

    def predict(case: Case, forms: frozenset[str]) -> Iterator[Prediction]:
        sweep = sweep_of(case)
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


def overwrites(instruction: Instruction) -> Iterator[Local]:
    """Assigned, in all slots or in one."""
    slots = _slots(instruction)
    yield Local(assigned=frozenset(slots))
    if len(slots) > 1:
        yield Local(assigned=frozenset(slots), reverse_slots=True)
        for slot in slots:
            yield Local(assigned=frozenset((slot,)))
            yield Local(assigned=frozenset((slot,)), reverse_slots=True)


def forgotten(instruction: Instruction) -> Iterator[Local]:
    """One of several operands gets nothing."""
    slots = _slots(instruction)
    if len(instruction.operands) > 1:
        for lost in slots:
            yield Local(contribute=lambda at, lost=lost: None if at.slot == lost else at.right)  # type: ignore[misc]


def never_wired(instruction: Instruction) -> Iterator[Local]:
    """No operand gets anything."""
    if len(_slots(instruction)) == len(instruction.operands):
        yield Local(contribute=lambda _at: None)


def sign(instruction: Instruction) -> Iterator[Local]:
    """The wrong sign, in one slot or in all."""
    slots = _slots(instruction)
    for wrong in [*({s} for s in slots), *([set(slots)] if len(slots) > 1 else [])]:
        yield Local(
            contribute=lambda at, wrong=wrong: -at.right if at.slot in wrong else at.right  # type: ignore[misc]
        )


def no_incoming(instruction: Instruction) -> Iterator[Local]:
    """The partial alone, in one slot or in all."""
    slots = _slots(instruction)
    for wrong in [set(slots), *({s} for s in slots if len(slots) > 1)]:
        yield Local(
            contribute=lambda at, wrong=wrong: (  # type: ignore[misc]
                at.partials[at.slot] if at.slot in wrong else at.right
            )
        )


def _is_signed(instruction: Instruction) -> bool:
    """Whether its partials are 1 and -1: only a sign can be lost there, so that is what it is."""
    return all(rule in {plus_one, minus_one} for rule in instruction.row.partials)


def no_partial(instruction: Instruction) -> Iterator[Local]:
    """The incoming adjoint alone, in one slot or in all."""
    slots = _slots(instruction)
    if _is_signed(instruction):
        return
    for wrong in [set(slots), *({s} for s in slots if len(slots) > 1)]:
        yield Local(
            contribute=lambda at, wrong=wrong: at.adjoint if at.slot in wrong else at.right  # type: ignore[misc]
        )


def swapped_partials(instruction: Instruction) -> Iterator[Local]:
    """Each operand gets the other's partial."""
    one_of_two = _is_signed(instruction) and len(_slots(instruction)) == 1
    if len(instruction.operands) == len(instruction.row.partials) == 2 and not one_of_two:
        yield Local(contribute=lambda at: at.adjoint * at.partials[1 - at.slot])


def same_operand_once(instruction: Instruction) -> Iterator[Local]:
    """Contributions kept by operand: where one value sits in two slots, one of them is lost."""
    if len(instruction.operands) < 2:
        return

    def kept(at: Served, last: bool) -> object:
        places = [s for s, o in enumerate(at.instruction.operands) if o == _operand(at)]
        return at.right if at.slot == places[-1 if last else 0] else None

    yield Local(contribute=lambda at: kept(at, last=True))
    yield Local(contribute=lambda at: kept(at, last=False))


def _operand(at: Served) -> object:
    return at.instruction.operands[at.slot]


def tie_twice(instruction: Instruction) -> Iterator[Local]:
    """Both operands of a tie get the whole adjoint."""
    if instruction.op not in {"max", "min"}:
        return

    def both(at: Served) -> object:
        first, second = (arb(x) for x in at.operands)
        return at.adjoint if (first - second).contains(0) else at.right

    yield Local(contribute=both)


def cotangent_changed(instruction: Instruction) -> Iterator[Local]:
    """The incoming adjoint is multiplied by the partial where it lies."""
    if len(_slots(instruction)) == 1:
        yield Local(after=lambda at: at.right)


def wrong_rule(code: str) -> Locals:
    """A partial computed by another rule, in some of the slots for which the fault has one."""

    def locals_(instruction: Instruction) -> Iterator[Local]:
        table = {r.slot: r for r in RULES if r.code == code and r.op == instruction.op}
        for wrong in _some(sorted(table)):

            def contribute(at: Served, wrong: frozenset[int] = wrong) -> object:
                return table[at.slot].contribution(at) if at.slot in wrong else at.right

            yield Local(contribute=contribute)

    return locals_


def _some(slots: list[int]) -> Iterator[frozenset[int]]:
    if slots:
        yield frozenset(slots)
    if len(slots) > 1:
        yield from (frozenset((slot,)) for slot in slots)


def reflected(case: Case, forms: frozenset[str]) -> Iterator[Prediction]:
    """``2 - v`` computed as ``v - 2``: value and gradient of the swapped operands."""

    def swapped(instruction: Instruction) -> Instruction:
        if instruction.form not in forms or instruction.kinds != "nv":
            return instruction
        return replace(instruction, operands=instruction.operands[::-1])

    sweep = Sweep(case, swapped)
    if sweep.legal:
        yield from (sweep.run(order) for order in sweep.orders)


def cut_graph(case: Case, forms: frozenset[str]) -> Iterator[Prediction]:
    """The operation's node has no operands: what lies below is not reached through it."""
    sweep = sweep_of(case)
    if not sweep.legal:
        return

    def children(index: int) -> tuple[int, ...]:
        cut = index >= case.program.n_inputs and case.program.at(index).form in forms
        return () if cut else sweep.children(index)

    reached = frozenset(sweep.reached_by(children))
    yield from (sweep.run(order) for order in sweep.orders_of(reached, children))


def closure_on_operand(case: Case, forms: frozenset[str]) -> Iterator[Prediction]:
    """The operation's backward is kept by its first operand, instead of that operand's own."""
    sweep = sweep_of(case)
    lifted = any(i.kinds == "nv" and i.form in forms for i in case.program.instructions)
    if not sweep.legal or lifted:  # the first operand is then a number's value, kept nowhere
        return
    holders: dict[int, int] = {}
    for index, instruction in case.program.steps():
        holders[instruction.refs[0] if instruction.form in forms else index] = index
    nodes = frozenset(range(len(case.program)))
    for order in sweep.orders_of(nodes, sweep.children)[:MAX_ORDERS]:
        yield sweep.run([holders[node] for node in order if node in holders])
