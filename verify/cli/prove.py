"""``gradverify prove``: every program up to a size."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Callable

from strategies.exhaustive import EXPONENTS, NUMBERS
from strategies.positions import POINTS
from verify.campaign.prove import Proof, prove
from verify.cli import exit_codes
from verify.cli.opening import opened, refusal_code
from verify.cli.streams import complain, say
from verify.diagnose import diagnose
from verify.engines import TargetError, UnderTest
from verify.oracles import bench
from verify.program import BY_NAME, FORMS
from verify.program.text import case_text
from verify.verdict import ADVICE, Mismatch

SAID_EVERY = 200
"""Programs between two words of progress on a terminal."""


def prove_command(options: argparse.Namespace) -> int:
    """Enumerate, check, and say what was proved; the exit code."""
    try:
        engine = opened(options)
    except TargetError as error:
        complain(str(error))
        return refusal_code(error)
    forms = _forms(options.ops, engine)
    wrong = [name for name in forms if name not in engine.facts.spellings]
    if wrong or not forms:
        said = f" {options.ops}: the engine has no {', '.join(wrong)}"
        complain(f"--ops{said if wrong else ' names no operation'}")
        return exit_codes.USAGE
    say(f"{engine.facts.target}   {engine.facts.name}")
    kept: list[Proof] = []
    try:
        proof = prove(engine, bench(), forms, options.size, options.inputs, _keeper(kept))
    except KeyboardInterrupt:
        if not kept:
            raise  # nothing was checked: main says so
        _say_counts(kept[0], forms, options.inputs)
        return _interrupted(kept[0])
    _say_counts(proof, forms, options.inputs)
    if proof.counterexample is not None:
        return _counterexample(engine, proof)
    if engine.incidents:
        say(f"NOT PROVED  {engine.incidents[0]}; the same programs, run again, did not do it")
        return exit_codes.FINDINGS
    return _proved(proof, options.size, options.inputs)


def _keeper(kept: list[Proof]) -> Callable[[Proof], None]:
    """Keeps the proof, which is filled in place, for when it is never returned; says how far."""
    watched = sys.stderr is not None and sys.stderr.isatty()

    def keep(proof: Proof) -> None:
        if not kept:
            kept.append(proof)
        done = proof.total
        if watched and done % SAID_EVERY == 0:
            size = max(proof.programs)
            print(f"\r{done:,} programs, now of size {size}", end="", file=sys.stderr, flush=True)

    return keep


def _say_counts(proof: Proof, forms: list[str], inputs: int) -> None:
    counts = ", ".join(f"{count:,} of size {size}" for size, count in proof.programs.items())
    if sys.stderr is not None and sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    numbers = _numbers(forms, max(proof.programs, default=1))
    _paragraph(f"programs of {' '.join(forms)} on up to {inputs} inputs{numbers}: {counts}")


def _numbers(forms: list[str], size: int) -> str:
    """Which numbers stand in the programs; empty if none does."""
    said = ""
    if "pow" in forms:
        said += f", each exponent one of {', '.join(map(str, EXPONENTS))}"
    if any("n" in FORMS[form][1] for form in forms if form != "pow"):
        named = ", ".join(map(str, NUMBERS[:size]))
        again = " and so on" if size > len(NUMBERS) else ""
        said += f", {'other ' if said else ''}numbers {named}{again} in the order of instructions"
    return said


def _paragraph(text: str, indent: str = "") -> None:
    """A sentence or more, at most 80 columns wide."""
    wrapped = textwrap.wrap(
        text, 80, initial_indent=indent, subsequent_indent=indent, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
    say("\n".join(wrapped))


def _interrupted(proof: Proof) -> int:
    undecided = proof.undecided.total()
    said = f"{proof.decided:,} programs agreed, {undecided:,} undecided"
    say(f"INTERRUPTED  {said}; nothing is proved")
    return exit_codes.INTERRUPTED


def _forms(names: str, engine: UnderTest) -> list[str]:
    """An operation is its first spelling (between values), a spelling itself, ``all`` all.

    One named twice counts once.
    """
    if names.strip() == "all":
        return list(engine.facts.spellings)
    parts = [part.strip() for part in names.split(",") if part.strip()]
    forms = (next(iter(BY_NAME[p].forms.values())) if p in BY_NAME else p for p in parts)
    return list(dict.fromkeys(forms))


def _counterexample(engine: UnderTest, proof: Proof) -> int:
    checked = proof.counterexample
    if checked is None:
        raise ValueError("there is no counterexample to show")
    say("\n" + "\n".join(f"    {line}" for line in case_text(checked.case).splitlines()) + "\n")
    if isinstance(checked.verdict, Mismatch):
        _paragraph(checked.verdict.discrepancies[0].sentence(checked.case.program), "    ")
        say("")
    found = diagnose(engine, checked)
    _paragraph(f"{found.sentence} {found.mend}".rstrip())
    say("COUNTEREXAMPLE  no smaller program of these operations fails")
    return exit_codes.FINDINGS


def _proved(proof: Proof, size: int, inputs: int) -> int:
    if doubtful := proof.undecided["doubt"]:
        say(f"IN DOUBT  the oracles disagree with each other about {doubtful:,} programs")
        return exit_codes.IN_DOUBT
    if proof.gradients == 0:
        say("IN DOUBT  nothing was checked")
        for line in _reasons(proof):
            _paragraph(line, "    ")
        return exit_codes.IN_DOUBT
    where = "; ".join(_at(k, proof.points[k], inputs) for k in sorted(proof.points))
    _paragraph(f"programs that agree at {where}")
    if proof.one_sided:
        _paragraph(
            f"programs that meet one side only of an operation of two pieces: {proof.one_sided:,} "
            "(no point that could be decided reaches the other)"
        )
    whole = proof.decided == proof.total
    programs = f"all {proof.total:,}" if whole else f"{proof.decided:,} of {proof.total:,}"
    _paragraph(
        f"{'PROVED' if whole else 'PROVED IN PART'}  {programs} programs of at most {size} "
        f"instructions agree at these points: {proof.gradients:,} gradients inside their "
        f"enclosures; {proof.confirmed:,} programs confirmed by all three oracles"
    )
    for line in _reasons(proof):
        _paragraph(line, "    ")
    return exit_codes.CLEAN


def _at(index: int, programs: int, inputs: int) -> str:
    """A point, and how many programs the engine is right about there."""
    return f"({', '.join(map(str, POINTS[index][:inputs]))}): {programs:,}"


def _reasons(proof: Proof) -> list[str]:
    """Why programs are undecided, the commonest reason first."""
    return [
        f"{count:,} undecided, {reason}: {ADVICE[reason]}"
        for reason, count in proof.undecided.most_common()
    ]
