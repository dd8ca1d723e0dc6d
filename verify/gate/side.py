"""One side of a comparison: an engine in a process of its own, asked line by line.

Two revisions of one module cannot live in one process, and one that hangs or dies must not take
the gate with it. The process runs our suite on its engine, whatever packages lie in its folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SECONDS = 120.0
"""How long an answer may take that is not a whole run."""
OURS = str(Path(__file__).resolve().parents[2])
START = (
    "import sys; sys.path.insert(0, sys.argv[1]); import strategies, verify.cli.side as side; "
    "sys.path.remove(sys.argv[1]); sys.exit(side.main())"
)
"""Ours is imported from where it is now, before the engine's folders come first."""


class SideError(Exception):
    """A side gave no answer; the message says why.

    Attributes:
        kind: ``engine`` (it cannot be loaded), ``usage``, or ``suite`` (nothing is known).
    """

    def __init__(self, message: str, kind: str = "suite") -> None:
        """Make one."""
        super().__init__(message)
        self.kind = kind


class Side:
    """An engine in another process.

    Args:
        folder: the process's current folder.
        arguments: of ``gradverify run``: the target first.
        roots: folders that packages are imported from first.
        tree: where the engine must come from; None for anywhere.

    Raises:
        SideError: if the engine cannot be loaded there.
    """

    def __init__(
        self,
        folder: Path,
        arguments: Sequence[str],
        roots: Sequence[Path] = (),
        tree: Path | None = None,
    ) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
            [sys.executable, "-c", START, OURS],
            cwd=folder,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        question: dict[str, Any] = {
            "arguments": list(arguments),
            "roots": [str(root) for root in roots],
            "tree": None if tree is None else str(tree),
        }
        try:
            self.forms: list[str] = self.ask("open", **question)
        except BaseException:
            self.close()
            raise

    def ask(self, do: str, *, patient: bool = False, **question: Any) -> Any:
        """Ask, and wait for the answer.

        Raises:
            SideError: if there is none, or none in time.
        """
        ended = threading.Event()

        def kill() -> None:
            ended.set()
            self._process.kill()

        timer = threading.Timer(SECONDS, kill)
        timer.daemon = True
        if not patient:
            timer.start()
        try:
            answer = self._exchange({"do": do, **question})
        finally:
            timer.cancel()
        if answer is None:
            code = self._process.wait()
            why = f"gave no answer in {SECONDS:.0f} s" if ended.is_set() else f"ended with {code}"
            raise SideError(f"the process of the engine {why}, asked to {do}")
        if "error" in answer:
            raise SideError(str(answer["error"]), str(answer.get("kind", "suite")))
        return answer["answer"]

    def _exchange(self, question: dict[str, Any]) -> dict[str, Any] | None:
        if self._process.stdin is None or self._process.stdout is None:
            return None
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
            found = json.loads(line) if line else None
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def measure(self, form: str | None) -> Any:
        """A function that times a piece of work there; see verify.gate.bits.seconds."""
        return lambda what, repeats: float(
            self.ask("measure", what=what, repeats=repeats, form=form)
        )

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue

    def __enter__(self) -> Side:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()
