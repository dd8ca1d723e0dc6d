"""SUP01 names what is not there, and repeats only words that are the engine's own."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from verify.laws.law import Book
from verify.laws.support import MOST, every_operation


def said(why: str) -> str:
    book = Book()
    facts = SimpleNamespace(spellings={}, unsupported={"rsub": why})
    every_operation(SimpleNamespace(facts=facts), book)
    return book.breaches[0].message


def outcome_of(call) -> str:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever this Python says
        call()
    return f"{type(raised.value).__name__}: {raised.value}"


class Bare:
    """A class with nothing."""


@pytest.mark.parametrize(
    "call",
    [
        lambda: 2 - Bare(),
        lambda: 2 ** Bare(),
        lambda: -Bare(),
        lambda: abs(Bare()),
        lambda: Bare().log,
        lambda: Bare.log,
        lambda: (3).data,
        lambda: __import__("math").exp(Bare()),
        lambda: max(Bare(), Bare()),
    ],
)
def test_python_s_own_answers_are_left_out(call):
    assert said(outcome_of(call)) == "not there: rsub"


def test_operation_that_nobody_wrote_is_only_named():
    assert said("there is no rsub") == "not there: rsub"


def test_engine_s_own_words_are_repeated():
    words = "AssertionError: only supporting int/float powers for now"
    assert said(words) == f"not there: rsub [{words}]"


def test_long_words_end_between_words_and_say_so():
    message = said("ValueError: " + "exponents must be numbers " * 9)
    kept = message.removeprefix("not there: rsub [").removesuffix("]")
    assert len(kept) <= MOST + len(" ...")
    assert kept == "ValueError: exponents must be numbers exponents must be ..."


def test_one_endless_word_is_cut_and_says_so():
    assert said("x" * 500) == f"not there: rsub [{'x' * MOST} ...]"
