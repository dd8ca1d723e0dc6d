"""Edge laws: what IEEE arithmetic and PyTorch print where small engines raise or go astray.

Each row is one case and what may come out of it. PyTorch itself satisfies every row, which a test
checks; so does the reference engine.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from verify.engines import Engine, Failure, Observation, observe
from verify.laws.law import Book, Breach, Law
from verify.program import Case
from verify.program.text import parse_case
from verify.verdict import Interval

INF, NAN = math.inf, math.nan


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge.

    Attributes:
        code: the law it belongs to.
        case: the case in the text form.
        primal: what the output must be; nan means nan, None anything.
        adjoints: where each input's gradient must lie; an empty tuple means anywhere.
        may_raise: whether refusing with an exception is right too.
        why: what is true there, for the message.
        total: what the adjoints must add up to, or None.
    """

    code: str
    case: str
    primal: float | None
    adjoints: tuple[float | tuple[float, float], ...]
    why: str
    may_raise: bool = False
    total: float | None = None


EDGES: tuple[Edge, ...] = (
    Edge("EDG01", "x0 = 800.0\n%1 = exp(x0)", INF, (INF,), "exp overflows to inf"),
    Edge("EDG01", "x0 = -800.0\n%1 = exp(x0)", 0.0, (0.0,), "exp underflows to 0"),
    Edge("EDG01", "x0 = 400.0\n%1 = tanh(x0)", 1.0, (0.0,), "tanh saturates at 1, with slope 0"),
    Edge("EDG01", "x0 = -800.0\n%1 = tanh(x0)", -1.0, (0.0,), "tanh saturates at -1, with slope 0"),
    Edge("EDG01", "x0 = 800.0\n%1 = sigmoid(x0)", 1.0, (0.0,), "sigmoid saturates at 1"),
    Edge("EDG01", "x0 = -800.0\n%1 = sigmoid(x0)", 0.0, (0.0,), "sigmoid saturates at 0"),
    Edge("EDG01", "x0 = 1e+200\n%1 = mul(x0, x0)", INF, (2e200,), "the product overflows to inf"),
    Edge("EDG01", "x0 = 1e+200\n%1 = pow(x0, 2)", INF, ((1.999999e200, 2.000001e200),),
         "the power overflows to inf"),  # a formula that loses digits is ACC01's affair
    Edge("EDG02", "x0 = 0.0\n%1 = log(x0)", -INF, (), "log 0 is -inf, or refused", True),
    Edge("EDG02", "x0 = 0.0\n%1 = div(1.0, x0)", INF, (), "1 / 0 is inf, or refused", True),
    Edge("EDG02", "x0 = 0.0\n%1 = pow(x0, -1)", INF, (), "0 ** -1 is inf, or refused", True),
    Edge("EDG02", "x0 = 0.0\n%1 = sqrt(x0)", 0.0, (), "sqrt 0 is 0, or refused", True),
    Edge("EDG02", "x0 = 5e-324\n%1 = sqrt(x0)", math.sqrt(5e-324), (), "it has a square root"),
    Edge("EDG03", "x0 = 0.0\n%1 = pow(x0, 0)", 1.0, (0.0,), "x ** 0 is 1 and d/dx x ** 0 = 0 at 0"),
    Edge("EDG03", "x0 = 0.0\n%1 = pow(x0, 1)", 0.0, (1.0,), "d/dx x ** 1 = 1 at 0"),
    Edge("EDG03", "x0 = 0.0\n%1 = pow(x0, 2)", 0.0, (0.0,), "d/dx x ** 2 = 0 at 0"),
    Edge("EDG03", "x0 = 0.0\n%1 = pow(x0, 1.5)", 0.0, (0.0,), "d/dx x ** 1.5 = 0 at 0"),
    Edge("EDG04", "x0 = -8.0\n%1 = pow(x0, 0.3333333333333333)", NAN, (),
         "a negative number has no real fractional power: nan, or refused, never complex", True),
    Edge("EDG04", "x0 = -1.0\n%1 = log(x0)", NAN, (), "log -1 is not real; nan or refused", True),
    Edge("EDG04", "x0 = -1.0\n%1 = sqrt(x0)", NAN, (), "sqrt -1 is not real; nan or refused", True),
    Edge("EDG05", "x0 = nan\n%1 = relu(x0)", NAN, (), "nan in gives nan out"),
    Edge("EDG05", "x0 = nan\n%1 = tanh(x0)", NAN, (), "nan in gives nan out"),
    Edge("EDG05", "x0 = nan\n%1 = sigmoid(x0)", NAN, (), "nan in gives nan out"),
    Edge("EDG05", "x0 = nan\n%1 = abs(x0)", NAN, (), "nan in gives nan out"),
    Edge("EDG05", "x0 = nan\nx1 = 1.0\n%2 = max(x0, x1)", NAN, (), "nan in gives nan out"),
    Edge("EDG05", "x0 = 1.0\nx1 = nan\n%2 = max(x0, x1)", NAN, (), "nan in gives nan out"),
    Edge("EDG05", "x0 = nan\nx1 = 1.0\n%2 = min(x0, x1)", NAN, (), "nan in gives nan out"),
    Edge("EDG05", "x0 = 1.0\nx1 = nan\n%2 = min(x0, x1)", NAN, (), "nan in gives nan out"),
    Edge("EDG05", "x0 = nan\nx1 = 1.0\n%2 = mul(x0, x1)", NAN, (), "nan in gives nan out"),
    Edge("EDG06", "x0 = 5e-324\nx1 = 5e-324\n%2 = add(x0, x1)", 1e-323, (1.0, 1.0),
         "the smallest subnormal is a number like others"),
    Edge("EDG06", "x0 = 5e-324\nx1 = 2.0\n%2 = mul(x0, x1)", 1e-323, (2.0, 5e-324),
         "the smallest subnormal is a number like others"),
    Edge("EDG07", "x0 = 0.0\n%1 = relu(x0)", 0.0, ((0.0, 1.0),), "relu's slope at 0 is in [0, 1]"),
    Edge("EDG07", "x0 = 0.0\n%1 = abs(x0)", 0.0, ((-1.0, 1.0),), "abs's slope at 0 is in [-1, 1]"),
    Edge("EDG07", "x0 = 2.0\nx1 = 2.0\n%2 = max(x0, x1)", 2.0, ((0.0, 1.0), (0.0, 1.0)),
         "at a tie the two slopes of max lie in [0, 1] and add up to 1", total=1.0),
    Edge("EDG07", "x0 = 2.0\nx1 = 2.0\n%2 = min(x0, x1)", 2.0, ((0.0, 1.0), (0.0, 1.0)),
         "at a tie the two slopes of min lie in [0, 1] and add up to 1", total=1.0),
)  # fmt: skip


def _check(code: str) -> Callable[[Engine, Book], None]:
    def check(engine: Engine, book: Book) -> None:
        """Each case of the table below runs; values and gradients must be what it says."""
        for edge in EDGES:
            case = parse_case(edge.case)
            form = case.program.instructions[0].form
            if edge.code == code and form in engine.facts.spellings:
                seen = observe(engine, case)
                merged = (
                    edge.total is not None and seen.aliases
                )  # one leaf: there are no two slopes
                if not merged:
                    book.enter(breach_of(edge, case, seen))
        if not book.compared:
            book.skip("the engine has none of its operations")

    return check


def breach_of(edge: Edge, case: Case, seen: Observation) -> Breach | None:
    """What is wrong with what an engine printed at an edge; None if nothing is."""
    form = case.program.instructions[0].form
    where = _spelt(case)
    if seen.failure is not None:
        if edge.may_raise and seen.failure.kind == "raises":
            return None
        what = "" if seen.failure.stage != "backward" else " in backward"
        verb = "raises" if seen.failure.kind == "raises" else "gives no real number:"
        said = f"{where} {verb} {seen.failure.message}{what}; {edge.why}"
        return Breach(said, form, case, fault=_fault_of_failure(edge, form, seen.failure))
    output = seen.primals[-1]
    if edge.primal is not None and not _same(output, edge.primal):
        expected = None if math.isnan(edge.primal) else Interval(edge.primal, edge.primal)
        said = f"{where} is {output!r}; {edge.why}"
        return Breach(said, form, case, expected, output, _fault_of_value(edge, form, output))
    for index, allowed in enumerate(edge.adjoints):
        low, high = allowed if isinstance(allowed, tuple) else (allowed, allowed)
        got = seen.adjoints[index] or 0.0
        if not low <= got <= high:
            message = f"{where}: d/dx{index} is {got!r}; {edge.why}"
            fault = "saturation" if form in SATURATING and math.isnan(got) else None
            return Breach(message, form, case, Interval(low, high), got, fault)
    adjoints = [seen.adjoints[i] or 0.0 for i in range(case.program.n_inputs)]
    if edge.total is not None and sum(adjoints) != edge.total:
        message = f"{where}: the slopes are {adjoints}; {edge.why}"
        total = sum(adjoints)
        fault = "tie-counted-twice" if total == 2.0 * edge.total else None
        return Breach(message, form, case, Interval(edge.total, edge.total), total, fault)
    return None


SATURATING = frozenset({"tanh", "sigmoid"})


def _fault_of_failure(edge: Edge, form: str, failure: Failure) -> str | None:
    """The known fault whose mechanism is plain from what was raised or given."""
    if edge.code == "EDG03" and failure.message.startswith("ZeroDivisionError"):
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


def _fault_of_value(edge: Edge, form: str, output: float) -> str | None:
    """The known fault whose mechanism is plain from a wrong value."""
    if edge.code == "EDG05":
        return "nan-swallowed"
    return "saturation" if form in SATURATING and math.isnan(output) else None


def _same(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b))


def _spelt(case: Case) -> str:
    """The case as a short expression: ``0.0 ** 0``, ``max(2.0, 2.0)``."""
    instruction = case.program.instructions[0]
    operands = [
        case.point[o.index] if not isinstance(o, int | float) else o for o in instruction.operands
    ]
    template = instruction.row.spelling[0]
    if template.startswith("{0}."):
        return f"{instruction.op}({', '.join(map(repr, operands))})"
    return template.format(*(f"({o!r})" if o < 0 else repr(o) for o in operands))


def _law(code: str, title: str, statement: str, why: str, example: str) -> Law:
    return Law(code, "warning", title, statement, why, _check(code), example=example)


EDGE_LAWS = (
    _law(
        "EDG01", "overflow and saturation",
        "Overflow gives inf and saturation its limit, as IEEE does.",
        "A large pre-activation is common in training, and then tanh and sigmoid are flat: 1 or 0, "
        "with slope 0. Written with exponentials, (e^2x - 1) / (e^2x + 1) overflows past 355 and "
        "raises or gives nan. Use `math.tanh`; for sigmoid, branch on the sign of x. What really "
        "overflows is inf in IEEE arithmetic, where Python's `math` and `**` raise.",
        "exp(800.0) raises OverflowError: math range error; exp overflows to inf",
    ),
    _law(
        "EDG02", "edge of the domain",
        "At the edge of its domain an operation gives the limit or refuses.",
        "log 0, 1 / 0 and sqrt 0 sit where a function ends. The limit is right and so is an "
        "exception; any other number is made up and goes unnoticed into a loss.",
        "1.0 / 0.0 is 1.0; 1 / 0 is inf, or refused",
    ),
    _law(
        "EDG03", "pow at zero", "x ** n has its value and gradient at 0 for every n >= 0.",
        "The textbook partial n * x**(n - 1) computes 0 * 0**-1 at x = 0 and n = 0, and Python "
        "raises ZeroDivisionError on a legal input: x ** 0 is 1 everywhere, with slope 0. Treat "
        "n = 0 apart.",
        "0.0 ** 0 raises ZeroDivisionError: 0.0 cannot be raised to a negative power in backward; "
        "x ** 0 is 1 and d/dx x ** 0 = 0 at 0",
    ),
    _law(
        "EDG04", "outside the reals",
        "Outside the real domain the answer is nan or an exception.",
        "Python's `(-8.0) ** (1/3)` is complex, without a word. The graph goes on with it, and "
        "the error shows far away, or never. Refuse, or give nan.",
        "(-8.0) ** 0.3333333333333333 gives no real number: the value is complex "
        "'(1.0000000000000002+1.7320508075688772j)', not a real number; a negative number has no "
        "real fractional power: nan, or refused, never complex",
    ),
    _law(
        "EDG05", "nan swallowed", "nan in gives nan out.",
        "A nan says that something upstream is broken. Every comparison with nan is false, so "
        "`x if x > 0 else 0` turns it into a clean 0 and hides the break. Write it as "
        "`0 if x < 0 else x`.",
        "relu(nan) is 0.0; nan in gives nan out",
    ),
    _law(
        "EDG06", "subnormals", "Subnormal numbers are numbers.",
        "Between 0 and 2.2e-308 floats lose digits but are still there. An engine that adds a "
        "small constant to be safe, or compares with one, changes them.",
        "5e-324 + 5e-324 is 1.001e-320; the smallest subnormal is a number like others",
    ),
    _law(
        "EDG07", "kinks", "At a kink the slopes lie in the subdifferential.",
        "Where a function has a corner any slope between those of its two sides is right, and "
        "which one is a convention. A slope beyond them is wrong: relu'(0) = -1, or both operands "
        "of max getting the whole gradient at a tie, so that it counts twice.",
        "relu(0.0): d/dx0 is -1.0; relu's slope at 0 is in [0, 1]",
    ),
)  # fmt: skip
