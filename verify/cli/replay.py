"""``gradverify replay``: check one stored case again."""

from __future__ import annotations

import argparse
from pathlib import Path

from verify.campaign import Replay, replayed
from verify.cli import exit_codes
from verify.cli.defaults import DEFAULT_TARGET
from verify.cli.opening import opened, refusal_code
from verify.cli.stored import Stored, read
from verify.cli.streams import complain, say
from verify.engines import TargetError
from verify.laws import BY_CODE
from verify.oracles import bench
from verify.program import ProgramError
from verify.program.text import case_text

LONG_REPLAY = 2_000
"""The symbolic oracle's work grows faster than a case: above this it is said beforehand."""
ALONE = (
    "the case passes, as it did alone when it was found: it failed after other programs, and only "
    "`gradverify run` shows whether it still does"
)
CODES = {
    "fixed": exit_codes.CLEAN,
    "still failing": exit_codes.FINDINGS,
    "cannot run": exit_codes.NO_ENGINE,
    "undecided": exit_codes.IN_DOUBT,
}


def replay_command(options: argparse.Namespace) -> int:
    """Check the case of a file; the exit code."""
    try:
        stored = read(Path(options.file), options.finding)
        engine = opened(options, options.engine or stored.target or DEFAULT_TARGET)
    except ProgramError as error:
        complain(f"{options.file}: {error}")
        return exit_codes.USAGE
    except OSError as error:
        complain(f"{options.file} cannot be read: {error.strerror or error}")
        return exit_codes.USAGE
    except TargetError as error:
        complain(str(error))
        return refusal_code(error)
    say(f"{engine.facts.target}   {engine.facts.name}\n")
    say("\n".join(f"    {line}" for line in case_text(stored.case).splitlines()) + "\n")
    _announce(stored)
    found = replayed(engine, bench(), stored.law, stored.case, stored.operation)
    if stored.told(found.outcome) != found.outcome:
        found = Replay("undecided", ALONE)
    return _say(found)


def _announce(stored: Stored) -> None:
    by_oracles = stored.law is None or BY_CODE[stored.law].check is None
    length = len(stored.case.program.instructions)
    if by_oracles and length > LONG_REPLAY:
        say(f"{length:,} instructions: the symbolic oracle will take long\n")


def _say(found: Replay) -> int:
    say(f"{found.outcome.upper()}  {found.sentence}")
    return CODES[found.outcome]
