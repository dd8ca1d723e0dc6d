"""Where and what the bug is: the first wrong instruction, and the fault that explains everything.

The engine is asked further small questions about the operation under suspicion. A fault is named
only if its prediction holds every number of every answer, and no other fault's does; otherwise the
diagnosis says ``unknown`` and shows the first wrong instruction. It never guesses.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from verify.check import Checked, check, holds
from verify.engines import Engine, Observation, build, describe, observe
from verify.faults import BY_CODE, FAULTS, Fault, Prediction
from verify.oracles import BallAlone
from verify.program import FORMS, Case, Instruction, Operand, Program, Ref
from verify.program.text import instruction_text
from verify.verdict import Discrepancy, EngineError, Inaccurate, Mismatch

POINT = (1.3125, 0.78125, 1.8125, 0.59375)
NUMBERS = (2, 3, 2.5)
JOINERS = ("add", "mul", "sub", "div", "sum")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong, as far as it can be proved.

    Attributes:
        fault: code of the only fault that explains every number, or None for unknown.
        form: the operation it sits in, None for a fault of the walk or where it cannot be told.
        index: the instruction that shows it.
        slot: the operand that received the wrong contribution, where that can be told.
        sentence: where it shows, and what explains it.
        mend: what to look for in the engine; empty if unknown.
    """

    fault: str | None
    form: str | None
    index: int
    slot: int | None
    sentence: str
    mend: str


def diagnose(engine: Engine, checked: Checked) -> Diagnosis:
    """Diagnose a shrunk failing case."""
    verdict, program = checked.verdict, checked.case.program
    if isinstance(verdict, EngineError):
        if (index := _first(engine, checked.case, lambda node, _used: node is None)) is not None:
            return _named("missing-return", checked, index, f"{_raised(checked, verdict)}")
        form = program.at(verdict.index).form if verdict.index >= program.n_inputs else None
        return Diagnosis(None, form, verdict.index, None, _raised(checked, verdict), "")
    if isinstance(verdict, Inaccurate):
        return _inaccurate(checked, verdict)
    if not isinstance(verdict, Mismatch):
        raise TypeError(f"only a failing case can be diagnosed, not {type(verdict).__name__}")
    cause = verdict.discrepancies[0]
    if cause.law == "VAL01" and cause.index < program.n_inputs:
        shown = _changed_input(checked, cause)
        index = _first(engine, checked.case, lambda node, used: any(node is u for u in used))
        if index is not None:
            return _named("in-place", checked, index, shown)
        return Diagnosis(None, None, cause.index, None, shown, "")
    try:
        return _explained(engine, checked, cause)
    except Exception as error:  # noqa: BLE001 - a mismatch is proved, whatever we fail to say of it
        index, slot = _place(program, cause, "")
        where = _where(checked, cause, index, slot)
        said = f"{where} It could not be diagnosed ({describe(error)})."
        return Diagnosis(None, None, index, slot, said, "")


def _explained(engine: Engine, checked: Checked, cause: Discrepancy) -> Diagnosis:
    """The only fault that explains every number, or unknown."""
    program = checked.case.program
    suspects = _suspects(program, cause)
    asked = [(checked.case, checked.observation)]
    asked += _answers(engine, [q for form in suspects[:3] for q in _about(engine, program, form)])
    if cause.law != "VAL01":
        asked += _answers(engine, _about_the_walk(engine))
    keeps = engine.facts.keeps_intermediates
    found = [
        (fault, form)
        for fault in FAULTS
        for form in (suspects if fault.scope == "operation" else suspects[:1])
        if any(explains(fault, forms, asked, keeps) for forms in _within(engine, form))
    ]
    found = _without_duplicates(found)
    index, slot = _place(program, cause, found[0][1] if found else suspects[0])
    walk = len(found) == 1 and found[0][0].scope == "graph"
    if len(found) != 1:
        note = "No known fault explains every number seen." if not found else _undecided(found)
        alone = next((f for f in suspects if _fails_alone(engine, program, f)), None)
        slot = slot if alone else None  # which operation is wrong is not proved
        where = _where(checked, cause, index, slot)
        return Diagnosis(None, alone, index, slot, f"{where} {note}", "")
    where = _where(checked, cause, index, None if walk else slot)
    fault, form = found[0]
    sentence = f"{where} Every number seen is what an engine prints {fault.what.format(form=form)}."
    within = form if fault.scope == "operation" else None
    return Diagnosis(fault.code, within, index, slot, sentence, fault.mend.format(form=form))


def explains(
    fault: Fault,
    forms: frozenset[str],
    asked: list[tuple[Case, Observation]],
    keeps_intermediates: bool,
) -> bool:
    """Whether a fault predicts every number of every answer, each in some order of working."""
    if fault.predict is None:
        return False
    return all(
        any(_fits(p, case, seen, keeps_intermediates) for p in fault.predict(case, forms))
        for case, seen in asked
    )


def _within(engine: Engine, form: str) -> list[frozenset[str]]:
    """What a fault may sit in: the form with all that run the same methods, or the form alone.

    ``iadd`` may be ``add``; ``mul_number`` may be a branch of ``__mul__``.
    """
    methods = set(engine.facts.delegates.get(form, ()))
    others = {f for f, d in engine.facts.delegates.items() if methods and set(d) == methods}
    return list(dict.fromkeys((frozenset(others | {form}), frozenset((form,)))))


def _fits(prediction: Prediction, case: Case, seen: Observation, intermediates: bool) -> bool:
    if seen.failure is not None:
        return False
    if not all(holds(ball, x) for ball, x in zip(prediction.primals, seen.primals, strict=True)):
        return False
    for index in range(case.program.output):
        if index >= case.program.n_inputs and not intermediates:
            continue
        actual, ball = seen.adjoints[index], prediction.adjoints[index]
        if actual is None:
            if not ball.is_zero():
                return False
        elif not holds(ball, actual):
            return False
    return True


def _suspects(program: Program, cause: Discrepancy) -> list[str]:
    """Forms that could have caused the first wrong number, without repeats."""
    if cause.law == "VAL01":
        return [program.at(cause.index).form]
    users = [i.form for _, i in program.steps() if cause.index in i.refs]
    rest = [i.form for _, i in program.steps()]
    return list(dict.fromkeys([*users, *rest]))


def _fails_alone(engine: Engine, program: Program, form: str) -> bool:
    """Whether a program of this operation only is wrong, so that nothing else can be to blame."""
    if {i.form for i in program.instructions} == {form}:
        return True
    for question in _about(engine, program, form):
        if {i.form for i in question.instructions} == {form}:
            point = POINT[: question.n_inputs]
            (found,) = check(engine, BallAlone(), question, [point])
            if isinstance(found.verdict, Mismatch):
                return True
    return False


def _without_duplicates(found: list[tuple[Fault, str]]) -> list[tuple[Fault, str]]:
    """One candidate for each fault: its first suspect form, which touches the wrong number."""
    kept: dict[str, tuple[Fault, str]] = {}
    for fault, form in found:
        kept.setdefault(fault.code, (fault, form))
    return list(kept.values())


def _answers(engine: Engine, questions: Iterable[Program]) -> Iterator[tuple[Case, Observation]]:
    """Ask the engine further small questions; a question it fails to answer tells nothing."""
    for question in questions:
        case = Case(question, POINT[: question.n_inputs])
        seen = observe(engine, case)
        if seen.failure is None:
            yield case, seen


def _about_the_walk(engine: Engine) -> Iterator[Program]:
    """Graphs with shared intermediates, on which different walks give different gradients."""
    plain = sorted(
        (form for form in engine.facts.spellings if FORMS[form][1] == "vv"),
        key=lambda form: len(engine.facts.delegates.get(form, ())),
    )
    for form in plain[:1]:
        op = FORMS[form][0].name

        def join(a: int, b: int, op: str = op) -> Instruction:
            return Instruction(op, (Ref(a), Ref(b)))

        yield Program(1, (join(0, 0), join(1, 1), join(2, 2)))
        yield Program(2, (join(0, 1), join(2, 2), join(2, 3), join(4, 2)))
        yield Program(2, (join(0, 1), join(2, 0), join(1, 2), join(3, 4)))
        yield Program(2, (join(0, 1), join(2, 0), join(3, 1), join(3, 4)))


def _about(engine: Engine, program: Program, form: str) -> Iterator[Program]:
    """Questions about one operation of the counterexample."""
    template = next((i for i in program.instructions if i.form == form), None)
    return _questions(engine, template) if template is not None else iter(())


def _questions(engine: Engine, template: Instruction) -> Iterator[Program]:
    """The operation alone, weighted, twice on one operand, and nested in itself."""
    slots = [i for i, o in enumerate(template.operands) if isinstance(o, Ref)]
    n = len(slots)

    def apply(*refs: int) -> Instruction:
        operands: list[Operand] = list(template.operands)
        for slot, ref in zip(slots, refs, strict=True):
            operands[slot] = Ref(ref)
        return Instruction(template.op, tuple(operands))

    own = [template.form] if template.kinds == "vv" else []
    joiner = next(
        (j for j in (*_apart(engine, template.form), *own) if j in engine.facts.spellings), None
    )
    yield Program(n, (apply(*range(n)),))
    for number in NUMBERS:  # a rule may be right for some numbers and wrong for others
        if n < len(template.operands):
            operands = tuple(Ref(0) if isinstance(o, Ref) else number for o in template.operands)
            yield Program(1, (Instruction(template.op, operands),))
    yield Program(n, (apply(*range(n)), apply(*[n] * n)))
    if n > 1:
        yield Program(1, (apply(*[0] * n),))
    if joiner is None:
        return
    op = FORMS[joiner][0].name

    def join(a: int, b: int) -> Instruction:
        return Instruction(op, (Ref(a), Ref(b)))

    yield Program(n, (apply(*range(n)), join(n, 0)))
    yield Program(n, (apply(*range(n)), apply(*range(n)), join(n, n + 1)))
    if op != "mul" and "mul" in engine.facts.spellings:
        weighted = Instruction("mul", (Ref(n), Ref(0)))
        yield Program(n, (apply(*range(n)), weighted))
    if n > 1:
        yield Program(n, (apply(0, *[0] * (n - 1)), join(n, 0)))


def _apart(engine: Engine, form: str) -> list[str]:
    """Joiners that do not call the methods of the form, the most apart first."""
    own = set(engine.facts.delegates.get(form, ()))
    others = [j for j in JOINERS if not own & set(engine.facts.delegates.get(j, ()))]
    return others + [j for j in JOINERS if j not in others]


def _place(program: Program, cause: Discrepancy, form: str) -> tuple[int, int | None]:
    """The instruction and operand that show the fault."""
    if cause.law == "VAL01":
        return cause.index, None
    for index, instruction in reversed(list(program.steps())):
        if instruction.form == form and cause.index in instruction.refs:
            slots = [s for s, o in enumerate(instruction.operands) if o == Ref(cause.index)]
            return index, slots[0] if len(slots) == 1 else None
    users = [index for index, i in program.steps() if cause.index in i.refs]
    return (users[-1] if users else program.output), None


def _changed_input(checked: Checked, cause: Discrepancy) -> str:
    """What became of an input's value: rounded, or changed by an operation."""
    given = checked.case.point[cause.index]
    name = checked.case.program.name(cause.index)
    if cause.actual == struct.unpack("f", struct.pack("f", given))[0]:
        return f"The engine keeps {name} = {given!r} in single precision, as {cause.actual!r}."
    return (
        f"The value of {name} was {given!r} when it was put in and is {cause.actual!r} at the end: "
        "an operation of this program changes its operand."
    )


def _where(checked: Checked, cause: Discrepancy, index: int, slot: int | None) -> str:
    program = checked.case.program
    text = instruction_text(program, index)
    if cause.law == "VAL01":
        return f"The first wrong value is that of {text}."
    name = program.name(cause.index)
    users = sum(cause.index in i.refs for _, i in program.steps())
    if users == 1 and slot is not None:
        partials = _partials(checked, cause, index)
        return f"The first wrong contribution is that of {text} to {name}{partials}."
    return f"The first wrong gradient is that of {name}, used by {text}."


def _partials(checked: Checked, cause: Discrepancy, index: int) -> str:
    """Expected and actual partial, where one contribution makes up the adjoint."""
    cotangent = checked.truth.enclosure.adjoints[index]
    if cause.actual is None or cotangent is None or cotangent.contains(0):
        return ""
    middle = float(cotangent.mid())
    expected = (cause.expected.low / 2 + cause.expected.high / 2) / middle
    actual = cause.actual / middle
    digits = ".6g" if f"{expected:.6g}" != f"{actual:.6g}" else ".17g"
    return f": the partial should be {expected:{digits}} and is {actual:{digits}}"


def _undecided(found: list[tuple[Fault, str]]) -> str:
    names = " and ".join(fault.name for fault, _ in found)
    return f"More than one known fault would explain the numbers: {names}."


def _first(
    engine: Engine, case: Case, odd: Callable[[object, list[object]], bool]
) -> int | None:
    """The first instruction whose result, beside its operands, is odd; None if no such."""
    nodes: list[Any] = []
    with suppress(Exception):  # what an odd result leads to
        build(engine, case.program, case.point, nodes)
    for index, instruction in case.program.steps():
        if index < len(nodes) and odd(nodes[index], [nodes[ref] for ref in instruction.refs]):
            return index
    return None


def _named(code: str, checked: Checked, index: int, shown: str) -> Diagnosis:
    """A fault whose mechanism was seen at work in one instruction."""
    form, fault = checked.case.program.at(index).form, BY_CODE[code]
    sentence = f"{shown} This is an engine {fault.what.format(form=form)}."
    return Diagnosis(code, form, index, None, sentence, fault.mend.format(form=form))


def _inaccurate(checked: Checked, verdict: Inaccurate) -> Diagnosis:
    """A formula that loses digits, which holds every number seen."""
    index = next(i for i, made in checked.case.program.steps() if made.op == verdict.operation)
    form, fault = checked.case.program.at(index).form, BY_CODE[verdict.formula]
    sentence = f"Every number seen is what an engine prints {fault.what.format(form=form)}."
    return Diagnosis(fault.code, form, index, None, sentence, fault.mend.format(form=form))


def _raised(checked: Checked, error: EngineError) -> str:
    program = checked.case.program
    if error.stage == "backward":
        return f"backward raises {error.message}."
    verb = "raises" if error.kind == "raises" else "gives no number:"
    return f"{program.name(error.index)} {verb} {error.message}."
