"""What was examined: for each operation and operand position, how often each situation occurred.

Counted from the programs themselves, not from what the generator meant to make. A situation that
cannot occur (a negative operand of log, the same node twice in a unary operation) is not asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from strategies import Focus, focuses
from verify.check import Checked
from verify.program import FORMS, Instruction, Program, Ref
from verify.verdict import Agree, Inaccurate, Mismatch

SITUATIONS: dict[str, str] = {
    "checked": "the verdict was decided",
    "shared": "the operand is used more than once",
    "nested": "the operand is an intermediate",
    "held": "another use by the same operation, so the adjoint holds something in any order",
    "both": "the same node sits in both positions",
    "cotangent": "the incoming adjoint is neither 0 nor 1",
    "zero": "the operand is exactly 0",
    "one": "the operand is exactly 1",
    "minus one": "the operand is exactly -1",
    "negative": "the operand is negative",
    "tie": "another operand is equal and a distinct node",
}
SELECTING = frozenset({"max", "min", "relu"})
"""Operations that pass an adjoint on as it is, or not at all: alone they never make it other."""
EXACT = frozenset({"zero", "one", "minus one", "tie"})
VALUES = {"zero": 0.0, "one": 1.0, "minus one": -1.0, "negative": -0.8125}


@dataclass
class Coverage:
    """Counts of situations by operand position.

    Args:
        forms: the forms that are examined.
        among: all the forms that programs are made of; default those examined.
    """

    forms: tuple[str, ...]
    among: tuple[str, ...] = ()
    counts: dict[Focus, Counter[str]] = field(init=False)

    def __post_init__(self) -> None:
        """Start every position at nothing."""
        self.counts = {focus: Counter() for focus in focuses(self.forms)}

    def add(self, program: Program, checked: Sequence[Checked]) -> None:
        """Count one program at all its points."""
        decided = [c for c in checked if isinstance(c.verdict, Agree | Mismatch | Inaccurate)]
        if not decided:
            return
        uses = program.uses()
        twins = _twins(program)
        for index, instruction in program.steps():
            for slot, operand in enumerate(instruction.operands):
                if not isinstance(operand, Ref):
                    continue
                counter = self.counts.get(self._focus(instruction, slot))
                if counter is None:
                    continue
                counter["checked"] += len(decided)
                twice = instruction.refs.count(operand.index) > 1
                situation = {
                    "shared": uses[operand.index] > 1,
                    "nested": operand.index >= program.n_inputs,
                    "held": twice or twins[instruction.form, slot, operand.index] > 1,
                    "both": twice,
                }
                for name, occurs in situation.items():
                    counter[name] += len(decided) * occurs
                for one in decided:
                    counter.update(_at_a_point(one, index, slot, instruction))

    def _focus(self, instruction: Instruction, slot: int) -> Focus:
        return Focus(instruction.form, min(slot, 1) if instruction.kinds == "*" else slot)

    def least(self) -> tuple[Focus, str, int] | None:
        """The position and the situation that occurred least often, and how often."""
        among = self.among or self.forms
        found = [
            (counter[name], number, name, focus)
            for number, (focus, counter) in enumerate(self.counts.items())
            for name in situations(focus, among)
        ]
        if not found:
            return None
        count, _, name, focus = min(found, key=lambda item: item[:2])
        return focus, name, count

    def lacking(self, minimum: int) -> dict[Focus, list[str]]:
        """Positions and the situations that occurred less often than the minimum."""
        found = {}
        for focus, counter in self.counts.items():
            wanted = situations(focus, self.among or self.forms)
            if short := [name for name in wanted if counter[name] < minimum]:
                found[focus] = short
        return found


def situations(focus: Focus, forms: Sequence[str] = tuple(FORMS)) -> list[str]:
    """The situations that can occur at a position of programs made of some forms only."""
    joined = any(FORMS[form][1] in {"vv", "*"} for form in forms)
    scaled = any(FORMS[form][0].name not in SELECTING for form in forms)
    row, kinds = FORMS[focus.form]
    values = 2 if kinds == "*" else kinds.count("v")
    names = ["checked", "nested"]
    if joined:
        names += ["shared", "held"]
    if joined and scaled:
        names.append("cotangent")
    if values > 1:
        names.append("both")
    slots = 2 if kinds == "*" else len(kinds)
    for name, value in VALUES.items():
        operands: list[float] = [1.5] * slots
        operands[focus.slot] = value
        if row.name == "pow":
            operands[1] = 2
        legal = all(
            m.quantity > 0 if m.relation == ">" else m.quantity != 0 for m in row.domain(*operands)
        )
        if legal and all(q != 0 for q in row.kinks(*operands)):
            names.append(name)
    if values > 1 and not row.kinks(*[1.5] * slots):
        names.append("tie")
    return names


def _twins(program: Program) -> Counter[tuple[str, int, int]]:
    """How often each value is used by a form at a slot."""
    return Counter(
        (instruction.form, slot, operand.index)
        for _, instruction in program.steps()
        for slot, operand in enumerate(instruction.operands)
        if isinstance(operand, Ref)
    )


def _at_a_point(one: Checked, index: int, slot: int, instruction: Instruction) -> list[str]:
    primals = one.truth.enclosure.primals
    operand = instruction.operands[slot]
    assert isinstance(operand, Ref)  # noqa: S101 - the caller looks at values only
    ball = primals[operand.index]
    names = []
    if operand.index < one.case.program.n_inputs:
        value = one.case.point[operand.index]
        names += [n for n in ("zero", "one", "minus one") if value == VALUES[n]]
    if ball < 0:
        names.append("negative")
    cotangent = one.truth.enclosure.adjoints[index]
    if not cotangent.contains(1) and not cotangent.contains(0):
        names.append("cotangent")
    others = [r for r in instruction.refs if r != operand.index]
    if any(primals[other].overlaps(ball) for other in others):
        names.append("tie")
    return names
