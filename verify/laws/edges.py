"""Edge laws: what IEEE arithmetic and PyTorch print where small engines raise or go astray.

Each row of ``edge_table.py`` is one case and what may come out of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from verify.engines import Engine, Observation, observe
from verify.laws.cases import single_case
from verify.laws.edge_breach import TIE_TO_NEITHER, breach_of_slopes, breach_of_value
from verify.laws.edge_table import EDGES, Edge
from verify.laws.law import Book, Breach, Law
from verify.laws.refusals import one_way
from verify.program import Case
from verify.program.floats import FLOATS, Floats
from verify.program.text import parse_case


def _check(code: str) -> Callable[[Engine, Book], None]:
    def check(engine: Engine, book: Book) -> None:
        """Each case of the table below runs; values and gradients must be what it says.

        Of an engine of float32 those are left out whose numbers float32 does not have. Gradients
        are not judged where the root's own is not 1, which is for LIF08 to say.
        """
        floats, why = FLOATS[engine.facts.float_width], "the engine has none of its operations"
        for edge in EDGES:
            case = parse_case(edge.case)
            form = case.program.instructions[0].form
            if edge.code == code and form in engine.facts.spellings and _holds_in(floats, edge):
                seen = observe(engine, case)
                merged = (
                    edge.total is not None and seen.aliases
                )  # one leaf: there are no two slopes
                if not merged:
                    why = _enter(engine, book, edge, case, seen) or why
        if not book.compared:
            book.skip(why)

    return check


def _enter(engine: Engine, book: Book, edge: Edge, case: Case, seen: Observation) -> str:
    """Enter what an edge gives; why nothing can be said of it, or nothing."""
    breach = breach_of_value(edge, case, seen)
    if breach is None and (slopes := breach_of_slopes(edge, case, seen)) is not None:
        if _begins_with_one(engine, case, seen):
            breach = _surely(engine, slopes)
        elif edge.primal is None:
            return "the root's own gradient is not 1, so that no other says anything: see LIF08"
    book.enter(breach)
    return ""


def _begins_with_one(engine: Engine, case: Case, seen: Observation) -> bool:
    """Whether backward starts from 1, as far as is seen: here, and where nothing is an edge.

    Gradients that start from another number are wrong for that reason, whatever the operation does.
    An engine that does not write to its root leaves what it was made with, 0 or nothing.
    """
    if not engine.facts.keeps_intermediates:
        return True
    plain = observe(engine, single_case(case.program.instructions[0].form))
    roots = [each.adjoints[-1] for each in (seen, plain) if each.failure is None]
    return all(root in {None, 0.0, 1.0} for root in roots)


def _surely(engine: Engine, breach: Breach) -> Breach:
    """The breach, unnamed where its name says no more than that every gradient is 0.

    That neither operand of a tie has a gradient is that bug only if one has it beside the tie.
    """
    if breach.fault != TIE_TO_NEITHER or breach.case is None:
        return breach
    first, *others = breach.case.point
    for beside in (first - 1.0, first + 1.0):
        case = replace(breach.case, point=(beside, *others))
        seen = observe(engine, case)
        if seen.failure is None and any(seen.adjoints[: case.program.n_inputs]):
            return breach
    return replace(breach, fault=None)


def _holds_in(floats: Floats, edge: Edge) -> bool:
    """Whether an engine of these numbers can hold every number of an edge."""
    case = parse_case(edge.case)
    bounds = (b for a in edge.adjoints for b in (a if isinstance(a, tuple) else (a,)))
    numbers = [*case.point, edge.primal, *bounds]
    same = all(x is None or x != x or floats.fit(x) == x for x in numbers)
    return same and floats.fit_program(case.program) == case.program


def _law(
    code: str, title: str, statement: str, why: str, example: str, severity: str = "warning"
) -> Law:
    return Law(code, severity, title, statement, why, _check(code), example=example)


EDGE_LAWS = (
    _law(
        "EDG01", "overflow and saturation",
        "Overflow gives inf and saturation its limit, as IEEE does.",
        "A large pre-activation is common in training, and then tanh and sigmoid are flat: 1 or 0, "
        "with slope 0. Written with exponentials, (e^2x - 1) / (e^2x + 1) overflows past 355 and "
        "raises or gives nan. Use `math.tanh`; for sigmoid, branch on the sign of x. What really "
        "overflows is inf in IEEE arithmetic, where Python's `math` and `**` raise.",
        "exp(800.0) raises OverflowError: math range error, but exp overflows to inf",
    ),
    _law(
        "EDG02", "edge of the domain",
        "At the edge of its domain an operation gives the limit or refuses.",
        "log 0, 1 / 0 and sqrt 0 sit where a function ends. The limit is right and so is an "
        "exception that refuses; any other number is made up and goes unnoticed into a loss. A "
        "TypeError, NameError or AttributeError refuses nothing: it is a slip in code that runs "
        "so rarely that nobody has seen it.",
        "1.0 / 0.0 gives 1.0, but 1 / 0 is inf, or refused",
    ),
    _law(
        "EDG03", "pow at zero", "x ** n has its value and gradient at 0 for every n >= 0.",
        "The textbook partial n * x**(n - 1) computes 0 * 0**-1 at x = 0 and n = 0, and Python "
        "raises ZeroDivisionError on a legal input: x ** 0 is 1 everywhere, with slope 0. Treat "
        "n = 0 apart. Where the exponent is a value, its own partial x**n * log(x) is 0 at x = 0, "
        "and `math.log` raises.",
        "backward() of 0.0 ** 0 raises ZeroDivisionError: 0.0 cannot be raised to a negative "
        "power, but x ** 0 is 1 and d/dx x ** 0 = 0 at 0",
    ),
    _law(
        "EDG04", "outside the reals",
        "Outside the real domain the answer is nan or an exception.",
        "Python's `(-8.0) ** (1/3)` is complex, without a word. The graph goes on with it, and "
        "the error shows far away, or never. Refuse, or give nan. A TypeError, NameError or "
        "AttributeError is no refusal, unless it turns the complex number away: it is a slip in "
        "code that nobody has seen run.",
        "(-8.0) ** 0.3333333333333333: the value is complex "
        "'(1.0000000000000002+1.7320508075688772j)', not a real number, but it should be nan, or "
        "refused",
    ),
    _law(
        "EDG05", "nan swallowed", "nan in gives nan out.",
        "A nan says that something upstream is broken. Every comparison with nan is false, so "
        "`x if x > 0 else 0` turns it into a clean 0 and hides the break. Write it as "
        "`0 if x < 0 else x`.",
        "relu(nan) gives 0.0, but nan in gives nan out",
    ),
    _law(
        "EDG06", "subnormals", "Subnormal numbers are numbers.",
        "Between 0 and 2.2e-308 floats lose digits but are still there. An engine that adds a "
        "small constant to be safe, or compares with one, changes them.",
        "5e-324 + 5e-324 gives 1.001e-320, but the smallest subnormal is a number like others",
    ),
    _law(
        "EDG07", "kinks", "At a kink the slopes lie in the subdifferential.",
        "Where a function has a corner any slope between those of its two sides is right, and "
        "which one is a convention. A slope beyond them is wrong: relu'(0) = -1, or both operands "
        "of max getting the whole gradient at a tie, so that it counts twice.",
        "relu(0.0): d/dx0 is -1.0, but relu's slope at 0 is in [0, 1]",
    ),
    _law(
        "EDG08", "slope chosen at a kink", "At a kink the slope is the one that PyTorch chooses.",
        "Any slope between those of the two sides is right (EDG07), so this is a convention and "
        "no defect. It shows where one engine's training is compared with another's: a relu that "
        "is exactly 0 learns with slope 1 and not with slope 0.",
        "relu(0.0): d/dx0 is 1.0, but PyTorch's slope of relu at 0 is 0", "note",
    ),
    _law(
        "EDG09", "slope of nan", "Where the side of a kink is not known, the slope is nan.",
        "A value that is nan is seen in the loss. Its gradient is compared with 0 too, every "
        "comparison with nan is false, and `(x > 0) * grad` makes a clean 0 of it: parameters "
        "before it stand still, and look well. It is a convention: PyTorch gives relu, max and "
        "min the slope 1 there, and abs 0.",
        "relu(nan): d/dx0 is 0.0, but on which side of the kink a nan lies is not known, and so "
        "its slope is not", "note",
    ),
    _law(
        "EDG10", "infinite slope",
        "Where a value exists and its slope is infinite, both are given.",
        "sqrt 0 is 0, a number like others. Only its slope has no bound, and IEEE arithmetic has "
        "inf for that. Python raises ZeroDivisionError for `0.5 / 0.0` and `0.0 ** -0.5`. An "
        "engine may refuse (EDG02 says no more); know that it does.",
        "backward() of 0.0 ** 0.5 raises ZeroDivisionError: 0.0 cannot be raised to a negative "
        "power, but 0 ** 0.5 is 0, with slope inf", "note",
    ),
    Law(
        "EDG11", "note", "refusals of several kinds",
        "An operation refuses all points outside its domain, or none, and with one class of "
        "exception.",
        "A caller who guards a logarithm writes one `except`. If log(-1) raises the engine's own "
        "error and log(-0.5) that of `math`, or gives a number, the guard has a hole. It comes "
        "from a test at the wrong place: `x < -1` for `x < 0`, `x < 0` for `x <= 0`.",
        one_way,
        example="log(0.0) raises ValueError and log(-2.0) ArithmeticError: one domain, two "
        "refusals",
    ),
)  # fmt: skip
