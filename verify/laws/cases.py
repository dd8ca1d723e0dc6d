"""The small programs that laws ask engines about, and how an engine is led through them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from verify.check import holds
from verify.engines import Engine, GraphEngine, build, observe
from verify.engines.hidden import living
from verify.laws.law import Book
from verify.oracles import BallOracle
from verify.oracles.answer import Answer
from verify.program import Case, Instruction, Program, Ref, alone
from verify.program.floats import FLOATS

PLAIN = ("add", "mul")
"""Operations whose small cases are exact in float64 and whose gradients tell nodes apart."""
POINT = (1.5, 2.5)


def plain_case(engine: Engine, book: Book, *steps: tuple[int, int], inputs: int = 1) -> Case | None:
    """A case with one operation for each step, applied to the two values the step names.

    The operation is the first of PLAIN whose gradients on a fresh graph are right: what an engine
    makes of a second pass says nothing where its first is wrong. If there is none, the book says
    so, and the answer is None.
    """
    for form in PLAIN:
        if form in engine.facts.spellings:
            case = chosen_case(form, *steps, inputs=inputs)
            if right_when_fresh(engine, case):
                return case
    book.skip("the graphs of add or mul that it needs are wrong at first, or cannot be made")
    return None


def chosen_case(form: str, *steps: tuple[int, int], inputs: int = 1) -> Case:
    """A case of ``add`` or ``mul`` alone, one operation for each step."""
    made = tuple(Instruction(form, (Ref(a), Ref(b))) for a, b in steps)
    return Case(Program(inputs, made), POINT[:inputs])


def single_case(form: str) -> Case:
    """One operation, at a point where it is legal and smooth."""
    program = alone(form)
    return Case(program, POINT[: program.n_inputs])


def right_when_fresh(engine: Engine, case: Case) -> bool:
    """Whether the engine's gradients of the inputs are right on a graph of its own."""
    seen = observe(engine, case)
    inputs = range(case.program.n_inputs)
    return seen.failure is None and all(within(truth(case, engine), seen.adjoints, inputs))


def truth(case: Case, engine: Engine | None = None) -> Answer:
    """What every right engine of this one's numbers may print; of float64 without one."""
    floats = FLOATS[engine.facts.float_width if engine else 64]
    (answer,) = BallOracle(floats=floats).answers(case.program, [case.point])
    return answer


def within(
    answer: Answer, adjoints: Sequence[float | None], indices: Iterable[int]
) -> Iterable[bool]:
    """Whether each of these adjoints lies in its enclosure; None is a gradient of 0."""
    return (holds(answer.adjoints[i], adjoints[i] or 0.0) for i in indices)


def built(engine: GraphEngine, case: Case) -> list[Any]:
    """The engine's nodes, one for each value of the case."""
    nodes: list[Any] = []
    build(engine, case.program, case.point, nodes)
    return nodes


def adjoints_of(engine: GraphEngine, nodes: Sequence[Any]) -> list[float | None]:
    """The gradients of nodes; raises NotANumberError."""
    return [engine.adjoint(node) for node in nodes]


def zero_all(engine: GraphEngine, nodes: Sequence[Any]) -> None:
    """Zero the gradients of nodes, and of those that operations made for themselves.

    Raises:
        Exception: what the engine raises when a gradient of ``nodes`` is set.
    """
    engine.zero(nodes)
    for node in living(nodes):
        with suppress(Exception):
            engine.zero([node])


def readable(engine: Engine, case: Case) -> range:
    """The values whose gradients can be read after backward: all, or the inputs alone."""
    return range(len(case.program) if engine.facts.keeps_intermediates else case.program.n_inputs)


def right_at_first(engine: Engine, case: Case) -> list[int]:
    """Those of ``readable`` whose gradients are right on a fresh graph.

    What is wrong there another law says; it is no news after a second pass.
    """
    seen, read = observe(engine, case), readable(engine, case)
    if seen.failure is not None:
        return []
    inside = within(truth(case, engine), seen.adjoints, read)
    return [i for i, held in zip(read, inside, strict=True) if held]
