"""An engine that asks for its arguments has none: those of a process of ours are not its own."""

from __future__ import annotations

import sys

import pytest
from faulty_engines import SOURCE

from verify.engines import open_engine, seen_by, twin
from verify.engines.isolation import Isolated
from verify.engines.loading import load
from verify.program.text import parse_case

ASKS = """
import argparse
import sys

GIVEN = tuple(sys.argv)
assert len(sys.argv) == 1, sys.argv
parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float, default=0.5)
settings = parser.parse_args()
"""
USES = """
    def asked(self):
        assert settings.rate == 0.5
        return GIVEN, tuple(sys.argv)
"""


@pytest.fixture
def target(engine_file):
    """An engine that needs what it reads of its arguments, and refuses any."""
    uses = "self.data = float(data)"
    assert uses in SOURCE
    return engine_file(SOURCE.replace(uses, f"{uses}\n        self.asked()") + USES + ASKS)


def test_a_file_sees_its_own_path_alone_and_ours_stay_ours(target):
    before = sys.argv
    loaded = load(target)
    assert vars(loaded.module)["GIVEN"] == (target.removesuffix(":Value"),)
    assert sys.argv is before


def test_a_module_sees_its_own_name_alone(target, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert vars(load("engine0:Value").module)["GIVEN"] == ("engine0",)


def test_a_file_in_a_worker_sees_no_arguments_of_ours(target):
    with Isolated(open_engine, (target, None)) as engine:
        assert "add" in engine.facts.spellings


def test_a_file_in_another_process_sees_no_arguments_of_ours(target):
    engine = open_engine(target)
    case = parse_case("x0 = 3.0\n%1 = mul(x0, x0)")
    assert twin.bits_elsewhere(engine, case, 1)[0] == ((6.0).hex(),)


def test_what_an_engine_in_a_worker_sees_later_is_not_ours_either(engine_file):
    later = "\n    def relu(self):\n        import sys\n        return Value(len(sys.argv))\n"
    with Isolated(open_engine, (engine_file(SOURCE + later), None)) as engine:
        assert seen_by(engine, parse_case("x0 = 3.0\n%1 = relu(x0)")).primals[-1] == 1.0
