"""From pytest's options to an engine: the command line wins, and each mistake is one sentence."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from faulty_engines import SOURCE

from verify.engines import Here
from verify.engines.isolation import Limits
from verify.pytest_plugin import OPTIONS
from verify.pytest_plugin.settings import NO_ENGINE, prepared


class Config:
    """As much of pytest's Config as the plugin reads."""

    def __init__(self, given, ini, folder):
        self._given, self._ini = given, ini
        self.inipath = folder / "pyproject.toml"
        self.rootpath = folder
        self.invocation_params = SimpleNamespace(dir=Path.cwd())
        self.stash = pytest.Stash()
        self.cleanups = []

    def add_cleanup(self, cleanup):
        self.cleanups.append(cleanup)

    def getoption(self, name):
        return self._given.get(name.removeprefix("gradverify_"))

    def getini(self, name):
        kinds = {f"gradverify_{key.replace('-', '_')}": kind for key, kind, _, _ in OPTIONS}
        empty = {"string": "", "bool": False, "linelist": []}[kinds[name]]
        return self._ini.get(name.removeprefix("gradverify_"), empty)


@pytest.fixture
def configured(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "engine.py").write_text(SOURCE, encoding="utf-8")

    made = []

    def make(ini=None, folder=tmp_path, **given):
        made.append(Config({"engine": "engine.py:Value", **given}, ini or {}, folder))
        return prepared(made[-1])

    yield make
    for config in made:
        for cleanup in config.cleanups:
            cleanup()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"engine": None}, NO_ENGINE),
        ({"engine": "engine.py"}, "'engine.py' does not name a class"),
        ({"engine": "nowhere.py:Value"}, "there is no file 'nowhere.py'"),
        ({"engine": "engine.py:Valu"}, "engine.py has no class 'Valu'; it has Value"),
        ({"network": "engine.py:Value"}, "engine.py:Value is not a network"),
        ({"seed": "-1"}, "--gradverify-seed is a whole number, 0 or more, not '-1'"),
        ({"seed": "one"}, "--gradverify-seed is a whole number, 0 or more, not 'one'"),
        ({"seed": str(2**63)}, "--gradverify-seed is a whole number, 0 or more"),
        ({"select": "XYZ"}, "--gradverify-select or --gradverify-ignore: no law's code begins"),
        ({"select": "NET"}, "the laws selected are about networks, and no network is named"),
        ({"select": "GRA", "ignore": "GRA"}, "no law is left"),
        ({"fail_on": "errors"}, "--gradverify-fail-on is note, warning, error, not 'errors'"),
        ({"case_timeout": "0"}, "--gradverify-case-timeout is a number of seconds, 0.05 or more"),
        ({"case_timeout": "nan"}, "--gradverify-case-timeout is a number of seconds, 0.05 or more"),
        ({"memory": "much"}, "32 or more; given were none and much"),
        ({"case_timeout": "2", "memory": "31"}, "32 or more; given were 2 and 31"),
        ({"xfail": ["no.toml"]}, "no.toml cannot be read: No such file or directory"),
    ],
)
def test_mistake_is_refused_in_a_sentence(configured, given, said):
    with pytest.raises(pytest.UsageError) as raised:
        configured(**given)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_configuration_is_read_and_the_command_line_wins(configured):
    ini = {"seed": "7", "quick": True, "select": "GRA", "fail_on": "note"}
    one = configured(ini)
    assert one.again == "--gradverify-engine=engine.py:Value --gradverify-quick --gradverify-seed=7"
    assert {question.law.code for question in one.asked} == {"GRA01", "GRA02"}
    assert one.fail_on == "note"
    assert len(one.known) > len(one.asked)
    other = configured(ini, seed="0", select="LIF01", fail_on="warning")
    assert other.again == "--gradverify-engine=engine.py:Value --gradverify-quick"
    assert [question.name for question in other.asked] == ["LIF01"]
    assert other.fail_on == "warning"


def test_files_of_a_configuration_lie_beside_it(configured, tmp_path, monkeypatch):
    entry = '[[xfail]]\ntest = "EDG*"\nreason = "not now"\n'
    (tmp_path / "xfail.toml").write_text(entry, encoding="utf-8")
    below = tmp_path / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    one = configured({"engine": "engine.py:Value", "xfail": ["xfail.toml"]}, engine=None)
    assert one.again.startswith("--gradverify-engine=../engine.py:Value")
    assert [entry.test for entry in one.expected] == ["EDG*"]
    (below / "own.toml").write_text(entry.replace("EDG", "LIF"), encoding="utf-8")
    (below / "engine.py").write_text(SOURCE, encoding="utf-8")
    two = configured({"xfail": ["xfail.toml"]}, xfail=["own.toml"])
    assert [entry.test for entry in two.expected] == ["LIF*"]


def test_configuration_of_gradverify_says_how_the_engine_is_driven(
    configured, tmp_path, monkeypatch
):
    (tmp_path / "engine.py").write_text(SOURCE.replace(".grad", ".zorp"), encoding="utf-8")
    with pytest.raises(pytest.UsageError, match="gradient"):
        configured()
    path = tmp_path / "gradverify.toml"
    path.write_text('target = "./engine.py:Value"\n[engine]\ngradient = ".zorp"\n')
    assert configured().examiner._subject.facts.gradient == ".zorp"
    below = tmp_path / "below"
    below.mkdir()
    monkeypatch.chdir(below)  # it lies beside pytest's own
    one = configured({"engine": "engine.py:Value"}, engine=None)
    assert one.examiner._subject.facts.gradient == ".zorp"
    path.write_text("[engine]\ngradient = 3\n")
    with pytest.raises(pytest.UsageError, match="gradient must be a text"):
        configured(engine="../engine.py:Value")


def steps_of(network):
    return network.steps


def test_engine_runs_in_a_process_of_its_own_or_in_this_one(configured):
    one = configured({"case_timeout": "2", "memory": "0"})
    assert one.examiner._subject.limits == Limits(2.0, 0)
    assert one.again.endswith("--gradverify-case-timeout=2 --gradverify-memory=0")
    two = configured({"case_timeout": "2"}, in_process=True)
    assert isinstance(two.examiner._subject, Here)
    assert two.again.endswith(" --gradverify-in-process")


def test_process_of_the_engine_ends_with_the_session(configured, tmp_path):
    config = Config({"engine": "engine.py:Value"}, {}, tmp_path)
    subject = prepared(config).examiner._subject
    assert subject.process.is_alive
    for cleanup in config.cleanups:
        cleanup()
    assert not subject.process.is_alive


def test_laws_of_networks_are_asked_where_there_is_one(configured, monkeypatch):
    monkeypatch.delitem(sys.modules, "micrograd", raising=False)  # another test may have used it
    one = configured(engine="microgradref:Value", network="microgradref:MLP", quick=True)
    assert "NET01" in [question.name for question in one.asked]
    assert one.examiner._network.ask(steps_of) == 100
    assert "micrograd" not in sys.modules
