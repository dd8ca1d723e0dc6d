"""What crosses between the harness and a worker arrives as it was, or not at all."""

from __future__ import annotations

import math
import os
import threading
import time

import pytest

from verify.engines import Failure, Observation
from verify.engines.isolation.channel import HEADER, LARGEST, Channel, ClosedError, NothingYetError
from verify.engines.isolation.wire import (
    pack,
    pack_observation,
    pack_program,
    unpack,
    unpack_observation,
    unpack_program,
)
from verify.program.text import parse_case

WAYS = [
    pytest.param(
        True, marks=pytest.mark.skipif(os.name != "posix", reason="no pipe can be polled")
    ),
    False,
]


@pytest.fixture(params=WAYS, ids=["waiting", "by a thread"])
def ends(request):
    """A channel that hears itself, and what writes into it past the channel."""
    source, sink = os.pipe()
    reading, writing = os.fdopen(source, "rb"), os.fdopen(sink, "wb")
    ended = threading.Event()
    yield Channel(reading, writing, ended.set, waits=request.param), writing
    writing.close()
    if not request.param:
        assert ended.wait(10)
    reading.close()


def test_messages_arrive_in_order_however_long(ends):
    channel, _ = ends
    sent = [[1, {"ok": "x" * size}] for size in (0, 1, 10**6, 3)]
    writer = threading.Thread(target=lambda: [channel.send(message) for message in sent])
    writer.start()
    assert [channel.receive(10) for _ in sent] == sent
    writer.join()


def test_nothing_yet_is_said_in_time_and_a_message_that_is_there_is_given_without_any(ends):
    channel, _ = ends
    started = time.monotonic()
    with pytest.raises(NothingYetError):
        channel.receive(0.05)
    assert time.monotonic() - started < 5
    channel.send("there")
    time.sleep(0.1)
    assert channel.receive(0) == "there"


@pytest.mark.parametrize(
    "written",
    [b"", b"\0\0", HEADER.pack(9) + b"[1", HEADER.pack(LARGEST + 1), HEADER.pack(2) + b"[1",
     HEADER.pack(2) + b"\xff\xff", HEADER.pack(50_000) + b"[" * 50_000],
)  # fmt: skip
def test_an_end_or_damage_is_no_message(ends, written):
    channel, writing = ends
    writing.write(written)
    writing.close()
    with pytest.raises(ClosedError):
        channel.receive(10)


def test_what_was_sent_before_the_end_is_still_there(ends):
    channel, writing = ends
    channel.send([2.5])
    writing.close()
    assert channel.receive(10) == [2.5]
    with pytest.raises(ClosedError):
        channel.receive(10)


def test_a_closed_channel_takes_nothing(ends):
    channel, writing = ends
    writing.close()
    with pytest.raises(ClosedError):
        channel.send(1)


def test_numbers_keep_their_bits_and_their_kind(ends):
    channel, _ = ends
    numbers = (0.1, -0.0, 5e-324, math.inf, -math.inf, math.nan, 2**53, 2, 2.0, True)
    channel.send(pack(numbers))
    got = unpack(channel.receive(10))
    assert [(type(x), repr(x)) for x in got] == [(type(x), repr(x)) for x in numbers]


def test_plain_data_comes_back_as_it_was(ends):
    channel, _ = ends
    data = {"a": (1, [2.0, None]), 3: {}, "é\ud800": ((),)}
    channel.send(pack(data))
    assert unpack(channel.receive(10)) == data


@pytest.mark.parametrize("thing", [{1, 2}, object(), 1j, b"bytes"])
def test_what_is_not_plain_does_not_cross(thing):
    with pytest.raises(TypeError, match="does not cross"):
        pack([thing])


def test_programs_and_observations_come_back_as_they_were(ends):
    channel, _ = ends
    program = parse_case(
        "x0 = 2.0\n%1 = mul(x0, 3)\n%2 = mul(x0, 3.0)\n%3 = sum(x0, %1, %2)"
    ).program
    failure = Failure("raises", "forward", 1, "OSError: no")
    seen = [
        Observation((1.0, -0.0), (None, 2.5), aliases=frozenset({1})),
        Observation((1.0,), (), failure),
    ]
    channel.send([pack_program(program), *map(pack_observation, seen)])
    first, *others = channel.receive(10)
    assert unpack_program(first) == program
    assert [repr(o.operands) for o in unpack_program(first).instructions] == [
        repr(o.operands) for o in program.instructions
    ]
    assert [unpack_observation(o) for o in others] == seen
