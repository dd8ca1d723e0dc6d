"""Mutation testing of the harness itself: cosmic-ray's mutants against the project's own tests.

    python benchmarks/mutation/harness.py verify/oracles/ball.py     # one module
    python benchmarks/mutation/harness.py                            # all of harness.toml

cosmic-ray finds and makes the mutants. They are run here and not by ``cosmic-ray exec`` for one
reason: a fresh interpreter imports torch and SymPy for seconds, while a process forked from one
that has imported them starts at once. Nothing of the project is imported before the fork, and the
files mutated are those of a copy. A mutant that no test kills must be listed in ``harness.toml``
as equivalent, with its reason; the exit code is 1 if one is not.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import importlib
import os
import shutil
import signal
import sys
import tempfile
import time
import tomllib
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cosmic_ray.plugins
import pytest
from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_code
from cosmic_ray.work_db import use_db

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((Path(__file__).parent / "harness.toml").read_text(encoding="utf-8"))
COPIED = ("verify", "strategies", "microgradref", "tests", "pyproject.toml", "README.md", "docs")
HEAVY = ("torch", "sympy", "flint", "mpmath", "hypothesis", "jsonschema", "rich")
PYTEST = (
    "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist",
    "-W", "ignore::pytest.PytestAssertRewriteWarning",  # Hypothesis is there before pytest starts
)  # fmt: skip
TIMES, SECONDS = 3, 10
"""A mutant has this many times the time of the right code, and these seconds more."""


@dataclass(frozen=True)
class Mutant:
    """One change of one module."""

    module: str
    operator: str
    line: int
    was: str
    becomes: str
    source: str

    def __str__(self) -> str:
        """Where it is and what it changes."""
        return f"{self.module}:{self.line} {self.operator}: {self.was!r} -> {self.becomes!r}"


Outcome = tuple[Mutant, str]


def annotations(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where the annotations are: with ``from __future__ import annotations`` none is evaluated."""
    nodes: list[Any] = []
    for node in ast.walk(ast.parse(source)):
        nodes += [getattr(node, name, None) for name in ("annotation", "returns")]
    return [
        ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset))
        for node in nodes
        if node is not None
    ]


def mutants(module: str) -> Iterator[Mutant]:
    """Every mutant that cosmic-ray makes of a module.

    Left out are those of annotations, those that change nothing (1e100 + 1 is 1e100) and those
    that are no Python (``2 ** not x``).
    """
    source = (ROOT / module).read_text(encoding="utf-8")
    unread, unchanged = annotations(source), meaning(source)
    with tempfile.TemporaryDirectory() as folder, use_db(f"{folder}/session.sqlite") as session:
        init([ROOT / module], session, {})
        found = [item.mutations[0] for item in session.pending_work_items]
    for change in sorted(found, key=lambda c: (c.start_pos, c.operator_name, c.occurrence)):
        if any(first <= change.start_pos <= change.end_pos <= last for first, last in unread):
            continue
        operator = cosmic_ray.plugins.get_operator(change.operator_name)()
        mutated = mutate_code(source, operator, change.occurrence)
        if mutated is None or meaning(mutated) in (unchanged, None):
            continue
        name = change.operator_name.removeprefix("core/")
        was, becomes = difference(source, mutated)
        yield Mutant(module, name, change.start_pos[0], was, becomes, mutated)


def meaning(source: str) -> str | None:
    """The source without its spelling; None if it is no Python."""
    try:
        return ast.dump(ast.parse(source))
    except SyntaxError:
        return None


def difference(source: str, mutated: str) -> tuple[str, str]:
    """The lines taken away and the lines put in their place."""
    lines = list(difflib.ndiff(source.splitlines(), mutated.splitlines()))
    was, becomes = (
        " ".join(" ".join(line[2:].split()) for line in lines if line.startswith(sign))
        for sign in "-+"
    )
    return was, becomes


class Copy:
    """A copy of the project in which modules are mutated."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in COPIED:
            if (ROOT / name).is_dir():
                ignore = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / name, folder / name, ignore=ignore)
            else:
                shutil.copy2(ROOT / name, folder / name)

    def put(self, module: str, source: str) -> None:
        """Write a module, and make sure that no compiled one is read in its place."""
        path = self.folder / module
        path.write_text(source, encoding="utf-8")
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
            compiled.unlink()

    def run(self, tests: list[str], limit: float, *, compiled: bool = False) -> str:
        """Run tests in a process of their own: ``survived``, ``killed`` or ``timeout``."""
        child = os.fork()
        if child == 0:
            self._work(tests, limit, compiled)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            return "timeout" if os.WTERMSIG(status) == signal.SIGALRM else "killed"
        return "survived" if os.WEXITSTATUS(status) == 0 else "killed"

    def _work(self, tests: list[str], limit: float, compiled: bool) -> None:
        code = 1
        try:
            signal.setitimer(signal.ITIMER_REAL, limit)  # whose signal ends the process
            os.chdir(self.folder)
            sys.path.insert(0, str(self.folder))
            os.environ["PYTHONPATH"] = str(self.folder)
            sys.dont_write_bytecode = not compiled
            said = os.open(self.folder / "said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(said, 1)
            os.dup2(said, 2)
            code = int(pytest.main([*PYTEST, *tests]))
        except BaseException:  # noqa: BLE001 (said, and the mutant counts as killed)
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)


def trial(copy: Copy, module: str, chosen: Callable[[int, Mutant], bool]) -> list[Outcome]:
    """Run the chosen mutants of a module; each with its outcome."""
    source = (ROOT / module).read_text(encoding="utf-8")
    groups = [(tests, measured(copy, tests)) for tests in SETTINGS["tests"][module]]
    found: list[Outcome] = []
    for number, mutant in enumerate(mutants(module)):
        if not chosen(number, mutant):
            continue
        copy.put(module, mutant.source)
        outcome = "survived"
        for place, (tests, limit) in enumerate(groups, 1):
            outcome = copy.run(tests, limit)
            if outcome != "survived":
                break
            print(f"survived group {place}: {mutant}", flush=True)
        found.append((mutant, outcome))
    copy.put(module, source)
    return found


def measured(copy: Copy, tests: list[str]) -> float:
    """How many seconds the tests may take with a mutant."""
    copy.run(tests, 600, compiled=True)
    begin = time.perf_counter()
    if copy.run(tests, 600) != "survived":
        said = (copy.folder / "said.txt").read_text(encoding="utf-8")
        raise SystemExit(f"the tests fail on the code as it is\n{said}")
    return TIMES * (time.perf_counter() - begin) + SECONDS


def reason(mutant: Mutant) -> str | None:
    """Why a mutant is equivalent, if that is listed."""
    for row in SETTINGS["equivalent"]:
        same = (row["module"], row["was"]) == (mutant.module, mutant.was)
        if same and mutant.becomes in row["becomes"]:
            return str(row["reason"])
    return None


def main() -> int:
    """Run the trial and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", default=list(SETTINGS["tests"]))
    parser.add_argument("--every", type=int, default=1, help="a sample: every n-th mutant")
    parser.add_argument("--start", type=int, default=0, help="the first of the sample")
    parser.add_argument("--among", type=Path, help="only mutants that this output calls survivors")
    parser.add_argument("--unlisted", action="store_true", help="none of harness.toml's list")
    options = parser.parse_args()
    if not 0 <= options.start < options.every:
        parser.error(f"--start is from 0 to {options.every - 1}, or no mutant is chosen")
    among = options.among.read_text(encoding="utf-8") if options.among else None

    def chosen(number: int, mutant: Mutant) -> bool:
        if options.unlisted and reason(mutant) is not None:
            return False
        sampled = number % options.every == options.start
        return sampled and (among is None or str(mutant) in among)

    os.environ["OMP_NUM_THREADS"] = "1"
    for name in HEAVY:
        importlib.import_module(name)
    unexplained = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(Path(folder))
        for module in options.modules:
            begin = time.perf_counter()
            found = trial(copy, module, chosen)
            counts = Counter(outcome for _, outcome in found)
            alive = [mutant for mutant, outcome in found if outcome == "survived"]
            strange = [mutant for mutant in alive if reason(mutant) is None]
            unexplained += len(strange)
            for mutant in strange:
                print(f"unexplained: {mutant}")
            print(
                f"{module}: {len(found)} mutants, {counts['killed']} killed, "
                f"{counts['timeout']} timed out, {len(alive)} survived, {len(strange)} of them "
                f"unexplained; {time.perf_counter() - begin:.0f} s",
                flush=True,
            )
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
