"""The garbage collector, put off while an oracle works: what it builds grows and has no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Work without the collector, then as before.

    It walks all that is alive ever again while much is being made: at 100,000 instructions that is
    half the time.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
