"""The baseline's file: round trip, schema, and no file however bad is a crash."""

from __future__ import annotations

import json
import random
from pathlib import Path

import jsonschema
import pytest
from snapshots import SEEN, SNAPSHOT, found

from verify.gate import Snapshot, SnapshotError

SCHEMA = json.loads(
    (
        Path(__file__).resolve().parents[2] / "verify" / "gate" / "schema" / "baseline-1.json"
    ).read_text(encoding="utf-8")
)
SAMPLES = [SNAPSHOT, found(SEEN, forms=("add", "mul"), network="nn:MLP", lacking=("mul",))]


@pytest.mark.parametrize("snapshot", SAMPLES, ids=["clean", "wrong"])
def test_baseline_reads_back_the_same_and_fits_its_schema(snapshot):
    text = snapshot.to_json()
    assert Snapshot.from_json(text) == snapshot
    assert Snapshot.from_json(text).to_json() == text
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads(text), SCHEMA)


def test_schema_describes_every_field_and_no_other():
    def closed(node: object) -> None:
        if isinstance(node, dict):
            if "properties" in node:
                assert set(node["required"]) == set(node["properties"])
                assert node["additionalProperties"] is False
            for child in node.values():
                closed(child)
        elif isinstance(node, list):
            for child in node:
                closed(child)

    closed(SCHEMA)


@pytest.mark.parametrize("key", sorted(json.loads(SNAPSHOT.to_json())))
def test_baseline_that_lacks_anything_is_refused(key):
    data = json.loads(SAMPLES[1].to_json())
    del data[key]
    with pytest.raises(SnapshotError):
        Snapshot.from_json(json.dumps(data))


@pytest.mark.parametrize(
    "text", ["", "[]", "1", "{", "null", '{"schema": "gradverify/baseline/2"}']
)
def test_what_is_no_baseline_is_refused(text):
    with pytest.raises(SnapshotError):
        Snapshot.from_json(text)


def test_baseline_of_another_schema_says_which():
    text = SNAPSHOT.to_json().replace("baseline/1", "baseline/2")
    with pytest.raises(SnapshotError, match=r"'gradverify/baseline/2', and"):
        Snapshot.from_json(text)


def test_mutated_baselines_are_read_or_refused_and_never_a_traceback():
    dice = random.Random(0)
    text = SAMPLES[1].to_json()
    refused: list[str] = []
    for _ in range(1_000):
        chars = list(text)
        for _ in range(dice.randint(1, 5)):
            place = dice.randrange(len(chars))
            chars[place] = dice.choice('{}[]",:0aZ\u202e\x00-e.')
        try:
            Snapshot.from_json("".join(chars))
        except SnapshotError as error:
            refused.append(str(error))
    assert 500 < len(refused) < 1_000
    assert not any("\n" in sentence for sentence in refused)
