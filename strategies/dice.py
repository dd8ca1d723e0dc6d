"""Dice: choices read from bytes, so that one Hypothesis draw makes a whole program.

Hypothesis charges for each draw, and shrinks bytes well: fewer set bits mean simpler choices, and
past the end every choice is 0, the simplest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def stretched(data: bytes, length: int) -> bytes:
    """``data`` and what follows from it, ``length`` bytes in all: a draw costs by the byte."""
    more = length - len(data)
    return data + hashlib.shake_128(data).digest(more) if more > 0 else data


class Dice:
    """A reader of choices. The same bytes give the same choices on every Python."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def below(self, n: int) -> int:
        """An integer in [0, n), n at most 65,536."""
        width = 1 if n <= 64 else 2
        chunk = self._data[self._at : self._at + width]
        self._at += width
        return int.from_bytes(chunk, "big") % n

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, the first being the simplest."""
        return options[self.below(len(options))]

    def chance(self, numerator: int, denominator: int) -> bool:
        """True ``numerator`` times in ``denominator``."""
        return self.below(denominator) >= denominator - numerator
