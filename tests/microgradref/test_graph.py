"""The picture: what it holds, that no label breaks it, and that edges avoid boxes."""

from __future__ import annotations

import random
import re
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microgradref import MLP, Graph, Value, squared_error
from microgradref.layout import settle
from microgradref.text import cells, fitted, number, visible

if TYPE_CHECKING:
    from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in parsed(svg).iter(f"{SVG}text")]


def neuron() -> Value:
    x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(6.5, "b")
    n = x * w + b
    n.label = "n"
    out = n.tanh()
    out.backward()
    return out


def loss_of_mlp() -> Value:
    mlp = MLP(3, [4, 4, 1], random.Random(1))
    xs = [Value(x, f"x{i}") for i, x in enumerate((2.0, 3.0, -1.0))]
    loss = squared_error([1.0], mlp.outputs(xs))
    loss.backward()
    return loss


def test_graph_shows_labels_data_gradients_and_operations() -> None:
    shown = texts(neuron().graph().svg)
    for text in (
        "x",
        "data 2.0000",
        "w",
        "data -3.0000",
        "\u00d7",
        "+",
        "tanh",
        "n",
        "grad 1.0000",
    ):
        assert text in shown
    assert len(shown) == 6 * 2 + 4 + 3  # Data and gradient of six values, labels, operations.


def test_graph_shows_literals_where_they_stood() -> None:
    x = Value(2.0, "x")
    shown = texts(((2 - x) * 3 + x**-1.5).graph().svg)
    assert {"2 \u2212", "\u00d7 3", "** -1.5"} <= set(shown)
    assert {"neg", "max 2"} & set(texts((-x).max(2).graph().svg)) == {"max 2"}


def test_graph_draws_an_edge_for_each_operand() -> None:
    a = Value(3.0, "a")
    svg = (a + a).graph().svg
    assert svg.count('class="edge"') == 3  # Two operands, one result.
    assert svg.count('class="tip"') == 3


def test_graph_has_a_title_and_a_description() -> None:
    root = parsed(neuron().graph().svg)
    assert root.get("role") == "img"
    assert [child.tag for child in root[:2]] == [f"{SVG}title", f"{SVG}desc"]
    assert root[1].text is not None
    assert root[1].text.startswith("6 values; the result is 0.46")


def test_graph_reads_in_light_and_dark() -> None:
    assert "prefers-color-scheme:dark" in neuron().graph().svg


def test_graph_shows_itself_and_is_saved(tmp_path: Path) -> None:
    value = neuron()
    graph = value.graph()
    assert isinstance(graph, Graph)
    assert graph._repr_svg_() == graph.svg == value._repr_svg_()
    assert len(repr(graph)) < 60
    graph.save(tmp_path / "graph.svg")
    assert (tmp_path / "graph.svg").read_text(encoding="utf-8") == graph.svg
    with pytest.raises(OSError, match="nowhere"):
        graph.save(tmp_path / "nowhere" / "graph.svg")


def test_graph_is_the_same_bytes_every_time() -> None:
    assert loss_of_mlp().graph().svg == loss_of_mlp().graph().svg


def test_graph_keeps_the_moment_it_was_drawn() -> None:
    value = neuron()
    graph = value.graph()
    value.zero_grad()
    assert "grad 1.0000" in texts(graph.svg)


def test_graph_beyond_the_limit_says_so() -> None:
    y = Value(1.0)
    for _ in range(499):
        y = y + 1
    assert "500 values;" in y.graph().svg
    y = y + 1
    assert texts(y.graph().svg)[0].startswith("This graph has more than 500 values")
    assert "501 values;" in y.graph(limit=501).svg
    with pytest.raises(ValueError, match="at least 1, got 0"):
        y.graph(limit=0)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.text(st.characters(), max_size=60))
def test_label_never_breaks_the_picture(label: str) -> None:
    value = Value(1.0, label) * 2
    value.label = label
    svg = value.graph().svg
    parsed(svg)
    svg.encode("utf-8")


@pytest.mark.parametrize(
    "label",
    [
        "<script>\"&'</script>",
        "]]>",
        "\x00\x1b\n\t",
        "\ud800",
        "\ufffe",
        "x" * 10_000,
        "\u202eabc",
        "é" * 99,
    ],
)
def test_hostile_label_is_shown_bounded(label: str) -> None:
    svg = Value(1.0, label).graph().svg
    assert all(cells(text) <= 24 for text in texts(svg))
    assert len(svg) < 6000


def test_long_label_ends_in_an_ellipsis() -> None:
    assert "a" * 23 + "…" in texts(Value(1.0, "a" * 10_000).graph().svg)
    assert fitted("漢" * 20, 24) == "漢" * 11 + "…"
    assert fitted("e" + "\u0301" * 10, 24) == "e" + "\u0301" * 10
    assert len(fitted("e" + "\u0301" * 1000, 24)) < 100


def test_invisible_characters_become_visible() -> None:
    assert visible("a\tb\u202ec\ud800") == "a\ufffdb\ufffdc\ufffd"


def test_number_is_short_and_says_its_size() -> None:
    shown = [number(x) for x in (0.0, -3.0, 1e-9, 123456.0, 1e300, float("nan"), float("-inf"))]
    assert shown == ["0.0000", "-3.0000", "1.000e-09", "1.235e+05", "1.000e+300", "nan", "-inf"]


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(0, 100)), min_size=1, max_size=20))
def test_settle_keeps_order_and_gaps(pairs: list[tuple[float, float]]) -> None:
    wanted, gaps = [p[0] for p in pairs], [p[1] for p in pairs][1:]
    places = settle(wanted, gaps)
    for (a, b), gap in zip(pairwise(places), gaps, strict=True):
        assert b - a >= gap - 1e-6
    assert sum(places) == pytest.approx(sum(wanted), abs=1e-6)


def boxes(svg: str) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom of each rectangle but the page."""
    found = []
    for rect in parsed(svg).iter(f"{SVG}rect"):
        if rect.get("class") != "page":
            x, y, w, h = (float(rect.get(name, "nan")) for name in ("x", "y", "width", "height"))
            found.append((x, y, x + w, y + h))
    return found


def edges(svg: str) -> list[str]:
    """The path of each edge."""
    paths = parsed(svg).iter(f"{SVG}path")
    return [path.get("d", "") for path in paths if path.get("class") == "edge"]


def points(path: str) -> list[tuple[float, float]]:
    """Sample an edge: a start, perhaps one cubic curve, a horizontal line."""
    match = re.fullmatch(r"M(\S+) ([^CH]+)(?:C(\S+) (\S+) (\S+) (\S+) (\S+) ([^H]+))?H(\S+)", path)
    assert match, path
    x, y, *curve, end = (float(g) for g in match.groups() if g is not None)
    found = [(x, y)]
    if curve:
        ax, ay, bx, by, cx, cy = curve
        for i in range(1, 41):
            t = i / 40
            k = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            found.append(
                (
                    k[0] * x + k[1] * ax + k[2] * bx + k[3] * cx,
                    k[0] * y + k[1] * ay + k[2] * by + k[3] * cy,
                )
            )
    x, y = found[-1]
    return found + [(x + (end - x) * i / 40, y) for i in range(1, 41)]


def test_edges_never_run_over_a_box_and_boxes_never_overlap() -> None:
    svg = loss_of_mlp().graph().svg
    found = boxes(svg)
    assert len(found) > 150
    for i, (left, top, right, bottom) in enumerate(found):
        for other in found[:i]:
            assert left >= other[2] or right <= other[0] or top >= other[3] or bottom <= other[1]
    for path in edges(svg):
        for x, y in points(path):
            for left, top, right, bottom in found:
                assert not (left + 1 < x < right - 1 and top + 1 < y < bottom - 1)


def test_operands_are_to_the_left_of_results() -> None:
    x = Value(1.0, "x")
    near_first = x * 2 + x.sin().cos().tanh()
    near_last = x.sin().cos().tanh() + x * 2
    for value in (near_first, near_last, loss_of_mlp()):
        for path in edges(value.graph().svg):
            places = points(path)
            assert places[0][0] < places[-1][0]


def test_operands_arrive_one_above_the_other() -> None:
    a = Value(3.0, "a")
    ends = {points(path)[-1] for path in edges((a - a).graph().svg)}
    assert len(ends) == 3  # Left operand, right operand, result.


def test_picture_holds_all_it_draws() -> None:
    svg = loss_of_mlp().graph().svg
    root = parsed(svg)
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    for left, top, right, bottom in boxes(svg):
        assert left >= 0 <= top
        assert right <= width
        assert bottom <= height
