"""The law of large graphs: what is right in a small graph is right in a large one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from verify.engines import Engine, observe, ready
from verify.laws.cases import PLAIN, chosen_case, plain_case, right_when_fresh
from verify.laws.chains import DEEP, WRONG, chain_of, wrong_when_deep
from verify.laws.law import Book, Breach, Law
from verify.laws.scale import deep_diamond, forms_of, grows, wide
from verify.program import Case

LENGTHS = (16, 64, 256, 1_024, 5_000)
USES = (16, 128, 1_024)
"""How often one value is used."""
IN_A_ROW = 100
"""Operations in a row that all use one input: every engine that recurses gets so far."""


def large_graphs(engine: Engine, book: Book) -> None:
    """Chains, values with many uses, and diamonds, each larger than the last.

    A chain of up to 100,000 operations that change nothing has the gradient 1. A sum of n products
    of two inputs that are 1 has the gradient n in both; of n products of such a product with the
    second input, n and 2 n. In a diamond of 60 levels every number is a power of two. All are exact
    in floating point. Where these are right, an input that is the first operand of a hundred
    operations in a row, or the second, must have its gradient in its enclosure. A graph that the
    engine refuses is no breach: SCL01 and SCL03 say so.
    """
    if (case := plain_case(engine, book, (0, 0))) is None:
        return
    form = case.program.instructions[0].form
    if not all(right_when_fresh(engine, small) for small in _small(engine, form)):
        book.skip("small graphs with shared values have wrong gradients, which GRA01 says")
        return
    _enter(book, _chains(engine, form), _uses(engine, form), _diamonds(engine))
    if not book.breaches:
        _enter(book, _rows(engine))


def _enter(book: Book, *kinds: Iterator[Breach | None]) -> None:
    """Of each kind the first that is wrong: the larger ones are wrong too."""
    for found in kinds:
        for breach in found:
            book.enter(breach)
            if breach is not None:
                break


def _small(engine: Engine, form: str) -> Iterator[Case]:
    """Graphs in which values are shared, as small as can be."""
    for steps in (((0, 0), (1, 1)), ((0, 0), (1, 0), (1, 2)), ((0, 0), (1, 0), (2, 1), (3, 2))):
        yield chosen_case(form, *steps)
    for uses in (2, 3, 4):
        yield wide(forms_of(engine, form), 2 * uses, nested=True)


def _chains(engine: Engine, form: str) -> Iterator[Breach | None]:
    for length in LENGTHS:
        error = chain_of(engine, form, length)
        if error is not None and not error.startswith(WRONG):
            return
        yield _chain_breach(form, length, error)
    yield _chain_breach(form, DEEP, wrong_when_deep(engine, form))


def _chain_breach(form: str, length: int, error: str | None) -> Breach | None:
    said = f"in a chain of {length:,} operations ({form}) {error}"
    return None if error is None else Breach(said, form)


def _uses(engine: Engine, form: str) -> Iterator[Breach | None]:
    forms = forms_of(engine, form)
    for count in USES:
        for nested in (False, True):
            seen = observe(engine, wide(forms, 2 * count, nested=nested))
            if seen.failure is not None:
                return
            right = (count, 2 * count if nested else count)
            got = tuple(adjoint or 0.0 for adjoint in seen.adjoints[:2])
            what = "a result" if nested else "an input"
            said = f"in a graph that uses {what} {count:,} times the gradients of x0 and x1 are "
            said += f"{got[0]!r} and {got[1]!r}, where {right[0]!r} and {right[1]!r} are right"
            yield None if got == right else Breach(said, form)


def _rows(engine: Engine) -> Iterator[Breach | None]:
    """A counter of uses may be kept for one operation, and for one of its operands."""
    for form in ("add", "sub", "mul", "div"):
        for slot in (0, 1):
            small = (_row(form, slot, length) for length in (2, 3, 4))
            if form in engine.facts.spellings and all(right_when_fresh(engine, c) for c in small):
                case = _row(form, slot, IN_A_ROW)
                if observe(engine, case).failure is not None:
                    return
                said = f"the gradient of an input that is operand {slot} of {IN_A_ROW} operations "
                said += f"in a row ({form}) is wrong, and right with 2, 3 and 4"
                yield None if right_when_fresh(engine, case) else Breach(said, form)


def _row(form: str, slot: int, length: int) -> Case:
    """``x0 + (x0 + (x0 + x1))``, or with ``x0`` as the second operand."""
    steps = [(0, last) if slot == 0 else (last, 0) for last in range(1, length + 1)]
    return Case(chosen_case(form, *steps, inputs=2).program, (1.0, 1.0))


def _diamonds(engine: Engine) -> Iterator[Breach | None]:
    for form in PLAIN:
        there = form in engine.facts.spellings
        if not there or not right_when_fresh(engine, chosen_case(form, (0, 0), (1, 1))):
            continue
        if not grows(form, partial(ready, engine)):
            breach = deep_diamond(engine, form)
            yield breach if breach is not None and breach.actual is not None else None


LARGE_LAWS = (
    Law(
        "SCL04", "error", "wrong in a large graph",
        "The gradients of a large graph are as right as those of a small one.",
        why="A counter that is too small, a limit on the depth of a walk, a caught RecursionError "
        "or gradients that are clipped on their way show in no small example. A network has values "
        "with hundreds of uses and paths of hundreds of operations, and learns from wrong numbers "
        "without a word.",
        check=large_graphs,
        example="in a chain of 1,024 operations (add) the gradient is 0.0 and not 1",
    ),
)  # fmt: skip
