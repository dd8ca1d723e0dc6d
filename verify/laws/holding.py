"""Laws of the values that a user makes: nobody holds them, or they are made of whole numbers."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from verify.check import holds
from verify.engines import GraphEngine, build, observe
from verify.laws.cases import plain_case, single_case, truth
from verify.laws.law import Book, Breach
from verify.program import Case, Instruction, Program, Ref

Attempt = Callable[[], Sequence[float | None] | None]
"""Gives what an engine answers; None if it refuses."""
WHOLE = (3, 2)
CONFIRMED = 12
"""How often each side is tried again, before the difference is blamed on this."""
MOSTLY = 9
"""In how many of them the wrong side must be wrong again."""
WEIGHT = 0.375
"""What the result is weighted by, so that gradients are no whole numbers."""


def unheld(engine: GraphEngine, book: Book) -> None:
    """`(x0 op x1).f()` is differentiated twice: the value between is held, and is not.

    Python frees what nobody refers to. For each operation whose gradients of x0 and x1 lie in their
    enclosures where it is held, they must where it is not. Once, garbage is collected before
    backward().
    """
    if (inner := plain_case(engine, book, (0, 1), inputs=2)) is None:
        return
    for number, form in enumerate(engine.facts.spellings):
        outer = single_case(form).program.instructions[0].renamed(lambda _: 2)
        case = Case(Program(2, (*inner.program.instructions, outer)), inner.point)
        seen = observe(engine, case)
        if seen.failure is not None:
            continue
        attempt = partial(_without_holding, engine, case, collect=number == 0)
        if (found := attempt()) is not None:
            right = truth(case, engine).adjoints
            breach = _lost(form, case, right, seen.adjoints, found)
            book.enter(breach if breach and _is_steady(engine, case, right, attempt) else None)


def _lost(
    form: str,
    case: Case,
    right: Sequence[Any],
    held: Sequence[float | None],
    found: Sequence[float | None],
) -> Breach | None:
    for i, (wanted, got) in enumerate(zip(held, found, strict=False)):
        if _only_first_holds(right[i], wanted, got):
            said = f"x{i} has the gradient {got!r} where nobody holds the value that {form} is "
            said += f"applied to, and {wanted!r} where somebody does"
            return Breach(said, None, case)
    return None


def _without_holding(
    engine: GraphEngine, case: Case, *, collect: bool
) -> tuple[float | None, ...] | None:
    """The gradients of the inputs; nothing but they and the output is referred to.

    None if the engine refuses, which is not silent.
    """
    nodes: list[Any] = []
    build(engine, case.program, case.point, nodes)
    first, second, root = nodes[0], nodes[1], nodes[-1]
    nodes.clear()
    if collect:
        gc.collect()
    try:
        engine.backward(root)
        return engine.adjoint(first), engine.adjoint(second)
    except Exception:  # noqa: BLE001 - somebody's engine may raise anything
        return None


def whole_numbers(engine: GraphEngine, book: Book) -> None:
    """Each operation on leaves made of 3 and 2, and on leaves made of 3.0 and 2.0.

    The result is weighted by 0.375 where there is a product, so that gradients are no whole
    numbers. What lies in its enclosure on floats must on whole numbers. A leaf that refuses them is
    right.
    """
    if (inner := plain_case(engine, book, (0, 1), inputs=2)) is None:
        return
    join = "mul" if "mul" in engine.facts.spellings else inner.program.instructions[0].op
    for form in engine.facts.spellings:
        single = single_case(form).program
        n = single.n_inputs
        program = Program(n + 1, (*single.instructions, Instruction(join, (Ref(n + 1), Ref(n)))))
        case = Case(program, (*map(float, WHOLE[:n]), WEIGHT))
        floats = observe(engine, case)
        attempt = partial(_of_whole_numbers, engine, program, n)
        if floats.failure is not None or (found := attempt()) is None:
            continue
        balls = truth(case, engine)
        right = (balls.primals[-1], *balls.adjoints[:n])
        seen = (floats.primals[-1], *floats.adjoints[:n])
        breach = _differing(engine, form, found, seen, right)
        book.enter(breach if breach and _is_steady(engine, case, right, attempt) else None)
    if not book.compared:
        book.skip("the engine takes no whole numbers")


def _of_whole_numbers(engine: GraphEngine, program: Program, n: int) -> list[float | None] | None:
    """The value, and the gradients of the inputs but the weight; None if the engine refuses."""
    nodes: list[Any] = []
    try:
        build(engine, program, (*WHOLE[:n], WEIGHT), nodes)
        engine.backward(nodes[-1])
        return [engine.primal(nodes[-1]), *(engine.adjoint(node) for node in nodes[:n])]
    except Exception:  # noqa: BLE001 - somebody's engine may raise anything
        return None


NAMES = ("the value", "the gradient of x0", "the gradient of x1")


def _differing(
    engine: GraphEngine,
    form: str,
    found: Sequence[float | None],
    floats: Sequence[float | None],
    right: Sequence[Any],
) -> Breach | None:
    for what, got, wanted, ball in zip(NAMES, found, floats, right, strict=False):
        if _only_first_holds(ball, wanted, got):
            made = engine.facts.construct.replace("{}", "3")
            said = f"of {form} on leaves made of whole numbers, such as {made}, {what} is {got!r}, "
            return Breach(f"{said}and {wanted!r} on floats")
    return None


def _is_steady(engine: GraphEngine, case: Case, right: Sequence[Any], attempt: Attempt) -> bool:
    """Whether a case is right each time, and wrong nearly each time in the law's own way.

    One that is right in some runs, and wrong in others, says nothing of the way.
    """
    balls = truth(case, engine)
    if not all(
        seen.failure is None
        and holds(balls.primals[-1], seen.primals[-1])
        and all(map(_holds_gradient, balls.adjoints, seen.adjoints[: case.program.n_inputs]))
        for seen in (observe(engine, case) for _ in range(CONFIRMED))
    ):
        return False
    tries = [attempt() for _ in range(CONFIRMED)]
    wrong = [found for found in tries if found and not all(map(_holds_gradient, right, found))]
    return len(wrong) >= MOSTLY


def _holds_gradient(right: Any, seen: float | None) -> bool:
    """Whether a gradient lies in its enclosure; None is a gradient of 0."""
    return holds(right, seen or 0.0)


def _only_first_holds(right: Any, first: float | None, second: float | None) -> bool:
    """Whether the first lies in the enclosure and the second does not; None is a gradient of 0.

    Where the first does not, another law says so.
    """
    return _holds_gradient(right, first) and not _holds_gradient(right, second)
