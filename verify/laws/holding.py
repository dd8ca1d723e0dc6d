"""Laws of the values that a user makes: nobody holds them, or they are made of whole numbers."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import Any

from verify.check import holds
from verify.engines import GraphEngine, build, observe
from verify.laws.cases import plain_case, single_case, truth
from verify.laws.law import Book, Breach
from verify.program import Case, Instruction, Program, Ref

WHOLE = (3, 2)
CONFIRMED = 12
"""How often what is right must be right again, before the difference is blamed on this."""
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
        found = _without_holding(engine, case, collect=number == 0)
        if found is not None:
            book.enter(_lost(engine, form, case, seen.adjoints, found))


def _lost(
    engine: GraphEngine,
    form: str,
    case: Case,
    held: Sequence[float | None],
    found: Sequence[float | None],
) -> Breach | None:
    right = truth(case, engine).adjoints
    for i, (wanted, got) in enumerate(zip(held, found, strict=False)):
        if _only_first_holds(right[i], wanted, got) and _is_steady(engine, case):
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
        found = _of_whole_numbers(engine, program, n) if floats.failure is None else None
        if found is None:
            continue
        right = truth(case, engine)
        breach = _differing(
            engine, form, found, [floats.primals[-1], *floats.adjoints[:n]],
            [right.primals[-1], *right.adjoints[:n]],
        )  # fmt: skip
        book.enter(breach if breach and _is_steady(engine, case) else None)
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


def _is_steady(engine: GraphEngine, case: Case) -> bool:
    """Whether a case is right each time: one that is right in some runs says nothing here."""
    right = truth(case, engine)
    return all(
        seen.failure is None
        and holds(right.primals[-1], seen.primals[-1])
        and all(map(_holds_gradient, right.adjoints, seen.adjoints[: case.program.n_inputs]))
        for seen in (observe(engine, case) for _ in range(CONFIRMED))
    )


def _holds_gradient(right: Any, seen: float | None) -> bool:
    """Whether a gradient lies in its enclosure; None is a gradient of 0."""
    return holds(right, seen or 0.0)


def _only_first_holds(right: Any, first: float | None, second: float | None) -> bool:
    """Whether the first lies in the enclosure and the second does not; None is a gradient of 0.

    Where the first does not, another law says so.
    """
    return _holds_gradient(right, first) and not _holds_gradient(right, second)
