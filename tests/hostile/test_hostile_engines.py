"""Whatever an engine does, a run ends with a valid report that names it, and leaves no process."""

from __future__ import annotations

import json
import sys
import time
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
from hostile_engines import HOSTILE, UNLOADABLE, Hostile

from verify.campaign import Budget, Plan, run
from verify.engines import TargetError
from verify.engines.isolation import Limits, isolated_engine
from verify.laws import LAWS, selected
from verify.report import FORMATS

SCHEMA = json.loads((resources.files("verify.report") / "schema" / "report-1.json").read_text())
PLAN = Plan(
    Budget(programs=1, points=4, minimum=0, rounds=0),
    forms=("add", "mul"),
    laws=selected(LAWS, "VAL,GRA,RUN,SUP", None),
)
LONGEST = 60.0
"""Seconds that a run may take at most; most take two or three, on a machine that is not busy."""
needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")


def limits(hostile: Hostile) -> Limits:
    """What hangs need not be waited for; what does not, is not to be ended by a busy machine."""
    hangs = hostile.law == "RUN02" or "hangs" in hostile.words
    return Limits(case=0.5 if hangs else 5.0, memory=200)


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """The processes that were started under this test and still run."""
    mark = f"GRADVERIFY_TEST={tmp_path}"
    monkeypatch.setenv(*mark.split("=", 1))

    def look() -> list[str]:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark.encode() in (folder / "environ").read_bytes():
                    found.append((folder / "cmdline").read_bytes().decode())
            except OSError:
                continue
        return found

    return look


@needs_proc
@pytest.mark.once
@pytest.mark.parametrize("name", HOSTILE)
def test_run_ends_with_a_valid_report_that_names_what_a_hostile_engine_does(
    name, engine_file, oracles, monkeypatch, tmp_path, left
):
    (tmp_path / "doomed").mkdir()
    monkeypatch.chdir(tmp_path / "doomed")
    hostile = HOSTILE[name]
    started = time.monotonic()
    with isolated_engine(engine_file(hostile.source), limits(hostile)) as subject:
        document = run(subject, oracles, PLAN)
    assert time.monotonic() - started < LONGEST
    assert left() == []
    jsonschema.validate(json.loads(FORMATS["json"][1](document)), SCHEMA)
    for _, render in FORMATS.values():
        assert render(document)
    found = [f for f in document.findings if f.law == hostile.law]
    if hostile.law == "":
        assert document.status == "wrong"
    elif hostile.law is None:
        assert {f.law for f in document.findings if f.severity == "error"} == set()
    else:
        assert found, [f.law for f in document.findings]
        said = " ".join(f"{f.message} {f.diagnosis}" for f in found)
        assert hostile.words in said
        assert document.status == ("wrong" if hostile.law != "RUN05" else "certified")


@needs_proc
@pytest.mark.parametrize("name", UNLOADABLE)
def test_engine_that_cannot_be_loaded_is_refused_in_a_sentence(name, engine_file, left):
    hostile = UNLOADABLE[name]
    with pytest.raises(TargetError) as refused:
        isolated_engine(engine_file(hostile.source), limits(hostile))
    assert hostile.words in str(refused.value)
    assert "\n" not in str(refused.value)
    assert left() == []
