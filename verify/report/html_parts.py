"""Pieces of HTML that the whole page uses; what comes from elsewhere goes through ``text``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from verify.report.words import LONGEST, visible


def text(words: str, longest: int = LONGEST) -> str:
    """Somebody's words as HTML: inert, visible, not too long."""
    return f"<bdi>{escape(visible(words, longest))}</bdi>"


def prose(words: str) -> str:
    """As ``text``; what stands between backquotes is set as code."""
    return re.sub(r"`([^`\n]{1,200})`", r"<code>\1</code>", text(words))


def plain(words: str, longest: int = LONGEST) -> str:
    """As ``text``, for an attribute or a title, where no element may be."""
    return escape(visible(" ".join(words.split()), longest))


def plural(count: int) -> str:
    """``s`` but for one."""
    return "" if count == 1 else "s"


def scrolling(content: str, name: str) -> str:
    """Content wider than a small screen: it scrolls by itself, by keyboard too."""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{plain(name)}">{content}</div>'
    )


def command(shown: str, what: str, name: str) -> str:
    """A block of code with a button that copies it."""
    return (
        f'<pre data-copy="{plain(what)}" tabindex="0" role="region" aria-label="{plain(name)}">'
        f"{shown}</pre>"
    )


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], name: str) -> str:
    """A table with a caption in a region that scrolls.

    Args:
        caption: says what it shows; HTML.
        heads: the columns' names, those of numbers after a ``#``.
        rows: cells as HTML, the first of each row its name; a cell that begins with ``<td`` is one
            already.
        name: the region's.
    """
    top = "".join(_head(head) for head in heads)
    body = []
    for first, *rest in rows:
        cells = [
            cell if cell.startswith("<td") else f"<td{_kind(head)}>{cell}</td>"
            for head, cell in zip(heads[1:], rest, strict=True)
        ]
        body.append(f'<tr><th scope="row">{first}</th>{"".join(cells)}</tr>')
    made = (
        f"<table><caption>{caption}</caption><thead><tr>{top}</tr></thead>"
        f"<tbody>{chr(10).join(body)}</tbody></table>"
    )
    return f'<div class="card">{scrolling(made, name)}</div>'


def _head(head: str) -> str:
    return f'<th scope="col"{_kind(head)}>{head.removeprefix("#")}</th>'


def _kind(head: str) -> str:
    return ' class="n"' if head.startswith("#") else ""


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and numbers beside each other; values are HTML."""
    rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in pairs)
    return f'<dl class="facts">{rows}</dl>'
