"""The file of known failures: read whole or refused in one sentence."""

from __future__ import annotations

import random
from datetime import date

import pytest

from verify.gate import Known, KnownError, read_known

TEXT = """\
[[known]]
fingerprint = "0123456789ab"
law = "GRA01"
operation = "mul"
reason = "until the rewrite"
expires = 2027-01-31
case = "mul.json"

[[known]]
fingerprint = "0123456789ac"
law = "EDG01"
reason = "as numpy has it"
"""


def read(tmp_path, text: str | bytes):
    path = tmp_path / "known.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_known(path)


def test_entries_are_read(tmp_path):
    assert read(tmp_path, TEXT) == (
        Known("0123456789ab", "GRA01", "until the rewrite", "mul", date(2027, 1, 31), "mul.json"),
        Known("0123456789ac", "EDG01", "as numpy has it"),
    )
    assert read(tmp_path, "") == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('reason = "until the rewrite"\n', "", "needs a reason"),
        ('"until the rewrite"', '"  "', "needs a reason"),
        ('"0123456789ab"', '"0123"', "twelve hexadecimal digits"),
        ('"0123456789ab"', '"0123456789ac"', "is there twice"),
        ('law = "GRA01"\n', "law = 1\n", "needs a law"),
        ('"GRA01"', '"GRA99"', "entry 1: there is no law 'GRA99'"),
        ("2027-01-31", '"soon"', "expires is a date"),
        ("2027-01-31", "2027-01-31T00:00:00", "expires is a date"),
        ("case =", "cause =", "has the key 'cause'"),
        ("[[known]]", "[[knwon]]", "there is no 'knwon'"),
        ("[[known]]", "[x]\n[[known]]", "there is no 'x'"),
        ("[[known]]", "[[known", "is no TOML file"),
    ],
)
def test_malformed_entry_is_refused_in_a_sentence(tmp_path, old, new, said):
    assert old in TEXT
    with pytest.raises(KnownError, match=said):
        read(tmp_path, TEXT.replace(old, new, 1))


def test_absent_file_is_refused(tmp_path):
    with pytest.raises(KnownError, match="cannot be read"):
        read_known(tmp_path / "absent.toml")


def test_mutated_files_are_read_or_refused_and_never_a_traceback(tmp_path):
    dice = random.Random(0)
    refused: list[str] = []
    for _ in range(1_000):
        data = bytearray(TEXT.encode())
        for _ in range(dice.randint(1, 6)):
            place = dice.randrange(len(data))
            kind = dice.randrange(3)
            if kind == 0:
                data[place] = dice.randrange(256)
            elif kind == 1:
                del data[place : place + dice.randint(1, 20)]
            else:
                data[place:place] = bytes(dice.choices(b'[]"=\n{}\\\x00,1', k=3))
        try:
            read(tmp_path, bytes(data))
        except KnownError as error:
            refused.append(str(error))
    assert 500 < len(refused) < 1_000
    assert not any("\n" in sentence for sentence in refused)
