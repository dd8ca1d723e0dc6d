"""A target names a class; whatever is wrong with it is one sentence, and exit code 3."""

from __future__ import annotations

import sys

import pytest
from faulty_engines import SOURCE, replaced

from verify.cli import main
from verify.engines import TargetError, open_engine
from verify.engines.loading import load


def refusal(target: str) -> str:
    """The one sentence that refuses a target."""
    with pytest.raises(TargetError) as caught:
        open_engine(target)
    sentence = str(caught.value)
    assert sentence
    assert "\n" not in sentence
    return sentence


def test_file_target_opens_the_class_of_the_file(engine_file):
    target = engine_file()
    engine = open_engine(target)
    assert engine.facts.target == target
    assert engine.facts.name == "engine0.py"
    assert engine.primal(engine.lift(1.5)) == 1.5


def test_module_target_opens_the_class_with_its_version():
    engine = open_engine("micrograd.engine:Value")
    assert engine.facts.name == "micrograd 0.1.0"
    assert engine.facts.imports == ("from micrograd.engine import Value",)


def test_module_of_the_working_folder_is_found(engine_file, tmp_path, monkeypatch):
    engine_file(name="engine_of_this_folder")
    monkeypatch.chdir(tmp_path)
    assert open_engine("engine_of_this_folder:Value").facts.name == "engine_of_this_folder"


def test_relative_path_is_found(engine_file, tmp_path, monkeypatch):
    engine_file(name="relative")
    monkeypatch.chdir(tmp_path)
    assert open_engine("relative.py:Value").facts.target == "relative.py:Value"
    assert open_engine("./relative.py:Value").facts.name == "relative.py"


def test_file_imports_its_siblings(engine_file, tmp_path):
    (tmp_path / "sibling_of_engine.py").write_text("from math import exp, tanh\n")
    source = replaced(SOURCE, ("import math\n", "import sibling_of_engine as math\n"))
    assert "exp" in open_engine(engine_file(source)).facts.spellings


def test_imports_of_a_file_work_in_a_script(engine_file):
    engine = open_engine(engine_file(name="scripted"))
    names: dict[str, object] = {}
    exec("\n".join(engine.facts.imports), names)  # noqa: S102 - lines of our own making
    assert names["Value"].__name__ == "Value"
    sys.modules.pop("scripted", None)


def test_torch_is_an_engine_of_its_own_name():
    assert open_engine("torch").facts.target == "torch"


@pytest.mark.parametrize("target", ["", "Value", ":", "engine.py", ":Value", "engine.py:", "a:b c"])
def test_target_without_module_or_class_is_refused(target):
    assert "write package.module:Class or path/file.py:Class" in refusal(target)


def test_absent_module_is_refused_with_advice():
    sentence = refusal("no_such_module_anywhere:Value")
    assert "there is no module 'no_such_module_anywhere'" in sentence
    assert "installed" in sentence


def test_absent_submodule_is_refused():
    assert "no module 'micrograd.no_such'" in refusal("micrograd.no_such:Value")


@pytest.mark.parametrize("place", ["..up", "micrograd..engine", ".", "a/b", "7", "os.path.join"])
def test_strange_module_names_are_refused(place):
    refusal(f"{place}:Value")


def test_absent_file_is_refused(tmp_path):
    assert "there is no file" in refusal(f"{tmp_path}/absent.py:Value")


def test_folder_is_no_file(tmp_path):
    assert "there is no file" in refusal(f"{tmp_path}:Value")


def test_file_that_is_no_python_is_refused(tmp_path):
    path = tmp_path / "engine.txt"
    path.write_text(SOURCE)
    assert "give a .py file" in refusal(f"{path}:Value")


def test_absent_class_is_refused_with_those_there_are(engine_file):
    target = engine_file(SOURCE + "\n\nclass Neuron:\n    pass\n").replace(":Value", ":Vector")
    sentence = refusal(target)
    assert "has no class 'Vector'" in sentence
    assert "it has Neuron, Value" in sentence


def test_class_in_other_letters_is_suggested(engine_file):
    target = engine_file(SOURCE + "\n\nclass Neuron:\n    pass\n").replace(":Value", ":value")
    assert refusal(target).endswith("; it has Value")


def test_module_without_classes_says_so(engine_file):
    assert "it defines no class" in refusal(engine_file("x = 1\n"))


@pytest.mark.parametrize("thing", ["Value = 3", "def Value(x): return x", "import math as Value"])
def test_what_is_no_class_is_refused(engine_file, thing):
    assert "not a class" in refusal(engine_file(thing + "\n"))


BROKEN_FILES = {
    "syntax": ("class Value\n", "has a syntax error at line 1"),
    "indentation": ("class Value:\nx = 1\n", "has a syntax error at line 2"),
    "nul": ("x = 1\0\n", "null bytes"),
    "raises": ("raise ValueError('no\\nluck')\n", "it raises ValueError: no luck"),
    "exits": ("import sys\nclass Value:\n    sys.exit(0)\n", "it raises SystemExit"),
    "exits softly": ("raise SystemExit\n", "it raises SystemExit"),
    "needs": ("import no_such_package_here\n", "needs the module 'no_such_package_here'"),
    "needs name": ("from math import no_such\n", "ImportError"),
    "recursion": ("def f(): f()\nclass Value:\n    f()\n", "RecursionError"),
}


@pytest.mark.parametrize("kind", BROKEN_FILES)
def test_file_that_cannot_be_imported_is_refused(engine_file, kind):
    source, words = BROKEN_FILES[kind]
    assert words in refusal(engine_file(source))


def test_file_of_bytes_that_are_no_text_is_refused(tmp_path):
    path = tmp_path / "binary.py"
    path.write_bytes(b"\xff\xfe\x00class")
    refusal(f"{path}:Value")


NO_ENGINES = {
    "constructor": ("class Value:\n    pass\n", "Value(1.25) raises TypeError"),
    "primal": (
        "class Value:\n    def __init__(self, data): self.secret = str(data)\n",
        "has no member that holds 1.25",
    ),
    "other primal": (
        "class Value:\n    def __init__(self, data): self.data = 0.0\n",
        "has no member that holds 1.25",
    ),
    "gradient": ("class Value:\n    def __init__(self, data): self.data = data\n", "no gradient"),
    "backward": (
        "class Value:\n    def __init__(self, data): self.data, self.grad = data, 0.0\n",
        "no backward method",
    ),
}


@pytest.mark.parametrize("target", ["builtins:float", "builtins:dict", "itertools:count"])
def test_class_that_no_file_holds_is_refused(target):
    assert "is not an engine" in refusal(target)


@pytest.mark.parametrize("lacks", NO_ENGINES)
def test_class_that_is_no_engine_is_refused_with_what_it_lacks(engine_file, lacks):
    source, words = NO_ENGINES[lacks]
    sentence = refusal(engine_file(source))
    assert "is not an engine" in sentence
    assert words in sentence


def test_class_whose_members_raise_is_refused(engine_file):
    source = "class Value:\n    def __init__(self, data): pass\n"
    source += "    def __getattr__(self, name): raise ValueError(name)\n"
    refusal(engine_file(source))


def test_class_that_cannot_be_called_is_refused(engine_file):
    source = "import abc\nclass Value(abc.ABC):\n    @abc.abstractmethod\n    def f(self): ...\n"
    assert "is not an engine" in refusal(engine_file(source))


@pytest.mark.parametrize(
    "target", ["", "Value", "no_such_module_anywhere:Value", "absent.py:Value"]
)
def test_run_refuses_a_bad_target_with_exit_code_3(target, capsys):
    assert main(["run", target]) == 3
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("gradverify: ")
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize("kind", ["syntax", "exits", "needs"])
def test_run_refuses_a_broken_file_with_exit_code_3(engine_file, gradverify, kind):
    done = gradverify("run", engine_file(BROKEN_FILES[kind][0]))
    assert done.code == 3
    assert BROKEN_FILES[kind][1] in done.refusal
    assert done.out == ""


def test_a_file_rewritten_within_a_second_is_read_again(tmp_path, monkeypatch):
    """Python's cache of bytecode goes by size and second; a swapped operand changes neither."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = tmp_path / "swapped.py"
    for number in ("1", "2", "3"):
        path.write_text(f"class Value:\n    number = {number}\n", encoding="utf-8")
        assert load(f"{path}:Value").cls.number == int(number)
    assert [p.name for p in tmp_path.iterdir()] == ["swapped.py"]
