"""``gradverify run``: exit codes, options, and where the report goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from faulty_engines import DUPLICATE_APPEND, SOURCE, overwriting, replaced

from verify.cli import exit_codes, main


@pytest.fixture
def cli(tmp_path, monkeypatch, capsys):
    """Run a command in this process: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            code = main(arguments)
        except SystemExit as stopped:
            code = stopped.code
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        return code, shown.out, shown.err

    return run


def files(folder) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def test_exit_codes_are_those_promised():
    names = ("CLEAN", "FINDINGS", "USAGE", "NO_ENGINE", "IN_DOUBT", "INTERRUPTED")
    assert [getattr(exit_codes, name) for name in names] == [0, 1, 2, 3, 4, 130]


def test_right_engine_is_exit_code_0_and_certified(cli, engine_file):
    code, out, err = cli("run", engine_file(), "--quick")
    assert (code, err) == (0, "")
    assert "CERTIFIED" in out
    assert "\x1b" not in out


@pytest.mark.parametrize(
    "source", [overwriting("tanh"), replaced(SOURCE, *DUPLICATE_APPEND)], ids=["local", "walk"]
)
def test_wrong_engine_is_exit_code_1_and_named(cli, engine_file, source):
    code, out, err = cli("run", engine_file(source), "--quick")
    assert (code, err) == (1, "")
    assert "WRONG  1 error" in out
    assert "shared-node overwrite" in out or "duplicate append" in out


def test_warnings_fail_only_if_asked(cli, engine_file):
    target = engine_file()
    arguments = ("run", target, "--quick", "--ops", "add", "--fail-on")
    assert cli(*arguments, "error")[0] == 0
    code, out, _err = cli(*arguments, "warning")
    assert "warning" in out
    assert code == 1


def test_ops_means_every_spelling_of_an_operation(cli, engine_file):
    code, out, _err = cli("run", engine_file(), "--quick", "--ops", "sub, exp", "--json", "-")
    assert code == 0
    examined = [o["name"] for o in json.loads(out)["operations"] if o["checked"]]
    assert examined == ["sub", "sub_number", "rsub", "exp"]


def test_required_operation_that_is_not_there_is_exit_code_1(cli, engine_file):
    arguments = ("run", engine_file(), "--quick", "-x", "--ops", "add", "--require")
    assert cli(*arguments, "add,radd")[0] == 0
    code, out, _err = cli(*arguments, "add,power,log")
    assert code == 1
    assert "required, and not there: power [" in " ".join(out.split())
    assert "log" in out.partition("required, and not there")[2]


def test_required_operation_must_be_one(cli, engine_file):
    code, _out, err = cli("run", engine_file(), "--quick", "--require", "summ")
    assert code == 2
    assert "--require: there is no operation 'summ'" in err


def test_ops_takes_one_spelling_alone(cli, engine_file):
    _code, out, _err = cli("run", engine_file(), "--quick", "--ops", "rmul", "--json", "-")
    assert [o["name"] for o in json.loads(out)["operations"] if o["checked"]] == ["rmul"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--examples", "-1"), "'-1' is not a whole number, 1 or more"),
        (("--examples", "0"), "'0' is not a whole number, 1 or more"),
        (("--examples", "many"), "'many' is not a whole number"),
        (("--seed", "x"), "'x' is not a whole number, 0 or more"),
        (("--seed", "1.5"), "'1.5' is not a whole number"),
        (("--seed", "9" * 5000), "is not a whole number"),
        (("--max-time", "-1"), "'-1' is not a number of seconds"),
        (("--max-time", "nan"), "'nan' is not a number of seconds"),
        (("--max-time", "inf"), "'inf' is not a number of seconds"),
        (("--fail-on", "all"), "invalid choice: 'all'"),
        (("--no-such",), "unrecognized arguments: --no-such"),
        (("a", "b"), "unrecognized arguments: b"),
    ],
)
def test_bad_option_is_exit_code_2_and_one_sentence(cli, arguments, words):
    code, out, err = cli("run", *arguments)
    assert (code, out) == (2, "")
    *usage, sentence = err.splitlines()
    assert usage[0].startswith("usage: ")
    assert words in sentence
    assert len([line for line in err.splitlines() if "error:" in line]) == 1


@pytest.mark.parametrize("names", ["no_such", "add,nope", "Add", "__add__"])
def test_unknown_operation_is_exit_code_2_with_those_there_are(cli, engine_file, names):
    code, out, err = cli("run", engine_file(), "--ops", names)
    assert (code, out) == (2, "")
    assert "there is no operation" in err
    assert "add sub mul" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("names", ["log", "max,min"])
def test_operations_that_the_engine_lacks_are_exit_code_2(cli, engine_file, names):
    code, _out, err = cli("run", engine_file(), "--ops", names)
    assert code == 2
    assert "the engine has none of these operations" in err


@pytest.mark.parametrize("names", ["", ",", " , "])
@pytest.mark.parametrize("command", ["run", "prove"])
def test_ops_without_a_name_is_exit_code_2(cli, engine_file, command, names):
    code, out, err = cli(command, engine_file(), "--ops", names)
    assert (code, out, err) == (2, "", "gradverify: --ops names no operation\n")


def test_no_command_and_an_unknown_one_are_exit_code_2(cli):
    assert cli()[0] == 2
    assert cli("certify")[0] == 2


def test_no_time_is_exit_code_4_and_no_certificate(cli, engine_file):
    code, out, _err = cli("run", engine_file(), "--max-time", "0")
    assert code == 4
    assert "CERTIFIED" not in out
    assert "IN DOUBT" in out


def test_run_writes_its_report_and_nothing_else(cli, engine_file, tmp_path):
    target = engine_file(overwriting("exp"))
    before = files(tmp_path)
    cli("run", target, "--quick", "--report-dir", "out")
    new = {name for name in files(tmp_path) - before if "__pycache__" not in name}
    assert all(name.startswith("out") for name in new), new
    names = {name.rsplit(os.sep, 1)[1] for name in new}
    assert {"report.json", "report.md", "GRA01-1.json"} <= names
    assert not {name for name in names if name.startswith(".")}


def test_findings_of_an_earlier_run_are_forgotten(cli, engine_file, tmp_path):
    target = engine_file(overwriting("exp"), name="engine")
    cli("run", target, "--quick")
    (old,) = tmp_path.rglob("GRA01-1.json")
    note = old.parent / "my-notes.json"
    note.write_text("mine")
    engine_file(SOURCE, name="engine")
    assert cli("run", target, "--quick")[0] == 0
    assert not old.exists()
    assert note.read_text() == "mine"


def test_json_goes_to_a_file_whole(cli, engine_file, tmp_path):
    code, _out, _err = cli("run", engine_file(), "--quick", "--ops", "add", "--json", "r.json")
    assert code == 0
    (report,) = tmp_path.rglob("report.json")
    assert (tmp_path / "r.json").read_bytes() == report.read_bytes()


@pytest.mark.parametrize("operation", ["add", "exp"])
def test_json_on_stdout_is_json_alone(gradverify, engine_file, tmp_path, operation):
    source = overwriting("exp")
    done = gradverify("run", engine_file(source), "--quick", "--ops", operation, "--json", "-")
    report = json.loads(done.out)
    assert report["status"] == ("wrong" if operation == "exp" else "certified")
    assert done.code == (1 if operation == "exp" else 0)
    assert ("WRONG" if operation == "exp" else "CERTIFIED") in done.err
    assert not (tmp_path / ".hypothesis").exists()


def test_engine_that_prints_is_checked_all_the_same(cli, engine_file):
    source = replaced(SOURCE, ("    def exp(self):\n", "    def exp(self):\n        print('hm')\n"))
    assert cli("run", engine_file(source), "--quick", "--ops", "exp,add")[0] == 0


def test_module_and_script_are_the_same(gradverify):
    done = gradverify("--version")
    script = os.path.join(os.path.dirname(sys.executable), "gradverify")  # noqa: PTH118, PTH120
    other = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert (done.code, done.out) == (0, other.stdout)
    assert done.out.startswith("gradverify ")


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help"), ("replay", "--help")])
def test_help_names_the_exit_codes(cli, arguments):
    code, out, _err = cli(*arguments)
    assert code == 0
    assert "exit codes: 0 clean; 1 findings; 2 bad usage" in out


@pytest.mark.parametrize("arguments", ["'--help'", "'run', '--help'", "'--version'"])
def test_help_imports_nothing_heavy(tmp_path, arguments):
    script = (
        "import sys\nfrom verify.cli import main\n"
        f"try:\n    main([{arguments}])\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'sympy', 'hypothesis', 'flint', 'rich', 'microgradref', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stderr == "[]\n"


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise there")
@pytest.mark.parametrize("stream", [(), ("--json", "-")], ids=["terminal", "json"])
def test_reader_who_goes_away_changes_nothing(engine_file, tmp_path, stream):
    """With ``| head -1`` the verdict's exit code stands, and nobody complains."""
    command = [sys.executable, "-m", "verify", "run", engine_file(), "--quick", "--ops", "add"]
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [*command, *stream], cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writing)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr
    assert list(tmp_path.rglob("report.json"))
