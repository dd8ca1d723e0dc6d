"""Snapshots made by hand, for what needs no engine."""

from __future__ import annotations

from dataclasses import replace

from verify.gate import Seen, Snapshot

CASE = {
    "schema": "gradverify/case/1",
    "inputs": [(2.0).hex()],
    "instructions": [{"op": "mul", "operands": [{"ref": 0}, {"ref": 0}]}],
    "seed": (1.0).hex(),
}
SEEN = Seen(
    "0123456789ab", "GRA01", "error", "mul", 0, "overwrite", "mul: overwrite", "d %1 / d x0", CASE
)
SNAPSHOT = Snapshot(
    target="engine.py:Value",
    engine="engine.py",
    status="certified",
    seed=0,
    budget={"programs": 2, "points": 7, "minimum": 1, "rounds": 20},
    forms=None,
    network=None,
    laws={"VAL01": "held", "GRA01": "held", "LIF09": "the engine has no zero_grad"},
    oracles=("ball", "symbolic", "torch"),
    operations={"add": "{0} + {1}", "radd": "2 + {1}", "mul": "{0} * {1}"},
    lacking=(),
    bits={"add": "a" * 12, "mul": "b" * 12},
    findings=(),
)


def found(*findings: Seen, **changes: object) -> Snapshot:
    """The snapshot of a run that found something."""
    status = "wrong" if any(f.severity == "error" for f in findings) else "certified"
    return replace(SNAPSHOT, findings=findings, status=status, **changes)


def seen(**changes: object) -> Seen:
    """A finding, a little different."""
    return replace(SEEN, **changes)
