"""Points: one float for each input, of the kinds at which gradients go wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import strategies as st

from strategies.dice import Dice

Point = tuple[float, ...]
BYTES = 2
"""Bytes that one coordinate takes."""


def ordinary(dice: Dice) -> float:
    """A number of [0.2, 2.2], with a mantissa that is not short."""
    return 0.2 + 2.0 * dice.below(65521) / 65521


def negative(dice: Dice) -> float:
    """A number of [-2.2, -0.2]."""
    return -ordinary(dice)


def signed(dice: Dice) -> float:
    """Either of the two."""
    value = dice.below(65521)
    return (0.2 + 2.0 * value / 65521) * (1 if value % 2 == 0 else -1)


def special(dice: Dice) -> float:
    """Exact numbers at which rules degenerate."""
    return dice.pick((1.0, 0.0, -1.0, 2.0, 0.5, -2.0, 0.0, 3.0))


def near_kink(dice: Dice) -> float:
    """Beside 0 and +-1, and not at them."""
    return dice.pick((1e-8, -1e-8, 1 + 2**-30, -1 - 2**-30, 1e-4, -1e-4))


def moderate(dice: Dice) -> float:
    """A number of [2, 18] or its negative: where saturating functions lose digits by formula."""
    value = dice.below(65521)
    return (2.0 + 16.0 * value / 65521) * (1 if value % 2 == 0 else -1)


def extreme(dice: Dice) -> float:
    """Small and large, within what every operation can take at least from one side."""
    return dice.pick((40.0, -40.0, 1e-3, -1e-3, 1e3, -1e3)) * (1 + dice.below(64) / 97)


def _independent(kind: Callable[[Dice], float]) -> Callable[[Dice, int], Point]:
    return lambda dice, n: tuple(kind(dice) for _ in range(n))


def _tied(dice: Dice, n: int) -> Point:
    value = signed(dice)
    return (value,) * n


def _tied_pair(dice: Dice, n: int) -> Point:
    values = [signed(dice) for _ in range(n)]
    values[dice.below(n)] = values[0]
    return tuple(values)


KINDS: dict[str, Callable[[Dice, int], Point]] = {
    "ordinary": _independent(ordinary),
    "special": _independent(special),
    "signed": _independent(signed),
    "negative": _independent(negative),
    "tied": _tied,
    "mixed": lambda dice, n: tuple(dice.pick((special, signed))(dice) for _ in range(n)),
    "tied pair": _tied_pair,
    "near kink": _independent(near_kink),
    "moderate": _independent(moderate),
    "extreme": _independent(extreme),
}


EXACT = ("special", "mixed", "special", "tied pair")
"""The kinds at which an input is often exactly 0, 1 or -1, or equal to another."""


def batch(dice: Dice, n: int, size: int, names: Sequence[str] = tuple(KINDS)) -> list[Point]:
    """``size`` points for ``n`` inputs, the named kinds in turn."""
    kinds = [KINDS[name] for name in names]
    start = dice.below(len(kinds))
    return [kinds[(start + i) % len(kinds)](dice, n) for i in range(size)]


def points(n: int, kind: str | None = None) -> st.SearchStrategy[Point]:
    """Points for ``n`` inputs: of one kind of KINDS, or of all.

    Raises:
        KeyError: if there is no such kind.
    """
    kinds = tuple(KINDS.values()) if kind is None else (KINDS[kind],)
    length = 1 + n * (BYTES + 1)

    def decode(data: bytes) -> Point:
        dice = Dice(data)
        return dice.pick(kinds)(dice, n)

    return st.binary(min_size=length, max_size=length).map(decode)
