"""``gradverify campaign``: the same report however it was made, and one sentence when it cannot."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faulty_engines import SOURCE, overwriting

from verify.campaign.sharded import Asked, Driver, Ending, Journal, Limit, Merged, State
from verify.campaign.sharded.journal import NAME as RESULTS
from verify.cli import main
from verify.cli.campaign_progress import clock, time_left, words
from verify.cli.options.campaign import duration

SMALL = ("--shard-programs", "4", "--shard-points", "4", "--select", "VAL,GRA,RUN01,LIF01",
         "--ops", "mul,exp,add", "--max-shards", "14", "--no-corpus")  # fmt: skip
unix = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")


@pytest.fixture
def here(engine_file, tmp_path, monkeypatch):
    """A folder with a wrong engine, where a campaign examines its shards in this process."""
    engine_file(overwriting("mul"), "engine")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("verify.cli.campaign.Processes", _Here)
    return tmp_path


class _Here:
    """A crew of one thread: processes take seconds to start."""

    falls_together, window = False, 1

    def __init__(self, _workers):
        from concurrent.futures import ThreadPoolExecutor

        self.executor = ThreadPoolExecutor(1)

    def is_loss(self, _error):
        return False

    def close(self):
        self.executor.shutdown()


def campaign(*arguments: str) -> int:
    return main(["campaign", "engine.py:Value", "--in-process", *SMALL, *arguments])


def files_of(folder: Path) -> dict[str, bytes]:
    """All files of a campaign but the order of its lines."""
    found = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    found[RESULTS] = b"".join(sorted(found[RESULTS].splitlines(keepends=True)))
    return found


FOLDER = Path("reports/engine-Value/campaign")


def test_campaign_finds_reports_and_counts(here, capsys):
    assert campaign() == 1
    assert "WRONG  1 error: mul: shared-node overwrite (GRA01)" in capsys.readouterr().out
    report = json.loads((FOLDER / "report.json").read_text())
    assert len((FOLDER / RESULTS).read_text().splitlines()) == 14
    assert report["totals"]["programs"] > 40
    replay = main(["replay", str(FOLDER / "GRA01-1.json"), "--in-process"])
    assert replay == 1


def test_campaign_in_pieces_is_the_same_to_the_byte(here):
    assert campaign() == 1
    whole = files_of(FOLDER)
    assert campaign("--fresh", "--max-shards", "3") == 1
    torn = (FOLDER / RESULTS).read_bytes()
    (FOLDER / RESULTS).write_bytes(torn + torn[: len(torn) // 5])
    campaign("--max-shards", "9")
    campaign()
    assert files_of(FOLDER) == whole


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (["--seed", "1"], "another --seed (0 then, 1 now)"),
        (["--shard-points", "5"], "another points (4 then, 5 now)"),
        (["--ops", "add"], "another operations"),
        (["--select", "GRA"], "another laws"),
        (["--case-timeout", "3"], "another --case-timeout (10.0 then, 3.0 now)"),
    ],
)
def test_campaign_does_not_go_on_with_other_settings(here, capsys, changed, said):
    campaign("--max-shards", "1")
    before = files_of(FOLDER)
    capsys.readouterr()
    assert campaign(*changed) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert (shown.err.count("\n"), "--fresh" in shown.err) == (1, True)
    assert files_of(FOLDER) == before
    assert campaign("--fresh", "--max-shards", "1", *changed) in {0, 1, 4}


def test_campaign_does_not_go_on_with_another_engine(here, capsys):
    campaign("--max-shards", "1")
    Path("engine.py").write_text(SOURCE)
    assert campaign() == 2
    assert "another version of the engine;" in capsys.readouterr().err


def test_campaign_drives_the_engine_as_the_configuration_says(here, capsys):
    """Each shard opens the engine anew, and hears of the table too."""
    right = "\n    def mine(self):" + SOURCE.partition("def backward(self):")[2]
    Path("engine.py").write_text(
        SOURCE.replace("        self.grad = 1.0\n", "        self.grad = 2.0\n") + right
    )
    Path("gradverify.toml").write_text('[engine]\nbackward = ".mine()"\n')
    assert campaign("--max-shards", "5", "--select", "GRA,VAL") in {0, 4}
    report = json.loads((FOLDER / "report.json").read_text())
    assert report["engine"]["backward"] == ".mine()"
    assert (report["totals"]["mismatched"], report["totals"]["agreed"] > 0) == (0, True)
    capsys.readouterr()
    Path("gradverify.toml").unlink()
    assert campaign("--max-shards", "5", "--select", "GRA,VAL") == 2
    assert "another table [engine] of the configuration" in capsys.readouterr().err
    assert campaign("--max-shards", "5", "--select", "GRA,VAL", "--fresh") == 1


def test_campaign_of_another_kind_is_left_alone(here, capsys):
    FOLDER.mkdir(parents=True)
    (FOLDER / "campaign.json").write_text("[]")
    assert campaign() == 2
    assert "is not of a campaign of this version" in capsys.readouterr().err
    (FOLDER / "campaign.json").unlink()
    (FOLDER / RESULTS).write_text("{}\n")
    assert campaign() == 2
    assert "holds results and no campaign.json" in capsys.readouterr().err


def test_interrupted_campaign_is_130_with_a_partial_report(here, monkeypatch, capsys):
    run = Driver.run
    monkeypatch.setattr(Driver, "run", lambda self, crew: (run(self, crew), Ending(True))[1])
    assert campaign("--max-shards", "5") == 130
    assert "INTERRUPTED  This report is partial" in capsys.readouterr().out


def test_full_disk_is_exit_code_2_with_what_is_known(here, monkeypatch, capsys):
    def full(_handle, _data):
        raise OSError(28, "No space left on device")

    campaign("--max-shards", "4")
    capsys.readouterr()
    monkeypatch.setattr("verify.campaign.sharded.journal._write", full)
    assert campaign() == 2
    shown = capsys.readouterr()
    assert "A campaign of 4 shards" in " ".join(shown.out.split())
    assert "No space left on device; those before are whole" in shown.err


def test_engine_that_is_not_there_is_exit_code_3(capsys):
    assert main(["campaign", "nowhere.py:Value", "--in-process"]) == 3
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("15m", 900), ("8h", 28800), ("1.5 h", 5400), ("2d", 172800)],
)
def test_duration_is_seconds(text, seconds):
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "h", "-1", "1e9", "8 hours", "nan", "9" * 40])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match="is no time such as"):
        duration(text)


def test_progress_says_rate_coverage_and_time_left():
    asked = Asked("e", 0, ("add",), ("GRA01",), None, 1, 1, 1.0, 0, True, "", "")
    state = State(Merged(asked), 10.0, 2, 400, 3000, Limit(seconds=3700, cases=100_000))
    assert "300 gradients/s" in words(state)
    assert "least: add operand 0 checked 0" in words(state)
    assert time_left(state) == pytest.approx(2500)  # cases end it before the time does
    assert words(state).endswith("0:41:40 left")
    assert clock(86_399.6) == "24:00:00"


def started(workers: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "verify", "campaign", "engine.py:Value", "--in-process"]
    return subprocess.Popen(
        [*command, *SMALL, "--workers", str(workers)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@unix
@pytest.mark.once
def test_killed_campaigns_and_workers_lose_nothing(here):
    """A worker is killed, then everything; two workers go on; one that nobody disturbed agrees."""
    process = started(1)
    results = FOLDER / RESULTS
    lines(results, 1)
    (worker,) = workers_of(process.pid)
    os.kill(worker, signal.SIGKILL)
    lines(results, 3)
    (another,) = workers_of(process.pid)
    process.kill()
    process.wait()
    wait_until(lambda: not is_alive(another))  # nobody goes on without the parent
    assert another != worker
    assert len(results.read_text().splitlines()) < 14
    assert started(2).wait() == 1
    assert len(results.read_text().splitlines()) == 14
    disturbed = files_of(FOLDER)
    assert campaign("--fresh") == 1
    assert files_of(FOLDER) == disturbed


def lines(path: Path, count: int) -> None:
    wait_until(lambda: path.exists() and path.read_bytes().count(b"\n") >= count)


def wait_until(holds) -> None:
    ends = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


def workers_of(parent: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            status = (path / "stat").read_text().rpartition(")")[2].split()
            if int(status[1]) == parent and b"spawn_main" in (path / "cmdline").read_bytes():
                found.append(int(path.name))
    return found


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_journal_of_a_campaign_that_runs_is_not_opened_twice(here, capsys):
    campaign("--max-shards", "1")
    capsys.readouterr()
    with Journal(FOLDER):
        assert campaign() == 2
    assert "another campaign is running" in capsys.readouterr().err
