"""Scale laws: width, many paths, memory; that of depth is in chains.py."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable, Iterator

from verify.check import holds, interval
from verify.engines import Engine, GraphEngine, keeps_graph, observe, ready
from verify.laws.cases import PLAIN, built, chosen_case, plain_case, right_when_fresh
from verify.laws.chains import DEEP, deep_chain
from verify.laws.law import Book, Breach, Law
from verify.laws.measures import WIDER, quadratic, steps_of, superlinear, without_collection
from verify.oracles import BallOracle
from verify.program import Case, Instruction, Program, Ref

NARROW = 512
"""Operations of the narrow graph; the wide one has WIDER times as many."""
LEVELS = 60
SHOWN = 4
"""Levels of the diamond that a report shows."""
RUNGS = (6, 9, 12)
"""Levels at which the steps of backward are counted before a diamond of LEVELS is tried."""
TIMED = (10, 20)
MEASURED = 2_000
"""Operations of the graph whose memory is measured."""


def wide_graph(engine: Engine, book: Book) -> None:
    """`backward()` is timed on a balanced sum of products, of 512 operations and of 8 times 512.

    The graph is wide and shallow, so that engines that recurse take part. Linear time makes the
    ratio 8, quadratic time 64. The law is broken if the ratio is beyond their geometric mean, 22.6,
    in each of three attempts, each the least processor time of three repeats: a busy machine slows
    both, and is no reason to be named.
    """
    if (case := plain_case(engine, book, (0, 0))) is None:
        return
    forms = forms_of(engine, case.program.instructions[0].form)
    if quadratic(engine, lambda n: wide(forms, n), NARROW):
        said = f"a graph of {NARROW * WIDER:,} operations takes backward() far more than {WIDER} "
        said += f"times the time of one of {NARROW}: the time grows faster than the graph"
        book.enter(Breach(said, fault="quadratic-walk"))
        return
    book.enter(None)


def forms_of(engine: Engine, form: str) -> tuple[str, str]:
    """What a wide graph is made of: its products and what joins them."""
    has_products = right_when_fresh(engine, chosen_case("mul", (0, 0)))
    return "mul" if has_products else form, form


def wide(forms: tuple[str, str], operations: int, *, nested: bool = False) -> Case:
    """A balanced sum of products, one operation fewer than said.

    The products are of x0 and x1; with ``nested`` of a product of these, and x1.
    """
    product, join = forms
    steps = [Instruction(product, (Ref(0), Ref(1)))] if nested else []
    made = Instruction(product, (Ref(2 if nested else 0), Ref(1)))
    level = list(range(2 + len(steps), 2 + len(steps) + operations // 2))
    steps += [made] * len(level)
    while len(level) > 1:
        above = level[len(level) // 2 * 2 :]
        for left, right in zip(level[::2], level[1::2], strict=False):
            above.insert(len(above) - len(level) % 2, 2 + len(steps))
            steps.append(Instruction(join, (Ref(left), Ref(right))))
        level = above
    return Case(Program(2, tuple(steps)), (1.0, 1.0))


def diamond(engine: Engine, book: Book) -> None:
    """`x = x + x` and `x = x * x`, 60 times over: 60 operations, 2^60 paths.

    First the lines and calls that backward() runs are counted at 6, 9 and 12 levels: in linear time
    three more levels always cost as much, in exponential time eight times as much. Only an engine
    that passes is asked for 60 levels. Every number there is a power of two, which no arithmetic
    rounds, so that its gradient must lie in the enclosure of exact arithmetic. Then the same is
    counted of the engine's own `zero_grad()`, if it has one.
    """
    for form in PLAIN:
        steps = tuple((i, i) for i in range(SHOWN))
        small = Case(chosen_case(form, *steps).program, (1.0,))
        if form not in engine.facts.spellings or observe(engine, small).failure is not None:
            continue
        for what, walk in _walks(engine):
            exploding = grows(form, walk)
            sign = "+" if form == "add" else "*"
            said = f"{LEVELS} levels of x = x {sign} x would take 2**{LEVELS} steps: "
            said += f"each level doubles the time of {what}, since it enters nodes again that it "
            said += "has visited"
            book.enter(Breach(said, None, small, fault="exponential-walk") if exploding else None)
            if exploding:
                return  # the walk is that of every operation
        if right_when_fresh(engine, chosen_case(form, (0, 0), (1, 1))):
            breach = deep_diamond(engine, form)
            if breach is None or breach.actual is None:  # a wrong number is for SCL04
                book.enter(breach)
    if not book.compared:
        book.skip("the engine has no add and no mul that can be differentiated")


Walk = Callable[[Case], Callable[[], object]]
"""Makes a graph of a case and gives what walks over it, not yet run."""


def _walks(engine: Engine) -> Iterator[tuple[str, Walk]]:
    """What walks over the whole graph under a value, by name."""
    if not keeps_graph(engine):
        yield "it", lambda case: ready(engine, case)
        return
    yield "backward()", lambda case: ready(engine, case)
    if engine.facts.zero_grad is not None:

        def zeroing(case: Case) -> Callable[[], object]:
            nodes = built(engine, case)
            return lambda: engine.zero_grad(nodes[-1])

        yield "zero_grad()", zeroing


def grows(form: str, walk: Walk) -> bool:
    """Whether the work of a walk grows exponentially with the levels; decided at few levels."""

    def prepare(levels: int) -> Callable[[], object]:
        return walk(_diamond(form, levels))

    low, middle, high = (steps_of(prepare(levels)) for levels in RUNGS)
    if high - middle > 4 * (middle - low):
        return True
    few, more = TIMED  # work that is not lines of Python can only be timed
    return superlinear(prepare, few, more, 2.0 ** (more - few))


def _diamond(form: str, levels: int) -> Case:
    steps = tuple(Instruction(form, (Ref(i), Ref(i))) for i in range(levels))
    return Case(Program(1, steps), (1.0,))


def deep_diamond(engine: Engine, form: str) -> Breach | None:
    """The breach where LEVELS levels fail, or give another number than they must."""
    case = _diamond(form, LEVELS)
    seen = observe(engine, case)
    if seen.failure is not None:
        said = f"{LEVELS} levels of {form} cannot be differentiated: {seen.failure.message}"
        return Breach(said, form, case)
    (exact,) = BallOracle(unit=0.0).answers(case.program, [case.point])  # no power of 2 is rounded
    got, right = seen.adjoints[0] or 0.0, exact.adjoints[0]
    if holds(right, got):
        return None
    said = f"{LEVELS} levels of {form} give the gradient {got!r}, but it must lie in "
    return Breach(said + str(interval(right)), form, case, interval(right), got)


def bytes_per_operation(engine: GraphEngine) -> float | None:
    """Memory that one operation of a differentiated graph keeps, bytes; None if it is not known.

    It is what Python's own allocator gave out for a balanced sum of products of MEASURED
    operations, after backward. Memory that an engine's C code takes elsewhere is not seen.
    """
    if (case := plain_case(engine, Book(), (0, 0))) is None:
        return None
    forms = forms_of(engine, case.program.instructions[0].form)
    tracing = tracemalloc.is_tracing()
    if not tracing:
        tracemalloc.start()
    try:
        with without_collection():  # what it would free was not made here
            first, measured = wide(forms, 16), wide(forms, MEASURED)
            root = built(engine, first)[-1]  # what is made once is not counted
            engine.backward(root)
            before, _ = tracemalloc.get_traced_memory()
            root = built(engine, measured)[-1]
            engine.backward(root)
            after, _ = tracemalloc.get_traced_memory()
    except Exception:  # noqa: BLE001 - somebody's engine may raise anything
        return None
    finally:
        if not tracing:
            tracemalloc.stop()
    found = (after - before) / (MEASURED - 1)
    return found if found >= sys.getsizeof(object()) else None  # its nodes are not Python's


SCALE_LAWS = (
    Law(
        "SCL01", "warning", "recursion", f"A chain of {DEEP:,} operations differentiates.",
        why="A sort that calls itself for every operand goes as deep as the graph, and Python "
        "stops it at about a thousand calls. A sum over a batch or an unrolled loop is a chain "
        "that long. Nearly all small engines break this. Keep a list of nodes to visit instead of "
        "calling yourself.",
        check=deep_chain,
        example="a chain of about 990 operations (add) is the deepest it can take: beyond, "
        "RecursionError",
    ),
    Law(
        "SCL02", "warning", "time grows faster than the graph",
        "backward() takes time proportional to the number of operations.",
        why="Asking a list whether it holds a node costs as much as the list is long, so a sort "
        "that keeps its visited nodes in a list takes quadratic time: no trouble with a hundred "
        "operations, minutes with a hundred thousand. Keep visited nodes in a set.",
        check=wide_graph,
        example="a graph of 4,096 operations takes backward() far more than 8 times the time of "
        "one of 512: the time grows faster than the graph",
    ),
    Law(
        "SCL03", "warning", "exponential walk",
        f"A diamond of {LEVELS} levels takes linear time, though it has 2^{LEVELS} paths.",
        why="A visitor that enters a node once for every path that leads to it, and not once, "
        "doubles its work with every shared value on the way. Ten shared values in a row cost a "
        "thousand times as much, thirty never end; and every layer of a network shares all its "
        "inputs. Visit each node once, after all its users.",
        check=diamond,
        example="60 levels of x = x + x would take 2**60 steps: each level doubles the time of "
        "backward(), since it enters nodes again that it has visited",
    ),
)  # fmt: skip
