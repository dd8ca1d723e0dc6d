"""A change of each kind but slowdowns, which are the benchmark's: benchmarks/gate_trial.py."""

from __future__ import annotations

import runpy
from collections import Counter
from pathlib import Path

import pytest

TRIAL = runpy.run_path(str(Path(__file__).resolve().parents[2] / "benchmarks" / "gate_trial.py"))
CHANGES = list(TRIAL["changes"]())
TRIED = {
    "the slope of tanh as (1 - y) (1 + y)": "add,tanh",
    "number - value": "add,sub",
}
"""A refactoring and a lost operation, each among the operations it is about."""


def test_trial_has_the_changes_it_promises():
    assert Counter(change.kind for change in CHANGES) == {
        "refactoring": 10, "regression": 10, "fix": 5, "lost operation": 3, "slowdown": 2,
    }  # fmt: skip
    assert all(change.before != change.after for change in CHANGES)
    assert len({(change.before, change.after) for change in CHANGES}) == 30


@pytest.mark.once
@pytest.mark.parametrize("name", TRIED)
def test_verdict_is_right_and_the_message_names_the_change(name, tmp_path):
    (change,) = [one for one in CHANGES if one.name == name]
    options = ("--ops", TRIED[name], "--ignore-speed")
    right, said, _ = TRIAL["judge"](change, tmp_path, *options)
    assert right, said


@pytest.mark.once
def test_wrong_verdict_would_be_seen(tmp_path):
    """A change that the trial is told to expect nothing of."""
    broken = next(one for one in CHANGES if one.name == "overwrite-mul")
    swapped = TRIAL["Change"](
        "refactoring", "no refactoring", broken.after, broken.before, 0, ("GATE OPEN",), ("new",)
    )
    right, said, _ = TRIAL["judge"](swapped, tmp_path, "--ops", "add,mul", "--ignore-speed")
    assert not right
    assert "mul: shared-node overwrite" in said
