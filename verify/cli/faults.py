"""``gradverify faults``: the bugs that are known by name."""

from __future__ import annotations

import argparse
import difflib
import textwrap

from verify.cli import exit_codes
from verify.cli.streams import complain, say
from verify.faults import BY_CODE, FAULTS, Fault
from verify.faults.planting import Plant, plain
from verify.faults.plants import LEFT_OUT, PLANTS

WIDTH = 80


def faults_command(options: argparse.Namespace) -> int:
    """List the faults, or show one; the exit code."""
    if options.name is None:
        _list()
        return exit_codes.CLEAN
    plant = next((p for p in PLANTS if p.name == options.name), None)
    if options.name in BY_CODE:
        _show(BY_CODE[options.name])
    elif plant is not None:
        _diff(plant)
    else:
        close = difflib.get_close_matches(options.name, [*BY_CODE, *(p.name for p in PLANTS)], n=1)
        meant = f"; did you mean {close[0]}?" if close else ""
        complain(f"there is no fault and no planted engine {options.name!r}{meant}")
        return exit_codes.USAGE
    return exit_codes.CLEAN


def _list() -> None:
    say(f"{'fault':<24}{'sits in':<11}{'planted':>7}  what it is called")
    for fault in FAULTS:
        count = sum(plant.fault == fault.code for plant in PLANTS)
        say(f"{fault.code:<24}{fault.scope:<11}{count or '-':>7}  {fault.name}")
    say(f"\n{len(FAULTS)} faults, {len(PLANTS)} planted engines. Left out:")
    for name, why in LEFT_OUT.items():
        _wrapped(f"{name}: {why}", "  ")
    say("\ngradverify faults NAME shows a fault, or the diff of a planted engine.")


def _show(fault: Fault) -> None:
    say(f"{fault.code}: {fault.name}\n")
    _wrapped(f"An engine {fault.what.format(form='`f`')}.")
    _wrapped(f"Mend: {fault.mended('`f`')}")
    _wrapped(f"Seen in: {fault.seen}.")
    if fault.with_it:
        _wrapped(f"It brings along: {', '.join(fault.with_it)}.")
    names = [plant.name for plant in PLANTS if plant.fault == fault.code]
    _wrapped(f"Planted in: {' '.join(names) or 'networks, in the tests'}")


def _diff(plant: Plant) -> None:
    lines = difflib.unified_diff(
        plain().splitlines(), plant.source.splitlines(), "plain_engine.py", plant.name, lineterm=""
    )
    say("\n".join(lines))


def _wrapped(text: str, indent: str = "") -> None:
    say(textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  "))
