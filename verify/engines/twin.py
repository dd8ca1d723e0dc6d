"""The same case in another process: ``python -m verify.engines.twin TARGET SALT < case.json``.

It prints the bits of every gradient as JSON, one list for each repeat. It imports nothing that the
engine does not: no oracle, and torch only for torch.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
from typing import Any

from verify.engines import Engine, TargetError, build, describe, open_engine
from verify.program import Case, ProgramError
from verify.program.json_form import case_from_json, case_to_json

REPEATS = 20
SPARE = 512
"""Values made to scramble the addresses of those to come: several times those of a case."""
SECONDS = 60.0
"""How long another process may take."""

Bits = tuple[str, ...]


def bits_here(engine: Engine, case: Case, salt: int = 0) -> list[Bits]:
    """The bits of the inputs' gradients, each repeat on a new graph at other addresses."""
    keep: list[Any] = []
    seen: list[Bits] = []
    for repeat in range(REPEATS):
        keep.append(_scattered(engine, REPEATS * salt + repeat))
        nodes: list[Any] = []
        build(engine, case.program, case.point, nodes)
        engine.backward(nodes[-1])
        keep.append(nodes)
        adjoints = [engine.adjoint(node) for node in nodes[: case.program.n_inputs]]
        seen.append(tuple("None" if x is None else x.hex() for x in adjoints))
    return seen


def _scattered(engine: Engine, salt: int) -> list[Any]:
    """Leave holes in memory in a scrambled order, so that new nodes get addresses out of order.

    A ``set`` of nodes is ordered by address, so this is what makes its order show.
    """
    spare = [engine.lift(0.5) for _ in range(SPARE)]
    random.Random(salt).shuffle(spare)
    return spare[: SPARE // 2]


def bits_elsewhere(engine: Engine, case: Case, hash_seed: int) -> list[Bits] | str:
    """What the same engine prints in a process of its own, or why it cannot be asked."""
    environment = {
        **os.environ,
        "PYTHONHASHSEED": str(hash_seed),
        "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),  # noqa: PTH109
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", "verify.engines.twin", engine.facts.target, str(hash_seed)]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, our own module
            command,
            input=json.dumps(case_to_json(case)),
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
        lines = done.stdout.splitlines()
        if done.returncode != 0 or not lines:
            said = done.stderr.strip().splitlines()
            return said[-1] if said else f"it ended with code {done.returncode}"
        return [tuple(bits) for bits in json.loads(lines[-1])]
    except subprocess.TimeoutExpired:
        return f"it gave no answer within {SECONDS:.0f} s"
    except (OSError, ValueError) as error:
        return describe(error)


def main(arguments: list[str]) -> int:
    """Answer the case on stdin; 1 and a sentence on stderr where that cannot be done."""
    target, salt = arguments
    answer = sys.stdout
    try:
        with contextlib.redirect_stdout(sys.stderr):  # an engine may print
            case = case_from_json(json.load(sys.stdin))
            bits = bits_here(open_engine(target), case, int(salt))
    except (TargetError, ProgramError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except Exception as error:  # noqa: BLE001 - somebody's engine may raise anything
        sys.stderr.write(f"{describe(error)}\n")
        return 1
    answer.write("\n" + json.dumps(bits) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
