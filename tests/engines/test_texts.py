"""Texts of exceptions: cut, made once where they are too much, and whatever is raised has one."""

from __future__ import annotations

import time

import pytest
from faulty_engines import SOURCE, replaced

from verify.engines import describe, observe, open_engine
from verify.engines import texts as texts_module
from verify.engines.raised import RaisedError
from verify.program.text import parse_case

PRODUCT = "        out = Value(self.data * other.data, (self, other))\n"
TOO_MUCH = "ValueError: (its text is too long to be read)"


class Node:
    """A value whose text is made by somebody's code."""

    def __init__(self, text: str = "", seconds: float = 0.0) -> None:
        self.text, self.seconds, self.asked = text, seconds, 0

    def __repr__(self) -> str:
        self.asked += 1
        time.sleep(self.seconds)
        return self.text


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    monkeypatch.setattr(texts_module, "_without_text", set())


def test_text_of_an_exception_is_somebodys_own():
    assert describe(ValueError(Node("Value(2.0)"))) == "ValueError: Value(2.0)"
    assert describe(KeyError("a")) == "KeyError: 'a'"
    assert describe(ArithmeticError()) == "ArithmeticError"


@pytest.mark.parametrize("node", [Node("x" * 10_001), Node("x", 0.3)], ids=["long", "slow"])
def test_text_that_is_too_much_is_made_once_for_all_exceptions_of_its_kind(node):
    said = {describe(ValueError(node)) for _ in range(3)}
    assert (said, node.asked) == ({TOO_MUCH}, 1)
    assert describe(ValueError("no")) == "ValueError: no"
    assert describe(TypeError(Node("Value(2.0)"))) == "TypeError: Value(2.0)"


def test_text_that_does_not_fit_into_memory_is_too_much():
    class FullError(Exception):
        def __str__(self):
            raise MemoryError

    assert describe(FullError()) == "FullError: (its text is too long to be read)"


def test_long_message_in_plain_words_is_cut():
    assert describe(ValueError("y" * 10**6)) == f"ValueError: {'y' * 188}"


def test_text_that_raises_cannot_be_read():
    class OddError(Exception):
        def __str__(self):
            raise GeneratorExit

    assert describe(OddError()) == "OddError: (its text cannot be read)"


def test_what_is_no_exception_is_described_by_itself():
    assert describe(RaisedError(KeyboardInterrupt("no"))) == "KeyboardInterrupt: no"


def engine_that_raises(engine_file, what: str):
    source = replaced(SOURCE, (PRODUCT, f"        if self.data == 2.5: raise {what}\n{PRODUCT}"))
    return open_engine(engine_file(source))


def test_engine_in_this_process_raises_what_is_no_exception_and_goes_on(engine_file):
    engine = engine_that_raises(engine_file, "GeneratorExit('no')")
    failure = observe(engine, parse_case("x0 = 2.5\n%1 = mul(x0, x0)")).failure
    assert failure is not None
    assert (failure.kind, failure.stage, failure.message) == (
        "raises", "forward", "GeneratorExit: no",
    )  # fmt: skip
    assert observe(engine, parse_case("x0 = 2.0\n%1 = mul(x0, x0)")).failure is None


def test_interrupt_in_this_process_is_the_users(engine_file):
    engine = engine_that_raises(engine_file, "KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        observe(engine, parse_case("x0 = 2.5\n%1 = mul(x0, x0)"))
