"""How far a campaign is: a line that changes on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from verify.campaign.sharded import Asked, State
from verify.campaign.sharded.drive import Progress

EVERY = 60.0
"""Seconds between lines where there is no terminal."""


def words(state: State) -> str:
    """Cases, rate, findings, the least covered position, time left."""
    merged, tally = state.merged, state.merged.tally
    parts = [f"{tally.cases:,} cases", f"{len(merged.shards):,} shards"]
    if state.seconds > 0 and state.gradients:
        parts.append(f"{state.gradients / state.seconds:,.0f} gradients/s")
    parts.append(f"{merged.errors} error{'s' * (merged.errors != 1)}" if merged.errors else "ok")
    if least := merged.coverage.least():
        focus, situation, count = least
        parts.append(f"least: {focus.form} operand {focus.slot} {situation} {count:,}")
    if (left := time_left(state)) is not None:
        parts.append(f"{clock(left)} left")
    return " · ".join(parts)


def time_left(state: State) -> float | None:
    """Seconds, as far as they can be told: to the end, at the pace of this session."""
    limit, found = state.limit, []
    if limit.seconds is not None:
        found.append(limit.seconds - state.seconds)
    cases = state.merged.tally.cases
    if limit.cases is not None and state.cases and state.seconds > 0:
        found.append((limit.cases - cases) * state.seconds / state.cases)
    if limit.shards is not None and state.shards and state.seconds > 0:
        lacking = limit.shards - len(state.merged.shards)
        found.append(lacking * state.seconds / state.shards)
    return max(0.0, min(found)) if found else None


def clock(seconds: float) -> str:
    """``1:02:03``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"


@contextmanager
def told(asked: Asked) -> Iterator[Progress]:
    """Something to call with the state of a campaign."""
    if sys.stderr is None:
        yield lambda _state: None
    elif sys.stderr.isatty():
        with _on_a_terminal() as progress:
            yield progress
    else:
        yield _in_lines()


def _in_lines() -> Callable[[State], None]:
    last = time.monotonic()

    def progress(state: State) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            with suppress(OSError):  # nobody reads it
                print(words(state), file=sys.stderr, flush=True)

    return progress


@contextmanager
def _on_a_terminal() -> Iterator[Callable[[State], None]]:
    from rich.console import Console

    console = Console(stderr=True, highlight=False, emoji=False, markup=False)
    with console.status("the engine is opened, and the oracles") as status:
        yield lambda state: status.update(words(state))
