"""Small questions to an engine whose answers tell one bug from another.

Each is a program in which some faults, and no others, change a number. A diagnosis is only as sure
as its questions: a fault that explains all answers is named, so every two faults that could sit in
an operation must differ on one of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from verify.check import check
from verify.engines import Observation, UnderTest, subject_of
from verify.oracles import BallAlone
from verify.program import FORMS, Case, Instruction, Operand, Program, Ref
from verify.program.ops import family, smooth
from verify.verdict import EngineError, Mismatch

Applied = Callable[..., Instruction]
POINTS = ((1.3125, 0.78125, 1.8125, 0.59375), (-1.1875, 0.84375, -0.65625, 1.40625))
"""Points in general position: partials are other than 0 and 1; some of the second are below 0."""
FAR = dict.fromkeys(("sin", "cos"), ((4.125,), (-4.125,)))
"""Where functions have other signs than at POINTS. Of others, formulas lose digits there."""
NUMBERS = (2, 3, 2.5, -2)
JOINERS = ("add", "mul", "sub", "div", "sum")


def answers(engine: UnderTest, program: Program) -> Iterator[tuple[Case, Observation]]:
    """What the engine says at each point; a question it fails to answer tells nothing."""
    points: list[tuple[float, ...]] = [point[: program.n_inputs] for point in POINTS]
    if len(program.instructions) == 1:
        points += FAR.get(program.instructions[0].op, ())
    (found,) = subject_of(engine).begin([(program, points)])()
    for point, seen in zip(points, found, strict=False):
        if seen.failure is None:
            yield Case(program, point), seen


def same_family(form: str, other: str) -> bool:
    """Whether two forms spell one operation: ``radd`` and ``iadd_number``."""
    return family(FORMS[form][0].name) == family(FORMS[other][0].name)


def root(engine: UnderTest, form: str) -> str:
    """The plainest form of its family whose methods this form runs: ``mul`` for ``rmul``."""
    own = set(engine.facts.delegates.get(form, ()))
    for other in engine.facts.spellings:
        methods = set(engine.facts.delegates.get(other, ()))
        if methods and methods <= own and FORMS[other][1] == "vv" and same_family(other, form):
            return other
    return form


def is_tree(program: Program) -> bool:
    """Whether no intermediate is used twice: then no walk goes astray, and no walk is to blame."""
    uses = program.uses()
    return all(uses[index] <= 1 for index, _ in program.steps())


def about(engine: UnderTest, program: Program, form: str) -> Iterator[Program]:
    """Questions about one operation, in the spelling that a program has it or between values."""
    template = next((i for i in program.instructions if i.form == form), None)
    if template is None and FORMS[form][1] == "vv":
        template = Instruction(FORMS[form][0].name, (Ref(0), Ref(1)))
    return _about(engine, template) if template is not None else iter(())


def _about(engine: UnderTest, template: Instruction) -> Iterator[Program]:
    """The operation alone, in other orders, nested in itself, weighted, and beside another."""
    slots = [i for i, o in enumerate(template.operands) if isinstance(o, Ref)]
    n = len(slots)

    def apply(*refs: int) -> Instruction:
        operands: list[Operand] = list(template.operands)
        for slot, ref in zip(slots, refs, strict=True):
            operands[slot] = Ref(ref)
        return Instruction(template.op, tuple(operands))

    yield Program(n, (apply(*range(n)),))
    for number in NUMBERS:  # a rule may be right for some numbers and wrong for others
        if n < len(template.operands):
            operands = tuple(Ref(0) if isinstance(o, Ref) else number for o in template.operands)
            yield Program(1, (Instruction(template.op, operands),))
    for count in (2, 3):  # one operand of many may be served otherwise than the rest
        if FORMS[template.form][1] == "*" and count != n:
            operands = tuple(map(Ref, range(count)))
            yield Program(count, (Instruction(template.op, operands),))
    yield Program(n, (apply(*range(n)), apply(*[n] * n)))
    if n > 1:
        yield Program(1, (apply(*[0] * n),))
        yield Program(n, (apply(*reversed(range(n))),))
    if n > 1 and template.row.kinks is not smooth:  # the larger of two, and that one again: a tie
        yield Program(n, (apply(*range(n)), apply(n, 0)))
    joiner = _joiner(engine, template)
    if joiner is not None:
        yield from _joined(n, apply, joiner, engine)


def _joiner(engine: UnderTest, template: Instruction) -> str | None:
    """A sound operation to join values by, the most apart from the one in question."""
    own = set(engine.facts.delegates.get(template.form, ()))
    there = [form for form in JOINERS if form in engine.facts.spellings and form != template.form]
    apart = [form for form in there if not own & set(engine.facts.delegates.get(form, ()))]
    mine = [template.form] if template.kinds == "vv" else []
    ordered = list(dict.fromkeys((*apart, *there, *mine)))
    found = next((form for form in ordered if is_sound(engine, form)), None)
    return FORMS[found or ordered[0]][0].name if ordered else None


def is_sound(engine: UnderTest, form: str) -> bool:
    """Whether an operation is right by itself: alone, on one operand twice, and in a small tree."""
    if form in subject_of(engine).left_out:
        return False
    name = FORMS[form][0].name
    programs = (
        Program(2, (Instruction(name, (Ref(0), Ref(1))),)),
        Program(1, (Instruction(name, (Ref(0), Ref(0))),)),
        Program(3, (Instruction(name, (Ref(0), Ref(1))), Instruction(name, (Ref(3), Ref(2))))),
    )
    return not any(
        isinstance(one.verdict, Mismatch | EngineError)
        for program in programs
        for one in check(engine, BallAlone(), program, [p[: program.n_inputs] for p in POINTS])
    )


def _joined(n: int, apply: Applied, op: str, engine: UnderTest) -> Iterator[Program]:
    def join(a: int, b: int) -> Instruction:
        return Instruction(op, (Ref(a), Ref(b)))

    alone = apply(*range(n))
    yield Program(n, (alone, join(n, 0)))
    yield Program(n, (alone, alone, join(n, n + 1)))
    if op != "mul" and "mul" in engine.facts.spellings and is_sound(engine, "mul"):
        yield Program(n, (alone, Instruction("mul", (Ref(n), Ref(0)))))
    if n > 1:
        yield Program(n, (apply(0, *[0] * (n - 1)), join(n, 0)))
    yield Program(n, (join(0, 0), apply(*[n] * n), join(n, n + 1)))
    for slot in range(n):  # beside the second input: min and max then pick each operand somewhere
        refs = (n if k == slot else max(k, 1) for k in range(n))
        yield Program(n, (join(0, n - 1), apply(*refs)))


def about_the_walk(engine: UnderTest) -> Iterator[Program]:
    """Graphs with shared intermediates, on which different walks give different gradients."""
    plain = sorted(
        (form for form in engine.facts.spellings if FORMS[form][1] == "vv"),
        key=lambda form: len(engine.facts.delegates.get(form, ())),
    )
    sound = [form for form in plain if is_sound(engine, form)] or plain[:1]
    for form in dict.fromkeys([*sound[:1], *(form for form in ("mul",) if form in sound)]):
        op = FORMS[form][0].name
        for n, pairs in SHARED_GRAPHS:
            yield Program(n, tuple(Instruction(op, (Ref(a), Ref(b))) for a, b in pairs))


SHARED_GRAPHS: tuple[tuple[int, tuple[tuple[int, int], ...]], ...] = (
    (1, ((0, 0), (1, 1), (2, 2))),
    (2, ((0, 1), (2, 2), (2, 3), (4, 2))),
    (2, ((0, 1), (2, 0), (1, 2), (3, 4))),
    (2, ((0, 1), (2, 0), (3, 1), (3, 4))),
    (2, ((0, 1), (0, 2), (0, 3), (0, 4), (0, 5))),
    (2, ((0, 1), (2, 0), (2, 3), (2, 4), (2, 5))),
    (2, ((0, 1), (2, 0), (3, 1), (4, 2))),
)
"""Inputs, and each instruction's operands: doubling, diamonds, and values with many uses."""
