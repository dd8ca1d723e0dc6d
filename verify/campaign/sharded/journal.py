"""The results of a campaign on disk: one line a shard, whole or not at all.

A line is appended by one write and is on the disk before it counts. What a kill or a full disk
leaves of a line has no end or no digest that fits: it is cut off before the next line is written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from verify.campaign.sharded.result import Result, read_line

NAME = "results.ndjson"


class JournalError(Exception):
    """The results cannot be read or written; the message is one sentence."""


class Journal:
    """The file of results; open it with ``with``, which makes it this process's alone.

    Args:
        folder: the folder of the campaign.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._file: BinaryIO | None = None

    def __enter__(self) -> Journal:
        """Open the file and cut off what was not written whole.

        Raises:
            JournalError: if that cannot be done, or another campaign has it open.
        """
        try:
            self._file = self.path.open("a+b", buffering=0)
            _alone(self._file, self.path)
            self._mend(self._file)
        except OSError as error:
            self._close()
            raise JournalError(f"{self.path} cannot be opened: {error.strerror or error}") from None
        except JournalError:
            self._close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._close()

    def append(self, line: str) -> None:
        """Write one line, to the disk.

        Raises:
            JournalError: if it cannot be written; then nothing of it is there.
        """
        file = self._file
        if file is None:
            raise ValueError("the journal is not open")
        before = os.fstat(file.fileno()).st_size
        try:
            _write(file.fileno(), line.encode())
        except OSError as error:
            _cut(file, before)
            raise JournalError(
                f"results cannot be written to {self.path}: {error.strerror or error}; those "
                "before are whole, and the same command goes on from there"
            ) from None

    def results(self) -> Iterator[tuple[str, Result]]:
        """Each shard's result, the first that is whole; others of the same shard are left out.

        Raises:
            JournalError: if the file cannot be read.
        """
        seen: set[str] = set()
        try:
            with self.path.open("rb") as file:
                for data in file:
                    found = read_line(data.decode("utf-8", "replace"))
                    if found is not None and found[0] not in seen:
                        seen.add(found[0])
                        yield found
        except OSError as error:
            raise JournalError(f"{self.path} cannot be read: {error.strerror or error}") from None

    def _mend(self, file: BinaryIO) -> None:
        """Cut off a last line that has no end."""
        file.seek(0)
        whole = sum(len(line) for line in file if line.endswith(b"\n"))
        if whole < os.fstat(file.fileno()).st_size:
            file.truncate(whole)
            os.fsync(file.fileno())

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _alone(file: BinaryIO, path: Path) -> None:
    """Two campaigns in one folder would do everything twice."""
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise JournalError(f"another campaign is running in {path.parent}") from None


def _write(handle: int, data: bytes) -> None:
    """Append it all and see it to the disk; a short write is the first sign of a full one."""
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]
    os.fsync(handle)


def _cut(file: BinaryIO, size: int) -> None:
    try:
        file.truncate(size)
    except OSError:
        return  # it is noticed when the file is opened again
