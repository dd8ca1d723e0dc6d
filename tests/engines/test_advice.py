"""A target that names nothing is refused with what it may have been meant for."""

from __future__ import annotations

import pytest
from faulty_engines import SOURCE

from verify.cli import main
from verify.engines import TargetError
from verify.engines.loading import load


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with an engine, a notebook, a text and a package that has classes of its parts."""
    (tmp_path / "e01.py").write_text(SOURCE)
    (tmp_path / "lesson.ipynb").write_text("{}")
    (tmp_path / "words.txt").write_text("words")
    package = tmp_path / "advisedpkg"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from collections import OrderedDict\nfrom .core import Value, Neuron\n"
    )
    (package / "core.py").write_text("class Value: pass\nclass Neuron: pass\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal(target: str) -> str:
    """The one sentence that refuses a target."""
    with pytest.raises(TargetError) as caught:
        load(target)
    return str(caught.value)


MISSPELT = {
    "e01.pyy:Scalar": "there is no module 'e01.pyy': did you mean the file e01.py?",
    "e01.p:Scalar": "there is no module 'e01.p': did you mean the file e01.py?",
    "e01.PY:Scalar": "there is no module 'e01.PY': did you mean the file e01.py?",
    "lesson.ipyn:Value": "there is no module 'lesson': did you mean the file lesson.ipynb?",
    "./e01.pyy:Scalar": "there is no file 'e01.pyy': did you mean e01.py?",
    "absent.pyy:Value": "there is no module 'absent', and a file's name ends in .py or .ipynb, not "
                        "in .pyy",
    "words.txt:Value": "words.txt is a file, and none of Python: give a .py file, or a notebook "
                       "(.ipynb)",
    "./absent.pyy:Value": "there is no file 'absent.pyy': give the path of a .py file, then :Class",
    "micrograd.no_such:Value": "there is no module 'micrograd.no_such': is it installed in this "
                               "environment, or did you mean a file, path/to/no_such.py:Class?",
}  # fmt: skip


@pytest.mark.parametrize("target", MISSPELT)
def test_a_misspelt_file_is_refused_with_the_one_that_is_there(here, target):
    assert refusal(target) == MISSPELT[target]


@pytest.mark.parametrize(
    "target",
    ["e01.py:Scalar:x", "./e01.py:Value:x", "e01.py:Value@1:x", "lesson.ipynb:A:b", "pkg.mod:A:b"],
)
def test_a_colon_too_many_is_said(here, target):
    said = refusal(target)
    assert said.startswith(f"{target!r} has more colons than one: write package.module:Class or ")


def test_a_colon_in_the_path_is_none_too_many(here):
    assert refusal("C:/lessons/e01.py:Value").startswith("there is no file 'C:/lessons/e01.py'")
    (here / "part 1: sums").mkdir()
    (here / "part 1: sums" / "e01.py").write_text(SOURCE)
    assert load("part 1: sums/e01.py:Value").cls.__name__ == "Value"


@pytest.mark.parametrize("place", ["x" * 5_000, "x" * 300 + ".pyy", "a\0b.pyy"])
def test_a_name_that_no_file_can_have_is_refused(here, place):
    assert refusal(f"{place}:Value")


def test_a_class_that_a_package_takes_from_its_parts_is_suggested(here):
    assert refusal("advisedpkg:Valu").endswith("no class 'Valu'; it has Value")
    assert refusal("advisedpkg:Matrix").endswith("no class 'Matrix'; it has Neuron, Value")
    assert refusal("advisedpkg.core:valeu").endswith("; it has Value")


def test_classes_of_python_are_nobody_s_to_suggest(here):
    (here / "only_python.py").write_text("from collections import OrderedDict\nValue = None\n")
    assert refusal("only_python:Value").endswith("; it defines no class")


def test_the_probe_says_so_in_one_line(here, capsys):
    assert main(["probe", "advisedpkg:Valu"]) == 3
    shown = capsys.readouterr()
    assert shown.err.count("\n") == 1
    assert "it has Value" in shown.err
