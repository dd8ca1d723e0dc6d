"""The command line on hostile engines: exit codes, reports, and no process that stays."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faulty_engines import SOURCE, overwriting, replaced
from hostile_engines import HOSTILE, PRODUCT, RARE, RULE, UNLOADABLE, spoilt

from verify.campaign import Budget, Plan, run
from verify.campaign.plan import Examined
from verify.campaign.run import _enter_death
from verify.cli import main
from verify.cli.options import isolation as isolation_options
from verify.cli.options import types
from verify.engines import Here, open_engine, seen_by
from verify.engines.isolation import (
    DEFAULT_LIMITS,
    LEAST_MEMORY,
    Limits,
    TaskError,
    isolated_engine,
)
from verify.engines.isolation.reaping import code_of, kill
from verify.laws import BY_CODE, LAWS, Breach, examine, selected
from verify.laws.examining import by_code
from verify.program.text import parse_case
from verify.questions import is_sound
from verify.report import FORMATS

EXP = "            self.grad += out.data * out.grad  # exp\n"
BRIEF = ("--case-timeout", "1", "--memory", "300")
SMALL = ("--quick", "--examples", "1", "--ops", "add,mul", "--select", "GRA,VAL,RUN")
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")


def test_defaults_of_the_command_line_are_those_of_the_limits():
    given = (isolation_options.SECONDS, isolation_options.MEGABYTES)
    assert given == (DEFAULT_LIMITS.case, DEFAULT_LIMITS.memory)
    assert types.LEAST_MEMORY == LEAST_MEMORY


@pytest.mark.once
def test_run_in_a_process_of_its_own_finds_what_a_run_in_this_one_finds(engine_file, oracles):
    """The same report, of an engine with a bug: there are laws, a diagnosis and a shrink in it."""
    target = engine_file(overwriting("mul"), "engine")
    budget = Budget(programs=1, points=4, minimum=0, rounds=0)
    plan = Plan(budget, laws=selected(LAWS, "GRA,VAL,RUN,LIF,EDG01", None))
    here = run(open_engine(target), oracles, plan)
    with isolated_engine(target) as subject:
        there = run(subject, oracles, plan)
    assert here.findings
    assert untimed(here) == untimed(there)


def untimed(document) -> dict:
    return {**json.loads(FORMATS["json"][1](document)), "timings": {}}


@pytest.mark.once
def test_run_on_an_engine_that_hangs_keeps_what_it_found_and_replay_says_it_hangs(
    gradverify, engine_file, tmp_path
):
    source = spoilt("while True: pass").replace(
        "            self.grad += out.grad  # add\n", "            self.grad = out.grad  # add\n"
    )
    target = engine_file(source, "engine")
    brief = ("--case-timeout", "0.5", "--memory", "300")
    done = gradverify("run", target, *SMALL, *brief)
    assert (done.code, "Traceback" in done.err) == (1, False)
    (folder,) = (tmp_path / "reports").iterdir()
    report = json.loads((folder / "report.json").read_text())
    assert {"RUN02", "GRA01"} <= {finding["law"] for finding in report["findings"]}
    assert "mul hangs: no answer within 0.5 s" in " ".join(done.out.split())
    again = gradverify("replay", str(folder / "RUN02-1.json"), *brief)
    assert again.code == 1
    assert "STILL FAILING  RUN02" in again.out


@pytest.mark.parametrize("megabytes", ["1", "-5", "31", "much"])
def test_memory_that_our_own_code_would_not_fit_in_is_bad_usage(megabytes, gradverify):
    done = gradverify("run", "--memory", megabytes)
    assert done.code == 2
    assert f"'{megabytes}' is not 0, for no limit, or a whole number of megabytes" in done.err


def test_engine_that_hangs_on_import_is_exit_code_3(gradverify, engine_file):
    target = engine_file(UNLOADABLE["hangs-on-import"].source, "engine")
    done = gradverify("run", target, "--case-timeout", "0.2")
    assert done.code == 3
    assert "it hangs when it is imported" in done.refusal
    assert done.out == ""


@pytest.mark.once
def test_proof_ends_with_a_program_that_crashes(gradverify, engine_file):
    block = "        if 1.72 < self.data < 1.73:\n            import os\n            os._exit(1)\n"
    source = replaced(SOURCE, (PRODUCT, block + PRODUCT))
    done = gradverify("prove", engine_file(source, "engine"), "--size", "2", *BRIEF)
    assert done.code == 1
    assert "COUNTEREXAMPLE" in done.out
    assert "It is in the forward pass, when %2 = mul(%1, " in " ".join(done.out.split())


@pytest.mark.once
def test_report_is_written_though_the_engine_deletes_the_working_folder(engine_file, tmp_path):
    work = tmp_path / "doomed"
    work.mkdir()
    target = engine_file(HOSTILE["deletes-the-working-folder"].source, "engine")
    done = subprocess.run(
        [sys.executable, "-m", "verify", "run", target, *SMALL, *BRIEF],
        cwd=work, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    (folder,) = (work / "reports").iterdir()
    assert "the working folder is deleted" in " ".join(done.stdout.split())
    assert (folder / "report.json").is_file()


@pytest.mark.once
def test_law_that_hangs_is_named_and_the_others_are_examined(engine_file):
    """Two backward passes over one graph: no random case makes them."""
    source = replaced(
        SOURCE,
        ("        self.grad = 1.0\n",
         "        while self.__dict__.get('used'): pass\n        self.used = True\n"
         "        self.grad = 1.0\n"),
    )  # fmt: skip
    with isolated_engine(engine_file(source), Limits(case=0.4)) as subject:
        book, deaths = examine(BY_CODE["LIF01"], subject)
        assert book.skipped == "the engine hangs: no answer within 1.2 s"
        assert deaths["RUN02"].message.startswith("hangs while LIF01 (")
        held, none = examine(BY_CODE["LIF02"], subject)
        assert held.compared
        assert none == {}
        while not subject.worn_out:
            examine(BY_CODE["LIF01"], subject)
        left_out, none = examine(BY_CODE["LIF02"], subject)
        assert "too often" in left_out.skipped
        assert (left_out.compared, none) == (0, {})


def spoiling(when: str) -> str:
    """The engine, with a product whose backward spoils a module that our code needs too."""
    return replaced(SOURCE, (RULE, f"            if {when}: math.isfinite = None\n{RULE}"))


def test_process_spoilt_by_another_case_is_an_incident_and_the_law_is_examined(engine_file):
    with isolated_engine(engine_file(spoiling(RARE)), Limits(case=5.0)) as subject:
        seen_by(subject, parse_case("x0 = 2.0\n%1 = mul(x0, x0)"))
        book, deaths = examine(BY_CODE["LIF04"], subject)
        assert (bool(book.compared), deaths) == (True, {})
        (incident,) = subject.incidents
    assert "there, our own code raised TypeError: 'NoneType' object is not" in str(incident)


def test_law_whose_examination_spoils_the_process_is_no_failure_of_the_suite(engine_file):
    source = spoiling("self.data == 1.5")  # of a law, and of no probing
    source = source.replace("def __add__", "def plus")  # laws have mul alone
    with isolated_engine(engine_file(source), Limits(case=5.0)) as subject:
        book, deaths = examine(BY_CODE["LIF04"], subject)
        assert "our own code raised TypeError" in book.skipped
        assert deaths["RUN04"].message.startswith("crashes while LIF04 (")
        assert tuple(subject.incidents) == ()


def test_failure_of_our_code_with_an_engine_that_is_innocent_too_is_the_suites_own(engine_file):
    with isolated_engine(engine_file(), Limits(case=5.0)) as subject:
        with pytest.raises(TaskError, match="KeyError: 'NONE01'"):
            subject.ask(by_code, "NONE01")
        assert tuple(subject.incidents) == ()


def deadly_exp(what: str) -> str:
    """The engine, with a product that overwrites, and an exp whose backward does more."""
    return replaced(overwriting("mul"), (EXP, f"            {what}\n{EXP}"))


@pytest.mark.once
@pytest.mark.parametrize(
    ("what", "law"), [("while True: pass", "RUN02"), ("x = [0] * 10**11", "RUN03")]
)
def test_operation_that_is_deadly_is_one_finding_and_the_others_are_examined(
    what, law, engine_file, oracles
):
    budget = Budget(programs=2, points=4, minimum=0, rounds=0)
    plan = Plan(budget, laws=selected(LAWS, "GRA,RUN,LIF02,LIF04,EDG01,EDG02", None))
    with isolated_engine(engine_file(deadly_exp(what)), Limits(10.0, 200, 10.0)) as subject:
        document = run(subject, oracles, plan)
        assert subject.process.deaths <= 8
        assert subject.left_out == {"exp"}
    errors = [(f.law, f.operation) for f in document.findings if f.severity == "error"]
    assert sorted(errors) == [("GRA01", "mul"), (law, "exp")]
    examined = {each.code: each.status for each in document.laws}
    assert {examined[code] for code in ("LIF02", "LIF04", "RUN05", "EDG02")} == {"held"}


@pytest.mark.once
def test_law_is_examined_without_the_operation_that_ended_its_examination(engine_file):
    """No random case was there before: each operation is tried by itself."""
    source = deadly_exp("while True: pass")
    with isolated_engine(engine_file(source), Limits(run=10.0)) as subject:
        for code in ("LIF02", "RUN05"):
            book, deaths = examine(BY_CODE[code], subject)
            assert (bool(book.compared), book.skipped, deaths) == (True, "", {})
        ((case, seen),) = subject.killers
        assert [i.op for i in case.program.instructions] == ["exp"]
        assert seen.failure.kind == "hangs"
        assert subject.process.deaths == 2


def test_operation_that_is_deadly_is_not_sound_and_need_not_be_asked(engine_file):
    with isolated_engine(engine_file(HOSTILE["ends-the-process"].source)) as subject:
        case = parse_case("x0 = 2.0\n%1 = mul(x0, x0)")
        assert seen_by(subject, case).failure.kind == "crashes"
        deaths = subject.process.deaths
        for _ in range(2):
            assert not is_sound(subject, "mul")
        assert subject.process.deaths == deaths


def test_hang_costs_a_part_of_the_time_that_a_run_is_given():
    whole = Limits(case=10.0, run=10.0)
    assert whole.hurried(0.1).case == 1.0
    assert whole.hurried(2.0).case == 4.0  # such a slow engine is not to be ended by a busy machine
    assert whole.hurried(0.1).load == whole.load
    assert (whole.hurried(0.1).is_hurried, whole.is_hurried) == (True, False)
    for limits in (Limits(run=1000.0), Limits(), Limits(case=0.5, run=1.0)):
        assert limits.hurried(0.1) is limits


def test_run_that_is_cut_short_is_never_certified(engine_file, oracles):
    budget = Budget(programs=1, points=2, minimum=0, rounds=0)
    plan = Plan(budget, forms=("add",), laws=selected(LAWS, "GRA,VAL,RUN02", None))
    with isolated_engine(engine_file()) as subject:
        subject.process.lost = 1e9
        document = run(subject, oracles, plan)
    assert document.status == "in doubt"
    assert "cut short" in document.sentence
    assert document.partial


@linux
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_worker_ends_with_its_parent(how, engine_file, tmp_path):
    """The engine is in an endless loop, and has a child."""
    started = tmp_path / "started"
    source = spoilt(
        "if os.fork() == 0: time.sleep(600)", f"open({str(started)!r}, 'w').close()",
        "while True: pass",
    )  # fmt: skip
    target = engine_file(source, "engine")
    environment = {**os.environ, "GRADVERIFY_TEST": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "verify", "run", target, *SMALL, "--case-timeout", "60"],
        cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert within(60, started.exists)
    assert len(running(tmp_path)) == 4  # and the one that keeps the worker
    process.send_signal(how)
    process.wait(30)
    assert within(10, lambda: not running(tmp_path))


def running(folder: Path) -> list[str]:
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if f"GRADVERIFY_TEST={folder}".encode() in (place / "environ").read_bytes():
                found.append(place.name)
        except OSError:
            continue
    return found


def within(seconds: float, holds) -> bool:
    ends = time.monotonic() + seconds
    while not holds() and time.monotonic() < ends:
        time.sleep(0.05)
    return holds()


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="the system cannot look without reaping")
def test_process_that_ended_keeps_its_number_until_its_group_is_killed(monkeypatch):
    """Once reaped, the number may be another's, and so may the group."""
    killed = []
    monkeypatch.setattr(os, "killpg", lambda group, _signal: killed.append(group))
    for code in ("import os; os._exit(3)", "import os; os.abort()"):
        process = subprocess.Popen([sys.executable, "-c", code])
        expected = -signal.SIGABRT if "abort" in code else 3
        assert (code_of(process, 60), process.returncode) == (expected, None)
        kill(process, "no such mark")
        assert (killed.pop(), process.returncode) == (process.pid, expected)
        kill(process, "no such mark")
        assert killed == []


@linux
def test_command_leaves_no_worker_in_a_process_that_lives_on(engine_file, monkeypatch, tmp_path):
    monkeypatch.setenv("GRADVERIFY_TEST", str(tmp_path))
    assert main(["probe", engine_file()]) == 0
    assert running(tmp_path) == []


def test_engine_in_this_process_is_asked_in_the_same_way(engine_file):
    here = Here(open_engine(engine_file()))
    assert (here.worn_out, tuple(here.incidents)) == ("", ())


def test_process_that_ends_in_the_same_way_in_several_laws_is_one_finding():
    """Each law that it ends is named."""
    examined = Examined()
    for code in ("LIF01", "LIF05", "DET01"):
        law, tail = BY_CODE[code], "exit code 3" if code != "DET01" else "exit code 4"
        said = f"crashes while {law.code} ({law.title}) is examined: {tail}"
        breach = Breach(said, cause=f"crashes: {tail}")
        _enter_death(law, BY_CODE["RUN04"], breach, examined)
    first, other = examined.findings
    assert (first.count, other.count) == (2, 1)
    assert first.message == (
        "crashes while LIF01 (second backward()) is examined: exit code 3; "
        "the same while others are: LIF05"
    )
