"""The process that somebody's engine runs in: ``python -m verify.engines.isolation.worker``.

It answers questions on its own channel, whatever the engine does to standard input and output.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from verify.engines.engine import TargetError
from verify.engines.isolation import kept
from verify.engines.isolation.channel import Channel, ClosedError
from verify.engines.isolation.guard import LOST_CHANNEL, Memory, end, harden, keep
from verify.engines.isolation.wire import (
    function_of,
    pack,
    pack_facts,
    pack_observation,
    unpack,
    unpack_program,
)
from verify.engines.observe import DEATHS, describe, observe
from verify.engines.probing.overrides import OverrideError
from verify.program import Case, Program

T = TypeVar("T")
MOMENT = 0.2
"""Seconds for the channel to be seen closed at the other end."""


class Answering:
    """What is open in this process, and the answers it gives."""

    def __init__(self, channel: Channel, memory: Memory) -> None:
        """Nothing is open yet."""
        self._channel, self._memory = channel, memory
        self._subject: Any = None

    def answer(self, number: int, question: dict[str, Any]) -> dict[str, Any]:
        """The answer to one question, or why there is none."""
        try:
            return {"ok": self._done(number, question)}
        except BaseException as error:  # noqa: BLE001 - it must cross as a sentence
            kept.restore()
            return refusal(question, error)

    def send(self, number: int, answer: dict[str, Any]) -> None:
        """Send an answer, or a part of it."""
        kept.restore()  # the channel is made of them
        self._channel.send([number, answer])

    def _done(self, number: int, question: dict[str, Any]) -> Any:
        do = question["do"]
        if do == "open":
            return self._opened(question)
        if do == "facts":
            return pack_facts(self._subject.facts)
        if do == "observe":
            return self._observed(question["asked"])
        if do == "step":
            return self._stepped(number, question["asked"])
        task = function_of(question["task"])
        with without(self._subject, question["without"]):
            return pack(task(self._subject, *unpack(question["arguments"])))

    def _opened(self, question: dict[str, Any]) -> Any:
        opener = function_of(question["opener"])
        self._subject = opener(*unpack(question["arguments"]))
        self._memory.loaded()
        return pack_facts(self._subject.facts)

    def _observed(self, asked: Any) -> list[list[Any]]:
        seen: list[list[Any]] = []
        for data, points in asked:
            program = unpack_program(data)
            seen.append([])
            for point in points:
                found = observe(self._subject, Case(program, tuple(point)))
                seen[-1].append(pack_observation(found))
                if found.failure is not None and found.failure.kind in DEATHS:
                    return seen  # little can be said of a process without memory
        return seen

    def _stepped(self, number: int, asked: Any) -> Any:
        """One case, saying each step before it is made."""
        data, point = asked
        marked = Marked(self._subject, lambda *at: self.send(number, {"at": at}))
        return pack_observation(observe(marked, Case(unpack_program(data), tuple(point))))


def refusal(question: dict[str, Any], error: BaseException) -> dict[str, Any]:
    """Why a question has no answer."""
    is_raised = not isinstance(error, Exception)  # our own code raises no such thing
    is_ours = not is_raised and not isinstance(error, TargetError)
    names = ", ".join(kept.changed() if is_ours else kept.put_back())
    if question["do"] == "open" and (names or is_raised):
        does = f"replaces {names}" if names else f"raises {describe(error)}"
        said = f"it {does} when it is imported, or its operations are tried"
        target = question["arguments"]["tuple"][0]
        return {"error": f"{target} cannot be loaded: {said}", "kind": "engine"}
    if isinstance(error, TargetError):
        kind = "override" if isinstance(error, OverrideError) else "engine"
        return {"error": str(error), "kind": kind}
    after = f" after {names} had been replaced" if names else ""
    return {"error": describe(error) + after, "kind": "raised" if is_raised else "suite"}


@contextmanager
def without(engine: Any, forms: Sequence[str]) -> Iterator[None]:
    """Let an engine be one that does not have these forms: they would end the process."""
    if not forms:
        yield
        return
    whole = engine.facts
    spellings = {form: how for form, how in whole.spellings.items() if form not in forms}
    engine.facts = replace(whole, spellings=spellings)
    try:
        yield
    finally:
        engine.facts = whole


class Marked:
    """An engine that says what it is about to do: ``forward``, ``backward`` or ``read``, of what.

    Whatever else an engine has, it has too.
    """

    def __init__(self, engine: Any, mark: Any) -> None:
        """Make one."""
        self._engine = engine
        self._mark = mark
        self._made = self._read = 0

    def __getattr__(self, name: str) -> Any:
        """The engine's own."""
        return getattr(self._engine, name)

    def lift(self, number: float) -> Any:
        """A leaf."""
        return self._making(lambda: self._engine.lift(number))

    def apply(self, form: str, operands: Sequence[Any]) -> Any:
        """One operation."""
        return self._making(lambda: self._engine.apply(form, operands))

    def backward(self, output: Any) -> None:
        """Differentiate."""
        self._mark("backward", self._made - 1)
        self._engine.backward(output)

    def value_and_gradient(self, program: Program, point: Sequence[float]) -> Any:
        """Differentiate a function: where in it the engine is cannot be seen from here."""
        self._mark("backward", program.output)
        return self._engine.value_and_gradient(program, point)

    def primal(self, node: Any) -> Any:
        """The value."""
        return self._reading(lambda: self._engine.primal(node))

    def adjoint(self, node: Any) -> Any:
        """The gradient."""
        return self._reading(lambda: self._engine.adjoint(node))

    def _making(self, make: Callable[[], T]) -> T:
        self._mark("forward", self._made)
        made = make()
        self._made += 1
        return made

    def _reading(self, read: Callable[[], T]) -> T:
        self._mark("read", self._read % max(1, self._made))
        found = read()
        self._read += 1
        return found


def main(arguments: list[str]) -> int:
    """Answer until there are no more questions.

    Args:
        arguments: megabytes of memory, the lifeline to the parent, and the modules of ours to
            import before somebody's code can change what they are made of.
    """
    megabytes, lifeline, *modules = arguments
    keep(int(lifeline))
    channel = _taken()
    harden()
    kept.keep()
    for module in modules:
        importlib.import_module(module)
    answering = Answering(channel, Memory(int(megabytes)))
    owner, here, leave, sleep = os.getpid(), os.getpid, os._exit, time.sleep
    while True:
        try:
            number, question = channel.receive()
            answer = answering.answer(number, question)
            if here() != owner:  # a child that somebody's code forked, and that came back here
                leave(0)
            answering.send(number, answer)
        except ClosedError:  # if the parent is gone, the channel's thread has noticed
            sleep(MOMENT)
            leave(LOST_CHANNEL)


def _taken() -> Channel:
    """Standard input and output for the channel alone: the engine's are empty, and go nowhere."""
    source, sink = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    if hasattr(os, "register_at_fork"):

        def leave_channel() -> None:
            for end_ in (source, sink):
                os.close(end_)

        os.register_at_fork(after_in_child=leave_channel)
    return Channel(os.fdopen(source, "rb"), os.fdopen(sink, "wb"), end)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
