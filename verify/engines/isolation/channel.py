"""Messages between the harness and a worker: frames of JSON over two pipes.

JSON, and no pickle: what comes back was shaped by a process that somebody's code ran in.
"""

from __future__ import annotations

import json
import os
import queue
import select
import struct
import threading
import time
from collections.abc import Callable
from typing import IO, Any, Protocol

HEADER = struct.Struct(">I")
LARGEST = 2**28
"""Bytes of a frame at most."""
CHUNK = 2**16
"""Bytes that are read at once: as many as a pipe holds."""
CAN_WAIT = os.name == "posix"
"""Whether the system can wait for a pipe with a limit; where not, a thread reads."""
_encode = json.JSONEncoder(separators=(",", ":")).encode
_decode = json.JSONDecoder().decode


class ClosedError(Exception):
    """The other end is closed, or what comes from it is no frame."""


class NothingYetError(Exception):
    """No message came in time."""


class Frames(Protocol):
    """Where frames come from."""

    def next(self, seconds: float | None) -> bytes:
        """The next frame. Raises NothingYetError, ClosedError."""
        ...


class Channel:
    """Messages over two pipes.

    Args:
        source: what is read from.
        sink: what is written to.
        ended: called in a thread, where a thread reads, when the other end is closed.
        waits: whether to wait for the pipe itself; else a thread reads it.
    """

    def __init__(
        self,
        source: IO[bytes],
        sink: IO[bytes],
        ended: Callable[[], None] = lambda: None,
        waits: bool = CAN_WAIT,
    ) -> None:
        self._source, self._sink = source, sink  # a stream that is forgotten is closed
        self._frames: Frames = Waiting(source.fileno()) if waits else Reading(source, ended)

    def send(self, message: object) -> None:
        """Write a message. Raises ClosedError."""
        data = _encode(message).encode("ascii")
        try:
            self._sink.write(HEADER.pack(len(data)) + data)
            self._sink.flush()
        except (OSError, ValueError):
            raise ClosedError from None

    def receive(self, seconds: float | None = None) -> Any:
        """The next message; of one that has come already, whatever time is left.

        Raises:
            NothingYetError: if none comes in time.
            ClosedError: at the end.
        """
        try:
            return _decode(self._frames.next(seconds).decode("ascii"))
        except (ValueError, RecursionError):
            raise ClosedError from None


class Waiting:
    """Frames of a pipe that can be waited for: no thread, so nothing to hand over."""

    def __init__(self, source: int) -> None:
        """Read from a descriptor, and nobody else does."""
        self._source = source
        self._held = bytearray()
        self._poll = select.poll()
        self._poll.register(source, select.POLLIN)

    def next(self, seconds: float | None) -> bytes:
        """The next frame. Raises NothingYetError, ClosedError."""
        ends = None if seconds is None else time.monotonic() + max(0.0, seconds)
        while (frame := self._whole()) is None:
            self._read(ends)
        return frame

    def _whole(self) -> bytes | None:
        if len(self._held) < HEADER.size:
            return None
        (length,) = HEADER.unpack_from(self._held)
        if length > LARGEST:
            raise ClosedError
        end = HEADER.size + length
        if len(self._held) < end:
            return None
        frame = bytes(self._held[HEADER.size : end])
        del self._held[:end]
        return frame

    def _read(self, ends: float | None) -> None:
        try:
            if ends is not None and not self._poll.poll(1000 * max(0.0, ends - time.monotonic())):
                raise NothingYetError
            chunk = os.read(self._source, CHUNK)
        except OSError:
            raise ClosedError from None
        if not chunk:
            raise ClosedError
        self._held += chunk


class Reading:
    """Frames that a thread reads: pipes cannot be waited for on Windows."""

    def __init__(self, source: IO[bytes], ended: Callable[[], None]) -> None:
        """Start to read."""
        self._source, self._ended = source, ended
        self._frames: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def next(self, seconds: float | None) -> bytes:
        """The next frame. Raises NothingYetError, ClosedError."""
        try:
            frame = self._frames.get(timeout=None if seconds is None else max(0.0, seconds))
        except queue.Empty:
            raise NothingYetError from None
        if frame is None:
            raise ClosedError
        return frame

    def _read(self) -> None:
        try:
            while len(header := self._source.read(HEADER.size)) == HEADER.size:
                (length,) = HEADER.unpack(header)
                if length > LARGEST:
                    break
                frame = self._source.read(length)
                if len(frame) < length:
                    break
                self._frames.put(frame)
        except (OSError, ValueError):  # closed here
            pass
        self._ended()
        self._frames.put(None)
