"""Where the report cannot be written it goes to stdout: nothing is lost, nothing half written."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from faulty_engines import overwriting

from verify.cli import main
from verify.cli.store import folder_of, write_whole

pytestmark = pytest.mark.once
FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def wrong(engine_file, tmp_path, monkeypatch, capsys):
    """Run on an engine that is wrong in exp: (exit code, the report on stdout or None, stderr)."""
    monkeypatch.chdir(tmp_path)
    target = engine_file(overwriting("exp"), name="engine")

    def run(*arguments: str):
        code = main(["run", target, "--quick", "--ops", "exp,add", *arguments])
        shown = capsys.readouterr()
        start = shown.out.find("\n{\n")
        return code, json.loads(shown.out[start:]) if start >= 0 else None, shown.err

    return run


def refuse(*_arguments, **_options):
    raise FULL


def check_kept(code, report, err, why: str = "No space left on device") -> None:
    assert code == 1
    assert report["status"] == "wrong"
    assert [f["fault"] for f in report["findings"] if f["severity"] == "error"] == ["overwrite"]
    assert why in err
    assert "the report is on standard output instead" in err
    assert err.count("\n") == 1


def test_file_in_the_place_of_the_folder_loses_nothing(wrong, tmp_path):
    (tmp_path / "reports").write_text("a file")
    check_kept(*wrong(), "cannot be written to reports")
    assert (tmp_path / "reports").read_text() == "a file"


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_full_disk_loses_nothing_and_keeps_the_previous_report(wrong, tmp_path, monkeypatch, call):
    wrong()
    before = {p: p.read_bytes() for p in (tmp_path / "reports").rglob("*") if p.is_file()}
    assert before
    monkeypatch.setattr(os, call, refuse)
    check_kept(*wrong("--seed", "5"))
    assert {p: p.read_bytes() for p in (tmp_path / "reports").rglob("*") if p.is_file()} == before


def test_full_disk_at_the_first_run_leaves_no_file(wrong, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "replace", refuse)
    check_kept(*wrong("--report-dir", "new"))
    assert [p for p in (tmp_path / "new").rglob("*") if p.is_file()] == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_full_device_loses_nothing(wrong):
    check_kept(*wrong("--json", "/dev/full"), "cannot be written to /dev/full")
    assert Path("/dev/full").is_char_device()


@pytest.mark.parametrize("place", ["no/such/folder/r.json", "."])
def test_json_that_cannot_be_written_loses_nothing(wrong, place):
    check_kept(*wrong("--json", place), f"cannot be written to {place}")


def test_right_engine_whose_report_cannot_be_written_is_exit_code_2(engine_file, tmp_path, capsys):
    (tmp_path / "taken").write_text("")
    arguments = ["run", engine_file(), "--quick", "--ops", "add"]
    assert main([*arguments, "--report-dir", str(tmp_path / "taken")]) == 2
    assert '"status": "certified"' in capsys.readouterr().out


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="there is no /dev/null here")
def test_device_is_written_to_and_not_renamed_over():
    write_whole(Path("/dev/null"), "text")
    assert Path("/dev/null").is_char_device()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_named_pipe_is_written_to(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(path, "text")
        assert os.read(reading, 9) == b"text"
    finally:
        os.close(reading)
    assert path.is_fifo()


def test_file_is_replaced_whole_and_readable_by_others(tmp_path):
    path = tmp_path / "report.json"
    path.write_text("old")
    write_whole(path, "new\u00d7\n")
    assert path.read_bytes() == "new\u00d7\n".encode()
    assert path.stat().st_mode & 0o777 == 0o644
    assert os.listdir(tmp_path) == ["report.json"]  # noqa: PTH208


@pytest.mark.parametrize("error", [FULL, KeyboardInterrupt()])
def test_interrupted_writing_keeps_the_old_file(tmp_path, monkeypatch, error):
    path = tmp_path / "report.json"
    path.write_text("old")

    def stop(_handle):
        raise error

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(type(error)):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["report.json"]  # noqa: PTH208


def test_name_that_is_no_unicode_is_written(tmp_path):
    write_whole(tmp_path / "r", "engine\udcff.py")
    assert (tmp_path / "r").read_text() == "engine\\udcff.py"


@pytest.mark.parametrize(
    ("target", "folder"),
    [
        ("micrograd.engine:Value", "micrograd.engine-Value"),
        ("engine.py:Value", "engine-Value"),
        ("torch", "torch"),
        ("../../etc/engine.py:Value", "etc-engine-Value"),
        ("/a b/c.py:V", "a-b-c-V"),
        ("..", "engine"),
        ("x" * 500 + ":V", "x" * 100),
    ],
)
def test_folder_of_a_target_is_a_plain_name_below_the_reports(target, folder):
    assert folder_of("reports", target) == Path("reports") / folder
