"""JSON documents: the published schema, the strict reader, and what the two do with rubbish."""

from __future__ import annotations

import copy
import itertools
import json
import random
import re
from importlib import resources
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from strategies import cases
from verify.program import OPS, Case, Instruction, Program, ProgramError, Ref
from verify.program.json_form import SCHEMA, case_from_json, case_to_json, parse_json
from verify.program.text import case_text, parse_case, parse_program, program_text

PUBLISHED = json.loads(
    resources.files("verify.program").joinpath("schema/case-1.json").read_text("utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(PUBLISHED)
STEPS = (
    Instruction("mul", (Ref(0), Ref(1))),
    Instruction("add", (2, Ref(2))),
    Instruction("pow", (Ref(3), -1.5)),
    Instruction("sum", (Ref(4), Ref(2), Ref(0))),
)
CASE = Case(Program(2, STEPS), (1.25, -2.0), 0.5)
DOCUMENT = case_to_json(CASE)


def changed(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The good document with one place overwritten."""
    document: Any = copy.deepcopy(DOCUMENT)
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return document  # type: ignore[no-any-return]


OPERAND = ("instructions", 0, "operands", 0)
WRONG: dict[str, Any] = {
    "a list": [],
    "nothing": None,
    "no keys": {},
    "no seed": {k: v for k, v in DOCUMENT.items() if k != "seed"},
    "a key too many": {**DOCUMENT, "note": "hello"},
    "another version": changed(("schema",), "gradverify/case/2"),
    "a schema that is nothing": changed(("schema",), None),
    "no inputs": {**DOCUMENT, "inputs": [], "instructions": []},
    "inputs in an object": changed(("inputs",), {}),
    "a float as a number": changed(("inputs", 0), 1.25),
    "a decimal float": changed(("inputs", 0), "1.25"),
    "a short hex float": changed(("inputs", 0), "0x1.4p+0"),
    "a capital hex float": changed(("inputs", 0), "0X1.4000000000000P+0"),
    "a float of two lines": changed(("inputs", 0), "0x1.4000000000000p+0\n"),
    "another name of nan": changed(("inputs", 0), "NaN"),
    "a float beyond float64": changed(("inputs", 0), "0x1.0000000000000p+1024"),
    "a plus sign": changed(("inputs", 0), "+inf"),
    "a seed that is true": changed(("seed",), True),
    "instructions in a string": changed(("instructions",), "mul"),
    "an instruction that is a list": changed(("instructions", 0), ["mul"]),
    "an instruction with a key more": changed(("instructions", 0, "slot"), 1),
    "an op that is a number": changed(("instructions", 0, "op"), 3),
    "an op that is not known": changed(("instructions", 0, "op"), "gelu"),
    "a form for an op": changed(("instructions", 1, "op"), "radd"),
    "operands in an object": changed(("instructions", 0, "operands"), {}),
    "too few operands": changed(("instructions", 0, "operands"), [{"ref": 0}]),
    "numbers only": changed(("instructions", 0, "operands"), [{"int": 1}, {"int": 2}]),
    "an operand of no kind": changed(OPERAND, {}),
    "an operand of two kinds": changed(OPERAND, {"ref": 0, "int": 0}),
    "an operand of another kind": changed(OPERAND, {"value": 0}),
    "a bare operand": changed(OPERAND, 0),
    "a negative reference": changed(OPERAND, {"ref": -1}),
    "a reference that is true": changed(OPERAND, {"ref": True}),
    "a reference to half": changed(OPERAND, {"ref": 0.5}),
    "a huge reference": changed(OPERAND, {"ref": 10**30}),
    "a huge integer": changed(OPERAND, {"int": 2**53 + 1}),
    "an integer in a string": changed(OPERAND, {"int": "2"}),
    "a number in sum": changed(("instructions", 3, "operands", 1), {"int": 2}),
    "a value as exponent": changed(("instructions", 2, "operands", 1), {"ref": 0}),
}


def test_schema_is_a_schema_of_its_draft_and_names_no_host() -> None:
    jsonschema.Draft202012Validator.check_schema(PUBLISHED)
    assert PUBLISHED["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]
    assert "//" not in PUBLISHED["$id"]
    assert PUBLISHED["properties"]["schema"]["const"] == SCHEMA


@settings(max_examples=100, deadline=None)
@given(cases())
def test_schema_accepts_every_generated_case(case: Case) -> None:
    VALIDATOR.validate(case_to_json(case))


@pytest.mark.parametrize("x", [float("nan"), float("-inf"), -0.0, 5e-324, -1e-310, 1e308, 3e-308])
def test_schema_accepts_special_floats(x: float) -> None:
    VALIDATOR.validate(case_to_json(Case(CASE.program, (x, -x), x)))


def test_schema_accepts_every_exponent_of_a_float_and_no_other() -> None:
    pattern = re.compile(PUBLISHED["$defs"]["float"]["pattern"])
    for exponent in range(-1100, 1100):
        text = f"0x1.8000000000000p{exponent:+d}"
        assert bool(pattern.search(text)) == (-1022 <= exponent <= 1023)


@pytest.mark.parametrize("name", WRONG)
def test_schema_and_reader_refuse_the_same(name: str) -> None:
    assert not VALIDATOR.is_valid(WRONG[name])
    with pytest.raises(ProgramError) as refusal:
        case_from_json(WRONG[name])
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("op", [row.name for row in OPS])
def test_schema_knows_the_forms_of_every_operation(op: str) -> None:
    for size in range(4):
        for kinds in itertools.product("vif", repeat=size):
            spelt = {"v": {"ref": 0}, "i": {"int": 2}, "f": {"float": (0.5).hex()}}
            step = {"op": op, "operands": [spelt[kind] for kind in kinds]}
            document = {**DOCUMENT, "instructions": [step]}
            assert VALIDATOR.is_valid(document) == is_case(document), kinds


def is_case(document: Any) -> bool:
    try:
        case_from_json(document)
    except ProgramError:
        return False
    return True


WORDS = {
    "a reference that is true": "%2: 0: an operand is one of {'ref': n}, {'int': n}",
    "an integer in a string": "%2: 0: an operand is one of {'ref': n}, {'int': n}",
    "a decimal float": "x0: '1.25' is not made by float.hex",
    "a float beyond float64": "x0: '0x1.0000000000000p+1024' is not made by float.hex",
    "no seed": "the document lacks seed",
    "a key too many": "the document has unknown keys: 'note'",
    "another version": "the schema is 'gradverify/case/2', not 'gradverify/case/1'",
    "operands in an object": "%2: operands must be a list",
}


@pytest.mark.parametrize("name", WORDS)
def test_reader_says_what_is_wrong_and_where(name: str) -> None:
    with pytest.raises(ProgramError) as refusal:
        case_from_json(WRONG[name])
    assert WORDS[name] in str(refusal.value)


def test_reader_names_a_constant_that_is_not_json() -> None:
    for name in ("NaN", "Infinity", "-Infinity"):
        with pytest.raises(ProgramError, match=f"^{name} is not JSON"):
            parse_json(f'{{"seed": {name}}}')


def test_reader_refuses_what_a_schema_cannot_say() -> None:
    late = changed(OPERAND, {"ref": 2})
    assert VALIDATOR.is_valid(late)
    with pytest.raises(ProgramError, match="%2: mul: operand 0 refers to %2"):
        case_from_json(late)


HOSTILE = (
    "", " ", "nul", "{", '{"schema":', "[" * 100_000, '{"a":' * 100_000, "9" * 10_000,
    '{"seed": NaN}', "[Infinity]", "-Infinity", "\ufeff{}", '"\\ud800"', "\x00", "[1,]", "{'a': 1}",
    json.dumps(DOCUMENT) + "}", json.dumps({**DOCUMENT, "schema": "\ud800"}),
    json.dumps(DOCUMENT).replace('"int": 2', '"int": 1e400'),
    json.dumps(DOCUMENT).replace('"int": 2', '"int": NaN'),
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_reader_refuses_hostile_json_in_one_sentence(text: str) -> None:
    with pytest.raises(ProgramError) as refusal:
        case_from_json(parse_json(text))
    assert len(str(refusal.value).encode()) < 400
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("key", ["schema", "inputs", "seed"])
def test_reader_refuses_nesting_of_every_depth(key: str) -> None:
    for depth in range(1, 1200):
        nested = json.dumps(changed((key,), 0)).replace(
            f'"{key}": 0', f'"{key}": {"[" * depth}{"]" * depth}'
        )
        with pytest.raises(ProgramError):
            case_from_json(parse_json(nested))


def test_reader_takes_the_last_of_duplicate_keys_or_refuses() -> None:
    text = json.dumps(DOCUMENT).replace('"seed":', '"seed": 7, "seed":')
    assert case_from_json(parse_json(text)) == CASE


JUNK = (
    None,
    True,
    0,
    -1,
    10**40,
    0.5,
    1e308,
    "",
    "nan",
    "0x1.0p+0",
    "add",
    [],
    {},
    [[]],
    {"ref": 0},
)


def mutated(value: Any, dice: random.Random) -> Any:
    """A JSON value with one or more places dropped, doubled, exchanged or made junk."""
    if dice.random() < 0.08:
        return copy.deepcopy(dice.choice(JUNK))
    if isinstance(value, dict):
        kept = {k: mutated(v, dice) for k, v in value.items() if dice.random() > 0.03}
        return kept if dice.random() > 0.03 else {**kept, dice.choice(("ref", "op", "x")): 1}
    if isinstance(value, list):
        items = [mutated(v, dice) for v in value if dice.random() > 0.03]
        return items if dice.random() > 0.05 else items + items[:1]
    return value


def test_reader_answers_mutated_documents_with_a_case_or_a_refusal() -> None:
    dice = random.Random(8)
    refused = 0
    for _ in range(3000):
        document = parse_json(json.dumps(mutated(DOCUMENT, dice)))
        if is_case(document):
            assert case_to_json(case_from_json(document)) == document
            assert VALIDATOR.is_valid(document)
        else:
            refused += 1
    assert 1000 < refused < 3000


def test_reader_answers_mutated_json_text_with_a_case_or_a_refusal() -> None:
    assert all(map(readable_json, torn(json.dumps(DOCUMENT), 2000)))


def test_text_reader_answers_mutated_text_with_a_case_or_a_refusal() -> None:
    assert all(map(readable_text, torn(case_text(CASE), 3000)))
    assert all(map(readable_text, torn(program_text(CASE.program), 1000)))


def torn(text: str, count: int) -> list[str]:
    """Copies of a text cut short, with characters dropped, exchanged or repeated."""
    dice = random.Random(9)
    alphabet = 'x%=(),.-+0123456789einfa _#\n\t"{}[]:\u0663\u2028\x00\ud800'
    found = []
    for _ in range(count):
        characters = list(text)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(characters))
            characters[at] = dice.choice(("", dice.choice(alphabet), characters[at] * 2))
        found.append("".join(characters)[: dice.choice((None, dice.randrange(len(text))))])
    return found


def readable_json(text: str) -> bool:
    """Whether reading gives a case or a refusal; anything else is raised."""
    try:
        case = case_from_json(parse_json(text))
    except ProgramError:
        return True
    return case_from_json(case_to_json(case)).program == case.program


def readable_text(text: str) -> bool:
    """Likewise, for both text forms."""
    for parse in (parse_case, parse_program):
        try:
            parse(text)
        except ProgramError:
            continue
    return True
