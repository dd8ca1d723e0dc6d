"""``gradverify history``: what each definition of an engine breaks, when a bug came and went."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from faulty_engines import SOURCE, replaced
from notebooks import ROOT, SEED_TEXT, definitions, notebook, of_text, of_the_lineage

from verify.campaign.history import Broken, Entry, added, lives
from verify.cli import history, main

LESSON: tuple[tuple[str, str | None, set[str]], ...] = (
    ("values only", "values only", set()),
    ("values only", "values only", set()),
    ("wrong", "rules by hand", {"overwrite"}),
    ("wrong", "backward", {"overwrite"}),
    ("wrong", "backward", {"duplicate-append"}),
    ("certified", "backward", set()),
    ("wrong", "backward", {"reflected"}),
    ("wrong", "backward", {"reflected"}),
)
"""What docs/lineage.md says of the eight steps: verdict, how driven, faults of the errors."""
PAGE = (ROOT / "docs" / "lineage.md").read_text(encoding="utf-8")


@pytest.fixture
def lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Write a notebook of cells into the current folder."""
    monkeypatch.chdir(tmp_path)

    def write(*cells: str) -> str:
        (tmp_path / "lesson.ipynb").write_text(notebook(cells), encoding="utf-8")
        return "lesson.ipynb"

    return write


def told(capsys, *arguments: str) -> tuple[int, dict]:
    """The exit code and the JSON of a history."""
    code = main(["history", *arguments, "--json", "-"])
    return code, json.loads(capsys.readouterr().out)


def check_lesson(found: dict, code: int, cells: list[tuple[int, int]]) -> None:
    """The eight definitions have the verdicts of the lineage, and its bugs come and go in time."""
    entries = found["entries"]
    assert code == 1
    assert [(one["cell"], one["ordinal"]) for one in entries] == cells
    assert len(entries) == len(LESSON)
    for entry, (status, how, faults) in zip(entries, LESSON, strict=True):
        errors = [one for one in entry["broken"] if one["severity"] == "error"]
        assert (entry["status"], entry["how"]) == (status, how), entry["ordinal"]
        assert {one["fault"] for one in errors} == faults, entry["ordinal"]
        step = "3, driven" if entry["ordinal"] == 3 else f"{entry['ordinal']}"
        (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| {step} | ")][:1]
        for one in errors:
            assert one["law"] in row
            assert f"(`{one['fault']}`)" in row
    bugs = [(b["title"], b["came"], b["went"]) for b in found["bugs"] if b["severity"] == "error"]
    assert bugs == [
        ("shared-node overwrite", 3, 5),
        ("duplicate append in the topological sort", 5, 6),
        ("rsub: reflected operands swapped", 7, None),
        ("rdiv: reflected operands swapped", 8, None),
    ]
    assert [one["fault"] for one in entries[1]["broken"]] == ["tanh-by-exponentials"]


@pytest.mark.once
def test_a_notebook_of_the_lineage_gets_the_verdicts_of_the_lineage(tmp_path, monkeypatch, capsys):
    text = of_the_lineage()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    Path("lesson.ipynb").write_text(text, encoding="utf-8")
    code = main(["history", "lesson.ipynb", "--quick", "--json", "told.json"])
    found = json.loads(Path("told.json").read_text(encoding="utf-8"))
    check_lesson(found, code, list(definitions(text)))
    shown, _, verdict = capsys.readouterr().out.rpartition("\n\n")
    page = (ROOT / "docs" / "history.md").read_text(encoding="utf-8")
    written = page.partition("<!-- lesson.ipynb -->\n```text\n")[2].partition("```")[0]
    before, _, last = written.rpartition("\n\n")
    assert (shown, verdict) == (before, last)


@pytest.mark.once
@pytest.mark.skipif(
    not SEED_TEXT.is_file(),
    reason="NOT RUN: the notebook's text is not beside this checkout (../shared/seed/notebook.txt, "
    "or SEED_NOTEBOOK); the lineage of our own writing is tried above",
)
def test_the_notebook_that_all_grew_from_gets_the_verdicts_of_the_lineage(tmp_path, capsys):
    text = of_text(SEED_TEXT.read_text(encoding="utf-8"))
    path = tmp_path / "notebook.ipynb"
    path.write_text(text, encoding="utf-8")
    code, found = told(capsys, str(path), "--quick")
    check_lesson(found, code, list(definitions(text)))


def git(*arguments: str) -> None:
    who = ("-c", "user.name=someone", "-c", "user.email=someone@example.org")
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)  # noqa: S607


@pytest.mark.once
def test_commits_of_a_file_are_followed_through_a_rename(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    git("init", "-q", ".")
    package = tmp_path / "historypkg"
    package.mkdir()
    (package / "core.py").write_text("BASE = object\n")
    right = f"from .core import BASE\n{SOURCE}"
    wrong = replaced(
        right, ("self.grad += other.data * out.grad", "self.grad = other.data * out.grad")
    )
    (package / "first.py").write_text(wrong, encoding="utf-8")
    git("add", "-A")
    git("commit", "-q", "-m", "A backward of my own [bold]")
    git("mv", "historypkg/first.py", "historypkg/engine.py")
    (package / "engine.py").write_text(right + "\nprint('done')\n", encoding="utf-8")
    git("commit", "-q", "-a", "-m", "Moved and mended")
    (package / "engine.py").write_text("class Value:", encoding="utf-8")
    git("commit", "-q", "-a", "-m", "Broken")
    (package / "engine.py").write_text(right, encoding="utf-8")  # the working tree is not looked at
    code, found = told(capsys, "historypkg/engine.py:Value", "--git", "--quick")
    assert code == 3
    entries = found["entries"]
    assert [(one["commit"]["path"], one["commit"]["subject"]) for one in entries] == [
        ("historypkg/first.py", "A backward of my own [bold]"),
        ("historypkg/engine.py", "Moved and mended"),
        ("historypkg/engine.py", "Broken"),
    ]
    assert [one["status"] for one in entries] == ["wrong", "certified", "no engine"]
    last = len(right.splitlines()) + 2
    assert [one["left_out"] for one in entries] == [[], [f"line {last} (a call)"], []]
    assert "syntax error" in entries[2]["sentence"]
    errors = [bug for bug in found["bugs"] if bug["severity"] == "error"]
    assert ("mul: shared-node overwrite", 1, 2) in [
        (bug["title"], bug["came"], bug["went"]) for bug in errors
    ]
    assert {bug["went"] for bug in errors} == {2}


# what does not take a run

RIGHT = Entry("certified", "backward", "All agreed.", ("add", "mul"))
BUG = Broken("GRA01", "error", "mul: shared-node overwrite", "mul", "overwrite", 3, "x0 = 1.0", "?")
WRONG = Entry("wrong", "backward", "1 error.", ("add", "mul", "radd"), (BUG,))
NONE = Entry("no engine", None, "lesson.ipynb:Value@1 is not an engine: it has no gradient")
ONLY_VALUES = Entry("values only", "values only", "All right.", ("add",))


def test_a_bug_goes_where_it_could_have_been_seen_and_was_not():
    for between in (NONE, ONLY_VALUES, Entry("in doubt", "backward", "?")):
        (life,) = lives([RIGHT, WRONG, between, WRONG, RIGHT])
        assert (life.came, life.went) == (2, 5)
    assert [(x.came, x.went) for x in lives([WRONG, RIGHT, WRONG])] == [(1, 2), (3, None)]
    assert lives([RIGHT, NONE]) == ()


def test_operations_that_came_are_named_once():
    assert added((), ("add", "radd", "mul")) == ("add", "mul")
    assert added(("add",), ("add", "radd", "sub")) == ("radd", "sub")


HANGS = (
    "        self.grad = 1.0\n",
    "        while self.data < 0: pass\n        self.grad = 1.0\n",
)
ENDS = (
    "return Value(self.data * other.data, (self, other))",
    "return Value(self.data * other.data) if self.data > 0 else __import__('os')._exit(3)",
)
VALUES_ALONE = """\
class Value:
    def __init__(self, data, children=()):
        self.data, self.children = data, children

    def __add__(self, other):
        return Value(self.data + other.data, (self, other))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other))
"""


@pytest.mark.once
def test_a_definition_that_hangs_or_ends_the_process_ends_no_history(lesson, capsys):
    """Whatever one definition does, those after it are examined."""
    cells = (replaced(VALUES_ALONE, ENDS), replaced(SOURCE, HANGS), VALUES_ALONE)
    code, found = told(capsys, lesson(*cells), "--quick", "--case-timeout", "0.3")
    one, two, three = found["entries"]
    assert code == 0
    assert [entry["status"] for entry in (one, two, three)] == ["wrong", "wrong", "values only"]
    ended = {(broken["law"], broken["operation"]) for broken in one["broken"]}
    assert ended == {("RUN04", "mul"), ("RUN04", "imul")}
    assert "RUN02" in {broken["law"] for broken in two["broken"]}


def test_what_the_configuration_says_of_the_class_is_heeded(lesson, tmp_path, capsys):
    """The gradient is under a name that nobody would guess."""
    source = SOURCE.replace(".grad", ".pullback").replace("grad=", "pullback=")
    name = lesson(source, source)
    (tmp_path / "gradverify.toml").write_text(
        f'target = "{name}:Value"\n[engine]\ngradient = ".pullback"\n', encoding="utf-8"
    )
    _, found = told(capsys, f"{name}:Value", "--quick")
    assert [entry["status"] for entry in found["entries"]] == ["certified", "certified"]
    (tmp_path / "gradverify.toml").unlink()
    _, found = told(capsys, f"{name}:Value", "--quick")
    assert "certified" not in [entry["status"] for entry in found["entries"]]


CODES = [
    (RIGHT, 0),
    (ONLY_VALUES, 0),
    (WRONG, 1),
    (NONE, 3),
    (Entry("in doubt", "backward", "?"), 4),
]


@pytest.mark.parametrize(("last", "code"), CODES)
def test_the_exit_code_is_that_of_the_last_definition(lesson, monkeypatch, capsys, last, code):
    answers = {
        "lesson.ipynb:Value@1": WRONG,
        "lesson.ipynb:Value@2": RIGHT,
        "lesson.ipynb:Value": last,
    }
    monkeypatch.setattr(history, "examine_definition", lambda target, *_: answers[target])
    assert main(["history", lesson(SOURCE, SOURCE, SOURCE)]) == code
    shown = capsys.readouterr()
    assert shown.err == ""
    assert "came with 1 (cell 1), went with 2 (cell 2)" in " ".join(shown.out.split())
    assert last.status.upper() in shown.out or "RIGHT" in shown.out


def test_max_count_leaves_the_latest(lesson, monkeypatch, capsys):
    seen = []
    monkeypatch.setattr(history, "examine_definition", lambda t, *_: (seen.append(t), RIGHT)[1])
    main(["history", lesson(SOURCE, SOURCE, SOURCE), "--max-count", "2", "--json", "kept.json"])
    assert seen == ["lesson.ipynb:Value@2", "lesson.ipynb:Value"]
    kept = json.loads(Path("kept.json").read_text(encoding="utf-8"))
    assert [one["ordinal"] for one in kept["entries"]] == [2, 3]
    assert capsys.readouterr().out.startswith("lesson.ipynb:Value\n")


def test_names_of_an_engine_are_shown_harmlessly(lesson, monkeypatch, capsys):
    odd = Broken("GRA01", "error", "\x1b[31m[bold]", None, None, 1, None, "")
    entry = Entry("wrong", "backward", "\x1b[2J", ("add",), (odd,))
    monkeypatch.setattr(history, "examine_definition", lambda *_: entry)
    main(["history", lesson(SOURCE)])
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "[bold]" in shown


def test_a_python_file_that_defines_the_class_twice(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(history, "examine_definition", lambda *_: RIGHT)
    (tmp_path / "engine.py").write_text(SOURCE + SOURCE, encoding="utf-8")
    _, found = told(capsys, f"{tmp_path / 'engine.py'}:Value")
    lines = [one["line"] for one in found["entries"]]
    assert lines == [4, 4 + len(SOURCE.splitlines())]
    assert [one["place"] for one in found["entries"]] == [f"line {line}" for line in lines]


REFUSED = {
    "module": (["microgradref:Value"], 2, "history is of a file"),
    "ordinal": (["lesson.ipynb:Value@2"], 2, "history is of a file"),
    "absent": (["absent.ipynb"], 3, "there is no file"),
    "no class": (["lesson.ipynb:Vector"], 3, "has no class 'Vector'"),
    "several": (["several.ipynb"], 2, "say several.ipynb:A or several.ipynb:B"),
    "none": (["none.ipynb"], 3, "no class of none.ipynb adds or multiplies"),
    "untold": (["untold.ipynb"], 3, "multiplies; its cell 1 has a syntax error at line 3: "),
    "malformed": (["malformed.ipynb"], 3, "is not JSON"),
    "syntax": (["syntax.py:Value"], 3, "syntax error at line 1"),
    "no repository": (["lesson.ipynb", "--git"], 2, "git"),
    "unwritable": (["lesson.ipynb", "--json", "no/such/folder/x.json"], 2, "cannot be written"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_bad_input_is_refused_in_a_sentence(lesson, tmp_path, monkeypatch, capsys, what):
    arguments, code, words = REFUSED[what]
    monkeypatch.setattr(history, "examine_definition", lambda *_: RIGHT)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    lesson(SOURCE)
    two = "class A:\n    def __add__(self, o): ...\n"
    (tmp_path / "several.ipynb").write_text(notebook([two, two.replace("A", "B")]), "utf-8")
    (tmp_path / "none.ipynb").write_text(notebook(["class C:\n    pass"]), "utf-8")
    (tmp_path / "untold.ipynb").write_text(notebook(["class C:\n\tx = 1\n    y = 2"]), "utf-8")
    (tmp_path / "malformed.ipynb").write_text("{", "utf-8")
    (tmp_path / "syntax.py").write_text("class Value\n", "utf-8")
    assert main(["history", *arguments]) == code
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("now", ["class Value\n", None, "class Value: pass\n"])
def test_commits_are_examined_whatever_the_file_is_now(tmp_path, monkeypatch, capsys, now):
    monkeypatch.setattr(history, "examine_there", lambda *_: RIGHT)
    monkeypatch.chdir(tmp_path)
    git("init", "-q", ".")
    path = tmp_path / "engine.py"
    path.write_text(SOURCE, encoding="utf-8")
    git("add", "-A")
    git("commit", "-q", "-m", "One")
    path.write_text(now, encoding="utf-8") if now else path.unlink()
    code, found = told(capsys, "engine.py:Value", "--git")
    assert (code, [one["status"] for one in found["entries"]]) == (0, ["certified"])


def test_the_class_is_guessed_where_one_alone_adds_or_multiplies(lesson, monkeypatch, capsys):
    monkeypatch.setattr(history, "examine_definition", lambda *_: RIGHT)
    more = "class Neuron:\n    def __call__(self, x): ...\n"
    _, found = told(capsys, lesson(more, replaced(SOURCE, ("class Value:", "class Scalar:"))))
    assert found["target"] == "lesson.ipynb:Scalar"
