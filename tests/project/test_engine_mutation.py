"""The mutants of engines that are alive are those that are explained, and no others."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "mutation"
RESULTS = json.loads((FOLDER / "engines.json").read_text(encoding="utf-8"))
REASONS = tomllib.loads((FOLDER / "survivors.toml").read_text(encoding="utf-8"))["reason"]


UNEXPLAINED = {"reference": 156, "network": 19, "micrograd": 0}
"""Survivors that nobody has explained yet, as ENGINES.md says: the next run must not add any."""


def test_survivors_without_a_reason_are_counted():
    explained = {tuple(mutant) for reason in REASONS for mutant in reason["mutants"]}
    page = (FOLDER / "ENGINES.md").read_text(encoding="utf-8")
    for name, rows in RESULTS.items():
        alive = [row for row in rows if row["kind"] == "code" and not row["killed_by"]]
        keys = [(row["module"], row["definition"], row["before"], row["after"]) for row in alive]
        left = sum(key not in explained for key in keys)
        assert left == UNEXPLAINED[name]
        assert f" | {left} | " in page


def test_reason_is_said_and_has_a_verdict():
    assert {reason["verdict"] for reason in REASONS} <= {"equivalent", "gap"}
    assert all(reason["why"].endswith(".") and reason["mutants"] for reason in REASONS)


def test_each_campaign_ran():
    killed = {
        name: sum(row["kind"] == "code" and bool(row["killed_by"]) for row in rows)
        for name, rows in RESULTS.items()
    }
    assert set(killed) == {"micrograd", "reference", "network"}
    assert all(count >= 100 for count in killed.values())
