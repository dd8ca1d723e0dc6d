"""Checks of several passes over one graph: a second pass, a second root, zeroing between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from verify.check import holds, interval
from verify.engines import GraphEngine, describe
from verify.laws.cases import (
    adjoints_of,
    built,
    plain_case,
    readable,
    right_at_first,
    right_when_fresh,
    single_case,
    truth,
    within,
    zero_all,
)
from verify.laws.law import Book, Breach
from verify.laws.memory import remembers
from verify.laws.passes import INTERIOR_KEPT, RESETS_LEAVES, SERVES_ONCE, Passes
from verify.program import FORMS, Case, Program
from verify.verdict import Interval

FEW = 3
"""Operations that are told one by one."""
INFLATES = "interior gradients are not reset"
STALE = "nodes that a first backward() visited are not visited again"
ONCE = "what both are made of passes its gradient on in the first backward() alone"
KEEP = (
    "keep the rules and the operands of every node until the graph itself goes, or raise an error "
    "when a graph is differentiated again."
)
"""What mends an engine that lets go of its graph; gradients that are set to 0 do not."""


def second_backward(engine: GraphEngine, book: Book) -> None:
    """Two calls of `backward()` on `z`, where `y = x op x` and `z = y op y`.

    The leaf's gradient must then lie in the enclosure of twice the first. What an engine that keeps
    interior gradients would print is computed in ball arithmetic, and the habit is named only if
    every gradient seen is enclosed. Where that holds, a leaf is asked as the root: it is a leaf
    like others, so two calls make its gradient 2.
    """
    case = plain_case(engine, book, (0, 0), (1, 1))
    if case is None:
        return
    nodes = built(engine, case)
    engine.backward(nodes[-1])
    first = engine.adjoint(nodes[0]) or 0.0
    try:
        engine.backward(nodes[-1])
    except Exception as error:  # noqa: BLE001 - refusing is a convention too
        said = f"a second backward() on one graph is refused: {describe(error)}"
        book.enter(Breach(said, None, case))
        return
    seen, passes, roots = adjoints_of(engine, nodes), Passes(case), (2, 2)
    right, second = passes.after(roots)[0], seen[0] or 0.0
    if holds(right, second):
        book.enter(None)
        _leaf_twice(engine, book)
        return
    read = [seen[i] for i in readable(engine, case)]
    inflates = passes.explains(INTERIOR_KEPT, roots, read)
    if second == first:
        message = f"a second backward() on one graph leaves the gradient at {first!r}, where one "
        message += f"more would make {2 * first!r}"
    else:
        message = f"a second backward() on one graph adds {second - first!r}, where the first "
        message += f"added {first!r}" + (f": {INFLATES}" if inflates else "")
    fault, mend = "interior-kept" if inflates else None, ""
    if not inflates and _lets_go(engine, case, 2):
        mend = f"Nothing need be done if each graph is differentiated once. Else {KEEP}"
    book.enter(Breach(message, None, case, interval(right), second, fault, mend=mend))


def _lets_go(engine: GraphEngine, case: Case, root: int) -> bool:
    """Whether a second backward() passes nothing on to inputs, and no mark says why."""
    nodes = built(engine, case)
    found = []
    try:
        for _ in range(2):
            engine.zero(nodes)
            engine.backward(nodes[root])
            found.append(any(adjoints_of(engine, nodes[: case.program.n_inputs])))
    except Exception:  # noqa: BLE001 - refusing is a convention too
        return False
    return found == [True, False] and not remembers(engine, case)


def _leaf_twice(engine: GraphEngine, book: Book) -> None:
    leaf, found = engine.lift(1.5), []
    try:
        for _ in range(2):
            engine.backward(leaf)
            found.append(engine.adjoint(leaf))
    except Exception:  # noqa: BLE001 - LIF06 says so
        return
    if found[0] != 1.0:
        return  # LIF06 says so
    if found[1] == 2.0:
        book.enter(None)
        return
    said = f"a second backward() on a leaf leaves its gradient at {found[1]!r}, where one more "
    said += "would make 2.0: only where the root is a leaf itself"
    mend = "Nothing need be done if no leaf is a root. Else add 1 to the root's gradient where it "
    mend += "has no operands, instead of assigning it."
    book.enter(Breach(said, None, None, Interval(2.0, 2.0), found[1], mend=mend))


def two_roots(engine: GraphEngine, book: Book) -> None:
    """`backward()` on two roots in turn, which share an intermediate and then a leaf alone.

    The leaves' gradients must lie in the enclosure of the sum. What engines of known habits print
    (interior gradients kept, leaves reset, visited flags kept) is computed in ball arithmetic, and
    a habit is named only if every gradient seen is enclosed.
    """
    shared = plain_case(engine, book, (0, 0), (1, 1), (1, 0))
    if shared is None:
        return
    if _two_roots(engine, book, shared, (2, 3), "an intermediate"):
        alone = plain_case(engine, book, (0, 0), (0, 1), inputs=2)
        if alone is not None:
            _two_roots(engine, book, alone, (2, 3), "only a leaf")


def _two_roots(
    engine: GraphEngine, book: Book, case: Case, roots: tuple[int, int], what: str
) -> bool:
    """Enter what two roots give; whether it was right."""
    nodes = built(engine, case)
    try:
        for root in roots:
            engine.backward(nodes[root])
    except Exception as error:  # noqa: BLE001 - refusing is a convention too
        said = f"of two roots that share {what}, the second is refused: {describe(error)}"
        book.enter(Breach(said, None, case))
        return False
    seen, passes = adjoints_of(engine, nodes), Passes(case)
    right = passes.after(roots)
    inputs = range(case.program.n_inputs)
    wrong = next((i for i in inputs if not holds(right[i], seen[i] or 0.0)), None)
    if wrong is None:
        book.enter(None)
        return True
    read = [seen[i] for i in readable(engine, case)]
    habit, fault = _habit(engine, case, passes, roots, read)
    number, name = seen[wrong] or 0.0, case.program.name(wrong)
    parts = [passes.after((root,))[wrong] for root in roots]
    message = (
        f"two roots that share {what} give {name} the gradient {number!r}, where "
        f"{' + '.join(repr(float(part.mid())) for part in parts)} is right{habit}"
    )
    mend = ""
    if fault is None and _lets_go(engine, case, roots[0]):
        mend = KEEP[0].upper() + KEEP[1:]
    book.enter(Breach(message, None, case, interval(right[wrong]), number, fault, mend=mend))
    return False


def _habit(
    engine: GraphEngine,
    case: Case,
    passes: Passes,
    roots: Sequence[int],
    seen: Sequence[float | None],
) -> tuple[str, str | None]:
    """The words and the fault of the habit that explains every number."""
    if passes.explains(INTERIOR_KEPT, roots, seen):
        one_root = Book()  # an engine that serves all nodes ever made prints these numbers too
        second_backward(engine, one_root)
        if any(breach.fault == "interior-kept" for breach in one_root.breaches):
            return f": {INFLATES}", "interior-kept"
        return "", None
    if passes.explains((RESETS_LEAVES,), roots, seen):
        return ": backward() resets the leaves, and the first root's gradient is lost", None
    if passes.explains(SERVES_ONCE, roots, seen):
        if remembers(engine, case):
            return f": {STALE}", "stale-visited"
        return f": {ONCE}", None
    return "", None


def zeroing(engine: GraphEngine, book: Book) -> None:
    """Every gradient of a graph is set to zero, and `backward()` runs again.

    First on the same root: every gradient must again lie in its enclosure. Then on a new operation
    built on the old nodes. An engine that refuses with an exception is not accused, nor one that
    lets go of its graph; flags left on nodes, or nodes left in a set, tell the difference. Then
    on the first root once more, after a graph that has nothing to do with it. Where
    the engine's own `zero_grad()` leaves no gradient, `backward()` must run again after it too.
    Then each operation by itself, on the same root: one may keep partials from its first pass.
    """
    case = plain_case(engine, book, (0, 0), (1, 1), (2, 0))
    if case is None:
        return
    old = Case(Program(1, case.program.instructions[:2]), case.point)
    nodes = built(engine, old)
    engine.backward(nodes[-1])
    refused = _again(engine, book, old, nodes, (2, 2), "a second backward() on the same root")
    nodes.append(engine.apply(case.program.at(3).form, [nodes[2], nodes[0]]))
    what = "backward() on a new operation that uses the old nodes"
    refused = _again(engine, book, case, nodes, (2, 2, 3), what) or refused
    if not (refused or book.skipped or book.breaches):
        what = "a backward() on another graph and then on the same root"
        other = built(engine, old)[-1]
        refused = _again(engine, book, old, nodes, (2, 2), what, root=2, first=other)
    if not (refused or book.skipped or book.breaches):
        if engine.facts.zero_grad:
            _after_own_zero(engine, book, old)
        _each_again(engine, book)
    if refused and not book.compared:
        book.skip(f"the engine refuses to zero or a second backward(): {refused}")


def _again(
    engine: GraphEngine,
    book: Book,
    case: Case,
    nodes: list[Any],
    roots: tuple[int, ...],
    what: str,
    *,
    root: int = -1,
    first: Any = None,
) -> str:
    """Zero, differentiate a root and compare; what the engine raised, or nothing.

    ``first`` is the root of another graph, differentiated before.
    """
    try:
        if first is not None:
            engine.backward(first)
        zero_all(engine, nodes)
        engine.backward(nodes[root])
    except Exception as error:  # noqa: BLE001 - refusing is a convention too
        return describe(error)
    seen = [engine.adjoint(nodes[i]) for i in readable(engine, case)]
    breach = _not_restored(engine, case, nodes, f"after all gradients were set to zero, {what}")
    stale = Passes(case).explains(SERVES_ONCE, roots, seen, zeroed=True)
    if breach is None or not stale:
        book.enter(breach)
    elif remembers(engine, case):
        book.enter(replace(breach, message=f"{breach.message}: {STALE}", fault="stale-visited"))
    else:
        book.skip("the engine lets go of its graph after backward(), and says nothing: see LIF01")
    return ""


def _each_again(engine: GraphEngine, book: Book) -> None:
    """Each operation by itself; what very many of them do is told once.

    Those made of others, such as `sum`, do what their parts do.
    """
    calls = engine.facts.delegates
    whole = [f for f in engine.facts.spellings if len(calls.get(f, ())) == 1]
    found = [_one_again(engine, book, form) for form in whole if FORMS[form][1] != "*"]
    wrong = [breach for breach in found if breach is not None]
    if len(wrong) <= FEW:
        book.breaches += wrong
        return
    names = ", ".join(str(breach.operation) for breach in wrong)
    said = f"{wrong[0].message}; {len(wrong)} operations do so: {names}"
    book.breaches.append(replace(wrong[0], message=said, operation=None))


def _one_again(engine: GraphEngine, book: Book, form: str) -> Breach | None:
    """One operation, differentiated twice; nothing is said of one that is wrong the first time.

    Before it is accused, the values that it made for itself are zeroed too: it takes time to look
    for them, and their gradients may be all that is left.
    """
    case = single_case(form)
    if not right_when_fresh(engine, case):
        return None
    what = f"after all gradients were set to zero, a second backward() on {form}"
    for zero in (engine.zero, partial(zero_all, engine)):
        nodes = built(engine, case)
        try:
            engine.backward(nodes[-1])
            zero(nodes)
            engine.backward(nodes[-1])
        except Exception:  # noqa: BLE001 - refusing is a convention too
            return None
        breach = _not_restored(engine, case, nodes, what)
        if breach is None:
            break
    book.compared += 1
    return breach and replace(breach, operation=form)


def _after_own_zero(engine: GraphEngine, book: Book, case: Case) -> None:
    nodes = built(engine, case)
    engine.backward(nodes[-1])
    try:
        engine.zero_grad(nodes[-1])
    except Exception:  # noqa: BLE001 - LIF09 says so
        return
    if any(adjoints_of(engine, nodes)):
        return  # LIF09 says so
    what = "after the engine's own zero_grad(), a second backward() on the same root"
    try:
        engine.backward(nodes[-1])
    except Exception as error:  # noqa: BLE001 - it ran after zeros were assigned, so this is a bug
        book.enter(Breach(f"{what} raises {describe(error)}", None, case))
        return
    book.enter(_not_restored(engine, case, nodes, what))


def _not_restored(engine: GraphEngine, case: Case, nodes: list[Any], what: str) -> Breach | None:
    """The first gradient that is wrong, and is right on a fresh graph."""
    seen, right = adjoints_of(engine, nodes), truth(case, engine)
    read = readable(engine, case)
    outside = [i for i, ok in zip(read, within(right, seen, read), strict=True) if not ok]
    known = right_at_first(engine, case) if outside else ()  # one more walk would hide some marks
    wrong = next((i for i in outside if i in known), None)
    if wrong is None:
        return None
    expected = interval(right.adjoints[wrong])
    message = (
        f"{what} gives {case.program.name(wrong)} the gradient {seen[wrong]!r}, but it must lie "
        f"in {expected}"
    )
    return Breach(message, None, case, expected, seen[wrong])
