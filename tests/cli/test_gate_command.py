"""``gradverify gate``: verdicts on changes of an engine in a git repository."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from faulty_engines import SOURCE, overwriting, replaced

from verify.cli import main

pytestmark = pytest.mark.once

ASKED = ("--quick", "--ops", "exp,add", "--select", "VAL,GRA,RUN,SUP")
WITHOUT_EXP = SOURCE.replace("def exp(", "def _exp(")


def git(folder, *arguments: str) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)  # noqa: S607


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with the right engine committed; returns a way to change it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "engine.py").write_text(SOURCE, encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "one")

    def change(source: str) -> None:
        (tmp_path / "engine.py").write_text(source, encoding="utf-8")

    return change


@pytest.fixture
def gate(capsys):
    """Ask in this process: (exit code, stdout with its lines joined, stderr)."""

    def ask(*arguments: str, target: str = "engine.py:Value") -> tuple[int, str, str]:
        code = main(["gate", target, *ASKED, *arguments])
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        return code, " ".join(shown.out.split()), shown.err

    return ask


def test_nothing_to_compare_with_is_no_pass_and_says_how_to_begin(repository, gate):
    code, out, err = gate()
    assert (code, out) == (2, "")
    assert "Make a baseline by gradverify gate engine.py:Value --update-baseline" in err


def test_baseline_same_engine_is_open(repository, gate, tmp_path):
    assert gate("--update-baseline")[0] == 0
    first = (tmp_path / "reports" / "baseline.json").read_bytes()
    code, out, err = gate()
    assert (code, err) == (0, "")
    assert "GATE OPEN" in out
    assert gate("--update-baseline")[0] == 0
    assert (tmp_path / "reports" / "baseline.json").read_bytes() == first


def test_baseline_regression_closes_and_is_named(repository, gate):
    gate("--update-baseline")
    repository(overwriting("exp"))
    code, out, _ = gate()
    assert code == 1
    assert "new GRA01 exp: shared-node overwrite (not in the baseline)" in out
    assert "GATE CLOSED 1 new error." in out


def test_baseline_fix_is_said(repository, gate):
    repository(overwriting("exp"))
    code, out, _ = gate("--update-baseline")
    assert code == 0
    assert "error GRA01 exp: shared-node overwrite" in out
    assert "still GRA01 exp: shared-node overwrite" in gate()[1]
    repository(SOURCE)
    code, out, _ = gate()
    assert code == 0
    assert "fixed GRA01 exp: shared-node overwrite" in out


def test_lost_operation_closes(repository, gate):
    gate("--update-baseline")
    repository(WITHOUT_EXP)
    code, out, _ = gate()
    assert code == 1
    assert "lost exp: existed in the baseline" in out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(schema="gradverify/baseline/0"), "'gradverify/baseline/0'"),
        (lambda d: d.update(target="other.py:Value"), "is of other.py:Value, not of engine.py"),
        (lambda d: d["laws"].update(LIF01="held"), "holds the laws LIF01, which are not selected"),
        (lambda d: d.update(network="nn:MLP"), "was made with --network nn:MLP"),
        (lambda d: d.update(forms=None), "was made without --ops"),
        (lambda d: d.pop("findings"), "no whole baseline"),
    ],
    ids=["schema", "target", "laws", "network", "ops", "cut"],
)  # fmt: skip
def test_baseline_that_answers_another_question_is_no_pass(
    repository, gate, tmp_path, change, said
):
    gate("--update-baseline")
    path = tmp_path / "reports" / "baseline.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")
    code, out, err = gate()
    assert code == 2
    assert "GATE" not in out
    assert said in err


def test_oracle_that_does_not_answer_is_a_doubt(repository, gate, tmp_path):
    gate("--update-baseline")
    path = tmp_path / "reports" / "baseline.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["oracles"].append("maple")
    path.write_text(json.dumps(data), encoding="utf-8")
    code, out, _ = gate()
    assert code == 4
    assert "IN DOUBT the oracle maple answered in the baseline, and does not now" in out


def test_run_in_doubt_writes_no_baseline_and_opens_no_gate(repository, gate, tmp_path, monkeypatch):
    gate("--update-baseline")
    before = (tmp_path / "reports" / "baseline.json").read_bytes()
    monkeypatch.setattr("verify.campaign.status.MOST_UNDECIDED", -1)
    code, out, _ = gate()
    assert code == 4
    assert "GATE" not in out
    code, _, err = gate("--update-baseline")
    assert code == 4
    assert "no baseline was written" in err
    assert (tmp_path / "reports" / "baseline.json").read_bytes() == before


def test_interrupted_run_opens_no_gate_and_writes_no_baseline(
    repository, gate, tmp_path, monkeypatch
):
    gate("--update-baseline")
    before = (tmp_path / "reports" / "baseline.json").read_bytes()

    def stop(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("verify.campaign.explore.Explorer.finish", stop)
    for more in ((), ("--update-baseline",)):
        code, out, err = gate(*more)
        assert (code, out) == (130, "")
        assert "nothing is compared" in err
    assert (tmp_path / "reports" / "baseline.json").read_bytes() == before


def test_full_disk_keeps_the_baseline(repository, gate, tmp_path, monkeypatch):
    gate("--update-baseline")
    path = tmp_path / "reports" / "baseline.json"
    before = path.read_bytes()
    repository(overwriting("exp"))

    def refuse(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    code, _, err = gate("--update-baseline")
    assert code == 2
    assert "No space left on device" in err
    assert path.read_bytes() == before


def test_against_a_revision(repository, gate, tmp_path):
    repository(replaced(overwriting("exp"), ("def exp(", "def exp(")))
    before = sorted(p.name for p in tmp_path.iterdir())
    code, out, err = gate("--against", "HEAD", "--ignore-speed")
    assert (code, err) == (1, "")
    assert "new GRA01 exp: shared-node overwrite (was right at HEAD)" in out
    assert sorted({p.name for p in tmp_path.iterdir()} - {"reports"}) == before
    repository(SOURCE.replace("import math", "import math  # changed"))
    code, out, _ = gate("--against", "HEAD", "--ignore-speed")
    assert code == 0
    assert "compared with" in out
    assert "(HEAD) GATE OPEN" in out


def twice(operation: str, source: str = SOURCE) -> str:
    """An engine whose operation gives twice the gradient when it is differentiated again."""
    line = next(line for line in SOURCE.splitlines() if line.endswith(f"# {operation}"))
    right = line.partition("  # ")[0]
    made = f"{right} * getattr(out, 'times', 1)\n            out.times = 2"
    return replaced(source, (f"{line}\n", f"{made}\n"))


def test_law_that_one_operation_broke_before_is_new_for_another(repository, gate, tmp_path):
    repository(twice("tanh"))
    git(tmp_path, "commit", "-q", "-a", "-m", "two")
    asked = ("--against", "HEAD", "--ignore-speed", "--select", "LIF04", "--ops", "exp,tanh,add")
    assert gate(*asked)[0] == 0
    repository(twice("exp", twice("tanh")))
    code, out, _ = gate(*asked)
    assert code == 1
    assert "new LIF04 exp: zeroing does not restore (was right at HEAD)" in out
    repository(twice("exp"))
    code, out, _ = gate(*asked)
    assert code == 1
    assert "fixed LIF04 tanh" in out


def test_report_that_cannot_be_written_opens_no_gate(repository, gate, tmp_path):
    gate("--update-baseline")
    (tmp_path / "file").touch()
    asked = ("--report-dir", "file", "--baseline", "reports/baseline.json")
    code, out, err = gate(*asked, "--ignore-speed")
    assert code == 2
    assert "the report cannot be written" in err
    assert "GATE OPEN" in out


def test_against_a_revision_fixes_and_losses(repository, gate, tmp_path):
    repository(overwriting("exp"))
    git(tmp_path, "commit", "-q", "-a", "-m", "two")
    repository(SOURCE)
    code, out, _ = gate("--against", "HEAD", "--ignore-speed")
    assert code == 0
    assert "fixed GRA01 exp: shared-node overwrite" in out
    code, out, _ = gate("--against", "HEAD~1", "--ignore-speed")
    assert code == 0
    assert "fixed" not in out


def test_against_slowdown_of_two_closes(repository, gate):
    repository(
        replaced(
            SOURCE,
            (
                "    def exp(self):\n",
                "    def exp(self):\n        for _ in range(4000):\n            pass\n",
            ),
        )
    )
    code, out, _ = gate("--against", "HEAD")
    assert code == 1
    assert "slower exp " in out
    assert "over 15 pairs" in out


@pytest.mark.parametrize(
    ("revision", "code", "said"),
    [("nowhere", 2, "git knows no revision 'nowhere'"), ("--output=x", 2, "git knows no revision")],
)
def test_against_what_is_no_revision(repository, gate, revision, code, said):
    got, out, err = gate(f"--against={revision}")
    assert (got, out) == (code, "")
    assert said in err


def test_against_in_no_repository_and_of_an_engine_elsewhere(
    gate, tmp_path, monkeypatch, repository
):
    code, _, err = gate("--against", "HEAD", target="torch")
    assert code == 2
    assert "torch is not part of the repository" in err
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "none"))
    code, _, err = gate("--against", "HEAD")
    assert code == 2
    assert "git: " in err


def test_against_a_revision_without_the_engine(repository, gate, tmp_path):
    git(tmp_path, "mv", "engine.py", "other.py")
    git(tmp_path, "commit", "-q", "-m", "moved")
    repository(SOURCE)
    code, _, err = gate("--against", "HEAD")
    assert code == 3
    assert "the engine at HEAD: there is no file" in err
    assert "if it had another name there, give it by --was" in err


@pytest.mark.parametrize("now", ["other.py:Scalar", "./tiny/core.py:Value", "tiny.core:Value"])
def test_engine_that_was_moved_or_renamed_is_compared_under_its_old_name(
    repository, gate, tmp_path, now
):
    assert gate("--update-baseline")[0] == 0
    place, _, name = now.rpartition(":")
    path = tmp_path / (place if place.endswith(".py") else "tiny/core.py")
    path.parent.mkdir(exist_ok=True)
    (tmp_path / "engine.py").unlink()
    path.write_text(overwriting("exp").replace("Value", name), encoding="utf-8")
    asked = ("--against", "HEAD", "--ignore-speed", "--was", "./engine.py:Value")
    code, out, err = gate(*asked, target=now)
    assert (code, err) == (1, "")
    assert out.count("new GRA01 exp: shared-node overwrite") == 2  # the baseline's, HEAD's
    code, out, err = gate(target=now)
    assert (code, out) == (2, "")
    assert "if that is its name of before, add --was engine.py:Value" in err


def test_package_that_was_renamed_is_compared_under_its_old_name(tmp_path, monkeypatch, gate):
    old, new = tmp_path / "src" / "old", tmp_path / "src" / "new"
    old.mkdir(parents=True)
    (old / "engine.py").write_text(overwriting("exp"), encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "one")
    old.rename(new)
    (new / "engine.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path / "src"))
    asked = ("--against", "HEAD", "--ignore-speed", "--was", "old.engine:Value")
    code, out, err = gate(*asked, target="new.engine:Value")
    assert (code, err) == (0, "")
    assert "fixed GRA01 exp: shared-node overwrite" in out


def test_baseline_of_the_same_file_spelt_otherwise_is_its_own(repository, gate):
    assert gate("--update-baseline", target="./engine.py:Value")[0] == 0
    assert gate()[0] == 0


def test_against_of_a_package_in_src_takes_the_old_package(tmp_path, monkeypatch, gate):
    """Both sides would import the working tree's if its folder came first."""
    package = tmp_path / "src" / "tiny"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "engine.py").write_text(overwriting("exp"), encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "one")
    (package / "engine.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path / "src"))
    monkeypatch.setenv(
        "PYTHONPATH", f"{tmp_path / 'src'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    )
    code, out, err = gate("--against", "HEAD", "--ignore-speed", target="tiny.engine:Value")
    assert (code, err) == (0, "")
    assert "fixed GRA01 exp: shared-node overwrite" in out


def test_against_engine_of_the_working_tree_is_never_taken_for_the_old_one(
    tmp_path, monkeypatch, gate
):
    """It would be compared with itself, and always pass."""
    (tmp_path / "README").write_text("", encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "one")
    (tmp_path / "late.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    path = os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(tmp_path)])
    monkeypatch.setenv("PYTHONPATH", path)
    code, out, err = gate("--against", "HEAD", target="late:Value")
    assert (code, out) == (3, "")
    assert "not from the other revision" in err


def test_accepted_finding_is_known_until_it_passes(repository, gate, tmp_path):
    gate("--update-baseline")
    repository(overwriting("exp"))
    assert gate()[0] == 1
    report = json.loads((tmp_path / "reports/engine-Value/report.json").read_text(encoding="utf-8"))
    name = next(f["fingerprint"] for f in report["findings"] if f["law"] == "GRA01")
    assert gate("--accept", name)[0] == 2
    code, _, err = gate("--accept", name, "--reason", 'until "spring"\n')
    assert (code, err) == (0, "")
    assert gate("--accept", name, "--reason", "again")[0] == 2
    code, out, _ = gate("--no-corpus")
    assert code == 0
    assert f'known GRA01 exp {name}: until "spring"' in out
    repository(SOURCE)
    code, out, _ = gate()
    assert code == 0
    assert f"passes GRA01 exp {name} is gone" in out
    code, out, _ = gate("--strict-known")
    assert code == 1
    assert "1 known failure that passes" in out


@pytest.mark.parametrize("text", ["[[known", "[[known]]\nlaw = 'GRA01'\n"])
def test_malformed_known_failures_are_refused(repository, gate, tmp_path, text):
    gate("--update-baseline")
    (tmp_path / "reports" / "known.toml").write_text(text, encoding="utf-8")
    code, out, err = gate()
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
