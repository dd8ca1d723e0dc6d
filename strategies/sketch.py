"""A program being built beside its values at a batch of points, so legal by construction.

Each instruction is tried on all points at once. Points at which it would leave its domain, its
comfortable range or a kink's neighbourhood are given up, never the draw; where too few would
remain, the instruction is refused and the caller tries another.
"""

from __future__ import annotations

from collections.abc import Sequence

from verify.program import BY_NAME, FORMS, Instruction, Operand, Program, Ref
from verify.program.reals import FLOAT64

Point = tuple[float, ...]

LARGEST = 1e6
COMFORT: dict[str, float] = {"exp": 12.0, "tanh": 8.0, "sigmoid": 14.0, "sin": 30.0, "cos": 30.0}
"""Largest |operand| at which an operation keeps most of its digits; others take LARGEST."""
FURTHEST = 1e30
"""The largest number where nothing is computed further, so that no digit is lost."""
FAINT = 1e-4
"""A sum this much smaller than its terms has lost digits: only sums may use it further."""
ADDITIVE = frozenset({"add", "sub", "iadd", "isub", "sum", "neg"})
MIN_POINTS = 3


def needs(n_inputs: int, instructions: Sequence[Instruction], output: int) -> set[int]:
    """The values that one value is computed from, itself included."""
    needed = {output}
    for index in range(output, n_inputs - 1, -1):
        if index in needed:
            needed.update(instructions[index - n_inputs].refs)
    return needed


def program_of(n_inputs: int, instructions: Sequence[Instruction], output: int) -> Program:
    """The program of one value: nothing in it is dead."""
    new = {index: index for index in range(n_inputs)}
    kept: list[Instruction] = []
    for index in sorted(needs(n_inputs, instructions, output) - new.keys()):
        kept.append(instructions[index - n_inputs].renamed(new.__getitem__))
        new[index] = n_inputs + len(kept) - 1
    return Program(n_inputs, tuple(kept))


class Sketch:
    """Instructions so far, and the values of every one at the points that are left.

    Args:
        points: the batch, one tuple for each point; all of the same length.
        at_kinks: whether an operand may sit exactly at a kink.
        far: whether numbers may be as large as they like, as for one operation alone.
    """

    def __init__(self, points: list[Point], at_kinks: bool = False, far: bool = False) -> None:
        self.n_inputs = len(points[0])
        self.instructions: list[Instruction] = []
        self.used: set[int] = set()
        self._points = points
        self._columns = [list(point) for point in points]
        self._faint: list[set[int]] = [set() for _ in points]
        self._at_kinks, self._far = at_kinks, far

    def __len__(self) -> int:
        """The number of values."""
        return self.n_inputs + len(self.instructions)

    @property
    def points(self) -> tuple[Point, ...]:
        """The points at which every instruction so far is legal."""
        return tuple(self._points)

    def program(self, wanted: int | None = None) -> Program:
        """What has been built, as far as one output needs it: nothing in it is dead.

        The output is the last instruction that nothing uses and that depends on ``wanted``;
        without ``wanted``, or where it was undone, the last instruction.
        """
        outputs = [i for i in self.sinks() if wanted is None or wanted in self._needs(i)]
        output = max(outputs, default=len(self) - 1)
        return program_of(self.n_inputs, self.instructions, output)

    def _needs(self, output: int) -> set[int]:
        return needs(self.n_inputs, self.instructions, output)

    def sinks(self) -> list[int]:
        """Instructions that nothing uses yet."""
        return [i for i in range(self.n_inputs, len(self)) if i not in self.used]

    def apply(self, form: str, operands: tuple[Operand, ...], least: int = MIN_POINTS) -> bool:
        """Append an instruction if at least ``least`` points (and half of all) survive it."""
        row, _ = FORMS[form]
        instruction = Instruction(row.name, operands)
        results = [
            self._value(instruction, column, faint)
            for column, faint in zip(self._columns, self._faint, strict=True)
        ]
        kept = [i for i, result in enumerate(results) if result is not None]
        if len(kept) < max(1, min(least, (len(results) + 1) // 2)):
            return False
        self._keep(kept, results)
        self.instructions.append(instruction)
        self.used.update(instruction.refs)
        return True

    def undo(self, length: int) -> None:
        """Forget instructions down to ``length`` values; points given up stay given up."""
        del self.instructions[length - self.n_inputs :]
        for column, faint in zip(self._columns, self._faint, strict=True):
            del column[length:]
            faint.difference_update([i for i in faint if i >= length])
        self.used = {ref for i in self.instructions for ref in i.refs}

    def _keep(self, kept: list[int], results: list[tuple[float, bool] | None]) -> None:
        self._points = [self._points[i] for i in kept]
        self._columns = [self._columns[i] for i in kept]
        self._faint = [self._faint[i] for i in kept]
        for column, faint, i in zip(self._columns, self._faint, kept, strict=True):
            value, is_faint = results[i] or (0.0, False)
            if is_faint:
                faint.add(len(column))
            column.append(value)

    def _value(
        self, instruction: Instruction, column: list[float], faint: set[int]
    ) -> tuple[float, bool] | None:
        """The instruction's value at one point and whether it is faint; None where not legal."""
        name, row = instruction.op, BY_NAME[instruction.op]
        xs = [column[o.index] if isinstance(o, Ref) else o for o in instruction.operands]
        if name not in ADDITIVE and faint and any(ref in faint for ref in instruction.refs):
            return None
        if max(map(abs, xs)) > COMFORT.get(name, LARGEST) and not self._far:
            return None
        for margin in row.domain(*xs):
            if not (margin.quantity > 0 if margin.relation == ">" else margin.quantity != 0):
                return None
        if not self._clear_of_kinks(instruction, xs):
            return None
        value = row.primal(FLOAT64, *xs)
        if not abs(value) <= (FURTHEST if self._far else LARGEST):
            return None
        lost = name in ADDITIVE and abs(value) < FAINT * max(map(abs, xs))
        return value, lost or any(ref in faint for ref in instruction.refs)

    def _clear_of_kinks(self, instruction: Instruction, xs: list[float]) -> bool:
        refs = instruction.refs
        if len(refs) == 2 and refs[0] == refs[1]:
            return True
        scale = max(map(abs, xs))
        exact = all(ref < self.n_inputs for ref in refs)
        for quantity in instruction.row.kinks(*xs):
            if quantity == 0 and not self._at_kinks:
                return False
            if not exact and abs(quantity) < 1e-6 * max(scale, 1.0):
                return False
        return True
