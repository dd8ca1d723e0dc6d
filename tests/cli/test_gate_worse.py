"""A failure that was there before excuses no case that was right before."""

from __future__ import annotations

import pytest
from faulty_engines import SOURCE, replaced
from gated import gate, git, repository

pytestmark = pytest.mark.once

ASKED = ("--ops", "pow,mul", "--select", "GRA,VAL", "--no-corpus")
AGAINST = (*ASKED, "--against", "HEAD", "--ignore-speed")
RULE = "other * self.data ** (other - 1) * out.grad  # pow"
BEFORE, SPELT_OTHERWISE = "(3 if other == 4 else other)", "(other if other != 4 else 3.0)"
WORSE, ANOTHER = "(other + 0.5)", "(5 if other == 3 else other)"
FLICKERING = "(other + (other {0} and next(TURN) % 3 == 0))"
TITLE = "GRA01 pow: wrong gradient"


def slope(factor: str) -> str:
    """An engine with another exponent before its gradient of a power."""
    return replaced(SOURCE, (RULE, RULE.replace("other", factor, 1)))


@pytest.fixture
def worse(repository, tmp_path):
    """A repository where a power of 4 is wrong; returns a way to change the engine."""
    repository(slope(BEFORE))
    git(tmp_path, "commit", "-q", "-a", "-m", "two")
    return repository


def test_case_that_was_right_closes_though_the_failure_has_a_name_there(worse, gate):
    worse(slope(WORSE))
    code, out, err = gate(*AGAINST)
    assert (code, err) == (1, "")
    assert f"worse {TITLE} (this case was right at HEAD, where another failed)" in out
    assert f"still {TITLE}" not in out
    assert "GATE CLOSED 1 worse error." in out


def test_same_failure_spelt_otherwise_is_still_there_and_open(worse, gate):
    worse(slope(SPELT_OTHERWISE))
    code, out, _ = gate(*AGAINST)
    assert code == 0
    assert f"still {TITLE}" in out
    assert "GATE OPEN no error or warning was seen right at HEAD." in out


def test_known_failure_excuses_no_case_that_was_right(worse, gate):
    assert gate(*ASKED, "--update-baseline")[0] == 0
    assert gate("--accept", "GRA01-1", "--reason", "until spring")[0] == 0
    assert gate(*AGAINST)[0] == 0
    worse(slope(WORSE))
    code, out, _ = gate(*AGAINST)
    assert code == 1
    assert f"worse {TITLE} (this case was right at HEAD, where another failed)" in out
    assert "GATE CLOSED 1 worse error." in out


def test_known_failure_excuses_the_case_that_was_accepted(worse, gate):
    worse(slope(WORSE))
    assert gate(*AGAINST)[0] == 1
    assert gate("--accept", "GRA01-1", "--reason", "until spring")[0] == 0
    code, out, _ = gate(*AGAINST)
    assert code == 0
    assert "GATE OPEN but for known failures, no error or warning was seen right at HEAD" in out


def test_baseline_alone_does_not_claim_that_nothing_broke(worse, gate):
    gate(*ASKED, "--update-baseline")
    code, out, _ = gate(*ASKED)
    assert code == 0
    assert f"still {TITLE} GATE OPEN no error or warning that is not in the baseline." in out
    worse(slope(WORSE))
    code, out, _ = gate(*ASKED)
    assert code == 0
    assert f"still {TITLE} (by another case than in the baseline)" in out
    assert "GATE OPEN no error or warning that is not in the baseline." in out


def test_case_of_the_baseline_that_passes_now_is_said(worse, gate):
    gate(*ASKED, "--update-baseline")
    worse(slope(ANOTHER))
    code, out, _ = gate(*ASKED)
    assert code == 0
    assert f"still {TITLE} (by another case: the one in the baseline passes now)" in out


def test_known_failure_without_a_revision_does_not_claim_that_nothing_broke(worse, gate):
    gate(*ASKED, "--update-baseline")
    gate("--accept", "GRA01-1", "--reason", "until spring")
    worse(slope(WORSE))
    code, out, _ = gate(*ASKED)
    assert code == 0
    assert (
        "GATE OPEN but for known failures, no error or warning that is not in the baseline; "
        "lived with: 1 known failure."
    ) in out


def test_engine_that_flickers_as_it_did_is_still_open(repository, gate, tmp_path):
    """What passes a dozen times there is not right there."""
    turn = ("import math", "import itertools\nimport math\nTURN = itertools.count()")
    repository(slope(FLICKERING.format("== 4")).replace(*turn))
    git(tmp_path, "commit", "-q", "-a", "-m", "two")
    repository(slope(FLICKERING.format("> 1")).replace(*turn))
    code, out, _ = gate(*AGAINST)
    assert f"still {TITLE}" in out
    assert (code, "worse" in out) == (0, False)
