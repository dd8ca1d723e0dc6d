"""Which cases found now are tried on the engine as it was."""

from __future__ import annotations

import pytest
from snapshots import CASE, SEEN, found, seen

from verify.cli.other_side import OtherSide

pytestmark = pytest.mark.once


class Asked:
    """A side that is right about everything, and remembers what it was asked."""

    def __init__(self):
        self.laws = []

    def ask(self, _do, **question):
        self.laws.append(question["law"])
        return "fixed"


@pytest.mark.parametrize(
    ("law", "before", "flickers", "asked"),
    [
        ("GRA01", None, (), True), ("GRA01", CASE, (), False),
        ("GRA01", None, (SEEN.fingerprint,), False),
        ("EDG01", None, (), True), ("EDG01", CASE, (), False),
        ("LIF04", None, (), False),
    ],
    ids=["another", "same", "flickers", "another edge", "same edge", "the whole law"],
)  # fmt: skip
def test_case_that_failed_there_is_not_asked_about(law, before, flickers, asked):
    """An engine whose order is not kept may pass it by luck."""
    side = Asked()
    old = found(seen(law=law, case=before), flickers=flickers)
    OtherSide(None, None, side).outcomes(old, found(seen(law=law)))
    assert bool(side.laws) is asked
