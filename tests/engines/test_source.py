"""Where an engine's class is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.engines import open_engine
from verify.engines.source import source_of

CLASS = "import math\n\n\nclass Value:\n    def __add__(self, other):\n        pass\n"


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "engine.py").write_text(CLASS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_named_file_is_told_as_it_was_named(folder):
    found = source_of("lib/engine.py", None, "Value")
    assert found == {"file": "lib/engine.py", "line": 4, "methods": {"__add__": 5}}
    absolute = str(folder / "lib" / "engine.py")
    assert source_of(absolute, None, "Value")["file"] == Path(absolute).as_posix()


def test_module_below_the_folder_is_told_relative_to_it(folder):
    found = source_of(None, str(folder / "lib" / "engine.py"), "Value")
    assert found["file"] == "lib/engine.py"


def test_module_elsewhere_has_no_source(folder, monkeypatch):
    monkeypatch.chdir(folder / "lib")
    (folder / "other.py").write_text(CLASS)
    assert source_of(None, str(folder / "other.py"), "Value") is None


def test_later_class_of_the_same_name_counts(folder):
    (folder / "two.py").write_text(CLASS + "\n\nclass Value:\n    pass\n")
    assert source_of("two.py", None, "Value") == {"file": "two.py", "line": 9, "methods": {}}


@pytest.mark.parametrize("text", ["class Other: pass", "class Value(:", "x = 1\x00", "(" * 10_000])
def test_file_without_the_class_has_no_source(folder, text):
    (folder / "bad.py").write_text(text)
    assert source_of("bad.py", None, "Value") is None


@pytest.mark.parametrize("place", ["none.py", "lib", None])
def test_what_is_no_file_has_no_source(folder, place):
    assert source_of(place, None, "Value") is None


def test_engine_knows_its_source(engine_file):
    target = engine_file()
    source = open_engine(target).facts.source
    assert source["file"] == Path(target.rpartition(":")[0]).as_posix()
    assert {"__add__", "__mul__", "exp", "backward"} <= set(source["methods"])


def test_torch_has_no_source():
    assert open_engine("torch").facts.source is None
