"""What runs in the process of one side of a gate; see verify.gate.side for who asks."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from verify.campaign import Plan, SuiteError, replayed, run
from verify.cli.opening import opened
from verify.cli.planning import UsageError, network_of, plan_of
from verify.engines import Engine, Subject, TargetError, UnderTest, describe
from verify.gate.bits import digests, seconds_frozen
from verify.gate.side import SECONDS
from verify.gate.snapshot import Snapshot, snapshot_of
from verify.oracles import bench
from verify.program.json_form import case_from_json
from verify.report import Document


def snapshot(engine: UnderTest, plan: Plan, document: Document) -> Snapshot:
    """The snapshot of a run, with the digests of the engine's numbers."""
    budget = {k: v for k, v in asdict(plan.budget).items() if k != "seconds"}
    forms = plan.forms or tuple(engine.facts.spellings)
    return snapshot_of(document, budget, plan.forms, digests(engine, forms))


class Answering:
    """The engine of this process."""

    def __init__(self) -> None:
        """Nothing is open yet."""
        self.engine: Subject | None = None
        self.options: argparse.Namespace | None = None

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """The answer to one question, or why there is none."""
        asked: dict[str, Callable[..., Any]] = {
            "open": self.open, "run": self.run, "replay": self.replay, "measure": self.measure,
        }  # fmt: skip
        try:
            return {"answer": asked[question.pop("do")](**question)}
        except TargetError as error:
            return {"error": str(error), "kind": "engine"}
        except UsageError as error:
            return {"error": str(error), "kind": "usage"}
        except SuiteError as error:
            return {"error": f"the suite itself failed ({error})", "kind": "suite"}
        except Exception as error:  # noqa: BLE001 - somebody's engine may raise anything
            return {"error": describe(error), "kind": "suite"}

    def open(self, arguments: list[str], roots: list[str], tree: str | None) -> list[str]:
        """Load the engine; the spellings that it has. Raises TargetError."""
        from verify.cli.main import parser

        sys.path[:0] = roots
        self.options = parser().parse_args(["run", *arguments])
        self.engine = opened(self.options)
        if tree is not None:
            _comes_from(self.engine, Path(tree))
        return list(self.engine.facts.spellings)

    def run(self) -> dict[str, Any]:
        """Examine the engine; its snapshot."""
        engine, options = self._opened()
        plan = plan_of(options, engine, network_of(options))
        found = snapshot(engine, plan, run(engine, bench(), plan))
        more = {"flickers": found.flickers, "partial": found.partial, "said": found.sentence}
        return {**json.loads(found.to_json()), **more}

    def replay(self, law: str | None, case: object, operation: str | None) -> str:
        """The outcome of a case."""
        engine, _ = self._opened()
        return replayed(engine, bench(), law, case_from_json(case), operation).outcome

    def measure(self, what: str, repeats: int, form: str | None) -> float:
        """Seconds that a piece of work takes."""
        engine, _ = self._opened()
        return float(engine.ask(seconds_frozen, what, repeats, form, seconds=SECONDS))

    def _opened(self) -> tuple[Subject, argparse.Namespace]:
        if self.engine is None or self.options is None:
            raise UsageError("no engine is open")
        return self.engine, self.options


def file_of(engine: Engine) -> str:
    """The file that an engine was imported from."""
    place = engine.facts.target.rpartition(":")[0]
    module = sys.modules.get(place)
    file = getattr(module, "__file__", None) if module is not None else None
    return str(Path(file or place).resolve())


def _comes_from(subject: Subject, tree: Path) -> None:
    """An engine that is imported from elsewhere would be compared with itself, and always pass."""
    path, target = Path(subject.ask(file_of)), subject.facts.target
    if not path.is_relative_to(tree):
        raise TargetError(f"{target} is imported from {path.parent}, not from the other revision")


def main() -> int:
    """Answer each line of standard input by a line, until there is no more."""
    answers = _taken()
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.devnull)
    answering = Answering()
    for line in sys.stdin:
        answers.write(json.dumps(answering.answer(json.loads(line))) + "\n")
        answers.flush()
    return 0


def _taken() -> TextIO:
    """Standard output for answers alone: what an engine prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    return answers
