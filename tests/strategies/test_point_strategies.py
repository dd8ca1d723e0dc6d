"""Points, dice, network shapes, and the sketch's refusals."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import mlp_shapes, points
from strategies.dice import Dice
from strategies.points import KINDS, Point, batch
from strategies.sketch import COMFORT, Sketch
from verify.program import FORMS, Ref

SOME = settings(max_examples=60, deadline=None)
X, Y = Ref(0), Ref(1)

LAWS = {
    "ordinary": lambda p: all(0.2 <= x <= 2.2 for x in p),
    "negative": lambda p: all(-2.2 <= x <= -0.2 for x in p),
    "signed": lambda p: all(0.2 <= abs(x) <= 2.2 for x in p),
    "special": lambda p: all(x in {0.0, 1.0, -1.0, 2.0, -2.0, 0.5, 3.0} for x in p),
    "mixed": lambda p: all(abs(x) <= 3.0 for x in p),
    "tied": lambda p: len(set(p)) == 1,
    "tied pair": lambda p: len(p) < 3 or all(0.2 <= abs(x) <= 2.2 for x in p),
    "near kink": lambda p: all(0 < min(abs(x), abs(abs(x) - 1)) < 1e-3 for x in p),
    "moderate": lambda p: all(2 <= abs(x) <= 18 for x in p),
    "extreme": lambda p: all(1e-3 <= abs(x) <= 2e3 for x in p),
}


@pytest.mark.parametrize("kind", KINDS)
def test_points_of_a_kind_keep_its_law(kind: str) -> None:
    @SOME
    @given(st.integers(1, 4).flatmap(lambda n: st.tuples(st.just(n), points(n, kind))))
    def check(drawn: tuple[int, Point]) -> None:
        n, point = drawn
        assert len(point) == n
        assert all(type(x) is float and math.isfinite(x) for x in point)
        assert LAWS[kind](point)

    check()


def test_points_have_no_other_kinds() -> None:
    with pytest.raises(KeyError, match="holy"):
        points(2, "holy")


@SOME
@given(points(3), st.integers(1, 30), st.binary(max_size=300))
def test_points_of_a_batch_take_every_kind_in_turn(point: Point, size: int, data: bytes) -> None:
    assert len(point) == 3
    made = batch(Dice(data), 3, size)
    assert len(made) == size
    assert all(len(p) == 3 for p in made)
    assert size < len(KINDS) or any(len(set(p)) == 1 for p in made)


def test_points_tie_two_inputs() -> None:
    made = [KINDS["tied pair"](Dice(bytes(range(k, k + 30))), 3) for k in range(60)]
    assert sum(len(set(point)) < 3 for point in made) >= 30


@SOME
@given(mlp_shapes())
def test_mlp_shapes_stay_in_bounds(shape: tuple[int, tuple[int, ...]]) -> None:
    inputs, layers = shape
    assert 1 <= inputs <= 4
    assert 1 <= len(layers) <= 3
    assert all(1 <= width <= 4 for width in layers)


@SOME
@given(mlp_shapes(max_inputs=2, max_layers=1, max_width=7))
def test_mlp_shapes_take_other_bounds(shape: tuple[int, tuple[int, ...]]) -> None:
    inputs, layers = shape
    assert inputs <= 2
    assert len(layers) == 1
    assert 1 <= layers[0] <= 7


def test_dice_read_zeros_past_the_end() -> None:
    dice = Dice(b"\x05")
    assert [dice.below(4), dice.below(4), dice.below(1000)] == [1, 0, 0]
    assert dice.pick("abc") == "a"
    assert not dice.chance(1, 8)


def test_dice_throw_as_often_as_they_say() -> None:
    thrown = Counter(Dice(bytes([value])).chance(1, 4) for value in range(256))
    assert thrown == {True: 64, False: 192}
    assert Dice(b"\x01\x02").below(65536) == 0x0102
    assert Dice(b"\x01\x02").below(65) == 0x0102 % 65
    assert Dice(b"\x01\x02").below(64) == 1


def refused(form: str, operands: tuple[object, ...], *where: float) -> bool:
    sketch = Sketch([(x, 1.0) for x in where])
    return not sketch.apply(form, operands)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("form", "operands", "bad", "good"),
    [
        ("log", (X,), (0.0, -1.0), 0.5),
        ("div", (Y, X), (0.0,), -0.5),
        ("pow", (X, -1), (0.0,), -0.5),
        ("pow", (X, 0.5), (0.0, -1.0), 0.5),
        ("power", (X, Y), (0.0, -1.0), 0.5),
        ("relu", (X,), (0.0,), -1.0),
        ("max", (X, Y), (1.0,), 0.5),
        ("exp", (X,), (COMFORT["exp"] * 1.01, -COMFORT["exp"] * 1.01), 11.0),
        ("mul", (X, X), (1e4, float("nan")), 999.0),
    ],
)
def test_sketch_refuses_what_is_not_legal(
    form: str, operands: tuple[object, ...], bad: tuple[float, ...], good: float
) -> None:
    assert form in FORMS
    assert all(refused(form, operands, x) for x in bad)
    assert not refused(form, operands, good)


def test_sketch_gives_up_points_and_not_the_draw() -> None:
    sketch = Sketch([(1.0,), (-1.0,), (2.0,), (3.0,)])
    assert sketch.apply("log", (X,))
    assert sketch.points == ((1.0,), (2.0,), (3.0,))
    sketch.undo(1)
    assert sketch.instructions == []
    assert len(sketch.points) == 3


def test_sketch_uses_a_sum_that_cancelled_in_sums_only() -> None:
    sketch = Sketch([(1.0, -1.0 + 1e-9)])
    assert sketch.apply("add", (X, Y))
    assert not sketch.apply("exp", (Ref(2),))
    assert sketch.apply("add", (Ref(2), X))
    assert not sketch.apply("exp", (Ref(3),))
    assert sketch.apply("exp", (X,))


def test_sketch_takes_kinks_only_when_told_and_only_of_inputs() -> None:
    assert Sketch([(0.0,)], at_kinks=True).apply("relu", (X,))
    made = Sketch([(0.0,)], at_kinks=True)
    assert made.apply("neg", (X,))
    assert not made.apply("relu", (Y,))
