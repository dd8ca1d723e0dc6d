"""xfail lists: what they hold, which tests they fit, and a sentence for each that is malformed."""

from __future__ import annotations

import random

import pytest

from verify.campaign.by_law import Question
from verify.laws import BY_CODE
from verify.pytest_plugin.expected import Expected, ExpectedError, read_expected

LIST = """\
# what is expected to fail
[[xfail]]
test = "GRA01:exp"
reason = "until the rewrite"

[[xfail]]
test = "test_law[GRA02-mul]"
reason = '''
two
lines'''

[[xfail]]
test = "EDG*"
reason = "edges, \\u00fcbrigens"
"""
TOKENS = (
    "[[xfail]]", "[xfail]", "test = ", "reason = 3", "reason", '"', "'''", "=", "[", "]]", "\\u",
    "\x00", "\x1b[31m", "\ud800", "\u202e", "#", "nan", "{a = {}}", "1979-05-27", "a.b.c = 1",
    'test = ""', "x = [[[[", 'test = ":"', "[" * 300, "\n", "xfail = 1\n", "\xff",
)  # fmt: skip


@pytest.fixture
def listed(tmp_path):
    def write(text):
        path = tmp_path / "xfail.toml"
        path.write_bytes(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
        return path

    return write


def question(name):
    code, _, about = name.partition("-")
    return Question(BY_CODE[code], about or None)


def test_list_is_read(listed):
    path = listed(LIST)
    assert read_expected(path) == (
        Expected("GRA01:exp", "until the rewrite", f"{path}: entry 1"),
        Expected("test_law[GRA02-mul]", "two lines", f"{path}: entry 2"),
        Expected("EDG*", "edges, übrigens", f"{path}: entry 3"),
    )
    assert read_expected(listed("")) == ()


@pytest.mark.parametrize(
    ("test", "fits", "others"),
    [
        ("GRA01:exp", "GRA01-exp", ("GRA01-rpow", "GRA02-exp", "GRA01-graph", "EDG01")),
        ("GRA01", "GRA01-exp GRA01-graph", ("GRA02-exp",)),
        ("GRA0?:*mul*", "GRA01-mul GRA02-imul_number", ("GRA01-add", "VAL01-mul")),
        ("*:exp", "VAL01-exp RUN01-exp", ("VAL01-tanh", "EDG01")),
        ("GRA01-exp", "GRA01-exp", ("GRA01-graph",)),
        ("test_law[GRA01-exp]", "GRA01-exp", ("GRA01-graph", "GRA02-exp")),
        ("verify.conformance::test_law[GRA01-exp]", "GRA01-exp", ("GRA01-graph",)),
        ("test_law[EDG01]", "EDG01", ("EDG02",)),
        ("test_law[GRA01]", "", ("GRA01-exp",)),
        ("LIF*", "LIF01 LIF10", ("DET01", "GRA01-exp")),
        ("lif01", "", ("LIF01",)),
    ],
)
def test_entry_fits_its_tests_and_no_others(test, fits, others):
    entry = Expected(test, "a reason", "here")
    assert all(entry.fits(question(name)) for name in fits.split())
    assert not any(entry.fits(question(name)) for name in others)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[xfail]", "is no TOML file"),
        (b"\xff\xfe", "is no TOML file"),
        ("[[known]]\nx = 1", "there is no 'known', only [[xfail]]"),
        ("xfail = 3", "write each expected failure as [[xfail]]"),
        ("xfail = [3]", "write each expected failure as [[xfail]]"),
        ('[[xfail]]\ntest = "EDG01"', "entry 1 needs a reason, as text"),
        ('[[xfail]]\ntest = "EDG01"\nreason = " "', "entry 1 needs a reason, as text"),
        ('[[xfail]]\nreason = "so"', "entry 1 needs a test, as text"),
        ('[[xfail]]\ntest = 3\nreason = "so"', "entry 1 needs a test, as text"),
        ('[[xfail]]\ntest = ":exp"\nreason = "so"', "entry 1: ':exp' names no test"),
        ('[[xfail]]\ntest = "GRA01:"\nreason = "so"', "entry 1: 'GRA01:' names no test"),
        ('[[xfail]]\ntets = "GRA01"\nreason = "so"', "entry 1 has the key 'tets'"),
        ('[[xfail]]\ntest = "A"\nreason = "a"\n' * 2, "'A' is there twice"),
    ],
)
def test_malformed_list_is_refused_in_a_sentence(listed, text, said):
    with pytest.raises(ExpectedError) as raised:
        read_expected(listed(text))
    assert said in str(raised.value)


def test_list_that_is_not_there_is_refused_in_a_sentence(tmp_path):
    for name, why in (("no.toml", "No such file"), (".", "Is a directory"), ("a\0b", "null byte")):
        with pytest.raises(ExpectedError, match=why):
            read_expected(tmp_path / name)


def mutated(dice):
    """A list with one to four edits: parts cut, doubled or changed, lines moved, tokens put in."""
    text = LIST
    for _ in range(dice.randint(1, 4)):
        at, to = sorted(dice.randrange(len(text) + 1) for _ in range(2))
        to = min(to, at + dice.choice((1, 3, 30)))
        edit = dice.randrange(5)
        if edit == 0:
            text = text[:at] + text[to:]
        elif edit == 1:
            text = text[:to] + text[at:]
        elif edit == 2:
            code = dice.randrange(dice.choice((128, 0xD800)))
            text = text[:at] + chr(code) + text[at + 1 :]
        elif edit == 3:
            lines = text.splitlines(keepends=True)
            dice.shuffle(lines)
            text = "".join(lines)
        else:
            text = text[:at] + dice.choice(TOKENS) + text[at:]
    return text


def test_thousand_mutated_lists_give_a_sentence_each_or_can_be_used(listed):
    dice = random.Random(20_240)
    refused = used = 0
    while refused < 1_000:
        path = listed(mutated(dice))
        try:
            found = read_expected(path)
        except ExpectedError as error:
            said = str(error)
            assert said.startswith(str(path))
            assert said.isprintable(), said
            assert len(said) < len(str(path)) + 300
            refused += 1
        else:
            assert all(entry.test and entry.reason for entry in found)
            assert not any(
                entry.fits(question("SCL01")) for entry in found if "L" not in entry.test
            )
            used += 1
    assert used < 1_000
