"""Checks of what ``backward`` may change: no value, no other graph, no root but its gradient."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from verify.check import interval
from verify.engines import GraphEngine, describe
from verify.laws.cases import (
    adjoints_of,
    built,
    chosen_case,
    plain_case,
    readable,
    right_at_first,
    right_when_fresh,
    single_case,
    truth,
    within,
)
from verify.laws.law import Book, Breach
from verify.program import FORMS, Case, Instruction, Program, Ref
from verify.program.ops import smooth
from verify.program.text import parse_case
from verify.verdict import Interval


def primals_unchanged(engine: GraphEngine, book: Book) -> None:
    """Every operation's values are read before and after `backward()`; they must be the same."""
    for form, case in _singles(engine):
        nodes = _differentiable(engine, case)
        if nodes is None:
            continue
        before = [engine.primal(node) for node in nodes]
        engine.backward(nodes[-1])
        after = [engine.primal(node) for node in nodes]
        moved = next((i for i, x in enumerate(before) if _bits(x) != _bits(after[i])), None)
        if moved is None:
            book.enter(None)
            continue
        name = case.program.name(moved)
        said = f"backward() changes {name} from {before[moved]!r} to {after[moved]!r}"
        book.enter(Breach(said, form, case, None, after[moved]))
    _say_once(engine, book)


def isolation(engine: GraphEngine, book: Book) -> None:
    """Two graphs with nothing in common, and a branch that the root does not use.

    `backward()` on one graph must leave every gradient of the other, differentiated before or not,
    bit for bit alone. A value computed from the same leaves that the root does not depend on must
    have no gradient, and give none to the leaves.
    """
    case = plain_case(engine, book, (0, 0), (1, 1))
    if case is None:
        return
    waiting, done = built(engine, case), built(engine, case)
    for what, others, acting in (
        ("was not differentiated yet", waiting, done),
        ("was differentiated before", done, built(engine, case)),
    ):
        before = [_bits(x) for x in adjoints_of(engine, others)]
        engine.backward(acting[-1])
        after = adjoints_of(engine, others)
        index = next((i for i, x in enumerate(after) if _bits(x) != before[i]), None)
        if index is None:
            book.enter(None)
            continue
        said = f"backward() on one graph changes the gradient of {case.program.name(index)} in "
        said += f"another, which {what}, to {after[index]!r}"
        book.enter(Breach(said, None, case, None, after[index]))
    _dead_branch(engine, book)


DEAD = 2
"""The value that nothing uses."""


def _dead_branch(engine: GraphEngine, book: Book) -> None:
    alive = plain_case(engine, book, (0, 0), (1, 0))
    if alive is None:
        return
    form = alive.program.instructions[0].form
    case = chosen_case(form, (0, 0), (1, 1), (1, 0))
    nodes = built(engine, case)
    engine.backward(nodes[-1])
    seen, right, root = adjoints_of(engine, nodes), truth(case, engine), case.program.output
    known = {root if i == alive.program.output else i for i in right_at_first(engine, alive)}
    read = [i for i in readable(engine, case) if i in known or i == DEAD]
    inside = dict(zip(read, within(right, seen, read), strict=True))
    wrong = next((i for i, held in inside.items() if not held), None)
    if wrong is None:
        book.enter(None)
        return
    said = (
        f"%2, which the root does not use, changes the gradient of {case.program.name(wrong)} to "
        f"{seen[wrong]!r}, but it must lie in {interval(right.adjoints[wrong])}"
    )
    book.enter(Breach(said, None, case, interval(right.adjoints[wrong]), seen[wrong]))


def fresh_gradients(engine: GraphEngine, book: Book) -> None:
    """For every operation, all gradients are read before `backward()`.

    They must all be 0, or all be missing (None): results as leaves.
    """
    for form, case in _singles(engine):
        try:
            nodes = built(engine, case)
        except Exception:  # noqa: BLE001, S112 - RUN01 says so
            continue
        found = adjoints_of(engine, nodes)
        index = next((i for i, x in enumerate(found) if x or x != found[0]), None)
        if index is None:
            book.enter(None)
            continue
        said = f"before backward() the gradients of {case.program.name(0)} and "
        said += f"{case.program.name(index or 1)} are {found[0]!r} and {found[index or 1]!r}, "
        said += "where all should be 0.0, or all None"
        book.enter(Breach(said, form, case, None, found[index]))
    _say_once(engine, book)


def leaf_root(engine: GraphEngine, book: Book) -> None:
    """`backward()` on a leaf, twice: its gradient is 1, and then 1 or 2; nothing is raised."""
    leaf = engine.lift(1.5)
    for times, allowed in (("", (1.0, 1.0)), (" a second time", (1.0, 2.0))):
        try:
            engine.backward(leaf)
        except Exception as error:  # noqa: BLE001 - somebody's engine may raise anything
            book.enter(Breach(f"backward() on a leaf{times} raises {describe(error)}"))
            return
        got = engine.adjoint(leaf)
        if got in allowed:
            book.enter(None)
            continue
        said = f"backward() on a leaf{times} gives it the gradient {got!r}, where d x / d x is 1"
        book.enter(Breach(said, None, None, Interval(*allowed), got))
        return


def root_gradient(engine: GraphEngine, book: Book) -> None:
    """For every operation, the root's own gradient is read before and after `backward()`.

    It must be 1 then, the gradient of a value with respect to itself, or as it was: an engine that
    sweeps without writing to its root is harmless. An engine whose intermediates' gradients cannot
    be read is not examined.
    """
    if not engine.facts.keeps_intermediates:
        book.skip("the engine keeps no gradients of intermediates")
        return
    for form, case in _singles(engine):
        nodes = _differentiable(engine, case)
        if nodes is None:
            continue
        before = engine.adjoint(nodes[-1])
        engine.backward(nodes[-1])
        after = engine.adjoint(nodes[-1])
        if after in {1.0, before}:
            book.enter(None)
            continue
        name = case.program.name(case.program.output)
        said = f"backward() on {name} leaves {name} the gradient {after!r}, where d {name} / "
        said += f"d {name} is 1"
        book.enter(Breach(said, form, case, Interval(1.0, 1.0), after))
    _say_once(engine, book)


CHANGED = parse_case("x0 = 1.5\nx1 = 2.5\n%2 = mul(x0, x1)\n%3 = mul(%2, x1)")
NEW_VALUE = 4.0


def changed_leaf(engine: GraphEngine, book: Book) -> None:
    """`x0` is changed after the graph was built, and `backward()` runs without rebuilding it.

    Once on `x0 * x1 * x1`, once on the sum of all the engine's smooth operations. The gradients
    must all be those at the old point, or all those at the new one, or the engine must refuse.
    """
    for case in (CHANGED, _everything(engine)):
        if case.program.forms <= set(engine.facts.spellings) and right_when_fresh(engine, case):
            _changed(engine, book, case)
        if book.breaches or book.skipped:
            return
    if not book.compared:
        book.skip("the graphs of mul or sum that it needs are wrong at first, or cannot be made")


def _changed(engine: GraphEngine, book: Book, case: Case) -> None:
    moved = Case(case.program, (NEW_VALUE, *case.point[1:]))
    inputs = range(case.program.n_inputs)
    nodes = built(engine, case)
    try:
        engine.assign(nodes[0], NEW_VALUE)
    except Exception as error:  # noqa: BLE001 - values that cannot be changed are a convention
        book.skip(f"values cannot be changed: {describe(error)}")
        return
    try:
        engine.backward(nodes[-1])
    except Exception:  # noqa: BLE001 - refusing is right
        book.enter(None)
        return
    seen = adjoints_of(engine, nodes)
    if any(all(within(truth(c, engine), seen, inputs)) for c in (case, moved)):
        book.enter(None)
        return
    old, new = ([float(truth(c, engine).adjoints[i].mid()) for i in inputs] for c in (case, moved))
    message = (
        f"after x0 was changed to {NEW_VALUE!r} without rebuilding the graph, backward() gives the "
        f"gradients {[seen[i] for i in inputs]}, a mixture: at the old point they are {old}, at "
        f"the new one {new}"
    )
    book.enter(Breach(message, None, case, fault="mixed-points"))


def _everything(engine: GraphEngine) -> Case:
    """The sum of every smooth operation that the engine has right, each applied to the inputs."""
    made = [Instruction("mul", (Ref(0), Ref(1)))]
    for form in engine.facts.spellings:
        row, kinds = FORMS[form]
        single = single_case(form).program.instructions[0]
        if row.kinks is smooth and kinds != "*" and right_when_fresh(engine, single_case(form)):
            made.append(single)
    total, last = 2, 1 + len(made)
    for index in range(3, last + 1):
        made.append(Instruction("add", (Ref(total), Ref(index))))
        total = 1 + len(made)
    return Case(Program(2, tuple(made)), CHANGED.point)


def _singles(engine: GraphEngine) -> list[tuple[str, Case]]:
    return [(form, single_case(form)) for form in engine.facts.spellings]


def _differentiable(engine: GraphEngine, case: Case) -> list[Any] | None:
    """A new graph of the case, or None where the engine cannot: RUN01 says so."""
    try:
        engine.backward(built(engine, case)[-1])
        return built(engine, case)
    except Exception:  # noqa: BLE001 - somebody's engine may raise anything
        return None


def _say_once(engine: GraphEngine, book: Book) -> None:
    """One bug is one breach: a form that calls the method of a broken one only echoes it."""
    if not book.compared:
        book.skip("no operation of the engine can be differentiated")
    if len(book.breaches) == book.compared:  # in every operation: it is none's own
        book.breaches[1:] = []
        book.breaches[:] = [replace(breach, operation=None) for breach in book.breaches]
    calls = engine.facts.delegates
    own: dict[str, set[str]] = {}
    for breach in sorted(book.breaches, key=lambda b: len(calls.get(b.operation or "", ()))):
        mine = set(calls.get(breach.operation or "", ()))
        if any(other and other <= mine for other in own.values()):
            book.breaches.remove(breach)
        else:
            own[breach.operation or ""] = mine


def _bits(number: float | None) -> str:
    return "None" if number is None else number.hex()
