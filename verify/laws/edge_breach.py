"""What is wrong with what an engine printed at an edge, and which known fault it is."""

from __future__ import annotations

import math

from verify.engines import Failure, Observation
from verify.laws.edge_table import Edge, Slope
from verify.laws.law import Breach
from verify.program import Case
from verify.verdict import Interval

TIE_TO_NEITHER = "tie-to-neither"


def breach_of(edge: Edge, case: Case, seen: Observation) -> Breach | None:
    """What is wrong with what an engine printed at an edge; None if nothing is."""
    return breach_of_value(edge, case, seen) or breach_of_slopes(edge, case, seen)


def breach_of_value(edge: Edge, case: Case, seen: Observation) -> Breach | None:
    """What is wrong with what an engine raised or with its value; None if nothing is."""
    form = case.program.instructions[0].form
    where = spelt(case)
    if seen.failure is not None:
        return _breach_of_failure(edge, case, seen.failure)
    output = seen.primals[-1]
    if edge.primal is not None and not _same(output, edge.primal):
        expected = None if math.isnan(edge.primal) else Interval(edge.primal, edge.primal)
        said = f"{where} gives {output!r}, but {edge.why}"
        return Breach(said, form, case, expected, output, _fault_of_value(edge, form, output))
    return None


def breach_of_slopes(edge: Edge, case: Case, seen: Observation) -> Breach | None:
    """What is wrong with the gradients that an engine printed at an edge; None if nothing is."""
    form = case.program.instructions[0].form
    where = spelt(case)
    if seen.failure is not None:
        return None
    for index, allowed in enumerate(edge.adjoints):
        got = seen.adjoints[index] or 0.0
        if not _allows(allowed, got):
            message = f"{where}: d/dx{index} is {got!r}, but {edge.why}"
            fault = "saturation" if form in SATURATING and math.isnan(got) else None
            return Breach(message, form, case, _bounds(allowed), got, fault)
    adjoints = [seen.adjoints[i] or 0.0 for i in range(case.program.n_inputs)]
    if edge.total is not None and sum(adjoints) != edge.total:
        message = f"{where}: the slopes are {adjoints}, but {edge.why}"
        total = sum(adjoints)
        twice = "tie-counted-twice" if total == 2.0 * edge.total else None
        fault = TIE_TO_NEITHER if total == 0.0 else twice
        return Breach(message, form, case, Interval(edge.total, edge.total), total, fault)
    return None


def _allows(allowed: Slope, got: float) -> bool:
    if isinstance(allowed, tuple):
        return allowed[0] <= got <= allowed[1]
    return allowed is None or _same(got, allowed)


def _bounds(allowed: Slope) -> Interval | None:
    if isinstance(allowed, tuple):
        return Interval(*allowed)
    return None if allowed is None or math.isnan(allowed) else Interval(allowed, allowed)


def _breach_of_failure(edge: Edge, case: Case, failure: Failure) -> Breach | None:
    """What is wrong with what was raised or given; None where it is a refusal and may be."""
    form = case.program.instructions[0].form
    refuses = edge.may_raise and failure.kind == "raises"
    if refuses and not slipped(failure):
        return None
    pass_ = "backward() of " if failure.stage == "backward" else ""
    verb = " raises" if failure.kind == "raises" else ":"
    said = f"{pass_}{spelt(case)}{verb} {failure.message}, but {edge.why}"
    if refuses:
        said += "; this is a slip of the engine's code and no refusal"
    return Breach(said, form, case, fault=_fault_of_failure(edge, case, failure))


SLIPS = frozenset({"TypeError", "NameError", "UnboundLocalError", "AttributeError"})
"""What Python raises where code is wrong; nobody refuses a number with it."""


def slipped(failure: Failure) -> bool:
    """Whether what was raised is a bug on the way to a refusal.

    A complex number that is turned away is one: Python says so with TypeError.
    """
    return exception(failure) in SLIPS and "complex" not in failure.message


def exception(failure: Failure) -> str:
    """The class of what was raised."""
    return failure.message.partition(":")[0]


SATURATING = frozenset({"tanh", "sigmoid"})


def _fault_of_failure(edge: Edge, case: Case, failure: Failure) -> str | None:
    """The known fault whose mechanism is plain from what was raised or given."""
    form = case.program.instructions[0].form
    if edge.code == "EDG03" and _is_slope_of_power_zero(case, failure):
        return "pow-at-zero"
    if (
        edge.code == "EDG04"
        and failure.kind == "not a number"
        and " is complex " in failure.message
    ):
        return "silent-complex"
    if edge.code == "EDG01" and failure.message.startswith("OverflowError"):
        return "saturation" if form in SATURATING else "overflow"
    return None


def _is_slope_of_power_zero(case: Case, failure: Failure) -> bool:
    """Whether Python refused 0 to a negative power where the exponent is 0: the slope's n - 1."""
    refused = exception(failure) == "ZeroDivisionError" and NEGATIVE in failure.message
    return refused and case.program.instructions[0].operands[-1] == 0


NEGATIVE = "negative power"
"""What every Python says of `0.0 ** -1`, and of no division."""


def _fault_of_value(edge: Edge, form: str, output: float) -> str | None:
    """The known fault whose mechanism is plain from a wrong value."""
    if edge.code == "EDG05":
        return "nan-swallowed"
    return "saturation" if form in SATURATING and math.isnan(output) else None


def _same(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b))


def spelt(case: Case) -> str:
    """The case as a short expression: ``0.0 ** 0``, ``max(2.0, 2.0)``."""
    instruction = case.program.instructions[0]
    operands = [
        case.point[o.index] if not isinstance(o, int | float) else o for o in instruction.operands
    ]
    template = instruction.row.spelling[0]
    if template.startswith("{0}."):
        return f"{instruction.op}({', '.join(map(repr, operands))})"
    return template.format(*(f"({o!r})" if repr(o)[0] == "-" else repr(o) for o in operands))
