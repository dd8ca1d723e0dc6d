"""Programs: random shared DAGs, each built around one operation and one of its operands.

What design 8 asks of every operation and operand position holds by construction, wherever the
available operations can express it:

* the operand is shared: the operation is applied twice to it (its *twin*), so whichever of the two
  an engine visits second finds an adjoint that already holds something, whatever its order;
* the operand is an intermediate three times in four, an input otherwise;
* the same node sits in both positions one time in four;
* the two applications are weighted or multiplied before they meet, so the incoming adjoint is
  not 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from strategies.dice import Dice
from strategies.points import EXACT, KINDS, Point, batch
from strategies.sketch import Sketch
from strategies.trimming import BYTES as KEEPS
from strategies.trimming import trimmed
from verify.program import FORMS, Case, Operand, Program, Ref

BYTES = 320
"""Bytes drawn for a program at up to POINTS points."""
POINTS = 12
PER_POINT = 12
"""Bytes that a further point may need: four inputs, of three bytes at most."""
NUMBERS: tuple[float, ...] = (2, 3, 0.5, -1, 1.5, -2, 2.5, -0.75, 1, -3.0, 1.0, 4)
EXPONENTS: tuple[float, ...] = (2, 3, -1, 0.5, 2.0, -2, 1.5, 1, -0.5, 3.0, 4, 0, -3, 2.5)
BASES: tuple[float, ...] = (2, 0.5, 3, 1.5, 2.5, 10)
JOINERS = ("add", "mul", "sub", "sum", "div", "max", "min", "iadd", "isub", "imul", "power")
RECIPES: tuple[tuple[tuple[str, float | None], ...], ...] = (
    (("exp", None),),
    (("sigmoid", None),),
    (("abs", None), ("add_number", 0.75)),
    (("pow", 2), ("add_number", 0.5)),
    (("mul", None), ("add_number", 1.25)),
    (("tanh", None),),
    (("sin", None),),
    (("mul_number", 0.125),),
    (("add_number", 3.5),),
    (("relu", None), ("radd", 1)),
    (("abs", None),),
    (("pow", 2),),
    (("mul", None),),
    (("neg", None),),
)
"""Ways to bring a value into an operation's domain, tried from a random start."""


@dataclass(frozen=True, slots=True)
class Focus:
    """What a program is about: a form of OPS (``radd``) and the slot of one value in it."""

    form: str
    slot: int


@dataclass(frozen=True, slots=True)
class Batch:
    """A program and the points at which it is legal; at least one."""

    program: Program
    points: tuple[Point, ...]

    def cases(self) -> list[Case]:
        """One case for each point."""
        return [Case(self.program, point) for point in self.points]


def focuses(forms: Sequence[str]) -> list[Focus]:
    """Every operand position of every form, in the order of the table."""
    return [
        Focus(form, slot)
        for form in forms
        for slot, kind in enumerate("**" if FORMS[form][1] == "*" else FORMS[form][1])
        if kind != "n"
    ]


def bytes_for(n_points: int) -> int:
    """Bytes for a program at so many points: with fewer its last choices would all be 0."""
    return BYTES + PER_POINT * max(0, n_points - POINTS)


def build(
    dice: Dice, forms: Sequence[str], focus: Focus, n_points: int, exact: bool = False
) -> Batch:
    """One program about ``focus``, from ``forms`` only, with up to ``n_points`` points.

    With ``exact`` the operand in focus is an input, and inputs are mostly exactly 0, 1 or -1.
    """
    n_inputs = 2 + dice.below(3)
    points = batch(dice, n_inputs, n_points, EXACT if exact else tuple(KINDS))
    builder = _Builder(dice, forms, Sketch(points, dice.chance(1, 40)))
    for _ in range(0 if exact else dice.below(3)):
        builder.random()
    wanted = builder.focus(focus, of_an_input=exact)
    for _ in range(dice.below(3)):
        builder.random()
    builder.join()
    return Batch(builder.sketch.program(wanted), builder.sketch.points)


class _Builder:
    def __init__(self, dice: Dice, forms: Sequence[str], sketch: Sketch) -> None:
        self.sketch = sketch
        self._dice = dice
        self._forms = tuple(forms)
        self._known = frozenset(forms)
        self._joiners = tuple(form for form in JOINERS if form in self._known)

    def random(self) -> bool:
        """Append one random instruction, if one can be found in a few tries."""
        for _ in range(4):
            form = self._dice.pick(self._forms)
            if self.sketch.apply(form, self._operands(form, None, 0)):
                return True
        return False

    def focus(self, focus: Focus, of_an_input: bool) -> int | None:
        """Apply the operation in focus to one value, usually twice, weighted apart; its index."""
        target = self._dice.below(self.sketch.n_inputs) if of_an_input else self._target()
        operands = self._place(focus, target)
        if operands is None:
            return None
        first = len(self.sketch) - 1
        if not self._joiners or not self._dice.chance(7, 8):
            return first
        shared = operands[focus.slot]
        twin = self._operands(focus.form, shared, focus.slot)
        if not self.sketch.apply(focus.form, twin):
            self.sketch.apply(focus.form, operands)
        self._weight(first)
        return first

    def join(self) -> None:
        """Let everything reach the output, by random joiners."""
        while len(sinks := self.sketch.sinks()) > 1 and self._joiners:
            a, b = sinks[0], sinks[1]
            start = self._dice.below(len(self._joiners))
            for i in range(len(self._joiners)):
                form = self._joiners[(start + i) % len(self._joiners)]
                if self.sketch.apply(form, (Ref(a), Ref(b))):
                    break
            else:
                if not any(self.sketch.apply(f, (Ref(a), Ref(b)), 1) for f in self._joiners):
                    return

    def _target(self) -> int:
        """The value in focus: an intermediate three times in four."""
        if self._dice.chance(1, 4):
            return self._dice.below(self.sketch.n_inputs)
        if not self.sketch.instructions and not self.random():
            return 0
        made = len(self.sketch.instructions)
        return self.sketch.n_inputs + made - 1 - min(self._dice.below(4), made - 1)

    def _place(self, focus: Focus, target: int) -> tuple[Operand, ...] | None:
        """Apply the form to the target, brought into the domain if need be; its operands."""
        for candidate in self._candidates(target):
            for _ in range(2):
                operands = self._operands(focus.form, Ref(candidate), focus.slot)
                if self.sketch.apply(focus.form, operands):
                    return operands
        for candidate in (target, *range(self.sketch.n_inputs)):
            operands = self._operands(focus.form, Ref(candidate), focus.slot)
            if self.sketch.apply(focus.form, operands, least=1):
                return operands
        return None

    def _candidates(self, target: int) -> list[int]:
        """The target, then what the recipes make of it, made only when asked for."""
        return _Candidates(self, target)

    def recipe(self, number: int, target: int) -> int | None:
        """Apply one recipe to the target; the index of the result."""
        before, value = len(self.sketch), target
        for form, operand in RECIPES[number]:
            pair: tuple[Operand, ...] = (Ref(value),)
            if form == "radd" and operand is not None:
                pair = (operand, Ref(value))
            elif operand is not None:
                pair = (Ref(value), operand)
            elif form == "mul":
                pair = (Ref(value), Ref(value))
            if form not in self._known or not self.sketch.apply(form, pair):
                self.sketch.undo(before)
                return None
            value = len(self.sketch) - 1
        return value

    def start(self) -> int:
        """Which recipe to try first."""
        return self._dice.below(len(RECIPES))

    def _operands(self, form: str, shared: Operand | None, slot: int) -> tuple[Operand, ...]:
        row, kinds = FORMS[form]
        if kinds == "*":
            kinds = "v" * (2 + self._dice.below(3))
        same = shared is not None and kinds.count("v") > 1 and self._dice.chance(1, 4)
        found: list[Operand] = []
        for i, kind in enumerate(kinds):
            if kind == "n":
                found.append(self._number(row.name, i))
            elif shared is not None and (i == slot or same):
                found.append(shared)
            else:
                found.append(Ref(self._any()))
        return tuple(found)

    def _any(self) -> int:
        """Any value, recent ones more often."""
        size = len(self.sketch)
        return size - 1 - min(self._dice.below(size), self._dice.below(size))

    def _number(self, name: str, slot: int) -> float:
        if name == "pow":
            return self._dice.pick(EXPONENTS)
        return self._dice.pick(BASES if name == "power" and slot == 0 else NUMBERS)

    def _weight(self, value: int) -> None:
        """Multiply a value by something, so that its cotangent is not 1."""
        other = Ref(self._any())
        for form, pair in (
            ("mul", (Ref(value), other)),
            ("mul_number", (Ref(value), self._dice.pick(NUMBERS))),
            ("rmul", (self._dice.pick(NUMBERS), Ref(value))),
        ):
            if form in self._known and self._dice.chance(1, 2) and self.sketch.apply(form, pair):
                return


class _Candidates(list[int]):
    """The target, then each recipe's result; a recipe runs only when its turn comes."""

    def __init__(self, builder: _Builder, target: int) -> None:
        super().__init__([target])
        self._builder = builder
        self._target = target

    def __iter__(self):  # type: ignore[no-untyped-def]
        """Iterate lazily, undoing a recipe that did not lead to a legal operation."""
        yield self._target
        start = self._builder.start()
        for i in range(len(RECIPES)):
            before = len(self._builder.sketch)
            made = self._builder.recipe((start + i) % len(RECIPES), self._target)
            if made is not None:
                yield made
                self._builder.sketch.undo(before)


def batches(
    forms: Sequence[str] | None = None, focus: Focus | None = None, n_points: int = 12
) -> st.SearchStrategy[Batch]:
    """Programs with points, from ``forms`` (default: all) and about ``focus`` (default: any)."""
    known = tuple(FORMS) if forms is None else tuple(forms)
    about = focuses(known)

    def decode(data: bytes) -> Batch:
        dice = Dice(data)
        return build(dice, known, focus or about[dice.below(len(about))], n_points)

    return st.binary(min_size=BYTES, max_size=BYTES).map(decode)


def programs(
    forms: Sequence[str] | None = None, focus: Focus | None = None
) -> st.SearchStrategy[Program]:
    """Programs alone."""
    return _trimmed(forms, focus, n_points=12).map(lambda made: made.program)


def cases(
    forms: Sequence[str] | None = None, focus: Focus | None = None
) -> st.SearchStrategy[Case]:
    """Programs, each with one of its points."""
    return _trimmed(forms, focus, n_points=4).map(lambda made: made.cases()[0])


def _trimmed(
    forms: Sequence[str] | None, focus: Focus | None, n_points: int
) -> st.SearchStrategy[Batch]:
    """Batches that shrink one instruction at a time; few others are trimmed."""
    wanted = None if focus is None else focus.form

    def trim(made: Batch, keep: bytes) -> Batch:
        return Batch(*trimmed(made.program, made.points, keep, wanted))

    keeps = st.binary(min_size=KEEPS, max_size=KEEPS)
    return st.builds(trim, batches(forms, focus, n_points), keeps)
