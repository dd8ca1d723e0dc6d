"""``gradverify gate --against``: an engine compared with itself at another revision."""

from __future__ import annotations

import os

import pytest
from faulty_engines import SOURCE, overwriting, replaced
from gated import gate, git, repository

pytestmark = pytest.mark.once


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
