"""Laws about what an engine does over several calls: lifecycle, scale, determinism."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Iterator
from typing import Any

from verify.check import holds, interval
from verify.engines import Engine, build, describe, observe, read
from verify.laws.law import Book, Breach, Law
from verify.oracles import BallOracle
from verify.program import FORMS, Case, Instruction, Program, Ref

DEPTH = 5_000
"""Length of the chain an engine should take in a default run."""
REPEATS = 12


def second_backward(engine: Engine) -> Iterator[Breach]:
    """A second ``backward()`` on the same graph adds exactly one more gradient to the leaves."""
    case = _shared(engine)
    if case is None:
        return
    nodes: list[Any] = []
    build(engine, case.program, case.point, nodes)
    engine.backward(nodes[-1])
    first = read(engine, nodes).adjoints[0]
    try:
        engine.backward(nodes[-1])
    except Exception as error:  # noqa: BLE001 - refusing is a convention too
        yield Breach(f"a second backward() on one graph is refused: {describe(error)}", None, case)
        return
    second = read(engine, nodes).adjoints[0]
    (truth,) = BallOracle().answers(case.program, [case.point], seed=2.0)
    if second is None or first is None or holds(truth.adjoints[0], second):
        return
    if second == first:
        message = f"a second backward() on one graph leaves the gradient at {first!r}, where one "
        message += f"more would make {2 * first!r}"
    else:
        message = (
            f"a second backward() on one graph adds {second - first!r} after {first!r}: interior "
            "gradients are not reset"
        )
    yield Breach(message, None, case, interval(truth.adjoints[0]), second)


def primals_unchanged(engine: Engine) -> Iterator[Breach]:
    """``backward`` changes no value."""
    case = _shared(engine)
    if case is None:
        return
    nodes: list[Any] = []
    build(engine, case.program, case.point, nodes)
    before = [engine.primal(node) for node in nodes]
    engine.backward(nodes[-1])
    for index, node in enumerate(nodes):
        after = engine.primal(node)
        if after != before[index]:
            name = case.program.name(index)
            yield Breach(
                f"backward() changes {name} from {before[index]!r} to {after!r}", None, case
            )
            return


def deep_chain(engine: Engine) -> Iterator[Breach]:
    """A chain of DEPTH operations differentiates."""
    form = _plainest(engine, "vv") or _plainest(engine, "v")
    if form is None or _chain(engine, form, DEPTH) is None:
        return
    low, high = 1, DEPTH
    while low < high:
        middle = (low + high + 1) // 2
        if _chain(engine, form, middle) is None:
            low = middle
        else:
            high = middle - 1
    error = _chain(engine, form, DEPTH)
    about = low if low < 10 else low // 10 * 10  # the harness's own frames cost a few
    message = f"a chain of about {about} {form} is the deepest it can take: beyond, {error}"
    yield Breach(message, form)


def same_bits(engine: Engine) -> Iterator[Breach]:
    """The same case prints the same bits every time."""
    case = _many_contributions(engine)
    if case is None:
        return
    seen = []
    keep: list[Any] = []
    for repeat in range(REPEATS):
        _scatter(engine, repeat, keep)
        nodes: list[Any] = []
        build(engine, case.program, case.point, nodes)
        engine.backward(nodes[-1])
        seen.append(read(engine, nodes).adjoints[: case.program.n_inputs])
        keep.append(nodes)
    if len({gradients[0] for gradients in seen}) > 1:
        message = "the last bits of a gradient differ from run to run: the order in which "
        yield Breach(message + "contributions are added is not kept", None, case)


def _scatter(engine: Engine, repeat: int, keep: list[Any]) -> None:
    """Leave holes in memory in a scrambled order, so that new nodes get addresses out of order.

    A ``set`` of nodes is ordered by address, so this is what makes its order show.
    """
    spare = [engine.lift(0.5) for _ in range(64)]
    random.Random(repeat).shuffle(spare)
    keep.append(spare[:32])
    del spare[32:]


def missing_operations(engine: Engine) -> Iterator[Breach]:
    """Every operation of OPS exists."""
    found = [
        name if why.startswith("there is no") else f"{name} [{why[:60]}]"
        for name, why in engine.facts.unsupported.items()
    ]
    if found:
        yield Breach("not there: " + ", ".join(found))


def _plainest(engine: Engine, kinds: str) -> str | None:
    forms = [f for f in engine.facts.spellings if FORMS[f][1] == kinds]
    return min(forms, key=lambda f: len(engine.facts.delegates.get(f, ())), default=None)


def _shared(engine: Engine) -> Case | None:
    """A case with a shared intermediate: ``y = x op x; z = y op y``; its answer is right."""
    form = _plainest(engine, "vv")
    if form is None:
        return None
    op = FORMS[form][0].name
    twice = [Instruction(op, (Ref(i), Ref(i))) for i in range(2)]
    case = Case(Program(1, tuple(twice)), (1.5,))
    return case if observe(engine, case).failure is None else None


def _chain(engine: Engine, form: str, length: int) -> str | None:
    """None if a chain of the form differentiates, else what it raised.

    Without garbage collection: Hypothesis is told of each one by a callback, which at the bottom
    of an engine's recursion could only fail, and Python would say so on stderr.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _chain_raises(engine, form, length)
    finally:
        if collecting:
            gc.enable()


def _chain_raises(engine: Engine, form: str, length: int) -> str | None:
    leaf = engine.lift(0.0)
    node = engine.lift(0.5)
    extra = [leaf] * (FORMS[form][1].count("v") - 1)
    try:
        for _ in range(length):
            node = engine.apply(form, [node, *extra])
        engine.backward(node)
    except Exception as error:  # noqa: BLE001 - RecursionError, MemoryError, whatever it raises
        deep = isinstance(error, RecursionError)  # its text differs between Pythons
        return "RecursionError" if deep else describe(error)
    return None


def _many_contributions(engine: Engine) -> Case | None:
    """One input weighted by many numbers, all added up: the order of adding shows in the bits."""
    if not {"mul_number", "add"} <= set(engine.facts.spellings):
        return None
    numbers = [0.1 * k * k + 0.7 / k for k in range(1, 33)]
    instructions = [Instruction("mul", (Ref(0), n)) for n in numbers]
    level = list(range(1, 1 + len(numbers)))
    while len(level) > 1:
        joined = []
        for a, b in zip(level[::2], level[1::2], strict=True):
            instructions.append(Instruction("add", (Ref(a), Ref(b))))
            joined.append(len(instructions))
        level = joined
    case = Case(Program(1, tuple(instructions)), (1.1,))
    return case if observe(engine, case).failure is None else None


def booked(check: Callable[[Engine], Iterator[Breach]]) -> Callable[[Engine, Book], None]:
    """A generator of breaches as a check that keeps a book."""

    def run(engine: Engine, book: Book) -> None:
        book.enter(None)
        for breach in check(engine):
            book.enter(breach)

    return run


BEHAVIOUR_LAWS = (
    Law("LIF01", "note", "second backward()",
        "A second backward() on one graph adds exactly one more gradient to the leaves.",
        check=booked(second_backward)),
    Law("LIF02", "error", "values changed by backward()", "backward() changes no value.",
        check=booked(primals_unchanged)),
    Law("SCL01", "warning", "recursion", f"A chain of {DEPTH:,} operations differentiates.",
        check=booked(deep_chain)),
    Law("DET01", "warning", "last bits differ", "The same program prints the same bits every time.",
        check=booked(same_bits)),
    Law("SUP01", "note", "operations not there", "Every operation of the table exists.",
        check=booked(missing_operations)),
)  # fmt: skip
