"""A bug that shows only after other programs: its case passes in a new process, and it is said."""

from __future__ import annotations

import json

import pytest
from faulty_engines import SOURCE, overwriting, replaced

from verify.campaign import QUICK, Plan, run
from verify.campaign.anew import PASSES_ALONE
from verify.campaign.explore import Explorer
from verify.cli import exit_codes, main
from verify.engines import open_engine
from verify.engines.isolation import isolated_engine
from verify.laws import BY_CODE
from verify.report import FORMATS, exhibit

pytestmark = pytest.mark.once
CACHED = replaced(
    SOURCE,
    ("import math\n", "import math\n\nCACHE = {}\n"),
    ("        out = Value(math.exp(self.data), (self,))\n",
     "        y = CACHE.setdefault(round(self.data), math.exp(self.data))\n"
     "        out = Value(y, (self,))\n"),
)  # fmt: skip
LAWS = tuple(BY_CODE[code] for code in ("VAL01", "GRA01", "RUN01"))


@pytest.fixture
def document(engine_file, oracles):
    """The report on a source, examined in a process of its own."""

    def make(source: str):
        with isolated_engine(engine_file(source, name="engine")) as engine:
            plan = Plan(QUICK, forms=("exp", "add", "mul"), laws=LAWS)
            return run(engine, oracles, plan)

    return make


def as_json(document) -> str:
    return json.dumps({**json.loads(FORMATS["json"][1](document)), "timings": {}})


def test_finding_that_passes_anew_says_so_and_has_no_name_and_no_script(document):
    made = document(CACHED)
    (finding,) = made.findings
    assert (finding.law, finding.operation, finding.fault) == ("VAL01", "exp", None)
    assert finding.flickers
    assert finding.passes_alone
    assert finding.diagnosis.endswith(PASSES_ALONE)
    assert exhibit.exhibit(made, finding) is None
    assert "after other programs" in exhibit.why_not(made, finding)


def test_same_seed_gives_the_same_bytes(document):
    assert as_json(document(CACHED)) == as_json(document(CACHED))


def test_finding_that_fails_anew_keeps_its_name_and_its_script(document):
    made = document(overwriting("exp"))
    (finding,) = made.findings
    assert finding.fault == "overwrite"
    assert not finding.flickers
    assert PASSES_ALONE not in finding.diagnosis
    assert exhibit.exhibit(made, finding) is not None


@pytest.mark.parametrize(("source", "most"), [(SOURCE, 0), (overwriting("exp"), 1)])
def test_new_process_is_begun_once_for_each_finding(
    source, most, engine_file, oracles, monkeypatch
):
    with isolated_engine(engine_file(source)) as engine:
        closed = []
        close = engine.close
        monkeypatch.setattr(engine, "close", lambda: closed.append(close()))
        explorer = Explorer(engine, oracles, QUICK, 0, ("exp", "add"))
        explorer.run()
        found = explorer.collector.result()
        assert explorer.collector.result() == found
        assert len(found) == len(closed) == most


def test_engine_in_this_process_is_not_begun_again(engine_file, oracles):
    explorer = Explorer(open_engine(engine_file(CACHED)), oracles, QUICK, 0, ("exp", "add"))
    explorer.run()
    (finding,) = explorer.collector.result()
    assert PASSES_ALONE not in finding.diagnosis.sentence


@pytest.mark.parametrize("kept", ["VAL01-1.json", "report.json", "corpus"])
def test_replay_that_passes_is_undecided_and_not_fixed(kept, engine_file, tmp_path, capsys):
    target = engine_file(CACHED, name="engine")
    folder = tmp_path / "reports"
    given = ["--quick", "--ops", "exp,add,mul", "--select", "VAL,GRA,RUN"]
    assert main(["run", target, *given, "--report-dir", str(folder)]) == exit_codes.FINDINGS
    path = next(folder.rglob(kept))
    path = next(path.iterdir()) if path.is_dir() else path
    capsys.readouterr()
    assert main(["replay", str(path)]) == exit_codes.IN_DOUBT
    assert "UNDECIDED  the case passes, as it did alone" in capsys.readouterr().out
    assert not list(folder.rglob("*VAL01*.py"))


def test_known_failure_that_passes_alone_is_no_unexpected_pass(
    engine_file, tmp_path, monkeypatch, capsys
):
    """Its case proves nothing by passing, so the gate does not say that it is mended."""
    monkeypatch.chdir(tmp_path)
    target = engine_file(CACHED, name="engine")
    asked = ["gate", target, "--quick", "--ops", "exp,add,mul", "--select", "VAL", "--ignore-speed"]
    assert main([*asked, "--update-baseline"]) == exit_codes.CLEAN
    assert main([*asked, "--accept", "VAL01", "--reason", "a cache"]) == exit_codes.CLEAN
    engine_file(SOURCE, name="engine")
    capsys.readouterr()
    assert main([*asked, "--no-corpus"]) == exit_codes.CLEAN
    said = capsys.readouterr().out
    assert "its case could not be decided" in said
    assert "\n  passes " not in said
