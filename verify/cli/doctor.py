"""``gradverify doctor``: can this installation be trusted, and what to do if not."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from importlib.machinery import PathFinder
from pathlib import Path

from verify import __version__
from verify.cli import exit_codes
from verify.cli.streams import say
from verify.engines import describe
from verify.torch_loading import load_torch

GOOD, NOTED, BAD = "ok", "note", "BAD"
PACKAGES = ("hypothesis", "python-flint", "sympy", "torch", "rich")
NEEDED_BY_ORACLES = ("flint", "sympy", "torch")
OURS = ("verify", "strategies", "microgradref")
"""Names at the top level; another package that has one of them hides ours, or is hidden by it."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: what.
        status: ``ok``, ``note`` (it works, but less) or ``BAD`` (nothing can be trusted).
        sentence: what was found, and what to do.
    """

    name: str
    status: str
    sentence: str


def doctor_command(options: argparse.Namespace) -> int:
    """Look at everything and say it; 4 if something is bad."""
    checks = list(look(Path(options.report_dir)))
    if options.json:
        say(json.dumps({"schema": "gradverify/doctor/1", "checks": [asdict(c) for c in checks]}))
    else:
        for check in checks:
            say(f"{check.status:<5} {check.name:<14} {check.sentence}")
        bad = sum(check.status == BAD for check in checks)
        say(f"\n{bad} thing{'s' * (bad != 1)} to mend." if bad else "\nAll is well.")
    bad_ones = any(check.status == BAD for check in checks)
    return exit_codes.IN_DOUBT if bad_ones else exit_codes.CLEAN


def look(reports: Path) -> Iterator[Check]:
    """Every check, in order."""
    yield Check("gradverify", GOOD, f"{__version__}, from {Path(__file__).resolve().parents[2]}")
    yield _python()
    yield from _packages()
    yield from _oracles()
    owners = metadata.packages_distributions()
    yield from (_shadow(name, owners.get(name, [])) for name in OURS)
    yield _limits()
    yield _reports(reports)
    yield _git()
    yield _terminal()


def _python() -> Check:
    implementation = platform.python_implementation()
    said = f"{implementation} {platform.python_version()} on {platform.platform()}"
    if implementation != "CPython":
        return Check("python", NOTED, f"{said}; only CPython is tested")
    return Check("python", GOOD, said)


def _packages() -> Iterator[Check]:
    for name in PACKAGES:
        try:
            yield Check(name, GOOD, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Check(name, BAD, f"is not installed: pip install {name}")


def _oracles() -> Iterator[Check]:
    missing = [name for name in NEEDED_BY_ORACLES if _why_not(name)]
    for name in missing:
        yield Check("oracles", BAD, f"{name} cannot be imported: {_why_not(name)}")
    if missing:
        return
    from verify.oracles import ORACLES

    for oracle in ORACLES:
        name = getattr(oracle, "name", oracle.__name__)
        yield _asked(str(name), oracle)


def _why_not(module: str) -> str:
    """Why a module cannot be imported; empty if it can."""
    try:
        load_torch() if module == "torch" else importlib.import_module(module)
    except Exception as error:  # noqa: BLE001 - a broken installation may raise anything
        return describe(error)
    return ""


def _asked(name: str, oracle: type) -> Check:
    """Whether an oracle knows that d(x * x + x) / dx is 7 at 3."""
    from verify.program.text import parse_case

    case = parse_case("x0 = 3.0\n%1 = mul(x0, x0)\n%2 = add(%1, x0)")
    try:
        (answer,) = oracle().answers(case.program, [case.point])
        right = answer.primals[-1].contains(12) and answer.adjoints[0].contains(7)
    except Exception as error:  # noqa: BLE001 - as above
        return Check(f"oracle {name}", BAD, f"fails: {describe(error)}; install its package anew")
    if not right:
        return Check(f"oracle {name}", BAD, "gives a wrong answer to x * x + x; please report it")
    return Check(f"oracle {name}", GOOD, "answers a known case rightly")


def _shadow(name: str, distributions: Sequence[str]) -> Check:
    """Whether another package of this name is installed, or lies where engines are looked for."""
    ours = Path(__file__).resolve().parents[2] / name
    owners = sorted(set(distributions))
    if len(owners) > 1:
        said = f"{', '.join(owners)} all install a package {name}: remove all but one"
        return Check(f"package {name}", BAD, said)
    found = PathFinder.find_spec(name, [os.getcwd(), *sys.path])  # noqa: PTH109
    place = _place(found)
    if place is not None and place != ours:
        said = (
            f"{place} has the name of one of ours, so neither can be imported beside the other: "
            "rename it, or run gradverify from another folder"
        )
        return Check(f"package {name}", BAD, said)
    return Check(f"package {name}", GOOD, f"{ours}")


def _place(found: importlib.machinery.ModuleSpec | None) -> Path | None:
    if found is None:
        return None
    if found.submodule_search_locations:
        return Path(next(iter(found.submodule_search_locations))).resolve()
    return Path(found.origin).resolve() if found.origin else None


def _limits() -> Check:
    resource, fork = importlib.util.find_spec("resource") is not None, hasattr(os, "fork")
    if resource and fork:
        return Check("limits", GOOD, "a worker can be limited in memory and time, and forked")
    lacking = " and ".join(n for n, there in (("resource", resource), ("fork", fork)) if not there)
    return Check("limits", NOTED, f"{sys.platform} has no {lacking}: memory cannot be limited")


def _reports(folder: Path) -> Check:
    there = next(p for p in (folder, *folder.absolute().parents) if p.is_dir())
    try:
        with tempfile.NamedTemporaryFile(dir=there, prefix=".gradverify-"):
            pass
    except OSError as error:
        why = error.strerror or error
        said = f"{folder} cannot be written ({why}): give another by --report-dir"
        return Check("reports", NOTED, said)
    return Check("reports", GOOD, f"{folder} can be written")


def _git() -> Check:
    path = shutil.which("git")
    if path is None:
        return Check("git", NOTED, "is not installed: gradverify gate --against cannot be used")
    return Check("git", GOOD, path)


def _terminal() -> Check:
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    try:
        "\u2713\u2500\u00b7".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        said = f"{encoding} cannot show every sign; set PYTHONUTF8=1 for the whole report"
        return Check("terminal", NOTED, said)
    return Check("terminal", GOOD, encoding)
