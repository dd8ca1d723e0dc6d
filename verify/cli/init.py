"""``gradverify init``: a configuration, a baseline and a workflow for an engine."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path

from verify.cli import exit_codes
from verify.cli.gate import gate_command
from verify.cli.ignored import say_what_git_ignores
from verify.cli.store import write_whole
from verify.cli.streams import complain, say
from verify.cli.workflow import workflow_for
from verify.configuration import OWN

WORKFLOW_PATH = Path(".github") / "workflows" / "gradverify.yml"
REPORTS, BASELINE, KNOWN = "reports", "reports/baseline.json", "reports/known.toml"


def init_command(options: argparse.Namespace) -> int:
    """Write the files, the baseline first: if the engine cannot be examined, nothing is written."""
    target = options.target or _only_target(Path.cwd())
    if target is None:
        return exit_codes.USAGE
    up, below = _place_in_repository()
    workflow = up / WORKFLOW_PATH
    files = {Path(OWN): _configuration(target, options.quick), workflow: workflow_for(below)}
    there = [str(path) for path in (*files, Path(BASELINE)) if path.exists()]
    if there and not options.force:
        verb = "is" if len(there) == 1 else "are"
        complain(f"{', '.join(there)} {verb} there already; --force writes over")
        return exit_codes.USAGE
    code = gate_command(_asked(target, options))
    if code != exit_codes.CLEAN:
        return code
    for path, text in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text)
        except OSError as error:
            complain(f"{path} cannot be written: {error.strerror or error}")
            return exit_codes.USAGE
        say(f"written: {path}")
    say(f"\nCommit {OWN}, {BASELINE} and {workflow}. Then, after any change: gradverify gate")
    say_what_git_ignores(Path(OWN), Path(BASELINE), workflow)
    return exit_codes.CLEAN


def _place_in_repository() -> tuple[Path, str]:
    """The way up to the top of the repository, where GitHub looks, and the folder's name there."""
    from verify.gate.checkout import CheckoutError, git

    try:
        below = git("rev-parse", "--show-prefix").decode(errors="replace").strip().strip("/")
    except CheckoutError:  # no repository yet
        below = ""
    return Path(*[".."] * len(Path(below).parts)), below


def _asked(target: str, options: argparse.Namespace) -> argparse.Namespace:
    from verify.cli.main import parser

    asked = ["gate", target, "--update-baseline", "--baseline", BASELINE, "--report-dir", REPORTS]
    return parser().parse_args([*asked, *(["--quick"] if options.quick else [])])


def _configuration(target: str, quick: bool) -> str:
    lines = [
        "# What gradverify does in this folder when the command line does not say otherwise.",
        f"target = {json.dumps(target)}",
        f'report-dir = "{REPORTS}"',
        f'baseline = "{BASELINE}"',
        f"quick = {str(quick).lower()}  # true: a smaller run, for a slow engine or a hook",
    ]
    return "\n".join(lines) + "\n"


def _only_target(folder: Path) -> str | None:
    """The one class in this folder that looks like an engine; else a sentence on what to give."""
    found: list[str] = []
    for path in sorted(_sources(folder)):
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        if "def backward" not in text:
            continue
        place = path.relative_to(folder).as_posix()
        names = re.findall(r"^class (\w+)", text, re.MULTILINE)
        found += [f"{place}:{name}" for name in names if _adds(text, name)]
    if len(found) == 1:
        return found[0]
    which = f"choose one of {', '.join(found[:6])}" if found else "no class here has a backward"
    complain(f"which engine? {which}: gradverify init path/engine.py:Value")
    return None


def _sources(folder: Path, depth: int = 4) -> Iterator[Path]:
    """Python files in a folder and below it, but for what is hidden, installed or built."""
    for path in folder.iterdir() if depth else ():
        if path.suffix == ".py" and path.is_file():
            yield path
        elif path.is_dir() and not _is_apart(path):
            yield from _sources(path, depth - 1)


def _is_apart(folder: Path) -> bool:
    """Whether a folder is hidden, holds an environment, or what is built, or tests."""
    apart = {"build", "dist", "node_modules", "tests", "test"}
    hidden = folder.name.startswith((".", "_"))
    return hidden or folder.name in apart or (folder / "pyvenv.cfg").exists()


def _adds(text: str, name: str) -> bool:
    """Whether a class, by its text, has both an addition and a backward."""
    body = re.split(rf"^class {name}\b", text, maxsplit=1, flags=re.MULTILINE)[1]
    body = re.split(r"^\S", body.partition("\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return "def __add__" in body and "def backward" in body
