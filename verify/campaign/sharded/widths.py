"""Widths of millions of enclosures in bounded memory: a histogram from which the median is read.

A bin is a thirty-second of an octave, cut at exact binary fractions: the same number is in the same
bin on every machine, and histograms of parts add up to that of the whole.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

BINS = 32
"""Bins of an octave: the median is known within 1/32 of itself."""
NOTHING, BEYOND = -(2**20), 2**20
"""The bins of a width of 0 (an exact number), and of what is no finite number."""


def histogram(widths: Iterable[float]) -> Counter[int]:
    """How many widths each bin holds."""
    return Counter(map(_bin, widths))


def median(counts: Counter[int]) -> float | None:
    """The upper end of the bin that holds the median; None if there is nothing."""
    half = sum(counts.values()) // 2
    for number in sorted(counts):
        half -= counts[number]
        if half < 0:
            return _upper_end(number)
    return None


def _bin(width: float) -> int:
    if not 0 <= width < math.inf:
        return BEYOND
    if width == 0:
        return NOTHING
    mantissa, exponent = math.frexp(width)
    return exponent * BINS + int((2 * mantissa - 1) * BINS)


def _upper_end(number: int) -> float:
    if number in {NOTHING, BEYOND}:
        return 0.0 if number == NOTHING else math.inf
    exponent, part = divmod(number, BINS)
    return math.ldexp((1 + (part + 1) / BINS) / 2, exponent)
