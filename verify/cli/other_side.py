"""The engine as it was at another revision, and how it compares in speed."""

from __future__ import annotations

import argparse
import json
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from verify.cli.opening import as_argument
from verify.gate.bits import BACKWARD, FORWARD, joiner, works
from verify.gate.checkout import Checkout, checkout
from verify.gate.side import Side
from verify.gate.snapshot import Seen, Snapshot
from verify.gate.speed import Speed, paired
from verify.laws import BY_CODE
from verify.laws.edge_table import EDGES

ONE_CASE = frozenset(edge.code for edge in EDGES)
"""Laws with a check of their own of which a replay examines the case alone, not the whole law."""


@dataclass(frozen=True, slots=True)
class OtherSide:
    """A revision of the engine in a process of its own."""

    options: argparse.Namespace
    place: Checkout
    side: Side

    @property
    def revision(self) -> str:
        """Its short hash."""
        return self.place.revision

    def snapshot(self) -> Snapshot:
        """Examine it with the same seed and budget. Raises SideError."""
        answer = self.side.ask("run", patient=True)
        partial, sentence = answer.pop("partial"), answer.pop("said")
        flickers = tuple(answer.pop("flickers"))
        found = Snapshot.from_json(json.dumps(answer))
        target = self.options.target
        return replace(found, partial=partial, sentence=sentence, flickers=flickers, target=target)

    def outcomes(self, old: Snapshot, new: Snapshot) -> dict[str, str]:
        """What cases that were found now do on it, where that is not known. Raises SideError."""
        return {
            finding.fingerprint: self.outcome(finding.law, finding.case, finding.operation)
            for finding in new.findings
            if finding.case is not None and not _failed(finding, old)
        }

    def outcome(self, law: str | None, case: object, operation: str | None) -> str:
        """What a case does on it. Raises SideError."""
        return str(self.side.ask("replay", law=law, case=case, operation=operation))

    def speeds(self, factor: float) -> tuple[Speed, ...]:
        """Both sides in turns, each in a process of its own. Raises SideError."""
        with Side(Path.cwd(), arguments_of(self.options)) as now:
            forms = [form for form in self.side.forms if form in now.forms]
            form = joiner(forms)
            old, new = self.side.measure(form), now.measure(form)
            found = [
                paired(what, old, new, factor, always=what in {FORWARD, BACKWARD})
                for what in works(forms)
            ]
        return tuple(_told(found, factor))


def _failed(finding: Seen, old: Snapshot) -> bool:
    """Whether a finding's case is known to have failed, so that a pass would be luck."""
    before = next((f for f in old.findings if f.fingerprint == finding.fingerprint), None)
    if before is None:
        return False
    whole = BY_CODE[finding.law].check is not None and finding.law not in ONE_CASE
    return whole or finding.case == before.case or finding.fingerprint in old.flickers


def _told(speeds: list[Speed], factor: float) -> list[Speed]:
    """Where the whole graph is slower, spellings that are slower by no more say nothing more."""
    whole = [speed for speed in speeds if speed.what in {FORWARD, BACKWARD}]
    said = max((speed.median for speed in whole if speed.is_slower(factor)), default=factor)
    rest = [speed for speed in speeds if speed not in whole and speed.is_slower(factor)]
    return [*whole, *(speed for speed in rest if speed.median > said)]


def other_side(options: argparse.Namespace, stack: ExitStack) -> OtherSide:
    """Check out the revision and load its engine. Raises CheckoutError, SideError."""
    place = stack.enter_context(checkout(options.against, options.target, options.was))
    arguments = arguments_of(options, place.target)
    side = stack.enter_context(Side(place.here, arguments, place.roots, place.tree))
    return OtherSide(options, place, side)


def arguments_of(options: argparse.Namespace, target: str | None = None) -> list[str]:
    """The arguments of ``gradverify run`` that ask the same of an engine."""
    asked = [target or options.target, "--seed", str(options.seed), "--no-corpus"]
    asked += as_argument(options)
    asked += ["--quick"] if options.quick else []
    asked += ["--in-process"] if options.in_process else []
    asked += ["--case-timeout", str(options.case_timeout), "--memory", str(options.memory)]
    for name in ("examples", "ops", "select", "ignore", "network", "require"):
        value = getattr(options, name)
        asked += [f"--{name}", str(value)] if value is not None else []
    return asked
