"""``gradverify report`` and ``run --format``: any format of a stored report, whole or refused."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from faulty_engines import overwriting

sys.path.append(str(Path(__file__).parent.parent / "report"))
from report_samples import SAMPLES, WHOLE

from verify.cli import main
from verify.cli.report import format_names
from verify.report import FINDING_FORMATS, FORMATS
from verify.report.terminal import render as terminal

JSON = FORMATS["json"][1]


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """A stored report in the current folder."""
    monkeypatch.chdir(tmp_path)
    Path("report.json").write_text(JSON(WHOLE), encoding="utf-8")
    return "report.json"


@pytest.fixture
def cli(capsys):
    def call(*arguments: str):
        try:
            code = main(list(arguments))
        except SystemExit as stop:
            code = stop.code
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_rendered_again_to_a_file_and_to_stdout(cli, stored, name):
    expected = FORMATS[name][1](WHOLE)
    assert cli("report", stored, "--format", name) == (0, expected, "")
    assert cli("report", stored, "--format", name, "--out", "again") == (0, "", "")
    assert Path("again").read_bytes() == expected.encode()


def test_terminal_is_the_default(cli, stored):
    assert cli("report", stored) == (0, terminal(WHOLE), "")
    assert cli("report", stored, "--format", "terminal") == (0, terminal(WHOLE), "")


def test_terminal_names_the_files_beside_a_report_where_they_are(cli, tmp_path, monkeypatch):
    """As the run did: a stranger who reads it again can replay what it says."""
    monkeypatch.chdir(tmp_path)
    Path("engine.py").write_text(overwriting("exp"), encoding="utf-8")
    arguments = ("run", "engine.py:Value", "--quick", "--ops", "exp,add", "--select", "GRA")
    _, first, _ = cli(*arguments, "--report-dir", "my reports", "--no-corpus")
    code, again, _ = cli("report", "my reports/engine-Value/report.json")
    assert code == 0
    files = [line for line in first.splitlines() if "my reports" in line]
    assert len(files) == 4
    assert [line for line in again.splitlines() if "my reports" in line] == files
    Path("my reports/engine-Value/GRA01-1.json").unlink()
    assert "my reports" not in cli("report", "my reports/engine-Value/report.json")[1]


@pytest.mark.parametrize("name", FINDING_FORMATS)
def test_finding_is_a_script_and_a_test(cli, stored, name):
    code, out, err = cli("report", stored, "--format", name)
    assert (code, err) == (0, "")
    assert out == FINDING_FORMATS[name][1](WHOLE, WHOLE.findings[0], None)
    compile(out, "script", "exec")


@pytest.mark.parametrize("name", ["EDG01-1", "EDG01-1.json", "EDG01", "ba9876543210", "ba98"])
def test_finding_is_chosen_by_name(cli, stored, name):
    code, out, _ = cli("report", stored, "--format", "script", "--finding", name)
    assert code == 0
    assert out == FINDING_FORMATS["script"][1](WHOLE, WHOLE.findings[1], None)


def test_name_of_several_findings_chooses_none(cli, stored):
    twice = replace(
        WHOLE, findings=(WHOLE.findings[1], replace(WHOLE.findings[1], fingerprint="ba9876543211"))
    )
    Path(stored).write_text(JSON(twice), encoding="utf-8")
    code, out, err = cli("report", stored, "--format", "script", "--finding", "EDG01")
    assert (code, out) == (2, "")
    assert "2 findings are called 'EDG01': choose one of EDG01-1.json" in err


@pytest.mark.parametrize("name", SAMPLES)
def test_json_of_a_report_is_the_report(cli, tmp_path, name):
    path = tmp_path / "r.json"
    path.write_text(JSON(SAMPLES[name]), encoding="utf-8")
    assert cli("report", str(path), "--format", "json")[1] == path.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("none.json",), "none.json cannot be read: No such file or directory"),
        ((".",), ". cannot be read: Is a directory"),
        (("bad.json",), "bad.json: not JSON: Expecting value at line 1"),
        (("latin.json",), "latin.json: not JSON: the file is not UTF-8 text"),
        (("old.json",), "made by another version of gradverify"),
        (("report.json", "--format", "pdf"), "--format: 'pdf' is none of json, markdown, html"),
        (("report.json", "--out", "no/such/file"), "no/such/file cannot be written: No such file"),
        (("report.json", "--out", "a\0b"), "cannot be written: "),
        (("report.json", "--finding", "GRA01"), "--finding is for script and pytest"),
        (("report.json", "--format", "script", "--finding", "GRA77"), "no finding 'GRA77' in it"),
        (("report.json", "--format", "pytest", "--finding", "SUP01"), "no pytest can show"),
        (("clean.json", "--format", "script"), "clean.json: there is no finding in it"),
    ],
)  # fmt: skip
def test_bad_usage_is_one_sentence_and_exit_code_2(cli, stored, arguments, sentence):
    Path("bad.json").write_text("")
    Path("latin.json").write_bytes(b'"\xff"')
    Path("old.json").write_text(JSON(replace(WHOLE, schema="gradverify/report/0")))
    Path("clean.json").write_text(JSON(replace(WHOLE, findings=())))
    code, out, err = cli("report", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("gradverify: ")
    assert sentence in err
    assert err.count("\n") == 1
    assert sorted(p.name for p in Path().iterdir()) == [
        "bad.json", "clean.json", "latin.json", "old.json", "report.json",
    ]  # fmt: skip


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_full_stdout_is_exit_code_2(gradverify, tmp_path):
    (tmp_path / "r.json").write_text(JSON(WHOLE))
    import subprocess

    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "verify", "report", "r.json"], cwd=tmp_path, stdout=full,
            stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("gradverify: standard output cannot be written to: No space")
    assert "Traceback" not in done.stderr


def test_stdout_of_a_narrow_encoding_spells_out_what_it_lacks(gradverify, tmp_path):
    document = replace(WHOLE, sentence="caf\u00e9 \u2260")
    (tmp_path / "r.json").write_text(JSON(document))
    done = gradverify("report", "r.json", environment={"PYTHONIOENCODING": "ascii"})
    assert done.code == 0
    assert "caf\\xe9 \\u2260" in done.out


def test_help_names_every_format(cli):
    for command in ("run", "report"):
        _, out, _ = cli(command, "--help")
        words = set(out.replace(",", " ").replace(";", " ").split())
        assert set(FORMATS) <= words
        if command == "report":
            assert set(format_names()) <= words


def run(cli, target: str, *arguments: str):
    return cli("run", target, "--quick", "--ops", "exp", "--select", "GRA", *arguments)


def test_run_writes_each_format_that_was_asked_for(cli, engine_file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    target = engine_file(overwriting("exp"), name="engine")
    code, _, err = run(
        cli, target, "--json", "j.json", "--format", "junit=out/j.xml", "--format", "sarif=s.sarif"
    )
    assert code == 1
    assert "the junit report cannot be written to out/j.xml: No such file or directory" in err
    (tmp_path / "out").mkdir()
    code, _, err = run(cli, target, "--format", "junit=out/j.xml", "--format", "sarif=s.sarif")
    assert (code, err) == (1, "")
    (folder,) = (tmp_path / "reports").iterdir()
    assert (tmp_path / "out" / "j.xml").read_bytes() == (folder / "report.junit.xml").read_bytes()
    assert (tmp_path / "s.sarif").read_bytes() == (folder / "report.sarif").read_bytes()
    assert json.loads(Path("j.json").read_text())["status"] == "wrong"
    assert {name for name, _ in FORMATS.values()} <= set(os.listdir(folder))  # noqa: PTH208


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [("pdf=x", "'pdf' is none of json,"), ("junit", "is not NAME=FILE"), ("junit=", "NAME=FILE"),
     ("=x", "NAME=FILE")],
)  # fmt: skip
def test_run_refuses_a_format_that_there_is_not(cli, engine_file, asked, sentence):
    code, out, err = run(cli, engine_file(), "--format", asked)
    assert (code, out) == (2, "")
    assert sentence in err


def test_job_summary_is_left_alone(cli, engine_file, tmp_path, monkeypatch):
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.chdir(tmp_path)
    assert run(cli, engine_file())[0] == 0
    assert summary.read_text() == "before\n"
