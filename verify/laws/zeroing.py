"""The check of an engine's own ``zero_grad()``."""

from __future__ import annotations

from verify.engines import GraphEngine
from verify.laws.cases import adjoints_of, built, plain_case
from verify.laws.law import Book, Breach


def own_zero_grad(engine: GraphEngine, book: Book) -> None:
    """`zero_grad()` on `z = y op x1`, where `y = x0 op x0`, after `backward()` on it.

    Every gradient must then be 0 or gone. The values of that graph, and every gradient of another
    one with nothing in common, must be as they were.
    """
    if engine.facts.zero_grad is None:
        book.skip("its values have no zero_grad(), and need none")
        return
    case = plain_case(engine, book, (0, 0), (2, 1), inputs=2)
    if case is None:
        return
    nodes, others = built(engine, case), built(engine, case)
    for output in (nodes[-1], others[-1]):
        engine.backward(output)
    values, apart = [engine.primal(node) for node in nodes], adjoints_of(engine, others)
    engine.zero_grad(nodes[-1])
    name = case.program.name
    what = f"zero_grad() on {name(case.program.output)}"
    left = [f"{name(i)} {x!r}" for i, x in enumerate(adjoints_of(engine, nodes)) if x]
    said = f"{what} leaves gradients: {', '.join(left)}"
    book.enter(Breach(said, None, case) if left else None)
    moved = [engine.primal(node) for node in nodes] != values
    book.enter(Breach(f"{what} changes values", None, case) if moved else None)
    spread = adjoints_of(engine, others) != apart
    book.enter(Breach(f"{what} changes another graph", None, case) if spread else None)
