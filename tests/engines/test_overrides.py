"""What a configuration says of an engine is taken as it is, tried, and refused by its key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from faulty_engines import SOURCE

from verify.check import check
from verify.engines import NotANumberError, OverrideError, observe, open_engine
from verify.engines.twin import bits_elsewhere
from verify.program.text import parse_case
from verify.verdict import Agree

CASE = parse_case("x0 = 3.0\n%1 = mul(x0, x0)\n%2 = add(%1, x0)")
ODD = """\
class Value:
    def __init__(self, unit, number):
        assert unit == "m"
        self.held = [number]
        self.slope = {"of": 0.0}
        self.under = ()
        self.hand_on = lambda: None

    def and_(self, other):
        out = Value("m", self.held[0] + other.held[0])

        def hand_on():
            self.slope["of"] += out.slope["of"]
            other.slope["of"] += out.slope["of"]
        out.under, out.hand_on = (self, other), hand_on
        return out

    def by(self, other):
        out = Value("m", self.held[0] * other.held[0])

        def hand_on():
            self.slope["of"] += other.held[0] * out.slope["of"]
            other.slope["of"] += self.held[0] * out.slope["of"]
        out.under, out.hand_on = (self, other), hand_on
        return out

    def begin(self):
        self.slope["of"] = 1.0

    def go(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for each in node.under:
                    visit(each)
                order.append(node)
        visit(self)
        for node in reversed(order):
            node.hand_on()
"""
WHOLE = {
    "construct": 'Value("m", {})',
    "primal": ".held[0]",
    "gradient": '.slope["of"]',
    "backward": "{}.begin(); {}.go()",
    "spellings": {"add": "{0}.and_({1})", "mul": "{0}.by({1})"},
}
"""Everything of ODD that no probing would find."""


def test_engine_that_no_probing_finds_is_driven_by_its_configuration(engine_file):
    target = engine_file(ODD)
    with pytest.raises(Exception, match="is not an engine"):
        open_engine(target)
    engine = open_engine(target, WHOLE)
    seen = observe(engine, CASE)
    assert (seen.primals, seen.adjoints[0]) == ((3.0, 9.0, 12.0), 7.0)
    assert engine.facts.spellings == WHOLE["spellings"]
    for key in ("construct", "primal", "gradient", "backward"):
        assert getattr(engine.facts, key) == WHOLE[key]


def test_overrides_are_plain_data_that_travel_with_the_facts(engine_file):
    engine = open_engine(engine_file(ODD), json.loads(json.dumps(WHOLE)))
    assert json.loads(json.dumps(engine.facts.overrides)) == WHOLE
    (bits, *_) = bits_elsewhere(engine, CASE, 1)  # another process opens the same engine
    assert bits == ((7.0).hex(),)


def test_each_part_can_be_overridden_alone(engine_file):
    target = engine_file(SOURCE + "\n    def other(self):\n        self.backward()\n")
    assert open_engine(target, {"backward": ".other()"}).facts.backward == ".other()"
    assert open_engine(target, {"float-width": 32}).facts.float_width == 32
    assert open_engine(target, {"zero-grad": ".other()"}).facts.zero_grad == ".other()"
    plain = open_engine(target).facts
    found = open_engine(target, {"unsupported": ["pow", "mul_number"]}).facts
    assert set(plain.spellings) - set(found.spellings) == {"pow", "mul_number"}
    assert found.unsupported["pow"] == "left out by the configuration"


def test_an_operation_left_out_is_left_out_in_all_its_spellings(engine_file):
    found = open_engine(engine_file(), {"unsupported": ["add"]}).facts.spellings
    assert not {"add", "add_number", "radd"} & set(found)
    assert "iadd" in found


WRONG = {
    "construct": ({"construct": "Value({}, nothing=1)"}, "TypeError"),
    "primal": ({"primal": ".grad"}, "does not hold it"),
    "gradient": ({"gradient": ".grad +"}, "SyntaxError"),
    "gradient of nothing": ({"gradient": ".slope"}, "'Value' object has no attribute 'slope'"),
    "gradient of the number": ({"gradient": ".data"}, "that is where its number is"),
    "gradient of the number in full": ({"gradient": "{}.data"}, "that is where its number is"),
    "gradient of text": (
        {"gradient": ".__class__.__name__"},
        "gradient is str 'Value', not a real number",
    ),
    "backward": ({"backward": ".backwrad()"}, "AttributeError"),
    "zero-grad": ({"zero-grad": ".nope()"}, "'Value' object has no attribute 'nope'"),
    "zero-grad =": ({"zero-grad": ".nope("}, "SyntaxError"),
    "spellings.mul": ({"spellings": {"mul": "{0} @ {1}"}}, "TypeError"),
    "spellings.exp": ({"spellings": {"exp": "{0}.data"}}, "it gives a float, not a Value"),
}


@pytest.mark.parametrize("key", WRONG)
def test_override_that_does_not_work_is_refused_by_its_key(engine_file, key):
    overrides, why = WRONG[key]
    with pytest.raises(OverrideError) as refused:
        open_engine(engine_file(), overrides)
    said = str(refused.value)
    assert said.startswith(f"engine.{key.split()[0]} = ")
    assert "does not work: " in said
    assert why in said
    assert "\n" not in said


def test_name_that_was_left_out_with_its_statement_is_said_to_be(engine_file):
    target = engine_file(f"{SOURCE}\n\nclass Makes:\n    of = Value\n\n\nMAKES = Makes()\n")
    with pytest.raises(OverrideError) as refused:
        open_engine(target, {"construct": "MAKES.of({})"})
    said = str(refused.value)
    line = SOURCE.count("\n") + 7
    assert "NameError: name 'MAKES' is not defined; left out of its file: " in said
    assert f"line {line} (" in said
    with pytest.raises(OverrideError) as refused:
        open_engine(target, {"construct": "Value({}, nothing=1)"})
    assert "left out" not in str(refused.value)


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"primall": ".data"}, "engine: there is no key 'primall'; did you mean 'primal'?"),
        ({"colour": 1}, "engine: there is no key 'colour'; there are construct, primal"),
        ({"construct": "Value"}, "engine.construct must hold {}"),
        ({"primal": "data"}, "engine.primal must begin with a dot"),
        ({"backward": 1}, "engine.backward must be a text of one line, not '1'"),
        ({"float-width": 16}, "engine.float-width must be 64 or 32, not '16'"),
        ({"float-width": True}, "engine.float-width must be 64 or 32"),
        ({"unsupported": "add"}, "engine.unsupported must be a list"),
        ({"unsupported": ["ad"]}, "there is no operation 'ad'; did you mean 'add'?"),
        ({"spellings": {"tahn": "{0}.tanh()"}}, "did you mean 'tanh'?"),
        ({"spellings": {"tanh": 1}}, "engine.spellings.tanh must be a text such as"),
        ({"spellings": []}, "engine.spellings must be a table"),
    ],
)
def test_what_is_not_known_is_refused_with_a_suggestion(engine_file, overrides, said):
    with pytest.raises(OverrideError) as refused:
        open_engine(engine_file(), overrides)
    assert said in str(refused.value)


LATER = Path(__file__).resolve().parents[1] / "zoo" / "engines" / "forward_first.py"


def test_results_that_are_computed_later_are_driven_as_the_configuration_says(oracles):
    overrides = {"primal": ".forward()", "backward": "{}.forward(); {}.backward()"}
    engine = open_engine(f"{LATER}:Value", overrides)
    case = parse_case("x0 = 3.0\n%1 = mul(x0, x0)\n%2 = mul(%1, x0)")
    (found,) = check(engine, oracles, case.program, [case.point])
    assert isinstance(found.verdict, Agree)


def test_member_that_raises_is_the_engine_s_failure(engine_file):
    engine = open_engine(engine_file(SOURCE), {"primal": "(0.0 + {}.data)"})
    with pytest.raises(NotANumberError, match="raises TypeError"):
        engine.primal(type("Bad", (), {"data": None})())
