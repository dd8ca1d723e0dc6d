"""The check of how an operation refuses points outside its domain: all alike."""

from __future__ import annotations

from collections.abc import Sequence

from verify.engines import Engine, observe
from verify.laws.edge_breach import exception, spelt
from verify.laws.law import Book, Breach
from verify.program import Case
from verify.program.text import parse_case

OUTSIDE: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("x0 = 0.0\n%1 = log(x0)",),
     tuple(f"x0 = {x}\n%1 = log(x0)" for x in (-5e-324, -0.5, -1.0, -2.0))),
    ((), tuple(f"x0 = {x}\n%1 = sqrt(x0)" for x in (-5e-324, -0.5, -1.0, -2.0))),
    ((), tuple(f"x0 = 0.0\n%1 = pow(x0, {n})" for n in (-0.5, -1.0, -2.0, -3.0))),
    ((), tuple(f"x0 = {x}\n%1 = pow(x0, 0.5)" for x in (-0.5, -1.0, -2.0))),
    ((), tuple(f"x0 = {x}\nx1 = 2.0\n%2 = power(x0, x1)" for x in (-0.5, -1.0, -2.0))),
    ((), tuple(f"x0 = 2.0\n%1 = power({x}, x0)" for x in (-0.5, -1.0, -2.0))),
    ((), ("x0 = inf\n%1 = sin(x0)", "x0 = -inf\n%1 = sin(x0)")),
    ((), ("x0 = inf\n%1 = cos(x0)", "x0 = -inf\n%1 = cos(x0)")),
    ((), tuple(f"x0 = {x}\nx1 = 0.0\n%2 = div(x0, x1)" for x in (0.5, -2.0))),
)  # fmt: skip
"""For each domain, points at its edge and points outside. The edge may have a limit."""


def one_way(engine: Engine, book: Book) -> None:
    """Points outside each domain, far from its edge and next to it, and the edge itself.

    Of those outside, all must be refused or none. Those that are refused must raise one class of
    exception. What gives a complex number is left to EDG04.
    """
    for edge, outside in OUTSIDE:
        form = parse_case(outside[0]).program.instructions[0].form
        if form in engine.facts.spellings:
            book.enter(_two_ways(form, _asked(engine, edge), _asked(engine, outside)))
    if not book.compared:
        book.skip("the engine has no operation with such a domain")


Asked = tuple[Case, str]
"""A case, and the class of exception that it raised; empty if it was answered."""


def _asked(engine: Engine, texts: Sequence[str]) -> list[Asked]:
    found = []
    for text in texts:
        case = parse_case(text)
        failure = observe(engine, case).failure
        if failure is None or failure.kind == "raises":
            found.append((case, "" if failure is None else exception(failure)))
    return found


def _two_ways(form: str, edge: Sequence[Asked], outside: Sequence[Asked]) -> Breach | None:
    refused = [(case, raised) for case, raised in (*edge, *outside) if raised]
    for case, raised in refused:
        if raised != refused[0][1]:
            first, other = refused[0]
            said = f"{spelt(first)} raises {other} and {spelt(case)} {raised}: one domain, two "
            return Breach(said + "refusals", form, case)
    answered = [case for case, raised in outside if not raised]
    outside_refused = [case for case, raised in outside if raised]
    if answered and outside_refused:
        said = f"{spelt(outside_refused[0])} is refused and {spelt(answered[0])} is answered"
        return Breach(f"{said}, outside one domain", form, answered[0])
    return None
