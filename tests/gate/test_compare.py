"""What closes the gate, what is said only, and what puts it in doubt."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from snapshots import SEEN, SNAPSHOT, found, seen

from verify.gate import Known, Policy, Speed, compare
from verify.gate.compare import CLOSED, IN_DOUBT, OPEN, Again
from verify.gate.speed import PAIRS, ROUNDS, paired

pytestmark = pytest.mark.once

NOTHING = Again({}, {}, {})
POLICY = Policy(today=date(2026, 6, 1))
KNOWN = Known(SEEN.fingerprint, "GRA01", "we know")


def compared(old, new, known=(), again=NOTHING, policy=POLICY, speeds=()):
    """The verdict, and the lines as (kind, text, effect)."""
    result = compare(old, new, known, again, policy, speeds)
    return result.verdict, [(line.kind, line.text, line.effect) for line in result.lines]


def kinds(lines) -> list[str]:
    return [kind for kind, _text, _effect in lines]


def test_nothing_changed_is_open_and_silent():
    assert compared(SNAPSHOT, SNAPSHOT) == (OPEN, [])


@pytest.mark.parametrize(
    ("severity", "fail_on", "verdict"),
    [
        ("error", "warning", CLOSED), ("warning", "warning", CLOSED), ("note", "warning", OPEN),
        ("error", "error", CLOSED), ("warning", "error", OPEN), ("note", "note", CLOSED),
    ],
)  # fmt: skip
def test_new_finding_closes_by_its_severity(severity, fail_on, verdict):
    policy = replace(POLICY, fail_on=fail_on)
    got, lines = compared(SNAPSHOT, found(seen(severity=severity)), policy=policy)
    assert got == verdict
    assert kinds(lines) == ["new"]
    assert "mul: overwrite (not in the baseline)\nd %1 / d x0" in lines[0][1]


def test_finding_that_was_there_before_closes_nothing():
    assert compared(found(SEEN), found(SEEN)) == (OPEN, [("still", "GRA01 mul: overwrite", "")])


def test_finding_whose_case_fails_on_the_old_engine_too_is_not_new():
    again = Again({}, {SEEN.fingerprint: "still failing"}, {})
    verdict, lines = compared(SNAPSHOT, found(SEEN), again=again)
    assert (verdict, kinds(lines)) == (OPEN, ["there before"])
    result = compare(SNAPSHOT, found(SEEN), (), again, POLICY, where="at main")
    assert result.sentence == "no error or warning was seen right at main"


def test_finding_whose_case_is_right_on_the_old_engine_is_new():
    again = Again({}, {SEEN.fingerprint: "fixed"}, {})
    verdict, lines = compared(SNAPSHOT, found(SEEN), again=again)
    assert verdict == CLOSED
    assert "was right in the baseline" in lines[0][1]


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        ("fixed", "worse"),
        ("still failing", "still"),
        ("cannot run", "still"),
        ("undecided", "still"),
    ],
)
def test_finding_of_an_old_name_is_worse_only_if_its_case_was_right(outcome, kind):
    again = Again({}, {SEEN.fingerprint: outcome}, {})
    verdict, lines = compared(found(seen(case=None)), found(SEEN), again=again)
    assert (verdict, kinds(lines)) == (CLOSED if kind == "worse" else OPEN, [kind])


@pytest.mark.parametrize(
    ("severity", "fail_on", "verdict"),
    [("warning", "warning", CLOSED), ("warning", "error", OPEN), ("note", "note", CLOSED)],
)
def test_worse_finding_closes_by_its_severity(severity, fail_on, verdict):
    again = Again({}, {SEEN.fingerprint: "fixed"}, {})
    one = found(seen(severity=severity))
    policy = replace(POLICY, fail_on=fail_on)
    got, lines = compared(one, one, again=again, policy=policy)
    assert (got, kinds(lines)) == (verdict, ["worse"])


@pytest.mark.parametrize(
    ("there", "before", "accepted", "kind"),
    [
        (True, None, False, "worse"), (True, None, True, "known"),
        (False, "still failing", False, "worse"), (False, "fixed", False, "known"),
        (False, None, False, "known"),
    ],
    ids=["there", "accepted", "there but unseen", "accepted since", "accepted without a case"],
)  # fmt: skip
def test_known_failure_that_was_there_excuses_its_own_case_alone(there, before, accepted, kind):
    name = SEEN.fingerprint
    again = Again(
        {}, {name: "fixed"}, {}, {name: before} if before else {},
        frozenset({name} if accepted else ()),
    )  # fmt: skip
    old = found(seen(case=None)) if there else SNAPSHOT
    verdict, lines = compared(old, found(SEEN), [KNOWN], again)
    assert kinds(lines) == (["worse", "known"] if kind == "worse" else ["known"])
    assert verdict == (CLOSED if kind == "worse" else OPEN)


@pytest.mark.parametrize(
    ("old", "new", "where", "known", "said"),
    [
        (SNAPSHOT, SNAPSHOT, "in the baseline", (), "nothing that worked before is broken"),
        (found(SEEN), SNAPSHOT, "in the baseline", (), "nothing that worked before is broken"),
        (found(SEEN), found(SEEN), "in the baseline", (),
         "no error or warning that is not in the baseline"),
        (found(SEEN), found(SEEN), "at main", (), "no error or warning was seen right at main"),
        (SNAPSHOT, found(SEEN), "at main", (KNOWN,),
         "but for known failures, no error or warning was seen right at main; "
         "lived with: 1 known failure"),
    ],
)  # fmt: skip
def test_open_gate_claims_what_it_knows(old, new, where, known, said):
    result = compare(old, new, known, NOTHING, POLICY, where=where)
    assert (result.verdict, result.sentence) == (OPEN, said)


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [("fixed", "fixed"), ("still failing", "still"), ("cannot run", "gone"), ("undecided", "gone")],
)
def test_finding_that_is_not_met_is_fixed_only_if_its_case_passes(outcome, kind):
    again = Again({SEEN.fingerprint: outcome}, {}, {})
    verdict, lines = compared(found(SEEN), SNAPSHOT, again=again)
    assert (verdict, kinds(lines)) == (OPEN, [kind])


def test_finding_of_a_law_that_cannot_be_examined_is_not_fixed():
    new = replace(SNAPSHOT, laws={**SNAPSHOT.laws, "GRA01": "the engine has no backward"})
    verdict, lines = compared(found(SEEN), new)
    assert (verdict, kinds(lines)) == (CLOSED, ["gone", "lost"])


def test_lost_operation_closes_and_is_named_by_what_is_lost():
    new = replace(SNAPSHOT, operations={"add": "{0} + {1}"})
    verdict, lines = compared(SNAPSHOT, new)
    assert verdict == CLOSED
    assert [(k, t) for k, t, _ in lines] == [
        ("lost", "radd: existed in the baseline"),
        ("lost", "mul: existed in the baseline"),
    ]


def test_gained_operation_is_information():
    old = replace(SNAPSHOT, operations={"add": "{0} + {1}", "radd": "2 + {1}"})
    verdict, lines = compared(old, SNAPSHOT)
    assert (verdict, kinds(lines)) == (OPEN, ["gained"])


def test_lost_law_closes():
    new = replace(SNAPSHOT, laws={**SNAPSHOT.laws, "VAL01": "the engine has no add"})
    verdict, lines = compared(SNAPSHOT, new)
    assert verdict == CLOSED
    assert "VAL01: examined in the baseline, and cannot be now" in lines[0][1]


def test_changed_bits_are_information():
    new = replace(SNAPSHOT, bits={**SNAPSHOT.bits, "mul": "c" * 12})
    assert compared(SNAPSHOT, new) == (
        OPEN,
        [("bits", "mul: other bits than in the baseline", "")],
    )


@pytest.mark.parametrize(
    ("ratios", "verdict", "said"),
    [
        ((1.6, 2.0, 2.4), CLOSED, ["slower"]),
        ((1.4, 2.0, 9.0), OPEN, ["speed"]),
        ((0.4, 0.5, 0.6), OPEN, ["faster"]),
    ],
)
def test_slowdown_of_few_pairs_closes_only_if_each_shows_it(ratios, verdict, said):
    got, lines = compared(SNAPSHOT, SNAPSHOT, speeds=[Speed("backward", ratios)])
    assert (got, kinds(lines)) == (verdict, said)


@pytest.mark.parametrize(
    ("bad", "verdict", "said"), [(0, CLOSED, "slower"), (1, CLOSED, "slower"), (2, OPEN, "speed")]
)
def test_slowdown_closes_if_all_pairs_but_one_show_it(bad, verdict, said):
    ratios = (*[1.2] * bad, *[2.0] * (PAIRS - bad))
    got, lines = compared(SNAPSHOT, SNAPSHOT, speeds=[Speed("backward", ratios)])
    assert (got, kinds(lines)) == (verdict, [said])


@pytest.mark.parametrize(("bad", "said"), [(0, "faster"), (1, "faster"), (2, "speed")])
def test_gain_is_said_if_all_pairs_but_one_show_it(bad, said):
    ratios = (*[0.9] * bad, *[0.5] * (PAIRS - bad))
    _, lines = compared(SNAPSHOT, SNAPSHOT, speeds=[Speed("backward", ratios)])
    assert kinds(lines) == [said]


@pytest.mark.parametrize(
    ("slow", "measured", "slower"),
    [((True,) * PAIRS, PAIRS, True), ((False,), 2, False), ((True, False), 4, False)],
)
def test_measuring_ends_where_two_pairs_are_not_slower(slow, measured, slower):
    """Pairs are slow and not by turns; the second that is not ends it."""
    pairs = [slow[i % len(slow)] for i in range(PAIRS) for _ in range(ROUNDS)]
    now = iter(2.0 if one else 1.0 for one in pairs)
    speed = paired("add", lambda *_: 1.0, lambda *_: next(now), 1.5, always=False)
    assert (len(speed.ratios), speed.is_slower(1.5)) == (measured, slower)


def test_speed_left_out_says_nothing():
    policy = replace(POLICY, slower=None)
    speeds = [Speed("backward", (9.0, 9.0))]
    assert compared(SNAPSHOT, SNAPSHOT, policy=policy, speeds=speeds) == (OPEN, [])


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "in doubt"},
        {"status": "interrupted"},
        {"status": "stopped"},
        {"partial": True},
        {"oracles": ("ball", "symbolic")},
        {"oracles": ()},
        {"laws": {"VAL01": "held"}},
        {"operations": {}},
        {"lacking": ("mul",)},
    ],
    ids=str,
)
def test_run_that_cannot_vouch_is_a_doubt_on_either_side(changes):
    weak = replace(SNAPSHOT, **changes)
    assert compared(SNAPSHOT, weak)[0] == IN_DOUBT
    if changes.keys() & {"status", "partial"}:
        assert compared(weak, SNAPSHOT)[0] == IN_DOUBT


def test_doubt_outweighs_a_new_error():
    new = found(SEEN, oracles=("ball",))
    assert compared(SNAPSHOT, new)[0] == IN_DOUBT


def test_known_failure_does_not_close():
    verdict, lines = compared(SNAPSHOT, found(SEEN), [KNOWN])
    assert (verdict, kinds(lines)) == (OPEN, ["known"])
    assert "we know" in lines[0][1]


def test_known_failure_of_another_finding_does_not_help():
    other = replace(KNOWN, fingerprint="f" * 12)
    verdict, lines = compared(SNAPSHOT, found(SEEN), [other])
    assert (verdict, kinds(lines)) == (CLOSED, ["new", "passes"])


@pytest.mark.parametrize(
    ("day", "verdict"), [(date(2026, 6, 1), OPEN), (date(2026, 5, 31), CLOSED)]
)
def test_known_failure_holds_until_its_last_day_is_over(day, verdict):
    known = replace(KNOWN, expires=day)
    got, lines = compared(found(SEEN), found(SEEN), [known])
    assert got == verdict
    assert ("expired" in kinds(lines)) is (verdict == CLOSED)


def test_expired_known_failure_that_is_new_is_both():
    known = replace(KNOWN, expires=date(2026, 5, 31))
    assert kinds(compared(SNAPSHOT, found(SEEN), [known])[1]) == ["new", "expired"]


@pytest.mark.parametrize("strict", [False, True])
def test_known_failure_that_passes_is_said_and_closes_if_asked(strict):
    policy = replace(POLICY, strict_known=strict)
    again = Again({}, {}, {SEEN.fingerprint: "fixed"})
    verdict, lines = compared(SNAPSHOT, SNAPSHOT, [KNOWN], again, policy)
    assert (verdict, kinds(lines)) == (CLOSED if strict else OPEN, ["passes"])


def test_known_failure_that_the_run_did_not_meet_is_still_known_if_its_case_fails():
    again = Again({}, {}, {SEEN.fingerprint: "still failing"})
    policy = replace(POLICY, strict_known=True)
    verdict, lines = compared(SNAPSHOT, SNAPSHOT, [KNOWN], again, policy)
    assert (verdict, kinds(lines)) == (OPEN, ["known"])


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("changes", [{"forms": ["add"]}, {"laws": {"LIF09": "held"}}])
def test_known_failure_that_was_not_looked_for_is_not_said_to_pass(changes, strict):
    new = replace(SNAPSHOT, **changes)
    policy = replace(POLICY, strict_known=strict)
    known = replace(KNOWN, operation="mul")
    result = compare(new, new, [known], Again({}, {}, {}), policy)
    assert [line.kind for line in result.lines] == ["known"]
    assert "this run did not examine it" in result.lines[0].text
    assert result.sentence == "nothing that worked before is broken; lived with: 1 known failure"


def test_verdict_counts_what_closed_it():
    new = found(SEEN, seen(fingerprint="b" * 12, severity="warning"), operations={})
    old = found(operations={"tanh": "{0}.tanh()"})
    result = compare(old, new, (), NOTHING, POLICY)
    assert result.verdict == IN_DOUBT  # no operation is left
    assert result.sentence == "1 new error, 1 new warning, 1 operation lost"
    twice = compare(SNAPSHOT, found(SEEN, seen(fingerprint="b" * 12)), (), NOTHING, POLICY)
    assert twice.sentence == "2 new errors"
