"""A class in a notebook is an engine; the cells that train, plot and shout are not executed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from faulty_engines import SOURCE
from notebooks import notebook

from verify.engines import TargetError, observe, open_engine
from verify.engines.loading import Loaded, load
from verify.engines.notebook import read_notebook
from verify.program.text import parse_case

MAGICS = """\
%matplotlib inline
!pip install micrograd
%load_ext autoreload
import math
files = !ls
speed = %timeit -o 1 + 1
math?
?math.exp
if math:
    %time print(3)
rest = (7
% 4)
text = '''
%this is no magic
'''
"""


@pytest.fixture
def written(tmp_path: Path):
    """Write a notebook of some cells and load the class in it."""

    def write(*cells: str | tuple[str, str], target: str = "Value", nbformat: int = 4) -> Loaded:
        path = tmp_path / "lesson.ipynb"
        path.write_text(notebook(cells, nbformat), encoding="utf-8")
        return load(f"{path}:{target}")

    return write


@pytest.mark.parametrize("nbformat", [3, 4])
def test_a_class_in_a_notebook_is_an_engine(written, nbformat):
    loaded = written(("markdown", "# class Value"), SOURCE, nbformat=nbformat)
    engine = open_engine(loaded.target)
    assert observe(engine, parse_case("x0 = 3.0\n%1 = mul(x0, x0)")).adjoints[0] == 6.0
    assert engine.facts.name == "lesson.ipynb"


def test_cells_that_train_are_not_executed_and_said_by_number(written):
    loaded = written(
        SOURCE, ("markdown", "text"), "x = Value(2.0)\nx", "x", "1 / 0", "print(x)\nrate = 0.5",
        "while True:\n    x.backward()",
    )  # fmt: skip
    assert loaded.left_out == (
        "cell 3 (an assignment)",
        "cell 6 line 1 (a call)",
        "cell 7 (a loop)",
    )
    assert vars(loaded.module)["rate"] == 0.5


def test_magics_are_ignored_and_said_and_lines_stay_where_they_are(written):
    loaded = written(MAGICS + SOURCE)
    assert [said for said in loaded.left_out if "magic" in said] == [
        f"cell 1 line {line} (a magic)" for line in (1, 2, 3, 5, 6, 7, 8, 10)
    ]
    names = vars(loaded.module)
    assert (names["rest"], names["text"]) == (3, "\n%this is no magic\n")
    line = loaded.cls.__init__.__code__.co_firstlineno
    assert (MAGICS + SOURCE).splitlines()[line - 1].strip().startswith("def __init__")


@pytest.mark.parametrize("magic", ["%%bash", "%%html", "%%writefile engine.py", "%%", "%%js -x"])
def test_a_cell_of_another_language_is_left_out(written, magic):
    loaded = written(SOURCE, f"{magic}\nclass Value:\n    pass\n")
    assert loaded.left_out == (f"cell 2 ({magic.split()[0]})",)
    assert hasattr(loaded.cls, "backward")


@pytest.mark.parametrize("magic", ["%%time", "%%capture out", "%%timeit -n 1"])
def test_a_cell_that_is_timed_is_python(written, magic):
    assert written(f"\n{magic}\n{SOURCE}").left_out == ("cell 1 line 2 (a magic)",)


def test_a_cell_that_cannot_be_parsed_is_left_out_unless_it_holds_the_class(written):
    loaded = written(SOURCE, "for x in\n", "return 3\n", "await thing()")
    assert loaded.left_out == (
        "cell 2 (a syntax error at line 1: invalid syntax)",
        "cell 3 (a statement)",
        "cell 4 (a call)",
    )
    with pytest.raises(TargetError, match="cell 2, which defines Value, has a syntax error at li"):
        written(SOURCE, "class Value:\n    def (\n")
    assert written(SOURCE, "class Value:\n    def (\n", target="Value@1").cls
    with pytest.raises(TargetError, match="cell 2, which defines Value"):
        written(SOURCE, "class Value:\n    def (\n", target="Value@2")


def test_the_last_definition_is_the_default_and_others_have_numbers(written):
    cells = [SOURCE.replace("class Value:", f"class Value:\n    number = {k}") for k in (1, 2, 3)]
    cells.insert(1, "Value.patched = True")
    cells.append("Value.last = True")
    assert written(*cells).cls.number == 3
    assert written(*cells).cls.last
    found = {k: written(*cells, target=f"Value@{k}").cls for k in (1, 2, 3)}
    assert [cls.number for cls in found.values()] == [1, 2, 3]
    assert [hasattr(cls, "patched") for cls in found.values()] == [True, False, False]


def test_an_earlier_definition_sees_what_it_saw_then(written):
    cells = (
        "def helper():\n    return 'old'",
        SOURCE + "\n    def asked(self):\n        return helper()\n",
        "def helper():\n    return 'new'",
        "def more(self):\n    return helper() + '!'",
        "Value.more = more",
        SOURCE,
    )
    first = written(*cells, target="Value@1").cls(1.0)
    assert first.asked() == "new", "its patch uses the helper that was there when it was patched"
    cells = cells[:3] + cells[5:]
    assert written(*cells, target="Value@1").cls(1.0).asked() == "old"


def test_two_definitions_in_one_cell(written):
    cell = "class Value:\n    number = 1\nValue.early = 1\nclass Value:\n    number = 2\n"
    assert written(cell, target="Value@1").cls.number == 1
    assert written(cell, target="Value@1").cls.early
    names: dict[str, object] = {}
    exec("\n".join(written(cell, target="Value@1").imports), names)  # noqa: S102
    assert names["Value"].number == 1
    assert not hasattr(written(cell, target="Value@2").cls, "early")


def test_the_line_in_the_notebook_s_file_is_told(written, tmp_path):
    loaded = written(SOURCE, SOURCE)
    lines = (tmp_path / "lesson.ipynb").read_text(encoding="utf-8").splitlines()
    assert lines[loaded.source["line"] - 1].strip().startswith('"class Value')
    assert lines[loaded.source["methods"]["__add__"] - 1].strip().startswith('"    def __add__')
    assert loaded.source["line"] > load(f"{loaded.target}@1").source["line"]
    path = tmp_path / "small.ipynb"
    path.write_text(json.dumps(json.loads(notebook([SOURCE]))), encoding="utf-8")
    assert load(f"{path}:Value").source == {"file": path.as_posix(), "line": 1, "methods": {}}


def test_imports_of_a_script_read_the_notebook_as_it_is_then(written, tmp_path, capsys):
    cells = [MAGICS, SOURCE, "import no_such_module\nprint('training')", "Value.more = int('3')"]
    for nbformat, target in ((4, "Value"), (3, "Value@1")):
        loaded = written(*cells, target=target, nbformat=nbformat)
        names: dict[str, object] = {}
        exec("\n".join(loaded.imports), names)  # noqa: S102 - lines of our own making
        assert names["Value"].more == 3
        assert set(vars(names["Value"])) == set(vars(loaded.cls))
    path = tmp_path / "lesson.ipynb"
    path.write_text(path.read_text("utf-8").replace("def tanh", "def mended"), encoding="utf-8")
    exec("\n".join(loaded.imports), names)  # noqa: S102
    assert hasattr(names["Value"], "mended")
    assert capsys.readouterr().out == ""


REFUSED = {
    "empty": (b"", "it is not JSON"),
    "no json": (b"class Value: pass", "it is not JSON"),
    "cut": (notebook([SOURCE]).encode()[:-40], "it is not JSON"),
    "latin-1": ('{"cells": [], "é": 1}'.encode("latin-1"), "byte 15 is not UTF-8"),
    "utf-16": (notebook([SOURCE]).encode("utf-16"), "is not UTF-8"),
    "deep": (b"[" * 100_000, "is not JSON"),
    "list": (b"[]", "it holds a list, not an object"),
    "number": (b"3", "it holds a number, not an object"),
    "null": (b"null", "it holds null"),
    "no cells": (b'{"nbformat": 4}', "it has no cells"),
    "cells no list": (b'{"cells": {}}', "its `cells` are an object, not a list"),
    "sheets no list": (b'{"worksheets": 3}', "its `worksheets` are a number"),
    "sheet no object": (b'{"worksheets": [3]}', "a worksheet is a number"),
    "cell no object": (b'{"cells": [7]}', "cell 1 is a number, not an object"),
    "no type": (b'{"cells": [{"source": ""}]}', "cell 1 has no cell_type"),
    "no source": (b'{"cells": [{"cell_type": "code"}]}', "cell 1 has no source that is text"),
    "source of numbers": (b'{"cells": [{"cell_type": "code", "source": [1]}]}', "cell 1 has no so"),
    "another language": (
        b'{"cells": [], "metadata": {"language_info": {"name": "julia"}}}', "notebook of julia"),
    "another kernel": (
        b'{"cells": [], "metadata": {"kernelspec": {"language": "R"}}}', "notebook of R, not of"),
    "no class": (notebook(["x = 1"]).encode(), "it defines no class"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_notebook_is_refused_in_a_sentence(tmp_path, kind):
    data, words = REFUSED[kind]
    path = tmp_path / "lesson.ipynb"
    path.write_bytes(data)
    with pytest.raises(TargetError) as caught:
        load(f"{path}:Value")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_byte_order_mark_and_windows_lines_are_no_matter(tmp_path):
    path = tmp_path / "lesson.ipynb"
    text = notebook([SOURCE.replace("\n", "\r\n")])
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    loaded = load(f"{path}:Value")
    assert loaded.left_out == ()
    names: dict[str, object] = {}
    exec("\n".join(loaded.imports), names)  # noqa: S102
    assert names["Value"].__name__ == "Value"


def test_a_huge_cell_is_read_in_time(tmp_path):
    path = tmp_path / "lesson.ipynb"
    huge = "x = '''\n" + "%magic or not\n" * 100_000
    path.write_text(notebook([SOURCE, huge, "y = [" + "1, " * 100_000 + "]"]), encoding="utf-8")
    cells = read_notebook(path)
    assert (bool(cells[1].trouble), bool(cells[2].trouble)) == (True, False)
