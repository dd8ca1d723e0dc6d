"""Shrink a failing case to a minimal one. Every step is a legal Case, never a change in place.

A step is kept if the caller's ``fails`` still holds. Steps are tried from the coarsest: leap over
many instructions where there are many, stop at an earlier output, let an instruction's users use
its operand instead, merge operands, exchange an operation for a plainer one, make numbers simple.
The order is fixed, so the same failure shrinks the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from verify.program import FORMS, Case, Instruction, Operand, Program, ProgramError, Ref

Fails = Callable[[Case], bool]
MAX_TRIES, MAX_WORK = 3000, 30_000
"""Cases that are tried, and instructions that they have in all: a bug that only large graphs show
is not made small by trying longer. Most bugs take a few hundred instructions."""
LARGE = 20
"""Instructions of a case that is too large to be made small one by one."""
SIMPLE = (2.0, 3.0, 0.5, 1.0, 1.5, -2.0, -1.0, 0.0, 1.25, 0.75, -0.5)
SIMPLE_NUMBERS: tuple[float, ...] = (2, 3, 1, -1, 0.5)


@dataclass
class Work:
    """What may still be tried: counted and not timed, so that the same seed gives the same case.

    Attributes:
        tries: how many cases.
        instructions: how many they may have in all, each run of a case counted.
        runs: how often each case is run.
    """

    tries: int = MAX_TRIES
    instructions: int = MAX_WORK
    runs: int = 1

    def takes(self, case: Case) -> bool:
        """Count one more case; whether it is still within what may be tried."""
        self.tries -= 1
        self.instructions -= self.runs * len(case.program.instructions)
        return self.tries >= 0 and self.instructions >= 0


def shrink(
    case: Case,
    fails: Fails,
    plainness: Mapping[str, int] | None = None,
    work: Work | None = None,
) -> Case:
    """The smallest case found for which ``fails`` still holds; ``case`` itself must fail.

    Args:
        case: a failing case.
        fails: whether another case fails in the same way.
        plainness: the forms that may be used, each with a rank of 1 or more: a form that an
            engine composes of others counts as so many instructions.
        work: what may be tried; it is lessened by what is.
    """
    ranks, work = dict(plainness or {}), work or Work()
    progress = True
    while progress:
        progress = False
        for smaller in _steps(case, ranks):
            if not work.takes(smaller):
                return case
            if fails(smaller):
                case, progress = smaller, True
                break
    return case


def fewest(items: Sequence[str], fails: Callable[[Sequence[str]], bool]) -> Sequence[str]:
    """As few of some items as still fail together, by leaving out halves, quarters and so on.

    Source: Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input (2002).
    """
    parts = 2
    while len(items) > 1:
        step = -(-len(items) // parts)
        rests = ([*items[:i], *items[i + step :]] for i in range(0, len(items), step))
        found = next((rest for rest in rests if rest and fails(rest)), None)
        if found is not None:
            items, parts = found, max(parts - 1, 2)
        elif step == 1:
            break
        else:
            parts = min(2 * parts, len(items))
    return items


def size(case: Case, ranks: Mapping[str, int] | None = None) -> tuple[int, int, int]:
    """What shrinking lessens: instructions by rank, inputs, oddness of the numbers."""
    rank = sum(_cost(i, ranks or {}) for i in case.program.instructions)
    order = list(ranks or ())
    plain = sum(order.index(i.form) for i in case.program.instructions if i.form in order)
    return (rank, case.program.n_inputs, 100 * plain + _oddness(case))


def _steps(case: Case, ranks: Mapping[str, int]) -> Iterator[Case]:
    """Smaller cases, the most promising first; illegal ones never leave here."""
    now = size(case, ranks)
    makers = (
        _leaps,
        _shorter_outputs,
        _without_dead,
        _bypassed,
        _merged,
        _simpler_points,
        _simpler_numbers,
    )
    for candidates in (
        *(make(case) for make in makers), _plainer(case, ranks), _written_out(case, ranks)
    ):  # fmt: skip
        for candidate in candidates:
            if candidate is not None and size(candidate, ranks) < now:
                yield candidate


def _leaps(case: Case) -> Iterator[Case | None]:
    """Users of a value use one long before it: half of a large case is left out at once, if any."""
    length = len(case.program.instructions)
    span = length // 2 if length > LARGE else 0
    while span > 1:
        for index in range(case.program.output, case.program.n_inputs + span - 1, -span):
            yield _live(_substitute(case, index, index - span))
        span //= 2


def _plainer(case: Case, ranks: Mapping[str, int]) -> Iterator[Case | None]:
    """Each operation exchanged for a form of no higher rank that takes the same operands."""
    for index, instruction in case.program.steps():
        rank = ranks.get(instruction.form, 1)
        for form, lower in ranks.items():
            row, kinds = FORMS[form]
            spelt = (
                "v" * len(instruction.operands) if instruction.kinds == "*" else instruction.kinds
            )
            if lower <= rank and form != instruction.form and kinds == spelt:
                yield _at(case, index, Instruction(row.name, instruction.operands))


def _written_out(case: Case, ranks: Mapping[str, int]) -> Iterator[Case | None]:
    """Each `sum` as the additions that it makes, without its start of 0 and with it.

    Python's `sum` has a graph inside, which a diagnosis does not see.
    """
    for index, instruction in case.program.steps():
        if instruction.row.name != "sum" or ranks.get("add", 2) > 1:
            continue
        first, *others = instruction.operands
        started = Instruction("add", (0, first))
        if others:
            yield _spread(case, index, first, others, ())
        if started.form in ranks:
            yield _spread(case, index, Ref(index), others, (started,))


def _spread(
    case: Case, index: int, left: Operand, others: Sequence[Operand], made: tuple[Instruction, ...]
) -> Case | None:
    """Instruction ``index`` exchanged for ``made`` and an addition of each of the others."""
    for other in others:
        made = (*made, Instruction("add", (left, other)))
        left = Ref(index + len(made) - 1)
    grown = len(made) - 1
    later = [
        i.renamed(lambda k: k + grown if k >= index else k)
        for k, i in case.program.steps()
        if k > index
    ]
    offset = index - case.program.n_inputs
    return _with(case, (*case.program.instructions[:offset], *made, *later))


def _shorter_outputs(case: Case) -> Iterator[Case | None]:
    """The program stopped at an earlier instruction, shortest first."""
    for length in range(1, len(case.program.instructions)):
        yield _live(_with(case, case.program.instructions[:length]))


def _without_dead(case: Case) -> Iterator[Case | None]:
    yield _live(case)


def _bypassed(case: Case) -> Iterator[Case | None]:
    """Each instruction, from the last, replaced by one of its operands."""
    program = case.program
    for index in range(program.output, program.n_inputs - 1, -1):
        for ref in dict.fromkeys(program.at(index).refs):
            yield _live(_substitute(case, index, ref))


def _merged(case: Case) -> Iterator[Case | None]:
    """Each operand replaced by another value its instruction could use, the earliest first."""
    program = case.program
    for index, instruction in program.steps():
        for slot, operand in enumerate(instruction.operands):
            if not isinstance(operand, Ref):
                continue
            for other in range(index):
                if other != operand.index:
                    operands = _replaced(instruction.operands, slot, Ref(other))
                    yield _live(_at(case, index, Instruction(instruction.op, operands)))
            if instruction.row.name == "sum" and len(instruction.operands) > 1:
                fewer = instruction.operands[:slot] + instruction.operands[slot + 1 :]
                yield _live(_at(case, index, Instruction("sum", fewer)))


def _simpler_points(case: Case) -> Iterator[Case | None]:
    """Each coordinate replaced by a simpler number."""
    for i, value in enumerate(case.point):
        for simple in (*SIMPLE, float(round(value, 1)), float(round(value, 3))):
            if simple != value:
                yield replace(case, point=_replaced(case.point, i, simple))


def _simpler_numbers(case: Case) -> Iterator[Case | None]:
    """Each literal replaced by a simpler one."""
    for index, instruction in case.program.steps():
        for slot, operand in enumerate(instruction.operands):
            if isinstance(operand, Ref):
                continue
            for simple in SIMPLE_NUMBERS:
                if simple != operand or type(simple) is not type(operand):
                    operands = _replaced(instruction.operands, slot, simple)
                    yield _at(case, index, Instruction(instruction.op, operands))


def _cost(instruction: Instruction, ranks: Mapping[str, int]) -> int:
    """How many instructions one counts as; a `sum` is never less than its additions."""
    rank = ranks.get(instruction.form, 1)
    return rank + len(instruction.operands) if instruction.kinds == "*" else rank


def _oddness(case: Case) -> int:
    """How far the numbers are from simple ones."""
    literals = [o for i in case.program.instructions for o in i.operands if not isinstance(o, Ref)]
    point = sum(_rank(value, SIMPLE) for value in case.point)
    shared = sum(len(set(i.refs)) for i in case.program.instructions)
    refs = sum(1 + ref for i in case.program.instructions for ref in i.refs)
    return 1000 * (point + sum(_rank(v, SIMPLE_NUMBERS) for v in literals)) + 10 * shared + refs


def _rank(value: float, simple: tuple[float, ...]) -> int:
    for i, known in enumerate(simple):
        if known == value and type(known) is type(value):
            return i
    return len(simple) + min(len(repr(value)), 30)


def _with(case: Case, instructions: tuple[Instruction, ...]) -> Case | None:
    try:
        return replace(case, program=Program(case.program.n_inputs, instructions))
    except ProgramError:
        return None


def _at(case: Case, index: int, instruction: Instruction) -> Case | None:
    offset = index - case.program.n_inputs
    return _with(case, _replaced(case.program.instructions, offset, instruction))


def _substitute(case: Case, index: int, ref: int) -> Case | None:
    """Without instruction ``index``: its users use ``ref``."""
    program = case.program
    if index == program.output:
        return (
            _with(case, program.instructions[: ref - program.n_inputs + 1])
            if ref >= program.n_inputs
            else None
        )
    kept = []
    for k, instruction in program.steps():
        if k != index:
            kept.append(instruction.renamed(lambda i: ref if i == index else i - (i > index)))
    return _with(case, tuple(kept))


def _live(case: Case | None) -> Case | None:
    """Without instructions and inputs that the output does not need; one input is kept."""
    if case is None:
        return None
    program = case.program
    needed = {program.output}
    for index in range(program.output, program.n_inputs - 1, -1):
        if index in needed:
            needed.update(program.at(index).refs)
    inputs = [i for i in range(program.n_inputs) if i in needed] or [0]
    kept = inputs + [i for i, _ in program.steps() if i in needed]
    new = {old: i for i, old in enumerate(kept)}
    instructions = tuple(
        instruction.renamed(new.__getitem__)
        for index, instruction in program.steps()
        if index in needed
    )
    point = tuple(case.point[i] for i in inputs)
    return Case(Program(len(inputs), instructions), point, case.seed)


def _replaced(items: tuple, slot: int, item: object) -> tuple:  # type: ignore[type-arg]
    return (*items[:slot], item, *items[slot + 1 :])
