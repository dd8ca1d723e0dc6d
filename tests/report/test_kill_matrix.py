"""The kill matrix says what survived, what was misnamed, and never counts nothing as a success."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

from verify.report.kill_matrix import KillMatrix, KillRecord, sentence, to_markdown
from verify.report.kill_matrix_svg import to_svg

KILL = KillRecord("overwrite-mul", "overwrite", 0, "GRA01", ("overwrite",), True, (), 1, 0.25)
SURVIVOR = replace(KILL, plant="overwrite-exp", law=None, named=(), own=False, size=0)
MISNAMED = replace(
    KILL, plant="wrong-sign-sub", fault="wrong-sign", own=False, foreign=("overwrite",)
)
MATRIX = KillMatrix(
    hunts=(KILL, SURVIVOR, MISNAMED),
    broken={"overwrite-mul": ("GRA01", "GRA02"), "overwrite-exp": (), "wrong-sign-sub": ("GRA01",)},
    faults={
        "overwrite-mul": "overwrite",
        "overwrite-exp": "overwrite",
        "wrong-sign-sub": "wrong-sign",
    },
    laws=("VAL01", "GRA01", "GRA02"),
)


def test_survivors_and_false_names_are_counted():
    assert MATRIX.survivors == (SURVIVOR,)
    assert MATRIX.misnamed == (MISNAMED,)
    assert MATRIX.unnamed == (SURVIVOR, MISNAMED)
    assert sentence(MATRIX).startswith("2 of 3 hunts killed (3 planted engines, seeds: 1); 33.3 %")
    assert "1 by another" in sentence(MATRIX)


def test_cells_count_the_planted_engines_of_a_fault():
    assert MATRIX.cells() == {
        "overwrite": {"VAL01": (0, 2), "GRA01": (1, 2), "GRA02": (1, 2)},
        "wrong-sign": {"VAL01": (0, 1), "GRA01": (1, 1), "GRA02": (0, 1)},
    }


def test_what_a_hunt_alone_saw_broken_is_counted_too():
    """A small run may miss a formula that loses digits in few places: it is no survivor."""
    missed = replace(MATRIX, broken={**MATRIX.broken, "wrong-sign-sub": ()})
    assert missed.cells() == MATRIX.cells()
    assert replace(missed, hunts=(KILL, SURVIVOR)).cells()["wrong-sign"]["GRA01"] == (0, 1)


def test_markdown_lists_survivors_and_leaves_out_laws_that_kill_nothing():
    text = to_markdown(MATRIX)
    assert "| fault | engines | GRA01 | GRA02 |" in text
    assert "## Survivors\n\n- overwrite-exp, seed 0: nothing found" in text
    assert "## Named as another\n\n- wrong-sign-sub, seed 0: GRA01, overwrite" in text


def test_picture_is_one_well_formed_image_that_names_every_fault():
    text = to_svg(MATRIX)
    root = ET.fromstring(text)  # noqa: S314
    assert root.get("role") == "img"
    assert "overwrite (2)" in text
    assert "GRA01 broken in 1 of 2" in text
    assert "VAL01" not in text


def test_no_hunts_are_said_to_be_none():
    assert sentence(KillMatrix((), {}, {}, ())) == "Nothing was hunted."
