"""What crosses between the harness and a worker: frames of JSON that hold plain data.

JSON, and no pickle: what comes back was shaped by a process that somebody's code ran in.
"""

from __future__ import annotations

import importlib
import json
import queue
import struct
import threading
from collections.abc import Callable
from dataclasses import fields
from typing import IO, Any, cast

from verify.engines.observe import Failure, Observation
from verify.program import Instruction, Program, Ref

HEADER = struct.Struct(">I")
LARGEST = 2**28
"""Bytes of a frame at most."""
_encode = json.JSONEncoder(separators=(",", ":")).encode
_decode = json.JSONDecoder().decode


class ClosedError(Exception):
    """The other end is closed, or what comes from it is no frame."""


class Channel:
    """Messages over two pipes. A thread reads, so that both ends can wait with a limit.

    Args:
        source: what is read from; closed at the other end, ``ended`` is called in that thread.
        sink: what is written to.
        ended: what to do at the end; None to let ``receive`` raise.
    """

    def __init__(
        self, source: IO[bytes], sink: IO[bytes], ended: Callable[[], None] | None = None
    ) -> None:
        self._source, self._sink, self._ended = source, sink, ended
        self._frames: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, message: object) -> None:
        """Write a message. Raises ClosedError."""
        data = _encode(message).encode("ascii")
        try:
            self._sink.write(HEADER.pack(len(data)) + data)
            self._sink.flush()
        except (OSError, ValueError):
            raise ClosedError from None

    def receive(self, seconds: float | None = None) -> Any:
        """The next message.

        Raises:
            queue.Empty: if none comes in time.
            ClosedError: at the end.
        """
        frame = self._frames.get(timeout=None if seconds is None else max(0.0, seconds))
        if frame is None:
            raise ClosedError
        try:
            return _decode(frame.decode("ascii"))
        except (ValueError, RecursionError):
            raise ClosedError from None

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
        if self._ended is not None:
            self._ended()
        self._frames.put(None)


def name_of(function: Callable[..., Any]) -> str:
    """A function of a module of ours, by name."""
    return f"{function.__module__}:{function.__qualname__}"


def function_of(name: str) -> Callable[..., Any]:
    """The function of a name."""
    module, _, function = name.partition(":")
    return cast("Callable[..., Any]", getattr(importlib.import_module(module), function))


def pack(thing: Any) -> Any:
    """Plain data as JSON; tuples stay apart from lists, and keys need not be strings."""
    if isinstance(thing, tuple):
        return {"tuple": [pack(item) for item in thing]}
    if isinstance(thing, list):
        return [pack(item) for item in thing]
    if isinstance(thing, dict):
        return {"dict": [[pack(key), pack(value)] for key, value in thing.items()]}
    if thing is None or isinstance(thing, bool | int | float | str):
        return thing
    raise TypeError(f"a {type(thing).__name__} does not cross between processes")


def unpack(data: Any) -> Any:
    """What ``pack`` was given."""
    if isinstance(data, list):
        return [unpack(item) for item in data]
    if isinstance(data, dict):
        ((kind, items),) = data.items()
        if kind == "tuple":
            return tuple(unpack(item) for item in items)
        return {unpack(key): unpack(value) for key, value in items}
    return data


def pack_facts(facts: Any) -> Any:
    """A dataclass of plain data."""
    return pack({field.name: getattr(facts, field.name) for field in fields(facts)})


def pack_program(program: Program) -> Any:
    """A program: a reference is a list of one number, so that it is no number."""
    return [
        program.n_inputs,
        [
            [i.op, [[o.index] if isinstance(o, Ref) else o for o in i.operands]]
            for i in program.instructions
        ],
    ]


def unpack_program(data: Any) -> Program:
    """The program."""
    n_inputs, instructions = data
    return Program(
        n_inputs,
        tuple(
            Instruction(op, tuple(Ref(o[0]) if isinstance(o, list) else o for o in operands))
            for op, operands in instructions
        ),
    )


def pack_observation(seen: Observation) -> Any:
    """What an engine printed; floats keep their bits."""
    found = seen.failure
    failure = [found.kind, found.stage, found.index, found.message] if found else None
    return [seen.primals, seen.adjoints, failure, list(seen.aliases)]


def unpack_observation(data: Any) -> Observation:
    """The observation."""
    primals, adjoints, failure, aliases = data
    return Observation(
        tuple(primals),
        tuple(adjoints),
        Failure(*failure) if failure else None,
        frozenset(aliases),
    )
