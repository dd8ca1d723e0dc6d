"""The mutants of engines that are alive are those that are explained, and no others."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "mutation"
RESULTS = json.loads((FOLDER / "engines.json").read_text(encoding="utf-8"))
REASONS = tomllib.loads((FOLDER / "survivors.toml").read_text(encoding="utf-8"))["reason"]
VERDICTS = {tuple(mutant): reason["verdict"] for reason in REASONS for mutant in reason["mutants"]}
CAMPAIGNS = ("micrograd", "network", "reference")


def change(row):
    return row["module"], row["definition"], row["before"], row["after"]


def run(name):
    return [row for row in RESULTS[name] if row["kind"] == "code"]


def alive(name):
    return [row for row in run(name) if not row["killed_by"]]


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_every_survivor_has_a_reason(name):
    assert [change(row) for row in alive(name) if change(row) not in VERDICTS] == []


def test_every_reason_is_that_of_a_survivor():
    survivors = {change(row) for name in CAMPAIGNS for row in alive(name)}
    assert set(VERDICTS) <= survivors


def test_no_mutant_has_two_reasons():
    assert len(VERDICTS) == sum(len(reason["mutants"]) for reason in REASONS)


def test_no_survivor_is_wrong():
    """Each prints what the original prints, or other numbers that are as right."""
    assert set(VERDICTS.values()) <= {"equivalent", "right"}
    assert all(reason["why"].endswith(".") and reason["mutants"] for reason in REASONS)


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_page_counts_what_the_results_hold(name):
    page = (FOLDER / "ENGINES.md").read_text(encoding="utf-8")
    verdicts = Counter(VERDICTS[change(row)] for row in alive(name))
    counts = (
        len(run(name)), len(run(name)) - len(alive(name)), verdicts["equivalent"],
        verdicts["right"],
    )  # fmt: skip
    assert f" | {' | '.join(map(str, counts))} | " in page


def test_each_campaign_ran():
    assert set(RESULTS) == set(CAMPAIGNS)
    assert all(len(run(name)) - len(alive(name)) >= 100 for name in CAMPAIGNS)
