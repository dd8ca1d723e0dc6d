"""What every folder of tests shares: Hypothesis's settings, engines in files, the command line."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from faulty_engines import SOURCE
from finished import Finished
from hypothesis import settings
from warm_gradverify import warm

from verify.campaign import Budget
from verify.campaign.explore import Explorer
from verify.campaign.finding import Finding
from verify.engines import open_engine
from verify.oracles import Bench, bench

# Hypothesis changes its defaults where it sees a CI: derandomize=True and database=None. Both are
# said here, so that a test is the same test on a laptop and in CI. The suite's own examples are
# drawn from a fixed seed, because a red test must stay red until someone mends it; looking for new
# failures is what `gradverify run --seed` is for. No deadline: a shared machine is no bug.
settings.register_profile("suite", derandomize=True, database=None, deadline=None)
settings.load_profile("suite")

ROOT = Path(__file__).resolve().parents[1]
SMALL = Budget(programs=2, points=4, minimum=1, rounds=0)
"""Enough to see every fault planted here."""


EngineFile = Callable[..., str]
Gradverify = Callable[..., Finished]
Explore = Callable[..., list[Finding]]


@pytest.fixture(autouse=True)
def _importing_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Loading an engine puts its folder on ``sys.path``, and modules of it in ``sys.modules``.

    The next test must see neither: another engine may have the same name.
    """
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        place = Path(getattr(sys.modules[name], "__file__", None) or ROOT)
        # a checkout may itself lie in the temporary folder: its modules stay
        if place.is_relative_to(tempfile.gettempdir()) and not place.is_relative_to(ROOT):
            del sys.modules[name]


@pytest.fixture
def engine_file(tmp_path: Path) -> EngineFile:
    """Write an engine's source to a file of its own and return the target that names it."""
    numbers = itertools.count()

    def write(source: str = SOURCE, name: str = "") -> str:
        path = tmp_path / f"{name or f'engine{next(numbers)}'}.py"
        path.write_text(source, encoding="utf-8")
        return f"{path}:Value"

    return write


@pytest.fixture(scope="session")
def oracles() -> Bench:
    """All the oracles."""
    return bench()


@pytest.fixture
def explore(engine_file: EngineFile, oracles: Bench) -> Explore:
    """Run the random part on an engine's source; its findings."""

    def run(
        source: str = SOURCE, seed: int = 0, budget: Budget = SMALL, forms: object = None
    ) -> list[Finding]:
        engine = open_engine(engine_file(source))
        explorer = Explorer(engine, oracles, budget, seed, forms)  # type: ignore[arg-type]
        explorer.run()
        return explorer.collector.result()

    return run


@pytest.fixture(scope="session")
def started() -> Iterator[list[str]]:
    """How the command line is started: from a process that has loaded torch, where one can fork."""
    if not hasattr(os, "fork"):
        yield [sys.executable, "-m", "verify"]
        return
    with tempfile.TemporaryDirectory() as folder, warm(Path(folder), _inherited()) as script:
        yield [str(script)]


def _inherited() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("HYPOTHESIS_")}


@pytest.fixture
def gradverify(tmp_path: Path, started: list[str]) -> Gradverify:
    """Run the command line in a process of its own, in a folder of its own.

    Where the environment is given it is a process from its start on, which may load other modules.
    """
    inherited = _inherited()

    def run(*arguments: str, environment: Mapping[str, str] | None = None) -> Finished:
        start = [sys.executable, "-m", "verify"] if environment else started
        done = subprocess.run(
            [*start, *arguments],
            cwd=tmp_path,
            env={**inherited, "COLUMNS": "80", **(environment or {})},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    return run
