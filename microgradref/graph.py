"""A picture of a graph, which a notebook shows by itself."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from microgradref import svg
from microgradref.walk import intermediates, reachable

if TYPE_CHECKING:
    import os

    from microgradref.value import Value

DEFAULT_LIMIT = 500


class Graph:
    """The picture of a value and all it depends on, as they were when it was drawn.

    ``svg`` is the picture: every value a box with its label, data and gradient, every operation a
    node of its own, operands to the left of results. A graph of more than ``limit`` values is not
    drawn; the picture then says so.
    """

    def __init__(self, root: Value, limit: int = DEFAULT_LIMIT) -> None:
        """Draw the graph under ``root``. Raises ``ValueError`` for a limit below 1."""
        if limit < 1:
            raise ValueError(f"the limit must be at least 1, got {limit}")
        nodes = list(islice(reachable(root), limit + 1))
        if len(nodes) > limit:
            self.svg = svg.refusal(limit)
        else:
            leaves = [node for node in nodes if node.left is None]
            self.svg = svg.drawing([*reversed(intermediates(root)), *leaves])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to a file, in UTF-8. Raises ``OSError`` if that cannot be done."""
        Path(path).write_text(self.svg, encoding="utf-8", newline="\n")

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        """Short, since the picture is long."""
        return f"Graph({len(self.svg)} characters of SVG)"
