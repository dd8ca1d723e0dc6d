"""Where and what the bug is: the first wrong instruction, and the fault that explains everything.

The engine is asked further small questions about the operation under suspicion. A fault is named
only if its prediction holds every number of every answer, and no other fault's does; otherwise the
diagnosis says ``unknown`` and shows the first wrong instruction. It never guesses.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from verify.check import Checked, check
from verify.diagnose.asking import changed_by_backward, changes_operand, returns_nothing
from verify.diagnose.places import (
    changed_input,
    place_of,
    what_was_raised,
    where_it_is,
    where_it_shows,
)
from verify.engines import (
    DEATHS,
    DiedError,
    Observation,
    UnderTest,
    describe,
    seen_by,
    subject_of,
)
from verify.engines.isolation import GoneError
from verify.explain import EVERYWHERE, begins_elsewhere, everywhere, explaining, values_alone
from verify.faults import BY_CODE, Fault
from verify.faults.mechanics import sweep_of
from verify.oracles import BallAlone
from verify.program import Case, Program, alone
from verify.program.json_form import case_to_json
from verify.program.text import instruction_text
from verify.questions import (
    JOINERS,
    POINTS,
    about,
    about_the_walk,
    answers,
    is_sound,
    is_tree,
    root,
    same_family,
)
from verify.verdict import Discrepancy, EngineError, Inaccurate, Mismatch

MOST_SUSPECTS = 4
"""Operations about which further questions are asked."""


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
        also: other spellings of the operation that the case shows it through.
    """

    fault: str | None
    form: str | None
    index: int
    slot: int | None
    sentence: str
    mend: str
    also: tuple[str, ...] = ()


MOST_EXPLAINED = 30
"""Instructions of a case that faults are asked to explain: of a large one they predict too much."""


def diagnose(engine: UnderTest, checked: Checked, *, in_trees: bool = False) -> Diagnosis:
    """Diagnose a shrunk failing case.

    Args:
        engine: the engine that failed.
        checked: the case, and what was seen of it.
        in_trees: whether to ask about trees only, where a walk that is known to be wrong is right.
    """
    verdict, program = checked.verdict, checked.case.program
    if isinstance(verdict, EngineError):
        return (
            _died(checked, verdict) if verdict.kind in DEATHS else _raised(engine, checked, verdict)
        )
    if isinstance(verdict, Inaccurate):
        return _inaccurate(checked, verdict)
    if not isinstance(verdict, Mismatch):
        raise TypeError(f"only a failing case can be diagnosed, not {type(verdict).__name__}")
    cause = verdict.discrepancies[0]
    if len(program.instructions) > MOST_EXPLAINED:
        return _located(checked, cause)
    try:
        changer = subject_of(engine).ask(changes_operand, case_to_json(checked.case))
        if changer is not None:
            shown = f"{instruction_text(program, changer)} changes the value of its operand."
            return _named("in-place", checked, changer, shown)
        if cause.law == "VAL01" and cause.index < program.n_inputs:
            shown = changed_input(checked, cause)
            return Diagnosis(None, None, cause.index, None, shown, "")
        if cause.law == "VAL01" and (found := _spoilt_later(engine, checked, cause)) is not None:
            return found
        return _explained(engine, checked, cause, in_trees)
    except Exception as error:  # noqa: BLE001 - a mismatch is proved, whatever we fail to say of it
        index, slot = place_of(program, cause, "")
        where = where_it_is(checked, cause, index, slot)
        said = f"{where} It could not be diagnosed ({describe(error)})."
        return Diagnosis(None, None, index, slot, said, "")


def _spoilt_later(engine: UnderTest, checked: Checked, cause: Discrepancy) -> Diagnosis | None:
    """A value that is right when it is made: it is backward that changes it."""
    stored = case_to_json(checked.case)
    changed = subject_of(engine).ask(changed_by_backward, stored, cause.index)
    if changed is None:
        return None
    program = checked.case.program
    text, (before, after) = instruction_text(program, cause.index), changed
    shown = f"The value of {text} is {before!r} when it is made and {after!r} after backward()."
    mend = "Look for `self.data` or `out.data` on the left of an assignment inside a backward."
    return Diagnosis(None, program.at(cause.index).form, cause.index, None, shown, mend)


def _explained(
    engine: UnderTest, checked: Checked, cause: Discrepancy, in_trees: bool
) -> Diagnosis:
    """The only fault that explains every number, or unknown."""
    program = checked.case.program
    suspects = _suspects(engine, program, cause)
    asked = [(checked.case, checked.observation)]
    questions = [q for form in suspects[:MOST_SUSPECTS] for q in about(engine, program, form)]
    if in_trees:
        questions = [question for question in questions if is_tree(question)]
    elif cause.law != "VAL01":
        questions += about_the_walk(engine)
    if program.n_inputs <= len(POINTS[0]):
        questions.append(program)  # at its own point two numbers may be equal by chance
    asked += [a for question in dict.fromkeys(questions) for a in answers(engine, question)]
    asked += [(case, seen) for case in _equal_leaves(engine, suspects)
              if (seen := seen_by(engine, case)).failure is None]  # fmt: skip
    asked = [(case, seen) for case, seen in asked if sweep_of(case).legal]
    found, what = explaining(engine, suspects, asked), "number"
    if not found and cause.law == "VAL01":  # another bug may spoil the gradients
        found, what = explaining(engine, suspects, values_alone(asked)), "value"
    if not found:
        found = everywhere(engine, asked)
    elif len(found) == 1 and not in_trees and found[0][0].scope == "operation":
        found = _wider(engine, found[0], asked)
    named = found[0][1] if found and found[0][1] != EVERYWHERE else suspects[0]
    index, slot = place_of(program, cause, named)
    walk = len(found) == 1 and (found[0][0].scope == "graph" or found[0][1] == EVERYWHERE)
    if len(found) != 1:
        if not found and cause.law != "VAL01" and begins_elsewhere(engine, asked):
            return _from_another(checked)
        note = "No known fault explains every number seen." if not found else _undecided(found)
        alone = next((f for f in suspects if _fails_alone(engine, program, f)), None)
        index, slot = place_of(program, cause, alone) if alone else (index, None)
        where = where_it_is(checked, cause, index, slot)
        return Diagnosis(None, alone, index, slot, f"{where} {note}", "")
    fault, form = found[0]
    if fault.scope == "graph":
        where = where_it_shows(checked, cause, index)
    else:
        where = where_it_is(checked, cause, index, None if walk else slot)
    sentence = f"{where} Every {what} seen is that of an engine {fault.what.format(form=form)}."
    within = None if walk else form
    also = _spelt_otherwise(program, within) if within else ()
    mend = fault.mended(form)
    return Diagnosis(fault.code, within, index, slot, sentence, mend, also)


def _located(checked: Checked, cause: Discrepancy) -> Diagnosis:
    """Of a case that stays large: where it shows, and no more."""
    index, _ = place_of(checked.case.program, cause, "")
    said = f"{where_it_is(checked, cause, index, None)} No smaller case was found that fails so."
    return Diagnosis(None, None, index, None, said, "")


def _equal_leaves(engine: UnderTest, suspects: list[str]) -> list[Case]:
    """A sound operation on two leaves of one value: if leaves are merged, it shows in any."""
    there = [form for form in JOINERS if form in engine.facts.spellings]
    apart = [form for form in there if not any(same_family(form, other) for other in suspects)]
    sound = next((form for form in apart if is_sound(engine, form)), None)
    return [Case(alone(sound), (POINTS[0][0],) * 2)] if sound else []


def _from_another(checked: Checked) -> Diagnosis:
    """Backward begins with another number than 1: it is no operation's bug."""
    program = checked.case.program
    root, name = checked.observation.adjoints[-1], program.name(program.output)
    sentence = (
        f"After backward() the gradient of {name} itself is {root!r}, not 1, and every gradient "
        "seen is what the root's own makes of the right one, in every operation."
    )
    mend = "Begin backward() with the root's own gradient set to 1."
    return Diagnosis(None, None, program.output, None, sentence, mend)


def _wider(
    engine: UnderTest, found: tuple[Fault, str], asked: list[tuple[Case, Observation]]
) -> list[tuple[Fault, str]]:
    """The fault in every operation, if others have it too: a loop they share, and not each."""
    others = [
        form for form in JOINERS
        if form in engine.facts.spellings and not same_family(form, found[1])
        and not is_sound(engine, form)
    ]  # fmt: skip
    questions = [q for form in others[:2] for q in about(engine, alone(form), form)]
    more = [a for question in questions for a in answers(engine, question)]
    more = [(case, seen) for case, seen in more if sweep_of(case).legal]
    every = {fault.code for fault, _ in everywhere(engine, [*asked, *more])} if more else set()
    return [(found[0], EVERYWHERE)] if found[0].code in every else [found]


def _spelt_otherwise(program: Program, form: str) -> tuple[str, ...]:
    """Other spellings of an operation that a program has."""
    forms = [i.form for i in program.instructions]
    return tuple(dict.fromkeys(f for f in forms if f != form and same_family(f, form)))


def _suspects(engine: UnderTest, program: Program, cause: Discrepancy) -> list[str]:
    """Forms that could have caused the first wrong number, each after the form it calls."""
    if cause.law == "VAL01":
        forms = [program.at(cause.index).form]
    else:
        users = [i.form for _, i in program.steps() if cause.index in i.refs]
        forms = [*users, *(i.form for _, i in program.steps())]
    return list(dict.fromkeys(f for form in forms for f in (root(engine, form), form)))


def _fails_alone(engine: UnderTest, program: Program, form: str) -> bool:
    """Whether a program of this operation only is wrong, so that nothing else can be to blame."""
    if program.forms == {form}:
        return True
    for question in about(engine, program, form):
        if question.forms == {form}:
            points = [point[: question.n_inputs] for point in POINTS]
            found = check(engine, BallAlone(), question, points)
            if any(isinstance(one.verdict, Mismatch) for one in found):
                return True
    return False


def _undecided(found: list[tuple[Fault, str]]) -> str:
    names = " and ".join(fault.name for fault, _ in found)
    return f"More than one known fault would explain the numbers: {names}."


def _named(code: str, checked: Checked, index: int, shown: str) -> Diagnosis:
    """A fault whose mechanism was seen at work in one instruction."""
    form, fault = checked.case.program.at(index).form, BY_CODE[code]
    sentence = f"{shown} This is an engine {fault.what.format(form=form)}."
    return Diagnosis(code, form, index, None, sentence, fault.mended(form))


def _inaccurate(checked: Checked, verdict: Inaccurate) -> Diagnosis:
    """A formula that loses digits, which holds every number seen."""
    index = next(i for i, made in checked.case.program.steps() if made.op == verdict.operation)
    form, fault = checked.case.program.at(index).form, BY_CODE[verdict.formula]
    sentence = f"Every number seen is that of an engine {fault.what.format(form=form)}."
    return Diagnosis(fault.code, form, index, None, sentence, fault.mended(form))


def _raised(engine: UnderTest, checked: Checked, error: EngineError) -> Diagnosis:
    """What was raised, and whether it comes of a method that returns nothing."""
    program, shown = checked.case.program, what_was_raised(checked, error)
    index: int | None = None
    with suppress(DiedError, GoneError):
        index = subject_of(engine).ask(returns_nothing, case_to_json(checked.case))
    if index is not None:
        return _named("missing-return", checked, index, shown)
    form = program.at(error.index).form if error.index >= program.n_inputs else None
    return Diagnosis(None, form, error.index, None, shown, "")


def _died(checked: Checked, error: EngineError) -> Diagnosis:
    """What ended the engine's process, and where it was."""
    program = checked.case.program
    index = error.index
    form = program.at(index).form if index >= program.n_inputs else None
    name = program.name(index) if form is None else instruction_text(program, index)
    where = {
        "forward": f"It is in the forward pass, when {name} is made.",
        "backward": f"It is in backward(), called on {name}.",
    }.get(error.stage, f"It is when the value and the gradient of {name} are read.")
    return Diagnosis(None, form, index, None, where, "")
