"""In a worker `builtins` stays what it is, and what an engine meant to replace is remembered."""

from __future__ import annotations

import builtins
import subprocess
import sys
from types import ModuleType

import pytest

from verify.engines.isolation import kept

SCRIPT = """
import builtins, math
from unittest import mock
from verify.engines.isolation import kept
kept.keep()
{}
"""


def run(*lines: str) -> list[str]:
    """What a process prints in which builtins are kept."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format("\n".join(lines))],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return done.stdout.splitlines()


def test_assignment_does_not_reach_anybody_and_is_remembered():
    said = run("builtins.len = None", "del builtins.abs", "print(len([1]), abs(-1))",
               "print(*kept.replaced(), *kept.changed())")  # fmt: skip
    assert said == ["1 1", "builtins.len builtins.abs"]


def test_what_is_new_can_be_added_and_taken_away():
    said = run("builtins.profile = 7", "print(profile)", "del builtins.profile",
               "print(hasattr(builtins, 'profile'), kept.replaced())")  # fmt: skip
    assert said == ["7", "False ()"]


def test_patch_that_is_taken_back_is_forgotten():
    said = run("with mock.patch('builtins.open'): print(kept.replaced())", "print(kept.replaced())")
    assert said == ["('builtins.open',)", "()"]


def test_what_is_replaced_beneath_is_put_back_and_named():
    said = run("vars(builtins)['isinstance'] = None", "kept.restore()", "print(isinstance(1, int))",
               "print(*kept.replaced(), *kept.put_back(), *kept.changed())")  # fmt: skip
    assert said == ["True", " ".join(["builtins.isinstance"] * 3)]


def test_functions_of_other_modules_are_replaced_and_named():
    assert run("math.exp = None", "print(math.exp, kept.changed())") == ["None ('math.exp',)"]


@pytest.mark.parametrize("call", [kept.restore, kept.replaced, kept.put_back, kept.changed])
def test_nothing_is_kept_where_a_program_of_ours_runs(call, monkeypatch):
    monkeypatch.setattr(builtins, "len", len.__call__)
    assert not call()
    assert type(builtins) is ModuleType
