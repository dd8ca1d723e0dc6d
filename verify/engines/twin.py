"""The same engine in another process: ``python -m verify.engines.twin TARGET < question.json``.

It is asked for the bits of a case's gradients, under another hash seed, or for a chain so deep that
it may kill the interpreter. It imports nothing that the engine does not: no oracle, and torch only
for torch.
"""

from __future__ import annotations

import contextlib
import json
import random
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from verify.engines import (
    Engine,
    GraphEngine,
    TargetError,
    build,
    describe,
    keeps_graph,
    observe,
    open_engine,
)
from verify.engines.process import command, environment
from verify.program import Case, Instruction, Program, Ref
from verify.program.json_form import case_from_json, case_to_json

REPEATS = 20
SPARE = 512
"""Values made to scramble the addresses of those to come: several times those of a case."""
SECONDS = 60.0
"""How long another process may take."""

Bits = tuple[str, ...]


def bits_here(engine: Engine, case: Case, salt: int = 0) -> list[Bits]:
    """The bits of the inputs' gradients, each repeat on a new graph at other addresses.

    A functional engine has neither: it is asked as often, and for no more.
    """
    if not keeps_graph(engine):
        answers = [observe(engine, case) for _ in range(REPEATS)]
        return [_bits(answer.adjoints[: case.program.n_inputs]) for answer in answers]
    keep: list[Any] = []
    seen: list[Bits] = []
    for repeat in range(REPEATS):
        keep.append(_scattered(engine, REPEATS * salt + repeat))
        nodes: list[Any] = []
        build(engine, case.program, case.point, nodes)
        engine.backward(nodes[-1])
        keep.append(nodes)
        adjoints = [engine.adjoint(node) for node in nodes[: case.program.n_inputs]]
        seen.append(_bits(adjoints))
    return seen


def _bits(adjoints: Sequence[float | None]) -> Bits:
    return tuple("None" if x is None else x.hex() for x in adjoints)


def _scattered(engine: GraphEngine, salt: int) -> list[Any]:
    """Leave holes in memory in a scrambled order, so that new nodes get addresses out of order.

    A ``set`` of nodes is ordered by address, so this is what makes its order show.
    """
    spare = [engine.lift(0.5) for _ in range(SPARE)]
    random.Random(salt).shuffle(spare)
    return spare[: SPARE // 2]


def chain_here(engine: Engine, form: str, other: float, length: int) -> str | None:
    """None if a chain of operations differentiates with the gradient 1, else what is wrong.

    Args:
        engine: the engine.
        form: the operation; with ``other`` it changes nothing.
        other: the second operand's value.
        length: how many operations.
    """
    if not keeps_graph(engine):
        return _chain_of_function(engine, chain_case(form, other, length))
    try:
        first, neutral = engine.lift(0.5), engine.lift(other)
        node = first
        for _ in range(length):
            node = engine.apply(form, [node, neutral])
        engine.backward(node)
        got = engine.adjoint(first)
    except Exception as error:  # noqa: BLE001 - RecursionError, MemoryError, whatever it raises
        deep = isinstance(error, RecursionError)  # its text differs between Pythons
        return "RecursionError" if deep else describe(error)
    return None if got == 1.0 else f"the gradient is {got!r} and not 1"


def _chain_of_function(engine: Engine, case: Case) -> str | None:
    seen = observe(engine, case)
    if seen.failure is not None:
        said = seen.failure.message
        return "RecursionError" if said.startswith("RecursionError") else said
    return None if seen.adjoints[0] == 1.0 else f"the gradient is {seen.adjoints[0]!r} and not 1"


def chain_case(form: str, other: float, length: int) -> Case:
    """A chain of operations as a case: of each, the second operand is another input."""
    last = (0, *range(2, length + 1))
    steps = tuple(Instruction(form, (Ref(index), Ref(1))) for index in last)
    return Case(Program(2, steps), (0.5, other))


class NoTwinError(Exception):
    """The engine cannot be asked in another process; the message says why.

    Attributes:
        crashed: whether the process was killed by what it was asked to do.
    """

    def __init__(self, why: str, crashed: bool = False) -> None:
        """Make one."""
        super().__init__(why)
        self.crashed = crashed


def bits_elsewhere(engine: Engine, case: Case, hash_seed: int) -> list[Bits]:
    """What the same engine prints in a process of its own. Raises NoTwinError."""
    question = {"case": case_to_json(case), "salt": hash_seed}
    return [tuple(bits) for bits in _ask(engine, question, hash_seed)]


def chain_elsewhere(engine: Engine, form: str, other: float, length: int) -> str | None:
    """The same as ``chain_here``, in a process that may die of it. Raises NoTwinError."""
    try:
        answer: str | None = _ask(engine, {"chain": [form, other, length]}, 0)
    except NoTwinError as error:
        if error.crashed:
            return "the interpreter crashes"
        raise
    return answer


def _ask(engine: Engine, question: dict[str, Any], hash_seed: int) -> Any:
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, our own module
            command("verify.engines.twin", engine.facts.target, json.dumps(engine.facts.overrides)),
            input=json.dumps(question),
            env=environment(hash_seed),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoTwinError(f"it gave no answer within {SECONDS:.0f} s") from None
    except OSError as error:
        raise NoTwinError(describe(error)) from None
    lines, said = done.stdout.splitlines(), done.stderr.strip().splitlines()
    if done.returncode not in {0, 1}:
        raise NoTwinError(f"it ended with code {done.returncode}", crashed=True)
    if done.returncode or not lines:
        raise NoTwinError(said[-1] if said else "it gave no answer")
    return json.loads(lines[-1])


def main(arguments: list[str]) -> int:
    """Answer the question on stdin; 1 and a sentence on stderr where that cannot be done."""
    stdout = sys.stdout
    try:
        with contextlib.redirect_stdout(sys.stderr):  # an engine may print
            question = json.load(sys.stdin)
            overrides = json.loads(arguments[1]) if len(arguments) > 1 else None
            answer = _answer(open_engine(arguments[0], overrides), question)
    except Exception as error:  # noqa: BLE001 - somebody's engine may raise anything
        said = str(error) if isinstance(error, TargetError) else describe(error)
        sys.stderr.write(f"{said}\n")
        return 1
    stdout.write("\n" + json.dumps(answer) + "\n")
    return 0


def _answer(engine: Engine, question: dict[str, Any]) -> Any:
    if "chain" in question:
        return chain_here(engine, *question["chain"])
    return bits_here(engine, case_from_json(question["case"]), question["salt"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
