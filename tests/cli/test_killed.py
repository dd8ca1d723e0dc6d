"""kill -9 at any moment leaves no report half written: the old one, or the new one."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faulty_engines import overwriting

sys.path.append(str(Path(__file__).parent.parent / "report"))
from report_samples import WHOLE

from verify.cli import store
from verify.report import FORMATS
from verify.report.read import ReportError, document_from_json

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 here"),
]

WRITER = """\
import itertools, sys
from dataclasses import replace
from pathlib import Path
from report_samples import WHOLE
from verify.cli.store import write, write_whole
from verify.report import FORMATS

print("ready", flush=True)
for number in itertools.count():
    document = replace(WHOLE, seed=number, sentence="x" * (1 + number % 7) * 30_000)
    assert write(document, "reports") is None
    write_whole(Path("asked.xml"), FORMATS["junit"][1](document))
    print(number, flush=True)
"""


def killed_while_writing(folder: Path, delay: float) -> int:
    """Kill a writer some time after its first report was whole; how many it finished."""
    tests = Path(__file__).parent.parent
    path = os.pathsep.join([str(tests / "report"), str(tests), *filter(None, sys.path)])
    with subprocess.Popen(
        [sys.executable, "-c", WRITER], cwd=folder, env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert process.stdout.readline() == "0\n"
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        finished = 1 + len(process.stdout.read().splitlines())
    assert process.returncode == -signal.SIGKILL
    return finished


def check_whole(folder: Path) -> None:
    """Every file that has a report's name is one that a report was rendered to, to its end."""
    text = (folder / "report.json").read_text("utf-8")
    assert text.endswith("}\n")
    document_from_json(text)
    for name, _ in FORMATS.values():
        assert (folder / name).read_bytes().endswith(b"\n"), name
    assert (folder / "report.html").read_text("utf-8").rstrip().endswith("</html>")
    assert (folder / "report.junit.xml").read_text("utf-8").endswith("</testsuites>\n")
    json.loads((folder / "report.sarif").read_text("utf-8"))
    json.loads((folder / "GRA01-1.json").read_text("utf-8"))
    compile((folder / "GRA01-1.py").read_text("utf-8"), "script", "exec")


def test_kill_9_leaves_the_old_report_or_the_new_one(tmp_path):
    chance = random.Random(5)
    finished = [killed_while_writing(tmp_path, chance.uniform(0, 0.3)) for _ in range(12)]
    (folder,) = (tmp_path / "reports").iterdir()
    check_whole(folder)
    assert (tmp_path / "asked.xml").read_text("utf-8").endswith("</testsuites>\n")
    assert sum(finished) > 12


def test_kill_9_is_checked_after_each_kill(tmp_path):
    for delay in (0.0, 0.003, 0.01, 0.02, 0.05, 0.1):
        killed_while_writing(tmp_path, delay)
        (folder,) = (tmp_path / "reports").iterdir()
        check_whole(folder)
        assert (tmp_path / "asked.xml").read_text("utf-8").endswith("</testsuites>\n")


def test_writing_in_place_would_be_noticed(tmp_path):
    """The check itself: a report cut anywhere is not whole."""
    killed_while_writing(tmp_path, 0)
    (folder,) = (tmp_path / "reports").iterdir()
    for name, _ in FORMATS.values():
        path = folder / name
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises((AssertionError, ValueError, ReportError)):
            check_whole(folder)
        path.write_bytes(whole)
    check_whole(folder)


def test_what_a_killed_run_left_is_swept_away_later(tmp_path):
    folder = tmp_path / "reports" / "lib-engine-Value"
    folder.mkdir(parents=True)
    old, young = folder / ".report.json.abandoned", folder / ".report.json.another-run"
    mine = folder / ".gitignore"
    for path in (old, young, mine):
        path.write_text("half")
    for path in (old, mine):
        os.utime(path, (0, time.time() - store.ABANDONED - 60))
    assert store.write(WHOLE, str(tmp_path / "reports")) is None
    assert not old.exists()
    assert young.exists()
    assert mine.exists()


def test_killed_run_leaves_no_report_or_a_whole_one(engine_file, tmp_path):
    """A whole run from the command line, killed when its first file appears."""
    target = engine_file(overwriting("exp"), name="engine")
    command = [sys.executable, "-m", "verify", "run", target, "--quick", "--ops", "exp"]
    command += ["--select", "GRA", "--format", "junit=asked.xml"]
    for delay in (0.0, 0.002, 0.02):
        process = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while process.poll() is None and not list(tmp_path.glob("reports/*/.report*")):
            time.sleep(0.0005)
        time.sleep(delay)
        process.kill()
        process.wait()
        for path in tmp_path.glob("reports/*/report.json"):
            document_from_json(path.read_text("utf-8"))
        for path in [*tmp_path.glob("reports/*/report.junit.xml"), *tmp_path.glob("asked.xml")]:
            assert path.read_text("utf-8").endswith("</testsuites>\n")
        for path in tmp_path.glob("reports/*"):
            for file in path.iterdir():
                if file.is_file():  # the corpus stays
                    file.unlink()
