"""Planted faults: each is really planted, each is found, and each by its own name."""

from __future__ import annotations

import pytest

from verify.campaign.mutants import hunt
from verify.faults import BY_CODE, FAULTS
from verify.faults.planting import on_lines, plain, replacing, rewriting
from verify.faults.plants import LEFT_OUT, PLANTS

IN_NETWORKS = {"zip-truncation", "stale-gradients"}
"""Faults of networks: planted in tests/networks."""


def test_every_fault_is_planted_and_every_plant_has_a_fault():
    planted = {plant.fault for plant in PLANTS}
    assert planted == set(BY_CODE) - IN_NETWORKS
    assert len(PLANTS) >= 60


def test_plants_are_different_engines_with_names_of_their_own():
    assert len({plant.name for plant in PLANTS}) == len(PLANTS)
    sources = {plant.source for plant in PLANTS}
    assert len(sources) == len(PLANTS)
    assert plain() not in sources


@pytest.mark.once
@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_planted_fault_is_found_by_its_own_name_in_a_small_program(plant):
    kill = hunt(plant.name, seed=1)
    assert kill.law is not None
    assert kill.own, kill.named
    assert kill.foreign == ()
    assert kill.size <= 5


def test_overwrite_can_be_planted_in_every_operation():
    planted = {plant.operation for plant in PLANTS if plant.fault == "overwrite"}
    assert planted >= {"add", "mul", "div", "pow", "power", "exp", "tanh", "relu", "max"}


def test_change_that_finds_nothing_to_change_is_refused():
    for edit in (
        replacing(("no such text", "")),
        rewriting("no such pattern", ""),
        on_lines("no such operation", (0,), lambda _x, _p: "pass"),
    ):
        with pytest.raises(ValueError, match="not once"):
            edit(plain())


def test_what_is_left_out_has_a_reason():
    assert all(len(why.split()) > 3 for why in LEFT_OUT.values())
    assert any("tinygrad#9217" in name for name in LEFT_OUT)


def test_stale_cache_is_not_said_to_be_marks_on_nodes():
    (why,) = [why for name, why in LEFT_OUT.items() if "stale cache" in name]
    assert "something else" in why


def test_faults_of_laws_are_not_predicted_and_others_are():
    for fault in FAULTS:
        seen_at_work = fault.code in {"missing-return", "in-place"}
        told_otherwise = fault.scope in {"law", "formula"} or seen_at_work
        assert (fault.predict is None) == told_otherwise, fault.code


def test_faults_seen_by_time_or_by_last_bits_claim_no_more_than_was_seen():
    """A list that is copied takes that time too, and a shuffled tuple loses the same bits."""
    for code in ("quadratic-walk", "unordered"):
        seen, _, example = BY_CODE[code].what.partition(", as when ")
        assert example
        for mechanism in ("list", "set", "look"):
            assert mechanism not in seen.split()
            assert mechanism not in BY_CODE[code].name.split()


def test_tanh_of_few_digits_is_not_said_to_overflow():
    """2 * sigmoid(2 * x) - 1 does not."""
    assert "overflow" not in BY_CODE["tanh-by-exponentials"].what
    assert "a sigmoid" in BY_CODE["tanh-by-exponentials"].what
