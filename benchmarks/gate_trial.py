"""The gate on trial: 30 changes to an engine in a git repository, each with its right verdict.

    python benchmarks/gate_trial.py [--only NAME,NAME]

Ten refactorings that change nothing, ten regressions from the fault table, five fixes, three lost
operations, two slowdowns of about 2x. Each change is judged twice in one run of the gate: against
the committed baseline and against HEAD. The verdict must be right, and the message must name the
change. Prints a Markdown table; exits with 1 if any is wrong.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from verify.faults import BY_CODE
from verify.faults.planting import plain, replacing, rewriting
from verify.faults.plants import PLANTS

ROOT = Path(__file__).resolve().parent.parent
OPEN, CLOSED = 0, 1
BY_NAME = {plant.name: plant for plant in PLANTS}


@dataclass(frozen=True)
class Change:
    """A change, and what the gate must say.

    Attributes:
        kind, name: what it is.
        before, after: the engine's text.
        code: the exit code.
        words: what the output must hold.
        absent: words that no line of the output may begin with.
    """

    kind: str
    name: str
    before: str
    after: str
    code: int
    words: tuple[str, ...]
    absent: tuple[str, ...] = ()


def changes() -> Iterator[Change]:
    """All thirty."""
    for name, edit in REFACTORINGS.items():
        quiet = ("new", "lost", "slower", "fixed")
        yield Change("refactoring", name, plain(), edit(plain()), OPEN, ("GATE OPEN",), quiet)
    for name in REGRESSIONS:
        words = ("new", *_names(name), "GATE CLOSED  1 new error")
        yield Change("regression", name, plain(), BY_NAME[name].source, CLOSED, words)
    for name in FIXES:
        words = ("fixed", *_names(name), "GATE OPEN")
        yield Change("fix", name, BY_NAME[name].source, plain(), OPEN, words, ("new",))
    words = ("fixed", "EDG01", "GATE OPEN")
    yield Change("fix", "overflow of exp", OVERFLOWS(plain()), plain(), OPEN, words, ("new",))
    for name, (edit, words) in LOSSES.items():
        yield Change("lost operation", name, plain(), edit(plain()), CLOSED, words, ("new",))
    for name, (edit, words) in SLOWDOWNS.items():
        yield Change("slowdown", name, plain(), edit(plain()), CLOSED, words, ("new", "lost"))


def _names(plant: str) -> tuple[str, ...]:
    fault = BY_NAME[plant]
    operation = f"{fault.operation}: " if fault.operation else ""
    return (f"{operation}{BY_CODE[fault.fault].name}",)


def without(method: str):
    """A method taken out."""
    return rewriting(rf"    def {method}\((?:.+\n)(?:(?:        .*)?\n)+?(?=    def )", "")


REFACTORINGS = {
    "a helper lifts operands": lambda source: (
        source.replace(
            "other = other if isinstance(other, Value) else Value(other)", "other = _lift(other)"
        ).replace(
            "class Value:",
            "def _lift(x):\n    return x if isinstance(x, Value) else Value(x)\n\n\nclass Value:",
        )
    ),
    "slots": replacing(
        ("    def __init__",
         '    __slots__ = ("data", "grad", "_backward", "_children")\n\n    def __init__'),
    ),
    "a label": replacing(
        ("    def __init__(self, data, children=()):\n",
         "    def __init__(self, data, children=(), label=\"\"):\n        self.label = label\n"),
    ),
    "children in a list": replacing(("= tuple(children)", "= list(children)")),
    "reflected sum and product commute": replacing(
        ("return Value(other) + self", "return self + other"),
        ("return Value(other) * self", "return self * other"),
    ),
    "the incoming gradient first": lambda source: re.sub(
        r"\.grad \+= (\(.+\)) \* out\.grad", r".grad += out.grad * \1", source
    ),
    "other names in the walk": lambda source: (
        source.replace("seen", "visited").replace("todo", "stack")
    ),
    "operands visited in the other order": replacing(
        ("for child in node._children)", "for child in reversed(node._children))")
    ),
    "a repr": replacing(
        ("    def __add__",
         "    def __repr__(self):\n        return f\"Value({self.data}, {self.grad})\"\n\n"
         "    def __add__"),
    ),
    "the slope of tanh as (1 - y) (1 + y)": replacing(("(1 - y * y)", "((1 - y) * (1 + y))")),
}  # fmt: skip
REGRESSIONS = (
    "overwrite-exp", "duplicate-append", "swapped-partials-div", "forgotten-operand-mul-0",
    "wrong-sign-sub", "never-wired-log", "dropped-adjoint-tanh", "one-user", "reflected-rsub",
    "no-seed",
)  # fmt: skip
FIXES = ("overwrite-mul", "not-reversed", "wrong-sign-neg", "swapped-partials-power")
OVERFLOWS = replacing(
    ("    try:\n        return math.exp(a)\n    except OverflowError:\n        return math.inf\n",
     "    return math.exp(a)\n"),
)  # fmt: skip
LOSSES = {
    "tanh": (without("tanh"), ("lost", "tanh: existed", "1 operation lost")),
    "max": (without("max"), ("lost", "max (max, max_number): existed", "1 operation lost")),
    "number - value": (without("__rsub__"), ("lost", "rsub: existed", "1 operation lost")),
}
SLOWDOWNS = {
    "the graph is sorted three times": (
        replacing(("        order = self._order()\n",
                   "        self._order()\n        self._order()\n"
                   "        order = self._order()\n")),
        ("slower", "backward", "slowdown"),
    ),
    "exp is computed 75 times": (
        replacing(("        y = _exp(a)\n        out",
                   "        y = [_exp(a) for _ in range(75)][0]\n        out")),
        ("slower", "exp", "slowdown"),
    ),
}  # fmt: skip


def judge(change: Change, folder: Path, *more: str) -> tuple[bool, str, float]:
    """Whether the gate says what it must, what it said, and how long it took.

    Args:
        change: the change.
        folder: where to make its repository.
        more: further arguments of the gate.
    """
    repository = folder / re.sub(r"\W+", "-", f"{change.kind}-{change.name}")
    repository.mkdir()
    engine = repository / "engine.py"
    engine.write_text(change.before, encoding="utf-8")
    _git(repository, "init", "-q")
    gate(repository, "--update-baseline", *more)
    _git(repository, "add", "-A")
    _git(repository, "commit", "-q", "-m", "before")
    engine.write_text(change.after, encoding="utf-8")
    start = time.perf_counter()
    code, said = gate(repository, "--against", "HEAD", *more)
    took = time.perf_counter() - start
    kinds = {line.split()[0] for line in said.splitlines() if line.startswith("  ")}
    flat = " ".join(said.split())
    right = code == change.code and all(" ".join(word.split()) in flat for word in change.words)
    return right and not kinds & set(change.absent), f"exit {code}\n{said}", took


def gate(repository: Path, *arguments: str) -> tuple[int, str]:
    """Run the gate on the engine of a repository."""
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own module
        [sys.executable, "-m", "verify", "gate", "engine.py:Value", "--quick", "--no-corpus",
         *arguments],
        cwd=repository, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def _git(repository: Path, *arguments: str) -> None:
    who = ["-c", "user.name=trial", "-c", "user.email=trial@example.org"]
    command = ["git", *who, *arguments]
    subprocess.run(command, cwd=repository, check=True, capture_output=True)  # noqa: S603


def main() -> int:
    """Try them; 1 if any verdict is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="names, separated by commas")
    wanted = (parser.parse_args().only or "").split(",")
    chosen = [c for c in changes() if wanted == [""] or c.name in wanted]
    wrong = 0
    print("| change | | verdict | the gate says | seconds |\n|---|---|---|---|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for change in chosen:
            right, said, took = judge(change, Path(folder))
            wrong += not right
            told = told_by(said)
            verdict = ("open" if change.code == OPEN else "closed") + ("" if right else ", WRONG")
            row = f"| {change.name} | {change.kind} | {verdict} | {told} | {took:.0f} |"
            print(row, flush=True)
            if not right:
                print(said, file=sys.stderr, flush=True)
    print(f"\n{len(chosen) - wrong} of {len(chosen)} verdicts are right.")
    return 1 if wrong else 0


def told_by(said: str) -> str:
    """The lines of the comparison with HEAD that are no measurement."""
    lines = said.partition("(HEAD)")[2].splitlines()
    kinds = ("new", "fixed", "lost", "slower", "bits")
    told = [" ".join(x.split()) for x in lines if x.strip().split(" ")[0] in kinds]
    return "; ".join(told) or "nothing"


if __name__ == "__main__":
    sys.exit(main())
