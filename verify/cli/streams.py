"""Standard output and standard error, either of which may be full, closed or absent."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import TextIO


class UnwritableError(Exception):
    """Standard output does not take what is written to it; says why."""


def say(text: str) -> None:
    """Print a line, and let it be seen at once.

    Raises:
        UnwritableError: if it cannot be written.
        BrokenPipeError: if the reader of a pipe is gone.
    """
    try:
        print(text, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UnwritableError(reason(error)) from error


def complain(sentence: str) -> None:
    """One sentence on stderr; without a stderr that takes it, the exit code has to do."""
    if sys.stderr is None:  # print() would go to stdout instead
        return
    try:
        print(f"gradverify: {sentence}", file=sys.stderr, flush=True)
    except OSError:
        abandon(sys.stderr)


def abandon(stream: TextIO) -> None:
    """Keep Python from failing on an unwritable stream while it shuts down, with code 120."""
    with suppress(OSError, AttributeError, ValueError):  # there is none, or it is closed
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


@contextmanager
def silence() -> Iterator[None]:
    """Throw away what an engine prints and warns of: standard output is for the report."""
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        redirect_stdout(nowhere),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield


def reason(error: OSError) -> str:
    """Why, without the number."""
    return error.strerror or str(error)
