"""(b) The overhead factor: time of a run over the time spent inside the engine under test.

The run's cases are recorded; the engine is then run on them alone, as Python that spells out each
program (``v3 = v1 * v2``), forward and backward and nothing else. Laws build graphs of their own:
their engine time is not counted, which makes the factor larger than it is. Time is CPU time, the
run's that of a process of its own, imports included.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from measure import Row, ratios

from verify.campaign import DEFAULT, Budget
from verify.campaign import explore as exploring
from verify.campaign.explore import Explorer
from verify.check import Checked
from verify.engines import open_engine
from verify.oracles import bench
from verify.program import Program, Ref

TARGET = "micrograd.engine:Value"
ROOT = Path(__file__).resolve().parent.parent
MANY_POINTS = Budget(programs=4, points=96, minimum=0, rounds=0)
"""One derivative and one torch graph a program, at many points: what a campaign does."""
SPELT = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**"}
Cases = list[tuple[Program, list[tuple[float, ...]]]]


@contextmanager
def recorded() -> Iterator[Cases]:
    """What is explored meanwhile."""
    found: Cases = []
    check = exploring.check

    def recording(engine: Any, oracles: Any, program: Program, points: Any) -> list[Checked]:
        found.append((program, list(points)))
        return check(engine, oracles, program, points)

    with mock.patch.object(exploring, "check", recording):
        yield found


def cases_of(budget: Budget, seed: int) -> tuple[Cases, float, int]:
    """The programs and points of an exploration, its CPU seconds, and gradients certified."""
    explorer = Explorer(open_engine(TARGET), bench(), budget, seed)
    with recorded() as found:
        started = time.process_time()
        explorer.run()
        seconds = time.process_time() - started
    return found, seconds, explorer.tally.gradients


def spelt_out(program: Program) -> Callable[[Any], Any]:
    """A program as a person writes it, over any class of values."""
    names = [f"v{i}" for i in range(len(program))]
    lines = []
    for index, instruction in program.steps():
        operands = [names[o.index] if isinstance(o, Ref) else repr(o) for o in instruction.operands]
        op = instruction.op.removeprefix("i") if instruction.op[1:] in SPELT else instruction.op
        if op in SPELT:
            right = f"{operands[0]} {SPELT[op]} {operands[1]}"
        elif op == "sum":
            right = f"sum([{', '.join(operands)}])"
        else:
            right = f"-{operands[0]}" if op == "neg" else f"{operands[0]}.{op}()"
        lines.append(f"    {names[index]} = {right}")
    inputs = ", ".join(names[: program.n_inputs])
    text = "\n".join([f"def run({inputs}):", *lines, f"    return {names[-1]}"])
    known: dict[str, Any] = {}
    exec(text, known)  # noqa: S102
    return known["run"]


def engine_seconds(cases: Cases) -> float:
    """CPU seconds of the engine alone on these cases: leaves, operations, backward."""
    from micrograd.engine import Value

    ready = [(spelt_out(program), points) for program, points in cases]
    started = time.process_time()
    for run, points in ready:
        for point in points:
            run(*map(Value, point)).backward()
    return time.process_time() - started


def run_seconds(folder: str) -> float:
    """CPU seconds of ``gradverify run`` on micrograd, start-up, laws, children and report too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(  # noqa: S603 - our own interpreter, our own module
        [sys.executable, "-m", "verify", "run", TARGET, "--report-dir", folder, "--no-corpus"],
        cwd=ROOT, capture_output=True, check=True,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def rows(pairs: int) -> list[Row]:
    """The default run, whole and its exploration alone; many points a program."""
    import tempfile

    cases_of(Budget(programs=1, points=7, minimum=0, rounds=0), 99)  # imports
    cases, _, _ = cases_of(DEFAULT, 0)
    engine_seconds(cases)
    whole: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        whole += [(run_seconds(folder), engine_seconds(cases)) for _ in range(pairs)]
    found = [ratios("a default run, start-up and laws included / the engine alone", whole)]
    for name, budget in (
        ("random cases of a default run / the engine alone", DEFAULT),
        ("random cases, up to 96 points a program / the engine alone", MANY_POINTS),
    ):
        samples, rate = [], []
        for seed in range(pairs):
            explored, seconds, gradients = cases_of(budget, seed)
            samples.append((seconds, engine_seconds(explored)))
            rate.append(gradients / seconds)
        rate.sort()
        found.append({**ratios(name, samples), "gradients_per_second": rate[len(rate) // 2]})
    return found
