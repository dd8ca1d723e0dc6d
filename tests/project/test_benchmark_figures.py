"""What the benchmarks write of their ratios: the table, the plot, and what changed between runs."""

import runpy
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
FIGURES = runpy.run_path(str(FOLDER / "figures.py"))
MEASURE = runpy.run_path(str(FOLDER / "measure.py"))

pytestmark = pytest.mark.once


def run(*rows):
    return {"when": "now", "machine": {"cores": 2}, "rows": {"some": list(rows)}}


def row(name, samples):
    return MEASURE["ratios"](name, samples)


STEADY = row("a < b", [(2.0, 1.0), (2.1, 1.0), (1.9, 1.0), (2.0, 1.0)])
FASTER = row("a < b", [(4.0, 1.0), (4.2, 1.0), (3.9, 1.0), (4.0, 1.0)])
ALONE = {"name": "alone", "a": 3.0, "b": None, "ratio": None}


def test_ratio_is_the_median_over_pairs_with_quartiles():
    found = row("x", [(1.0, 1.0), (2.0, 1.0), (9.0, 1.0)])
    assert (found["ratio"], found["quartiles"], found["pairs"]) == (2.0, [1.0, 9.0], 3)


def test_pairs_alternate_their_order():
    order = []
    MEASURE["paired"]("x", lambda: order.append("a") or 1.0, lambda: order.append("b") or 1.0, 3)
    assert "".join(order) == "abbaab"


def test_table_has_a_line_for_every_row():
    text = FIGURES["markdown"](run(STEADY, ALONE))
    assert "| a < b | 2 | 1 | 2 | 1.92 to 2.08 | 4 |  |" in text
    assert "| alone | 3 |  |  |  |  |  |" in text


def test_plot_is_xml_with_a_dot_for_every_ratio():
    svg = ET.fromstring(FIGURES["plot"](run(STEADY, ALONE, FASTER)))  # noqa: S314 - our own
    assert len(svg.findall("{http://www.w3.org/2000/svg}circle")) == 2


def test_comparison_tells_a_changed_ratio_from_a_steady_one():
    changed = FIGURES["compared"]([run(STEADY), run(FASTER)])
    assert "| a < b | 2 | 4 | changed |" in changed
    assert "changed" not in FIGURES["compared"]([run(STEADY), run(STEADY)])


def test_comparison_looks_back_to_the_last_run_that_has_the_row():
    assert "changed" in FIGURES["compared"]([run(STEADY), run(ALONE), run(FASTER)])
    assert "nothing to compare" in FIGURES["compared"]([run(STEADY)])
