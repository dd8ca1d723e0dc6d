"""``gradverify replay``: check one stored case again."""

from __future__ import annotations

import argparse
from pathlib import Path

from verify.check import Checked, check
from verify.cli import exit_codes
from verify.cli.defaults import DEFAULT_TARGET
from verify.cli.store import FINDING_SCHEMA, find_target
from verify.cli.streams import complain, say
from verify.engines import Engine, TargetError, open_engine
from verify.laws import BY_CODE
from verify.laws.edge_breach import breach_of
from verify.laws.edge_table import EDGES
from verify.oracles import bench
from verify.program import Case, ProgramError
from verify.program.json_form import case_from_json, parse_json
from verify.program.text import case_text, parse_case
from verify.verdict import ADVICE, Agree, EngineError, Inaccurate, Mismatch

LARGEST_FILE = 64 * 2**20
LARGEST_REPLAY = 20_000
MOST_OPERANDS = 100_000
LONG_REPLAY = 2_000
"""The symbolic oracle's work grows faster than a case: above this it is said beforehand."""
TRIES = 12
"""An engine whose order is not kept may pass by luck: it must pass this often."""


def replay_command(options: argparse.Namespace) -> int:
    """Check the case of a file; the exit code."""
    try:
        target, law, case = read(Path(options.file))
        engine = open_engine(options.engine or target or DEFAULT_TARGET)
    except ProgramError as error:
        complain(f"{options.file}: {error}")
        return exit_codes.USAGE
    except OSError as error:
        complain(f"{options.file} cannot be read: {error.strerror or error}")
        return exit_codes.USAGE
    except TargetError as error:
        complain(str(error))
        return exit_codes.NO_ENGINE
    say(f"{engine.facts.target}   {engine.facts.name}\n")
    say("\n".join(f"    {line}" for line in case_text(case).splitlines()) + "\n")
    missing = sorted({i.form for i in case.program.instructions} - set(engine.facts.spellings))
    if missing:
        say(f"CANNOT RUN  the engine has no {', '.join(missing)}")
        return exit_codes.NO_ENGINE
    return _replay(engine, law, case)


def read(path: Path) -> tuple[str | None, str | None, Case]:
    """The target, law and case of a finding's file, or of a bare case.

    Raises:
        ProgramError: if the file is neither.
        OSError: if it cannot be read.
    """
    if path.stat().st_size > LARGEST_FILE:
        raise ProgramError("the file is larger than 64 MiB, which no case is")
    try:
        data = parse_json(path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError:
        raise ProgramError("not JSON: the file is not UTF-8 text") from None
    if isinstance(data, dict) and data.get("schema") == FINDING_SCHEMA:
        target, law, base = data.get("target"), data.get("law"), data.get("base")
        if not isinstance(target, str) or not isinstance(law, str) or law not in BY_CODE:
            raise ProgramError("the finding does not name its target and law")
        if base is not None and not isinstance(base, str):
            raise ProgramError("the finding's base is not a path")
        target = find_target(target, base, path.parent)
        return target, law, _replayable(case_from_json(data.get("case")))
    return None, None, _replayable(case_from_json(data))


def _replayable(case: Case) -> Case:
    """A file may be small and its case still too much for the oracles: refused, not begun."""
    instructions = case.program.instructions
    operands = sum(len(i.operands) for i in instructions)
    if len(instructions) > LARGEST_REPLAY or operands > MOST_OPERANDS:
        raise ProgramError(
            f"a case to replay has at most {LARGEST_REPLAY:,} instructions and "
            f"{MOST_OPERANDS:,} operands; this has {len(instructions):,} and {operands:,}"
        )
    if case.seed != 1.0:  # check() asks for the seed 1, and its verdict would be on another case
        raise ProgramError("a case with a seed other than 1 cannot be replayed yet")
    return case


def _replay(engine: Engine, law: str | None, case: Case) -> int:
    if law is not None and BY_CODE[law].check is not None:
        return _replay_law(engine, law, case)
    if (length := len(case.program.instructions)) > LONG_REPLAY:
        say(f"{length:,} instructions: the symbolic oracle will take long\n")
    for _ in range(TRIES):
        (found,) = check(engine, bench(), case.program, [case.point])
        if not isinstance(found.verdict, Agree):
            return _say(found)
    return _say(found)


def _replay_law(engine: Engine, code: str, case: Case) -> int:
    """A law with a check of its own: the edge at this case, or the whole law."""
    from verify.engines import observe

    law = BY_CODE[code]
    edge = next((e for e in EDGES if e.code == code and parse_same(e.case, case)), None)
    if edge is not None:
        breach = breach_of(edge, case, observe(engine, case))
        breaches = [breach] if breach is not None else []
    else:
        book = law.examine(engine)
        if book.skipped and not book.compared:
            say(f"CANNOT RUN  {book.skipped}")
            return exit_codes.NO_ENGINE
        breaches = book.breaches
    if not breaches:
        say(f"FIXED  {law.statement}")
        return exit_codes.CLEAN
    say(f"STILL FAILING  {law.severity} {code}: {breaches[0].message}")
    return exit_codes.FINDINGS


def parse_same(text: str, case: Case) -> bool:
    """Whether a text is this case, nan being equal to nan."""
    return case_text(parse_case(text)) == case_text(case)


def _say(found: Checked) -> int:
    verdict, program = found.verdict, found.case.program
    if isinstance(verdict, Agree):
        inside = f"{verdict.gradients} gradients and {verdict.primals} values"
        say(f"FIXED  {inside} inside their enclosures")
        return exit_codes.CLEAN
    if isinstance(verdict, Mismatch):
        say(f"STILL FAILING  {verdict.law}: {verdict.discrepancies[0].sentence(program)}")
        return exit_codes.FINDINGS
    if isinstance(verdict, Inaccurate):
        lost = verdict.discrepancies[0].sentence(program)
        say(f"STILL FAILING  ACC01 ({verdict.formula}): {lost}")
        return exit_codes.FINDINGS
    if isinstance(verdict, EngineError):
        name = program.name(verdict.index)
        say(f"STILL FAILING  RUN01: {name} {verdict.kind}: {verdict.message}")
        return exit_codes.FINDINGS
    say(f"UNDECIDED  {ADVICE[verdict.reason]}")
    return exit_codes.IN_DOUBT
