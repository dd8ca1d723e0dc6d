"""``gradverify grade``: whatever becomes of an engine is a row, and one spoils no other."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faulty_engines import SOURCE, overwriting

sys.path.append(str(Path(__file__).parent.parent / "report"))
from report_samples import WHOLE

from verify.cli import exit_codes, main
from verify.cli.grade import exit_code, target_of
from verify.cli.grade_process import Ended, Processes
from verify.report import FORMATS
from verify.report.grades import Grade

pytestmark = pytest.mark.once
JSON = FORMATS["json"][1]
SMALL = ("--quick", "--ops", "add,mul", "--select", "VAL,GRA")


def made(statement: str) -> str:
    """A class that does something else when a value is made."""
    return (
        "import os, pathlib, time\nclass Value:\n    def __init__(self, data):\n"
        f"        {statement}\n    def backward(self): pass\n"
    )


def rows(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["engine"]: row for row in csv.DictReader(file)}


def test_every_engine_is_a_row_and_one_spoils_no_other(gradverify, tmp_path):
    engines = {
        "ada/engine.py": SOURCE,
        "ben/engine.py": overwriting("mul"),
        "cyd/engine.py": "class Value: pass\n",
        "dan/engine.py": made("os._exit(0)"),
        "fay/engine.py": SOURCE.replace("class Value", "class Node").replace("Value", "Node"),
        "gus/engine.py": SOURCE.replace("__add__", "first").replace("__mul__", "second"),
    }
    for name, source in engines.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(source, encoding="utf-8")
    files = [f"{name}:Node" if "fay" in name else name for name in engines]
    done = gradverify("grade", *files, *SMALL, "--jobs", "3")
    assert (done.code, done.err) == (exit_codes.FINDINGS, "")
    found = rows(tmp_path / "reports")
    assert {engine: row["verdict"] for engine, row in found.items()} == {
        "ada/engine.py:Value": "certified",
        "ben/engine.py:Value": "wrong",
        "cyd/engine.py:Value": "no engine",
        "dan/engine.py:Value": "no engine",
        "fay/engine.py:Node": "certified",
        "gus/engine.py:Value": "not examined",
    }
    assert found["ben/engine.py:Value"]["what is wrong"] == "mul: shared-node overwrite"
    assert "ends the process" in found["dan/engine.py:Value"]["what is wrong"]
    assert "is not an engine" in found["cyd/engine.py:Value"]["what is wrong"]
    assert "has none of these operations" in found["gus/engine.py:Value"]["what is wrong"]
    assert found["ada/engine.py:Value"]["gradients"] == found["fay/engine.py:Node"]["gradients"]
    for engine, row in found.items():
        assert engine in done.out
        if row["report"]:
            assert (tmp_path / "reports" / row["report"]).is_file()
    assert done.out.endswith("Table: reports/grades.html, .csv and .md\n")


def test_engine_that_takes_too_long_is_a_row(gradverify, tmp_path):
    (tmp_path / "eve.py").write_text(made("time.sleep(1000)"), encoding="utf-8")
    done = gradverify("grade", "eve.py", *SMALL, "--timeout", "2")
    assert (done.code, done.err) == (exit_codes.FINDINGS, "")
    assert rows(tmp_path / "reports")["eve.py:Value"]["verdict"] == "out of time"


def test_an_old_report_is_not_read_for_an_engine_that_is_none_now(gradverify, tmp_path):
    (tmp_path / "engine.py").write_text("", encoding="utf-8")
    old = tmp_path / "reports" / "engine-Value" / "report.json"
    old.parent.mkdir(parents=True)
    old.write_text(JSON(WHOLE), encoding="utf-8")
    assert gradverify("grade", "engine.py").code == exit_codes.NO_ENGINE
    (row,) = rows(tmp_path / "reports").values()
    assert (row["verdict"], row["gradients"], row["report"]) == ("no engine", "", "")


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        (["certified", "certified"], exit_codes.CLEAN),
        (["certified", "wrong"], exit_codes.FINDINGS),
        (["certified", "no engine"], exit_codes.FINDINGS),
        (["certified", "out of time"], exit_codes.FINDINGS),
        (["certified", "not examined"], exit_codes.FINDINGS),
        (["no engine", "no engine"], exit_codes.NO_ENGINE),
        (["wrong", "in doubt"], exit_codes.IN_DOUBT),
        (["in doubt", "interrupted"], exit_codes.INTERRUPTED),
    ],
)
def test_exit_code_is_of_all_rows_together(verdicts, code):
    assert exit_code([Grade(f"{v}.py:V", v, ()) for v in verdicts]) == code


def test_file_may_name_its_class():
    assert target_of("a.py", "Value") == "a.py:Value"
    assert target_of("a.py:Node", "Value") == "a.py:Node"
    assert target_of("C:/a.py", "Value") == "C:/a.py:Value"


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (("a.py", "a.py"), "a.py:Value is given twice"),
        (("a/b.py", "a-b.py"), "a/b.py:Value and a-b.py:Value would have one folder"),
    ],
)
def test_two_with_one_folder_are_refused(capsys, monkeypatch, tmp_path, files, sentence):
    monkeypatch.chdir(tmp_path)
    assert main(["grade", *files]) == exit_codes.USAGE
    assert sentence in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_what_is_wrong_for_all_is_said_once(gradverify, tmp_path):
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(SOURCE, encoding="utf-8")
    done = gradverify("grade", "a.py", "b.py", "--ops", "nonsense")
    assert done.code == exit_codes.USAGE
    assert "there is no operation 'nonsense'" in done.refusal


def test_process_is_ended_with_what_it_started(tmp_path):
    mark = tmp_path / "mark"
    child = f"import time, pathlib; time.sleep(3); pathlib.Path({str(mark)!r}).touch()"
    parent = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}])"
    command = [sys.executable, "-c", f"{parent}; time.sleep(100)"]
    assert Processes(1.0).run(command) == Ended(None)
    time.sleep(3)
    assert not mark.exists()


def test_last_line_of_standard_error_is_kept():
    script = "import sys; print('gradverify: two', file=sys.stderr); sys.exit(3)"
    assert Processes(30).run([sys.executable, "-c", script]) == Ended(3, "two")


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_interrupted_grading_leaves_no_process_behind(tmp_path):
    (tmp_path / "engine.py").write_text(
        made("pathlib.Path('pid').write_text(str(os.getpid())); time.sleep(1000)"),
        encoding="utf-8",
    )  # fmt: skip
    # a shell's background job ignores Ctrl-C, and what it starts inherits that
    heeding = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from verify.cli import main; sys.exit(main(['grade', 'engine.py']))"
    )
    command = [sys.executable, "-c", heeding]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    pid = tmp_path / "pid"
    until = time.monotonic() + 60
    while not (pid.exists() and pid.read_text()) and time.monotonic() < until:
        time.sleep(0.1)
    engine = int(pid.read_text())
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == exit_codes.INTERRUPTED, said
    assert "Traceback" not in said
    until = time.monotonic() + 10  # its keeper ends it when it sees that the harness is gone
    while is_running(engine) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_running(engine)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_table_that_cannot_be_written_is_said(gradverify, tmp_path):
    (tmp_path / "engine.py").write_text("", encoding="utf-8")
    (tmp_path / "reports").write_text("a file", encoding="utf-8")
    done = gradverify("grade", "engine.py")
    assert done.code == exit_codes.USAGE
    assert "the table cannot be written to reports" in done.refusal
