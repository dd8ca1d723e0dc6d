"""Before and after: a list of lines, each with what it means for the gate. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from verify.gate.known import Known
from verify.gate.snapshot import Seen, Snapshot
from verify.gate.speed import Speed
from verify.laws import SEVERITIES
from verify.program import BY_NAME, FORMS

OPEN, CLOSED, IN_DOUBT = "open", "closed", "in doubt"
INFORMATION = ""
"""What a line means that closes nothing."""
WRITTEN_FROM = frozenset({"certified", "wrong"})
"""Statuses of runs that can vouch for what they say."""
NOTHING_BROKEN = "nothing that worked before is broken"
IN_BASELINE = "in the baseline"
"""Where an examination was read from that has no engine to ask."""
ASKED_FOR = {"error": "error", "warning": "error or warning", "note": "finding"}
"""What closes the gate if it is new, by the least severity that does."""

PLURALS = {
    "operation lost": "operations lost",
    "law lost": "groups of laws lost",
    "known failure expired": "known failures expired",
    "known failure that passes": "known failures that pass",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One difference.

    Attributes:
        kind: ``new``, ``worse``, ``still``, ``fixed``, ``known``, ``lost``, ``gained``, ``bits``,
            ``slower``, ``faster``, ``speed``, ``there before``, ``expired``, ``passes``
            or ``doubt``.
        text: what it is about.
        effect: OPEN's opposite: ``closed`` or ``in doubt``; empty for information.
        counted: what is counted in the verdict: ``new error``.
    """

    kind: str
    text: str
    effect: str = INFORMATION
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """What closes the gate.

    Attributes:
        fail_on: the least severity of a new finding that does.
        slower: a ratio that every pair but one must be above; None to leave speed out.
        strict_known: whether a known failure that passes does.
        today: the day on which known failures may have expired.
    """

    fail_on: str = "warning"
    slower: float | None = 1.5
    strict_known: bool = False
    today: date = date.max


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences, and the verdict.

    Attributes:
        lines: the differences.
        held: what is known where none of them closes the gate.
    """

    lines: tuple[Line, ...]
    held: str = NOTHING_BROKEN

    @property
    def verdict(self) -> str:
        """``open``, ``closed`` or ``in doubt``; a doubt outweighs the rest."""
        effects = {line.effect for line in self.lines}
        return IN_DOUBT if IN_DOUBT in effects else CLOSED if CLOSED in effects else OPEN

    @property
    def sentence(self) -> str:
        """``1 new error, 1 operation lost``."""
        counts: dict[str, int] = {}
        for line in self.lines:
            if line.effect == CLOSED:
                counts[line.counted] = counts.get(line.counted, 0) + 1
        parts = [_plural(count, what) for what, count in counts.items()]
        known = sum(line.kind == "known" for line in self.lines)
        lived_with = f"; lived with: {_plural(known, 'known failure')}" if known else ""
        return ", ".join(parts) or f"{self.held}{lived_with}"


@dataclass(frozen=True, slots=True)
class Again:
    """Cases replayed across: by fingerprint, the outcome of verify.campaign.replay.

    Attributes:
        old_cases: cases found before, on the engine as it is now.
        new_cases: cases found now, on the engine as it was; empty where that is not there.
        known_cases: the stored cases of known failures, on the engine as it is now.
        known_before: the same on the engine as it was, where that was asked.
        accepted: known failures whose stored case is the very case that was found now.
    """

    old_cases: Mapping[str, str]
    new_cases: Mapping[str, str]
    known_cases: Mapping[str, str]
    known_before: Mapping[str, str] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()


def compare(
    old: Snapshot,
    new: Snapshot,
    known: Sequence[Known],
    again: Again,
    policy: Policy,
    speeds: Sequence[Speed] = (),
    where: str = IN_BASELINE,
) -> Comparison:
    """What changed from ``old`` to ``new``.

    Args:
        old: the examination before.
        new: the examination now.
        known: failures that are lived with.
        again: what became of cases of one side on the other.
        policy: what closes the gate.
        speeds: paired measurements, if there are any.
        where: what the old one is called: ``in the baseline``, ``at main``.
    """
    met = list(_new(old, new, known, again, policy, where))
    lines = [
        *doubts(old, new, where),
        *met,
        *_gone(old, new, known, again),
        *_known(new, known, again, policy),
        *_operations(old, new, where),
        *_laws(old, new, where),
        *_speeds(speeds, policy),
        *_bits(old, new, where),
    ]
    return Comparison(tuple(lines), _held(met, new, known, policy, where))


def _held(
    met: Sequence[Line], new: Snapshot, known: Sequence[Known], policy: Policy, where: str
) -> str:
    """What an open gate may claim: a failure that is excused may hide that more fails now."""
    real = {finding.fingerprint for finding in new.findings if finding.severity != "note"}
    lived_with = real & _lived_with(known, policy)
    if not lived_with and all(line.kind == "new" for line in met):
        return NOTHING_BROKEN
    but = "but for known failures, " if lived_with else ""
    was = f"that is not {where}" if where == IN_BASELINE else f"was seen right {where}"
    return f"{but}no {ASKED_FOR[policy.fail_on]} {was}"


def _lived_with(known: Sequence[Known], policy: Policy) -> set[str]:
    return {entry.fingerprint for entry in known if not entry.has_expired(policy.today)}


def doubts(old: Snapshot, new: Snapshot, where: str) -> Iterator[Line]:
    """Why the two cannot be compared: then nothing looks like a pass."""
    if new.partial or new.status not in WRITTEN_FROM:
        yield _doubt(f"the run ended {new.status}: {new.sentence}")
    if old.partial or old.status not in WRITTEN_FROM:
        yield _doubt(f"the run {where} ended {old.status}: {old.sentence}".rstrip(": "))
    for oracle in old.oracles:
        if oracle not in new.oracles:
            yield _doubt(f"the oracle {oracle} answered {where}, and does not now")
    for law in old.laws:
        if law not in new.laws:
            yield _doubt(f"the law {law} was examined {where}, and was not looked at now")
    if not new.operations:
        yield _doubt("no operation was examined")
    both = [form for form in new.lacking if form in old.operations and form not in old.lacking]
    if both and not new.findings:
        yield _doubt(f"{', '.join(both)}: examined less than {where}")


def _doubt(text: str) -> Line:
    return Line("doubt", text, IN_DOUBT)


def _new(
    old: Snapshot,
    new: Snapshot,
    known: Sequence[Known],
    again: Again,
    policy: Policy,
    where: str,
) -> Iterator[Line]:
    there = {finding.fingerprint: finding for finding in old.findings}
    lived_with = _lived_with(known, policy)
    for finding in new.findings:
        name = finding.fingerprint
        excused = name in lived_with
        if not (excused and name in again.accepted) and _is_worse(finding, there, again):
            yield _of_worse(finding, policy, where)
        elif excused:
            continue
        elif name in there:
            if finding.severity != "note":
                yield _still(finding, there[name], again, where)
        elif again.new_cases.get(name) == "still failing":
            yield Line("there before", f"{_named(finding)} (fails {where} as well, unseen there)")
        elif finding.fault == "missing-operation" and finding.severity == "note":
            continue  # said by the operations that are lost
        else:
            yield _of_new(finding, old, again.new_cases.get(name), policy, where)


def _is_worse(finding: Seen, there: Mapping[str, Seen], again: Again) -> bool:
    """Whether a failure of this name was there, and did not cover this case."""
    name = finding.fingerprint
    was_there = name in there or again.known_before.get(name) == "still failing"
    return was_there and again.new_cases.get(name) == "fixed"


def _of_worse(finding: Seen, policy: Policy, where: str) -> Line:
    text = f"{_named(finding)} (this case was right {where}, where another failed)"
    effect = CLOSED if _closes(finding, policy) else INFORMATION
    return Line("worse", f"{text}\n{finding.message}", effect, f"worse {finding.severity}")


def _still(finding: Seen, before: Seen, again: Again, where: str) -> Line:
    """A baseline has no engine: whether another case failed in it cannot be known."""
    more = ""
    if where == IN_BASELINE and finding.case != before.case:
        passes = again.old_cases.get(finding.fingerprint) == "fixed"
        more = f": the one {where} passes now" if passes else f" than {where}"
        more = f" (by another case{more})"
    return Line("still", f"{_named(finding)}{more}")


def _closes(finding: Seen, policy: Policy) -> bool:
    return SEVERITIES.index(finding.severity) >= SEVERITIES.index(policy.fail_on)


def _of_new(finding: Seen, old: Snapshot, before: str | None, policy: Policy, where: str) -> Line:
    was = f"was right {where}" if before == "fixed" else f"not {where}"
    if finding.law not in old.laws:
        was = f"a law that was not examined {where}"
    elif finding.operation and finding.operation not in old.operations:
        was = f"{finding.operation} did not exist {where}"
    effect = CLOSED if _closes(finding, policy) else INFORMATION
    text = f"{_named(finding)} ({was})\n{finding.message}"
    return Line("new", text, effect, f"new {finding.severity}")


def _gone(old: Snapshot, new: Snapshot, known: Sequence[Known], again: Again) -> Iterator[Line]:
    there = {finding.fingerprint for finding in new.findings}
    lived_with = {entry.fingerprint for entry in known}
    for finding in old.findings:
        name = finding.fingerprint
        if name in there or name in lived_with:
            continue
        outcome = again.old_cases.get(name, "fixed")
        if finding.law not in new.laws or new.laws[finding.law] not in {"held", "broken"}:
            outcome = "cannot run"
        if outcome == "fixed":
            if not (finding.fault == "missing-operation" and finding.severity == "note"):
                yield Line("fixed", _named(finding))
        elif outcome == "still failing":
            yield Line("still", f"{_named(finding)} (this run did not meet it; its case fails)")
        else:
            yield Line("gone", f"{_named(finding)} (its case {_cannot(outcome)})")


def _cannot(outcome: str) -> str:
    return "cannot be run any more" if outcome == "cannot run" else "could not be decided"


def _known(new: Snapshot, known: Sequence[Known], again: Again, policy: Policy) -> Iterator[Line]:
    found = {finding.fingerprint: finding for finding in new.findings}
    for entry in known:
        about = " ".join(part for part in (entry.law, entry.operation) if part)
        fails = entry.fingerprint in found
        outcome = again.known_cases.get(entry.fingerprint)
        day = f" (until {entry.expires})" if entry.expires else ""
        if fails or outcome == "still failing":
            if entry.has_expired(policy.today):
                text = (
                    f"{about} {entry.fingerprint}: {entry.reason}; its last day was {entry.expires}"
                )
                yield Line("expired", text, CLOSED, "known failure expired")
            else:
                yield Line("known", f"{about} {entry.fingerprint}: {entry.reason}{day}")
        elif outcome in {"cannot run", "undecided"}:
            yield Line("known", f"{about} {entry.fingerprint}: its case {_cannot(outcome)}")
        elif outcome is None and not _examined(entry, new):
            yield Line("known", f"{about} {entry.fingerprint}: this run did not examine it")
        else:
            text = f"{about} {entry.fingerprint} is gone: take it out of the known failures"
            effect = CLOSED if policy.strict_known else INFORMATION
            yield Line("passes", text, effect, "known failure that passes")


def _examined(entry: Known, new: Snapshot) -> bool:
    """Whether a run looked for a known failure."""
    asked = new.forms is None or entry.operation is None or entry.operation in new.forms
    return entry.law in new.laws and asked


def _operations(old: Snapshot, new: Snapshot, where: str) -> Iterator[Line]:
    for name in _grouped(set(old.operations) - set(new.operations), set(old.operations)):
        yield Line("lost", f"{name}: existed {where}", CLOSED, "operation lost")
    for name in _grouped(set(new.operations) - set(old.operations), set(new.operations)):
        yield Line("gained", f"{name}: did not exist {where}")


def _grouped(changed: set[str], all_of_them: set[str]) -> Iterator[str]:
    """An operation by its name where all its spellings changed, else spelling by spelling."""
    for row in BY_NAME.values():
        forms = [form for form in row.forms.values() if form in all_of_them]
        gone = [form for form in forms if form in changed]
        if gone and gone == forms:
            more = f" ({', '.join(gone)})" if len(gone) > 1 else ""
            yield f"{row.name}{more}"
        else:
            yield from gone
    yield from sorted(changed - set(FORMS))


def _laws(old: Snapshot, new: Snapshot, where: str) -> Iterator[Line]:
    """Laws that can no longer be examined, those with one reason in one line."""
    lost: dict[str, list[str]] = {}
    for law, status in old.laws.items():
        now = new.laws.get(law, status)
        if status in {"held", "broken"} and now not in {"held", "broken"}:
            lost.setdefault(now, []).append(law)
    for why, laws in lost.items():
        text = f"{' '.join(laws)}: examined {where}, and cannot be now: {why}"
        yield Line("lost", text, CLOSED, "law lost")


def _speeds(speeds: Sequence[Speed], policy: Policy) -> Iterator[Line]:
    if policy.slower is None:
        return
    for speed in speeds:
        if speed.is_slower(policy.slower):
            yield Line("slower", speed.sentence, CLOSED, "slowdown")
        elif speed.is_faster(policy.slower):
            yield Line("faster", speed.sentence)
        elif len(speed.ratios) > 1 and speed.what in {"forward", "backward"}:
            yield Line("speed", speed.sentence)


def _bits(old: Snapshot, new: Snapshot, where: str) -> Iterator[Line]:
    changed = [f for f in new.bits if f in old.bits and new.bits[f] != old.bits[f]]
    if changed:
        shown = " ".join(changed[:12]) + (f" and {len(changed) - 12} more" * (len(changed) > 12))
        yield Line("bits", f"{shown}: other bits than {where}")


def _named(finding: Seen) -> str:
    return f"{finding.law} {finding.title}"


def _plural(count: int, what: str) -> str:
    return f"{count} {what if count == 1 else PLURALS.get(what, what + 's')}"
