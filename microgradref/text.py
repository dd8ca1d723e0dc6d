"""Text that any label can become without breaking the picture: visible, bounded, valid XML."""

from __future__ import annotations

import unicodedata

from microgradref.expression import ELLIPSIS


def visible(text: str) -> str:
    """Replace each character that XML forbids, or that would not show, by U+FFFD.

    That is: controls, format characters such as those that reverse the direction of text,
    surrogates, private and unassigned ones, and line breaks. Other spaces become plain.
    """
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category.startswith("C") or category in ("Zl", "Zp"):
        return "\ufffd"
    return " " if category == "Zs" else character


def cells(text: str) -> int:
    """Columns that ``text`` takes in a monospaced font: wide characters two, combining none."""
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fitted(text: str, columns: int) -> str:
    """Return ``text`` cut to at most ``columns`` columns, the last then an ellipsis."""
    # Combining characters take no column, so characters are bounded too.
    if len(text) <= 4 * columns and cells(text) <= columns:
        return text
    kept, room = "", columns - 1
    for character in text[: 4 * columns]:
        room -= _width(character)
        if room < 0:
            break
        kept += character
    return kept + ELLIPSIS


def number(x: float) -> str:
    """A float in few characters: four decimals where that says enough, else scientific."""
    return f"{x:.4f}" if x == 0.0 or 1e-3 <= abs(x) < 1e5 else f"{x:.3e}"


def literal(x: float) -> str:
    """A number as the user wrote it, unless that is long."""
    written = repr(x)
    return written if len(written) <= 8 else number(float(x))
