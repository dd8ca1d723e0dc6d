"""A thousand damaged configurations: each is one sentence or none, and the schema agrees."""

from __future__ import annotations

import json
import random
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import verify.cli
from verify.configuration import ENGINE, KEYS, ConfigError, configured
from verify.engines.probing.overrides import KEYS as ENGINE_KEYS
from verify.program import FORMS

pytestmark = pytest.mark.once

SCHEMA = json.loads(
    (Path(verify.cli.__file__).parent / "schema" / "config-1.json").read_text(encoding="utf-8")
)
VALID = Draft202012Validator(SCHEMA)
HEADS = {"gradverify.toml": "", "pyproject.toml": "tool.gradverify"}
BODY = """\
target = "engine.py:Value"
report-dir = "out"
select = ["GRA", "VAL"]
ignore = "ACC"
fail-on = "note"
quick = true
seed = 7
"""
ENGINE_BODY = """\
construct = "Value({}, label='')"
primal = ".data"
gradient = ".grad"
backward = "backward({})"
zero-grad = ".zero_grad()"
float-width = 32
unsupported = ["pow", "rdiv"]
"""
SPELLINGS = 'exp = "exp({0})"\nmul = "{0}.times({1})"\n'
VALUES = (
    "1", "-1", "1.5", "nan", "true", '""', '"x"', "[]", "[1]", '["add"]', "{}", "{a = 1}",
    "1979-05-27", "9223372036854775808", '"\\u0000"', '"{}"', '"."', "'''\na\n'''", "", "=", "[[",
)  # fmt: skip


def text(name: str) -> str:
    head = HEADS[name]
    tables = [f"[{head}]\n" if head else "", f"[{head}.engine]\n" if head else "[engine]\n"]
    last = f"[{head}.engine.spellings]\n" if head else "[engine.spellings]\n"
    return tables[0] + BODY + tables[1] + ENGINE_BODY + last + SPELLINGS


def damaged(dice: random.Random, source: str) -> bytes:
    """One to three damages: of letters, of lines, of keys or of values."""
    for _ in range(dice.randint(1, 3)):
        lines = source.split("\n")
        at = dice.randrange(len(lines))
        key, _, value = lines[at].partition("=")
        kind = dice.randrange(7)
        if kind == 0:
            place = dice.randrange(len(source) + 1)
            source = source[:place] + chr(dice.randrange(0x250)) + source[place:]
            continue
        if kind == 1:
            place = dice.randrange(len(source))
            source = source[:place] + source[place + 1 + dice.randrange(3) :]
            continue
        if kind == 2:
            lines.insert(at, dice.choice(lines))
        elif kind == 3:
            del lines[at]
        elif kind == 4:
            lines[at] = f"{key}= {dice.choice(VALUES)}"
        elif kind == 5:
            letters = [*key]
            dice.shuffle(letters)
            lines[at] = "".join(letters).strip() + f" ={value}"
        else:
            names = [*KEYS, *ENGINE_KEYS, *FORMS]
            lines[at] = f"{dice.choice(names)} = {dice.choice(VALUES)}"
        source = "\n".join(lines)
    raw = source.encode("utf-8")
    if dice.random() < 0.03:
        place = dice.randrange(len(raw))
        raw = raw[:place] + bytes([0xFF]) + raw[place:]
    return raw


def is_valid(raw: bytes, name: str) -> bool:
    """Whether the published schema takes the table; what is no TOML is not valid."""
    try:
        found = tomllib.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        return False
    if HEADS[name]:
        found = found.get("tool", {})
        found = found.get("gradverify", {}) if isinstance(found, dict) else {}
    return VALID.is_valid(found)


@pytest.mark.parametrize("name", HEADS)
def test_damaged_configuration_is_one_sentence_or_none_as_the_schema_says(tmp_path, name):
    dice = random.Random(7)
    said: set[str] = set()
    taken = 0
    for number in range(500):
        raw = damaged(dice, text(name))
        (tmp_path / name).write_bytes(raw)
        try:
            configured("run", tmp_path)
        except ConfigError as error:
            sentence = str(error)
            assert sentence.isprintable(), (number, raw)
            assert len(sentence) < 700
            assert sentence.startswith(name)
            assert not is_valid(raw, name), (number, sentence, raw)
            said.add(sentence)
        else:
            assert is_valid(raw, name), (number, raw)
            taken += 1
    assert len(said) > 100
    assert taken > 20


def test_schema_is_a_schema_and_knows_every_key():
    Draft202012Validator.check_schema(SCHEMA)
    assert set(SCHEMA["properties"]) == {*KEYS, ENGINE}
    engine = SCHEMA["$defs"]["engine"]["properties"]
    assert set(engine) == set(ENGINE_KEYS)
    assert set(engine["spellings"]["propertyNames"]["enum"]) == set(FORMS)


@pytest.mark.parametrize("name", HEADS)
def test_configuration_without_damage_is_taken_whole(tmp_path, name):
    (tmp_path / name).write_text(text(name), encoding="utf-8")
    found = configured("run", tmp_path)
    assert found["overrides"]["target"] == "engine.py:Value"
    assert set(found["overrides"]["engine"]) == set(ENGINE_KEYS)
    assert is_valid((tmp_path / name).read_bytes(), name)
