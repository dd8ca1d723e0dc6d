"""MLP shapes: (inputs, sizes of the layers)."""

from __future__ import annotations

from hypothesis import strategies as st

Shape = tuple[int, tuple[int, ...]]


def mlp_shapes(
    max_inputs: int = 4, max_layers: int = 3, max_width: int = 4
) -> st.SearchStrategy[Shape]:
    """Shapes from one neuron of one input up to the bounds."""
    widths = st.lists(st.integers(1, max_width), min_size=1, max_size=max_layers).map(tuple)
    return st.tuples(st.integers(1, max_inputs), widths)
