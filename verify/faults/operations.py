"""What engines print in which one operation is broken.

A fault may sit in an operation in several ways (in one operand, in the other, in all). Each way is
a variant, and one variant alone must explain everything that is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from flint import arb

from verify.faults.mechanics import KINKED, Local, Prediction, Served, Sweep, sweep_of
from verify.faults.rules import RULES, WrongRule
from verify.faults.walks import Predict, Predictor
from verify.program import FORMS, Case, Instruction, Ref
from verify.program.ops import family, minus_one, plus_one

Variant = Callable[[Instruction], Local | None]
"""How an instruction of the broken operation is broken; None is not at all."""
Slots = frozenset[int]
EVERY = frozenset(range(8))
SOME: tuple[Slots, ...] = (EVERY, frozenset((0,)), frozenset((1,)))
"""Which operands may be concerned: all of them, the first, the second."""
SHARES = ((0.5, 0.5), (1.0, 0.0), (0.0, 1.0))
"""What the operands of a tie get, as engines share it out."""


def operation(variants: Sequence[Variant]) -> Predict:
    """Predict an operation broken in one of several ways, for every order of the sweep."""

    def predict(forms: frozenset[str]) -> list[Predictor]:
        return [partial(_broken, variant, forms) for variant in variants]

    return predict


def _broken(variant: Variant, forms: frozenset[str], case: Case) -> Iterator[Prediction]:
    sweep = sweep_of(case)
    if sweep.legal:
        for order in sweep.orders:
            yield sweep.run(order, lambda i: variant(i) if i.form in forms else None)


def contributing(
    rule: Callable[[Served], object], applies: Callable[[Instruction], bool]
) -> Predict:
    """A wrong contribution, in all operands or in one."""

    def variant(slots: Slots, instruction: Instruction) -> Local | None:
        if not applies(instruction):
            return None
        return Local(contribute=lambda at: rule(at) if at.slot in slots else at.right)

    return operation([partial(variant, slots) for slots in SOME])


def _always(_instruction: Instruction) -> bool:
    return True


def _is_signed(instruction: Instruction) -> bool:
    """Whether its partials are 1 and -1: only a sign can be lost there, so that is what it is."""
    return all(rule in {plus_one, minus_one} for rule in instruction.row.partials)


def _has_two(instruction: Instruction) -> bool:
    return len(instruction.row.partials) == 2


def _overwrite(slots: Slots, instruction: Instruction, *, backwards: bool) -> Local:
    mine = frozenset(s for s, o in enumerate(instruction.operands) if isinstance(o, Ref))
    return Local(assigned=mine & slots, reverse_slots=backwards)


def _overwrite_halves(slots: Slots, instruction: Instruction) -> Local | None:
    if instruction.op not in {"max", "min"}:
        return None
    return replace(_overwrite(slots, instruction, backwards=False), halves=True)


def _forgotten(slot: int, instruction: Instruction) -> Local | None:
    if not _has_two(instruction):
        return None
    return Local(contribute=lambda at: None if at.slot == slot else at.right)


def _nothing(_instruction: Instruction) -> Local:
    return Local(contribute=lambda _at: None)


def _mirrored(slots: Slots, instruction: Instruction) -> Local | None:
    """The wrong sign; both signs of a sum or difference are what swapped partials are."""
    if slots is EVERY and _is_signed(instruction) and _has_two(instruction):
        return None
    return Local(contribute=lambda at: -at.right if at.slot in slots else at.right)


def _swapped(instruction: Instruction) -> Local | None:
    return (
        Local(contribute=lambda at: at.adjoint * at.partials[1 - at.slot])
        if _has_two(instruction)
        else None
    )


def _once(which: int, shares: tuple[float, float], instruction: Instruction) -> Local | None:
    """Contributions kept by operand: where one value sits in two slots, one of them is lost.

    An engine shares ties out in one way, whether it is one value twice or two that are equal.
    """
    has_ties = instruction.op in KINKED
    if not _has_two(instruction) or not (has_ties or shares is SHARES[0]):
        return None

    def kept(at: Served) -> object:
        mine = at.instruction.operands[at.slot]
        places = [s for s, o in enumerate(at.instruction.operands) if o == mine]
        right = at.adjoint * shares[at.slot] if has_ties and _is_tie(at) else at.right
        return right if at.slot == places[which] else None

    return Local(contribute=kept)


def _is_tie(at: Served) -> bool:
    first, second = (arb(x) for x in at.operands)
    return bool((first - second).contains(0))


def _tie_twice(instruction: Instruction) -> Local | None:
    if instruction.op not in KINKED:
        return None
    return Local(contribute=lambda at: at.adjoint if _is_tie(at) else at.right)


def _tie_to_neither(instruction: Instruction) -> Local | None:
    if instruction.op not in KINKED:
        return None
    return Local(contribute=lambda at: None if _is_tie(at) else at.right)


def _cotangent(instruction: Instruction) -> Local | None:
    return Local(after=lambda at: at.right) if len(instruction.refs) == 1 else None


def wrong_rule(code: str) -> Predict:
    """A partial computed by another rule, in all of the operands that have one or in one."""
    table = {(rule.op, rule.slot): rule for rule in RULES if rule.code == code}

    def variant(slots: Slots, instruction: Instruction) -> Local | None:
        op = family(instruction.op)
        rules = {slot: table[op, slot] for slot in slots if (op, slot) in table}

        def contribute(at: Served) -> object:
            rule: WrongRule | None = rules.get(at.slot)
            return rule.contribution(at) if rule else at.right

        return Local(contribute=contribute) if rules else None

    return operation([partial(variant, slots) for slots in SOME])


overwrites = operation([
    *(partial(_overwrite, slots, backwards=back) for slots in SOME for back in (False, True)),
    *(partial(_overwrite_halves, slots) for slots in SOME),
])  # fmt: skip
forgotten = operation([partial(_forgotten, slot) for slot in (0, 1)])
never_wired = operation([_nothing])
sign = operation([partial(_mirrored, slots) for slots in SOME])
no_incoming = contributing(lambda at: at.partials[at.slot], _always)
no_partial = contributing(lambda at: at.adjoint, lambda i: not _is_signed(i))
swapped_partials = operation([_swapped])
same_operand_once = operation(
    [partial(_once, which, shares) for which in (0, -1) for shares in SHARES]
)
tie_twice = operation([_tie_twice])
tie_to_neither = operation([_tie_to_neither])
cotangent_changed = operation([_cotangent])


def reflected(forms: frozenset[str]) -> list[Predictor]:
    """``2 - v`` computed as ``v - 2``: value and gradient of the swapped operands."""
    if any(FORMS[form][1] != "nv" for form in forms):
        return []

    def swapped(instruction: Instruction) -> Instruction:
        if instruction.form not in forms:
            return instruction
        return replace(instruction, operands=instruction.operands[::-1])

    def predict(case: Case) -> Iterator[Prediction]:
        sweep = Sweep(case, swapped)
        if sweep.legal:
            yield from (sweep.run(order) for order in sweep.orders)

    return [predict]


def cut_graph(forms: frozenset[str]) -> list[Predictor]:
    """The operation's node lacks operands: what lies below is not reached through them."""
    return [partial(_cut, slots, forms) for slots in SOME]


def _cut(slots: Slots, forms: frozenset[str], case: Case) -> Iterator[Prediction]:
    sweep = sweep_of(case)
    if not sweep.legal:
        return

    def children(index: int) -> tuple[int, ...]:
        if index < case.program.n_inputs or case.program.at(index).form not in forms:
            return sweep.children(index)
        operands = enumerate(case.program.at(index).operands)
        return tuple(o.index for s, o in operands if isinstance(o, Ref) and s not in slots)

    reached = frozenset(sweep.reached_by(children))
    yield from (sweep.run(order) for order in sweep.orders_of(reached, children))


def closure_on_operand(forms: frozenset[str]) -> list[Predictor]:
    """The operation's backward is kept by its first operand, instead of that operand's own."""

    def predict(case: Case) -> Iterator[Prediction]:
        sweep = sweep_of(case)
        mine = [(k, i) for k, i in case.program.steps() if i.form in forms]
        if not sweep.legal or any(i.kinds == "nv" for _, i in mine):
            return  # the first operand is then a number's value, kept nowhere
        holders = {index: index for index, _ in case.program.steps()}
        for index, instruction in mine:
            holders.pop(index)
            holders[instruction.refs[0]] = index
        nodes = frozenset(range(len(case.program)))
        for order in sweep.orders_of(nodes, sweep.children):
            yield sweep.run([holders[node] for node in order if node in holders])

    return [predict]
