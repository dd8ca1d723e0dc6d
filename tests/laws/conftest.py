"""Examine a law on an engine's source."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from faulty_engines import SOURCE

from verify.engines import open_engine
from verify.laws import BY_CODE, Book, Breach

Examine = Callable[..., Book]
Breaches = Callable[..., list[Breach]]


@pytest.fixture
def examine(engine_file, monkeypatch) -> Examine:
    """The book of one law on an engine's source, every message of it a sentence in one line."""
    monkeypatch.setattr(math, "exp", math.exp)  # one of the engines replaces it

    def look(code: str, source: str = SOURCE) -> Book:
        book = BY_CODE[code].examine(open_engine(engine_file(source)))
        assert not book.empty
        assert book.compared >= len(book.breaches)
        for breach in book.breaches:
            assert breach.message
            assert "\n" not in breach.message
        return book

    return look


@pytest.fixture
def breaches(examine) -> Breaches:
    """What an engine's source breaks of one law."""
    return lambda code, source=SOURCE: examine(code, source).breaches
