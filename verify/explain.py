"""Which known faults explain everything that was seen.

A fault explains answers if one way of having it, in some forms, predicts every number of each. It
is looked for in one operation with its spellings, in one spelling alone, in the walk, and where
none of these explains anything in every operation at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite

from verify.check import holds
from verify.engines import Observation, UnderTest
from verify.faults import FAULTS, Fault, Prediction
from verify.faults.mechanics import sweep_of
from verify.program import Case, alone
from verify.questions import answers, same_family

Asked = Sequence[tuple[Case, Observation]]
"""Questions and what the engine printed; the counterexample comes first."""
EVERYWHERE = "every operation"


def explaining(engine: UnderTest, suspects: Sequence[str], asked: Asked) -> list[tuple[Fault, str]]:
    """Faults that explain every answer, each with the operation it sits in."""
    keeps = engine.facts.keeps_intermediates
    found = [
        (fault, form)
        for fault in FAULTS
        for form in (suspects if fault.scope == "operation" else suspects[:1])
        if any(explains(fault, forms, asked, keeps) for forms in _within(engine, form))
    ]
    return _without_duplicates(found)


def explains(
    fault: Fault,
    forms: frozenset[str],
    asked: Asked,
    keeps_intermediates: bool,
) -> bool:
    """Whether a fault, in one of its ways, predicts every number of every answer.

    Each answer may be given in another order of working: an engine may keep operands in a set.
    """
    if fault.predict is None:
        return False
    return any(
        all(
            _explained_by(list(predictor(case)), case, seen, keeps_intermediates, number)
            for number, (case, seen) in enumerate(asked)
        )
        for predictor in fault.predict(forms)
    )


def _explained_by(
    predictions: Sequence[Prediction], case: Case, seen: Observation, keeps: bool, number: int
) -> bool:
    """Whether a prediction holds an answer.

    Where there is none, since the faulty program has no real value there, a further question tells
    nothing; the counterexample, which comes first, must be explained.
    """
    if not predictions:
        return number > 0
    return any(_fits(prediction, case, seen, keeps) for prediction in predictions)


def _within(engine: UnderTest, form: str) -> list[frozenset[str]]:
    """What a fault may sit in: the form with all that run the same methods, or the form alone.

    ``iadd`` may be ``add``; ``mul_number`` may be a branch of ``__mul__``.
    """
    methods = set(engine.facts.delegates.get(form, ()))
    others = {
        f for f, d in engine.facts.delegates.items()
        if methods and methods <= set(d) and same_family(f, form)
    }  # fmt: skip
    return list(dict.fromkeys((frozenset(others | {form}), frozenset((form,)))))


def _fits(prediction: Prediction, case: Case, seen: Observation, intermediates: bool) -> bool:
    if seen.failure is not None:
        return False
    if not all(holds(ball, x) for ball, x in zip(prediction.primals, seen.primals, strict=True)):
        return False
    if seen.adjoints and prediction.adjoints[-1].is_zero() and seen.adjoints[-1]:
        return False  # a seed that was never set is not there to be read
    for index in range(case.program.output if seen.adjoints else 0):
        hidden = index >= case.program.n_inputs and not intermediates
        if hidden or index in seen.aliases:
            continue
        actual, ball = seen.adjoints[index], prediction.adjoints[index]
        if actual is None:
            if not ball.is_zero():
                return False
        elif not holds(ball, actual):
            return False
    return True


def everywhere(engine: UnderTest, asked: Asked) -> list[tuple[Fault, str]]:
    """Faults of operations that explain every answer if every operation has them."""
    forms = frozenset(engine.facts.spellings)
    keeps = engine.facts.keeps_intermediates
    local = [fault for fault in FAULTS if fault.scope == "operation"]
    return [(fault, EVERYWHERE) for fault in local if explains(fault, forms, asked, keeps)]


def begins_elsewhere(engine: UnderTest, asked: Asked) -> bool:
    """Whether all that is wrong is what backward begins with, in every operation.

    The root's own gradient shows it: it is not 1, and every gradient seen is that multiple of what
    it should be. An operation that changes its own gradient shows the same, alone.
    """
    if not engine.facts.keeps_intermediates or not asked[0][1].adjoints[-1]:
        return False
    return all(_is_multiple(case, seen) for case, seen in asked) and all(
        any(seen.adjoints[-1] not in {None, 0.0, 1.0} for _, seen in found)
        for form in engine.facts.spellings
        if (found := [*answers(engine, alone(form))])
    )


def _is_multiple(case: Case, seen: Observation) -> bool:
    root = seen.adjoints[-1]
    if root is None or not isfinite(root):
        return False
    sweep = sweep_of(replace(case, seed=root))
    return any(_fits(sweep.run(order), case, seen, True) for order in sweep.orders)


def values_alone(asked: Asked) -> Asked:
    """The same answers without their gradients, which another bug may spoil."""
    return [(case, replace(seen, adjoints=())) for case, seen in asked]


def _without_duplicates(found: list[tuple[Fault, str]]) -> list[tuple[Fault, str]]:
    """One candidate for each fault: its first suspect form, which touches the wrong number."""
    kept: dict[str, tuple[Fault, str]] = {}
    for fault, form in found:
        kept.setdefault(fault.code, (fault, form))
    return list(kept.values())
