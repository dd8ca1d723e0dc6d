"""The gate's verdict, as a terminal and a log show it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from verify.cli.streams import say
from verify.engines.engine import one_line
from verify.gate import Comparison, Line
from verify.gate.compare import CLOSED, IN_DOUBT
from verify.report import Document

WIDTH = 100
KIND = 14
WORDS = {CLOSED: "GATE CLOSED", IN_DOUBT: "IN DOUBT"}
SHOWN_STILL = 5
"""Findings that were there before; more are only counted."""


def show(found: Sequence[tuple[str, Comparison]], document: Document, corpus: str) -> None:
    """Print each comparison and its verdict; what the engine's code wrote is made harmless."""
    totals = document.totals
    say(
        f"{one_line(document.target)}   {one_line(document.engine['name'])}   seed {document.seed}"
        f"   {totals['programs']:,} programs, {totals['cases']:,} cases"
    )
    if corpus:
        say(f"corpus: {corpus}")
    for name, comparison in found:
        say(f"\ncompared with {name}")
        for line in _fewer(comparison.lines):
            _say_line(line)
        _say_verdict(comparison)


def _fewer(lines: Sequence[Line]) -> list[Line]:
    still = [line for line in lines if line.kind == "still"]
    if len(still) <= SHOWN_STILL:
        return list(lines)
    rest = Line("still", f"and {len(still) - SHOWN_STILL} more findings that were there before")
    hidden = {id(line) for line in still[SHOWN_STILL:]}
    return [*(line for line in lines if id(line) not in hidden), rest]


def _say_line(line: Line) -> None:
    first, *more = [one_line(part, 600) for part in line.text.split("\n")]
    indent = " " * (KIND + 2)
    head = textwrap.wrap(
        first, WIDTH, initial_indent=f"  {line.kind:<{KIND}}", subsequent_indent=indent
    )
    say("\n".join(head) if head else f"  {line.kind}")
    for part in more:
        say(textwrap.fill(part, WIDTH, initial_indent=indent, subsequent_indent=indent))


def _say_verdict(comparison: Comparison) -> None:
    word = WORDS.get(comparison.verdict, "GATE OPEN")
    if comparison.verdict == IN_DOUBT:
        why = next(line.text for line in comparison.lines if line.effect == IN_DOUBT)
        say(f"{word}  {one_line(why, 600)}. Nothing is said for the engine, nor against it.")
    else:
        say(f"{word}  {comparison.sentence}.")
