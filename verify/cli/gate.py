"""``gradverify gate``: examine an engine, and say what a change broke."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from verify.campaign import replayed
from verify.cli import exit_codes
from verify.cli.corpus import corpus_of, keep
from verify.cli.gate_words import show
from verify.cli.other_side import OtherSide, other_side
from verify.cli.run import Examination, Refusal, examine
from verify.cli.side import snapshot
from verify.cli.store import write, write_whole
from verify.cli.stored import Stored, read
from verify.cli.streams import complain, say
from verify.gate import (
    Comparison,
    Known,
    KnownError,
    Policy,
    Snapshot,
    SnapshotError,
    compare,
    read_known,
)
from verify.gate.checkout import CheckoutError, same_target
from verify.gate.compare import CLOSED, IN_DOUBT, WRITTEN_FROM, Again
from verify.gate.side import SideError
from verify.oracles import bench
from verify.program import ProgramError
from verify.program.json_form import case_from_json, case_to_json

CODES = {CLOSED: exit_codes.FINDINGS, IN_DOUBT: exit_codes.IN_DOUBT}
STOPPED = exit_codes.INTERRUPTED
SIDE_CODES = {"engine": exit_codes.NO_ENGINE, "usage": exit_codes.USAGE}


class GateError(Exception):
    """The gate cannot be asked; the message is a sentence."""

    def __init__(self, message: str, code: int = exit_codes.USAGE) -> None:
        """Make one."""
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Stakes:
    """What is compared with: read before anything is examined."""

    baseline: Snapshot | None
    path: Path
    known: tuple[Known, ...]
    known_path: Path


def gate_command(options: argparse.Namespace) -> int:
    """Examine, compare, and say; the exit code."""
    try:
        stakes = _stakes(options)
        if options.accept:
            from verify.cli.accept import accept

            return accept(options, stakes.baseline, stakes.known_path)
        with ExitStack() as stack:
            return _gate(options, stakes, stack)
    except GateError as error:
        complain(str(error))
        return error.code
    except (KnownError, CheckoutError) as error:
        complain(str(error))
        return exit_codes.USAGE
    except SideError as error:
        said = f"the engine at {options.against}: {error}"
        if error.kind == "engine" and not options.was:
            said = f"{said.rstrip('.')}; if it had another name there, give it by --was"
        complain(said)
        return SIDE_CODES.get(error.kind, exit_codes.IN_DOUBT)


def _stakes(options: argparse.Namespace) -> Stakes:
    """The baseline and the known failures. Raises GateError, KnownError."""
    folder = Path(options.report_dir)
    path = Path(options.baseline or folder / "baseline.json")
    known_path = Path(options.known or folder / "known.toml")
    known = read_known(known_path) if options.known or known_path.exists() else ()
    if options.update_baseline and options.against:
        raise GateError("--update-baseline writes a baseline and --against needs none: choose one")
    baseline = None
    if path.exists() or (options.baseline and not options.update_baseline):
        baseline = _read_baseline(path, options)
    if baseline is None and not (options.against or options.update_baseline or options.accept):
        raise GateError(
            f"there is nothing to compare with: no {path} and no --against. Make a baseline by "
            f"gradverify gate {options.target} --update-baseline"
        )
    return Stakes(baseline, path, known, known_path)


def _read_baseline(path: Path, options: argparse.Namespace) -> Snapshot | None:
    again = f"write another by gradverify gate {options.target} --update-baseline"
    try:
        baseline = Snapshot.from_json(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise GateError(f"{path} cannot be read: {error.strerror or error}; {again}") from None
    except (SnapshotError, UnicodeDecodeError) as error:
        if options.update_baseline:
            return None  # it is about to be replaced, as was asked for
        raise GateError(f"{path}: {error}; {again}") from None
    ours = (options.target, options.was or options.target)
    if not options.update_baseline and not any(same_target(baseline.target, o) for o in ours):
        raise GateError(
            f"{path} is of {baseline.target}, not of {options.target}; if that is its name of "
            f"before, add --was {baseline.target}, else {again}"
        )
    return baseline


def _gate(options: argparse.Namespace, stakes: Stakes, stack: ExitStack) -> int:
    other = other_side(options, stack) if options.against else None
    done = examine(options)
    if isinstance(done, Refusal):
        raise GateError(done.sentence, done.code)
    for remark in done.remarks:
        complain(remark)
    is_written = _store(done, options)
    if done.document.status == "interrupted":
        raise GateError(f"stopped, so nothing is compared. {done.document.sentence}", STOPPED)
    new = snapshot(done.engine, done.plan, done.document)
    if options.update_baseline:
        return _update(new, stakes)
    policy = _policy(options)
    stored = _stored_cases(stakes)
    known_cases = _known_cases(done, stored)
    accepted = _accepted(new, stored)
    found: list[tuple[str, Comparison]] = []
    if stakes.baseline is not None:
        _same_question(stakes.baseline, new, stakes.path)
        old_cases = _old_cases(stakes.baseline, new, done, others=True)
        again = Again(old_cases, {}, known_cases, accepted=accepted)
        compared = compare(stakes.baseline, new, stakes.known, again, policy)
        found.append((f"the baseline {stakes.path}", compared))
    if other is not None:
        old = other.snapshot()
        outcomes = other.outcomes(old, new)
        before = _known_before(other, outcomes, stored)
        again = Again(_old_cases(old, new, done), outcomes, known_cases, before, accepted)
        speeds = () if policy.slower is None else other.speeds(policy.slower)
        where = f"at {options.against}"
        compared = compare(old, new, stakes.known, again, policy, speeds, where)
        found.append((f"{other.revision} ({options.against})", compared))
    return max(_say(found, done, options), exit_codes.CLEAN if is_written else exit_codes.USAGE)


def _store(done: Examination, options: argparse.Namespace) -> bool:
    """Write the report of the run, as ``gradverify run`` does; whether it could be."""
    lost = write(done.document, options.report_dir)
    if not lost and not options.no_corpus:
        lost = keep(corpus_of(options.report_dir, done.document.target), done.document)
    if lost:
        complain(lost)
    return not lost


def _update(new: Snapshot, stakes: Stakes) -> int:
    if new.partial or new.status not in WRITTEN_FROM:
        sentence = f"the run ended {new.status}, so no baseline was written: {new.sentence}"
        raise GateError(sentence, exit_codes.IN_DOUBT)
    try:
        stakes.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(stakes.path, new.to_json())
    except OSError as error:
        raise GateError(f"{stakes.path} cannot be written: {error.strerror or error}") from None
    count = len(new.findings)
    findings = f"{count} finding{'s' * (count != 1)}"
    say(f"Baseline: {stakes.path}   {len(new.operations)} spellings, {findings}")
    for finding in new.findings:
        say(f"  {finding.severity:<8} {finding.law}  {finding.title}")
    if count:
        say("What is wrong now will not close the gate; it is said as still there.")
    return exit_codes.CLEAN


def _same_question(old: Snapshot, new: Snapshot, path: Path) -> None:
    """What was not asked now cannot have held: another question is no comparison."""
    lacking = sorted(set(old.laws) - set(new.laws))
    if old.network != new.network:
        was = f"with --network {old.network}" if old.network else "without --network"
        raise GateError(f"{path} was made {was}: ask the same, or write another baseline")
    if lacking:
        raise GateError(f"{path} holds the laws {' '.join(lacking)}, which are not selected now")
    if _asked(old, new) != _asked(new, old):
        was = f"with --ops {','.join(old.forms)}" if old.forms else "without --ops"
        raise GateError(f"{path} was made {was}: ask the same, or write another baseline")


def _asked(one: Snapshot, other: Snapshot) -> list[str] | None:
    """The spellings that ``--ops`` named, of those that both engines have."""
    return None if one.forms is None else [form for form in one.forms if form in other.operations]


def _policy(options: argparse.Namespace) -> Policy:
    slower = None if options.ignore_speed else options.slower
    today = datetime.now().astimezone().date()
    return Policy(options.fail_on, slower, options.strict_known, today)


def _old_cases(
    old: Snapshot, new: Snapshot, done: Examination, *, others: bool = False
) -> dict[str, str]:
    """What cases that were found before do on the engine as it is now.

    Args:
        old: the examination before.
        new: the examination now.
        done: its engine.
        others: replay those too whose finding is there now, by another case.
    """
    there = {finding.fingerprint: finding.case for finding in new.findings}
    return {
        f.fingerprint: replayed(
            done.engine, bench(), f.law, case_from_json(f.case), f.operation
        ).outcome
        for f in old.findings
        if f.case is not None
        and f.law in new.laws
        and (f.fingerprint not in there or (others and there[f.fingerprint] != f.case))
    }


def _stored_cases(stakes: Stakes) -> dict[str, Stored]:
    """The cases of known failures, by fingerprint. Raises KnownError."""
    found: dict[str, Stored] = {}
    for entry in stakes.known:
        if entry.case is None:
            continue
        path = stakes.known_path.parent / entry.case
        try:
            stored = read(path)
        except (ProgramError, OSError) as error:
            raise KnownError(f"{path}, the case of {entry.fingerprint}: {error}") from None
        if stored.law is None:
            stored = replace(stored, law=entry.law, operation=entry.operation)
        found[entry.fingerprint] = stored
    return found


def _known_cases(done: Examination, stored: Mapping[str, Stored]) -> dict[str, str]:
    """What they do on the engine as it is now."""
    return {
        name: one.told(replayed(done.engine, bench(), one.law, one.case, one.operation).outcome)
        for name, one in stored.items()
    }


def _accepted(new: Snapshot, stored: Mapping[str, Stored]) -> frozenset[str]:
    """Findings whose very case is a known failure's."""
    cases = {name: case_to_json(one.case) for name, one in stored.items()}
    return frozenset(
        f.fingerprint for f in new.findings
        if f.case is not None and f.case == cases.get(f.fingerprint)
    )  # fmt: skip


def _known_before(
    other: OtherSide, outcomes: Mapping[str, str], stored: Mapping[str, Stored]
) -> dict[str, str]:
    """What they do on the old engine, where the case found now is right on it."""
    return {
        name: other.outcome(one.law, case_to_json(one.case), one.operation)
        for name, one in stored.items()
        if outcomes.get(name) == "fixed"
    }


def _say(
    found: Sequence[tuple[str, Comparison]], done: Examination, options: argparse.Namespace
) -> int:
    show(found, done.document, done.recall.sentence)
    verdicts = [comparison.verdict for _, comparison in found]
    return max(CODES.get(verdict, exit_codes.CLEAN) for verdict in verdicts)
