"""What was found once is checked first by every later run, and survives whatever stops a run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faulty_engines import SOURCE, overwriting, replaced

from verify.cli import main
from verify.cli.corpus import LARGEST_CORPUS, load

pytestmark = pytest.mark.once

FULL = OSError(28, "No space left on device")
RARE = replaced(
    SOURCE,
    (
        "other.grad += out.grad  # add",
        "other.grad += out.grad * (1 if self.data != 1234.5 else 2)  # add",
    ),
)
"""Wrong at one number that no random point is."""
RARE_CASE = {
    "schema": "gradverify/case/1",
    "inputs": [(1234.5).hex(), (2.0).hex()],
    "instructions": [{"op": "add", "operands": [{"ref": 0}, {"ref": 1}]}],
    "seed": (1.0).hex(),
}


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run in a folder of its own: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def go(*arguments: str) -> tuple[int, str, str]:
        code = main(["run", "engine.py:Value", "--quick", "--ops", "exp,add", *arguments])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return go


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "reports" / "engine-Value" / "corpus"


def write_engine(tmp_path, source: str) -> None:
    (tmp_path / "engine.py").write_text(source, encoding="utf-8")


def entry(case=RARE_CASE, fingerprint="0123456789ab", law="GRA01") -> str:
    record = {"schema": "gradverify/finding/1", "target": "engine.py:Value", "law": law}
    return json.dumps({**record, "fingerprint": fingerprint, "message": "", "case": case})


def test_finding_is_kept_and_guards_after_it_was_mended(run, tmp_path, folder):
    write_engine(tmp_path, overwriting("exp"))
    code, out, _ = run()
    assert code == 1
    assert "Corpus:" not in out
    (path,) = folder.glob("*.json")
    kept = path.read_bytes()
    write_engine(tmp_path, SOURCE)
    code, out, err = run()
    assert (code, err) == (0, "")
    assert "Corpus: 1 case replayed, it passes\n" in out
    assert path.read_bytes() == kept


def test_report_has_the_same_bytes_with_and_without_what_it_would_find_anyway(run, tmp_path):
    write_engine(tmp_path, overwriting("exp"))

    def report() -> dict:
        run()
        path = tmp_path / "reports" / "engine-Value" / "report.json"
        return {**json.loads(path.read_text(encoding="utf-8")), "timings": None}

    first = report()
    assert report() == first


def test_case_that_random_search_would_miss_is_found_at_once(run, tmp_path, folder):
    write_engine(tmp_path, RARE)
    assert run("--no-corpus")[0] == 0
    folder.mkdir(parents=True)
    (folder / "0123456789ab.json").write_text(entry(), encoding="utf-8")
    code, out, _ = run()
    assert code == 1
    assert "Corpus: 1 case replayed, it fails" in out
    assert "x0 = 1234.5" in out
    assert run("--no-corpus")[0] == 0
    code, out, _ = run("-x")
    assert code == 1
    assert "after 0 gradients in 0 cases" in out


def test_laws_and_operations_not_asked_for_are_not_replayed(run, tmp_path, folder):
    write_engine(tmp_path, RARE)
    folder.mkdir(parents=True)
    (folder / "0123456789ab.json").write_text(entry(), encoding="utf-8")
    assert "Corpus:" not in run("--select", "EDG")[1]
    main(["run", "engine.py:Value", "--quick", "--ops", "mul"])
    code, out, _ = run("--ops", "mul")
    assert code == 0
    assert "Corpus: 0 cases replayed, 0 pass, 1 cannot run" in out


@pytest.mark.parametrize("text", ["", "{", "[]", "\ud800", entry(case=None), entry(law="XXX99")])
def test_unreadable_file_is_said_and_left_alone(run, tmp_path, folder, text):
    write_engine(tmp_path, SOURCE)
    folder.mkdir(parents=True)
    path = folder / "0123456789ab.json"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    before = path.read_bytes()
    code, _, err = run()
    assert code == 0
    assert err.count("\n") == 1
    assert "was left alone" in err
    assert path.read_bytes() == before


def test_corpus_is_bounded_and_says_what_was_not_kept(run, tmp_path, folder, monkeypatch):
    monkeypatch.setattr("verify.cli.corpus.LARGEST_CORPUS", 2)
    write_engine(tmp_path, overwriting("exp"))
    folder.mkdir(parents=True)
    for number in range(3):
        name = f"{number:012x}"
        (folder / f"{name}.json").write_text(entry(fingerprint=name), encoding="utf-8")
    code, out, err = run()
    assert code == 1
    assert "Corpus: 2 cases replayed, all pass" in out
    assert "1 of its files were not replayed" in err
    assert "is full: 1 cases were not kept" in err
    assert len(list(folder.iterdir())) == 3
    assert LARGEST_CORPUS == 500


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_full_disk_keeps_the_corpus_readable(run, tmp_path, folder, monkeypatch, call):
    write_engine(tmp_path, overwriting("exp"))
    run()
    before = {p: p.read_bytes() for p in folder.iterdir()}
    (path,) = before
    real = getattr(os, call)

    def refuse(*arguments, **options):
        if folder.exists() and any(p.name.startswith(".") for p in folder.iterdir()):
            raise FULL
        return real(*arguments, **options)

    shutil.move(path, tmp_path / "elsewhere")
    monkeypatch.setattr(os, call, refuse)
    code, _, err = run()
    assert code == 1
    assert f"the corpus {folder.relative_to(tmp_path)} cannot be written: No space left" in err
    assert list(folder.iterdir()) == []


def test_killed_run_leaves_a_corpus_that_reads(tmp_path, folder):
    """A process that writes entries without end, killed at twelve moments."""
    folder.mkdir(parents=True)
    code = (
        "import sys, itertools\nfrom pathlib import Path\n"
        "from verify.cli.store import write_whole\n"
        f"text = {entry()!r}.replace('0123456789ab', '%s')\nprint('go', flush=True)\n"
        "for n in itertools.count():\n"
        f"    name = f'{{n % 40:012x}}'\n    write_whole(Path({str(folder)!r}) / f'{{name}}.json',"
        " text % name + ' ' * 200_000)\n"
    )
    for moment in range(12):
        writer = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        while not any(folder.glob("*.json")):  # a busy machine takes its time over the first
            time.sleep(0.01)
        time.sleep(0.02 + 0.017 * moment)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        kept, said = load(folder)
        assert said == []
        assert kept
        assert all(one.case.point == (1234.5, 2.0) for one in kept)


def test_replay_takes_a_file_of_the_corpus_and_a_finding_of_a_report(run, tmp_path, folder, capsys):
    write_engine(tmp_path, overwriting("exp"))
    run()
    (path,) = folder.glob("*.json")
    report = folder.parent / "report.json"
    (finding,) = [
        f for f in json.loads(report.read_text(encoding="utf-8"))["findings"]
        if f["law"] == "GRA01"
    ]  # fmt: skip
    assert main(["replay", str(path)]) == 1
    assert main(["replay", str(report), "--finding", finding["fingerprint"][:6]]) == 1
    assert "STILL FAILING" in capsys.readouterr().out
    assert main(["replay", str(report), "--finding", "ffff"]) == 2
    assert "has no finding ffff with a case; it has GRA01-1" in capsys.readouterr().err
    write_engine(tmp_path, SOURCE)
    assert main(["replay", str(report), "--finding", finding["fingerprint"]]) == 0


@pytest.mark.parametrize("name", ["GRA01-1", "GRA01-1.json", "GRA01"])
def test_finding_of_a_report_is_replayed_by_its_name_from_any_folder(
    run, tmp_path, folder, capsys, monkeypatch, name
):
    """The engine's path begins where it was checked, which the finding's file beside it says."""
    write_engine(tmp_path, overwriting("exp"))
    run()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    report = folder.parent / "report.json"
    assert main(["replay", str(report), "--finding", name]) == 1
    assert "STILL FAILING" in capsys.readouterr().out
    (folder.parent / "GRA01-1.json").unlink()
    assert main(["replay", str(report), "--finding", name]) == 3
    assert "there is no file" in capsys.readouterr().err


def test_engine_beside_a_verify_of_its_own_is_still_asked_in_another_process(run, tmp_path):
    write_engine(tmp_path, SOURCE)
    (tmp_path / "verify.py").write_text("raise SystemExit('not ours')\n", encoding="utf-8")
    code, out, _ = run("--select", "DET", "--no-corpus")
    assert code == 0
    assert "2 held" in out
