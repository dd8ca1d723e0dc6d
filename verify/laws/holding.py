"""Laws of the values that a user makes: nobody holds them, or they are made of whole numbers."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from math import isclose, isnan
from typing import Any

from verify.engines import GraphEngine, build, observe
from verify.laws.cases import plain_case, single_case
from verify.laws.law import Book, Breach
from verify.program import Case, Instruction, Operand, Program, Ref

WHOLE = (3, 2)
WEIGHT = 0.375
"""What the result is weighted by, so that gradients are no whole numbers."""


def unheld(engine: GraphEngine, book: Book) -> None:
    """`(x0 op x1).f()` is differentiated twice: the value between is held, and is not.

    Python frees what nobody refers to. For each operation the gradients of x0 and x1 must be the
    same either way, but for their last bits. Once, garbage is collected before backward().
    """
    if (inner := plain_case(engine, book, (0, 1), inputs=2)) is None:
        return
    for number, form in enumerate(engine.facts.spellings):
        outer = _on_values(single_case(form).program.instructions[0], (2, 2))
        case = Case(Program(2, (*inner.program.instructions, outer)), inner.point)
        seen = observe(engine, case)
        if seen.failure is not None:
            continue
        found = _without_holding(engine, case, collect=number == 0)
        if found is not None:
            book.enter(_lost(form, case, seen.adjoints, found))


def _lost(
    form: str, case: Case, held: Sequence[float | None], found: Sequence[float | None]
) -> Breach | None:
    for i, (wanted, got) in enumerate(zip(held, found, strict=False)):
        if not _same(got, wanted):
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
    numbers. Values and gradients must be the same. A leaf that refuses whole numbers is right.
    """
    if (inner := plain_case(engine, book, (0, 1), inputs=2)) is None:
        return
    join = "mul" if "mul" in engine.facts.spellings else inner.program.instructions[0].op
    for form in engine.facts.spellings:
        single = single_case(form).program
        n = single.n_inputs
        step = _on_values(single.instructions[0], range(n))
        weighted = Instruction(join, (Ref(n + 1), Ref(n)))
        program = Program(n + 1, (step, weighted))
        floats = observe(engine, Case(program, (*map(float, WHOLE[:n]), WEIGHT)))
        if floats.failure is not None:
            continue
        found = _of_whole_numbers(engine, program, n)
        if found is None:
            continue
        right = [floats.primals[-1], *floats.adjoints[:n]]
        book.enter(_differing(engine, form, found, right))
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
    engine: GraphEngine, form: str, found: Sequence[float | None], right: Sequence[float | None]
) -> Breach | None:
    pairs = zip(
        ("the value", "the gradient of x0", "the gradient of x1"), found, right, strict=False
    )
    for what, got, wanted in pairs:
        if not _same(got, wanted):
            made = engine.facts.construct.replace("{}", "3")
            said = f"of {form} on leaves made of whole numbers, such as {made}, {what} is {got!r}, "
            return Breach(f"{said}and {wanted!r} on floats")
    return None


def _on_values(instruction: Instruction, refs: Sequence[int]) -> Instruction:
    """An instruction on other values, in turn."""
    left = iter(refs)
    operands: tuple[Operand, ...] = tuple(
        Ref(next(left)) if isinstance(operand, Ref) else operand for operand in instruction.operands
    )
    return Instruction(instruction.op, operands)


def _same(one: float | None, other: float | None) -> bool:
    """The same but for last bits; no gradient is a gradient of 0."""
    a, b = one or 0.0, other or 0.0
    return isclose(a, b, rel_tol=1e-6) or (isnan(a) and isnan(b))
