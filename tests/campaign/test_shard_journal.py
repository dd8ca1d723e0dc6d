"""Results on disk: whole lines, whatever is torn, doubled, full or not ours."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))
from sharded_samples import result

from verify.campaign.sharded import Journal, JournalError, Shard
from verify.campaign.sharded.journal import NAME
from verify.campaign.sharded.result import line_of
from verify.campaign.sharded.shard import FORM

LINES = [line_of(Shard(FORM, "exp", number), {"n": number}) for number in range(3)]
IDS = [f"form-exp-{number}" for number in range(3)]


def ids(folder: Path) -> list[str]:
    return [name for name, _ in Journal(folder).results()]


def test_lines_torn_at_any_byte_are_dropped_and_written_again(tmp_path):
    path = tmp_path / NAME
    text = "".join(LINES).encode()
    for length in range(len(text)):
        path.write_bytes(text[:length])
        whole = text[:length].count(b"\n")
        assert ids(tmp_path) == IDS[:whole]
        with Journal(tmp_path) as journal:
            for line in LINES[whole:]:
                journal.append(line)
        assert path.read_bytes() == text


def test_lines_that_are_no_results_are_passed_over(tmp_path):
    other = '{"shard": 1, "digest": 2, "result": 3}\n'
    garbage = ["\0\0\0\n", "{}\n", "[1]\n", other, "[" * 9**5 + "\n"]
    (tmp_path / NAME).write_text("".join([LINES[0], *garbage, LINES[1]]))
    assert ids(tmp_path) == IDS[:2]


def test_shard_counts_once_however_often_it_is_there(tmp_path):
    (tmp_path / NAME).write_text(LINES[0] + LINES[1] + LINES[0])
    assert ids(tmp_path) == IDS[:2]


@pytest.mark.parametrize("taken", [0, 1, 40])
def test_full_disk_leaves_no_part_of_a_line(tmp_path, monkeypatch, taken):
    """The disk takes some bytes, and then no more."""
    room = [taken]
    write = os.write

    def full(handle, data):
        if not room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = write(handle, bytes(data)[: room[0]])
        room[0] -= written
        return written

    with Journal(tmp_path) as journal:
        journal.append(LINES[0])
        monkeypatch.setattr("verify.campaign.sharded.journal.os.write", full)
        with pytest.raises(JournalError, match="No space left on device; those before are whole"):
            journal.append(LINES[1])
        assert (tmp_path / NAME).read_text() == LINES[0]
        room[0] = 10**6
        journal.append(LINES[2])
    assert ids(tmp_path) == [IDS[0], IDS[2]]


def test_two_campaigns_in_one_folder_are_refused(tmp_path):
    pytest.importorskip("fcntl")
    with (
        Journal(tmp_path),
        pytest.raises(JournalError, match="another campaign is running in"),
        Journal(tmp_path),
    ):
        pass
    with Journal(tmp_path) as journal:
        journal.append(line_of(Shard(FORM, "exp", 0), result(1)))


def test_folder_that_is_not_there_is_one_sentence(tmp_path):
    with (
        pytest.raises(JournalError, match="opened: No such file"),
        Journal(tmp_path / "x"),
    ):
        pass
    with pytest.raises(JournalError, match="cannot be read"):
        ids(tmp_path / "x")
