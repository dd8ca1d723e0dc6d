"""A statement that raises is left out and said where the class needs it not, and refused else."""

from __future__ import annotations

import pytest
from faulty_engines import SOURCE

from verify.engines import TargetError
from verify.engines.loading import load

RAISES = {
    "raise NotImplementedError()": "statement that raises NotImplementedError",
    "raise NotImplementedError": "statement that raises NotImplementedError",
    "raise SystemExit": "statement that raises SystemExit",
    'import os\nif not os.path.exists("data.csv"):\n    raise FileNotFoundError("data.csv")':
        "branch that raises FileNotFoundError",
    'TRAINED = False\nif not TRAINED:\n    raise SystemExit("train first")':
        "branch that raises SystemExit",
    "x = 3\nassert x == 4": "assertion that raises AssertionError",
    "n = 0\nr = 1 / n": "assignment that raises ZeroDivisionError",
    'd = {}\nd["x"]': "expression that raises KeyError",
    "total + 1": "expression that raises NameError",
    'import os\nKEY = os.environ["NO_SUCH_KEY"]': "assignment that raises KeyError",
    "import sys\nn = int(sys.argv[1])": "assignment that raises IndexError",
    'import logging\nlog = logging.FileHandler("/no/such/dir/x.log")':
        "assignment that raises FileNotFoundError",
    "import random\nrandom.seed({})": "call that raises TypeError",
    "from math import no_such": "import that raises ImportError",
    "class Net(Value):\n    size = SIZE": "definition that raises NameError",
}  # fmt: skip


@pytest.mark.parametrize("statement", RAISES)
@pytest.mark.parametrize("at_top", [False, True])
def test_what_raises_and_is_not_needed_is_left_out_and_said(written, statement, at_top):
    if "Value" in statement:
        at_top = False
    source = f"{statement}\n{SOURCE}" if at_top else f"{SOURCE}\n{statement}\n"
    loaded = written(source)
    assert loaded.cls(1.5).data == 1.5
    (said,) = loaded.left_out
    assert said.endswith(f"(a{'n' * (RAISES[statement][0] in 'aei')} {RAISES[statement]})")
    names: dict[str, object] = {}
    exec("\n".join(loaded.imports), names)  # noqa: S102 - lines of our own making
    assert set(vars(names["Value"])) == set(vars(loaded.cls))


@pytest.mark.parametrize("statement", RAISES)
def test_what_raises_in_a_cell_is_left_out_and_said(taught, statement):
    loaded = taught(SOURCE, "# TODO: your code here\n" + statement)
    (said,) = loaded.left_out
    assert said.startswith("cell 2")
    assert said.endswith(f" {RAISES[statement]})")


NEEDED = {
    "a constant": ('import os\nRATE = os.environ["NO_SUCH_KEY"]\n', "KeyError: 'NO_SUCH_KEY'"),
    "what a constant is made of": (
        "import sys\ngiven = sys.argv[1]\nRATE = float(given)\n", "IndexError: list index"),
    "a name bound in a branch": (
        "if 1 > 0:\n    RATE = 1\n    raise ValueError('no luck')\n", "ValueError: no luck"),
    "an import": ("from math import RATE\n", "ImportError: cannot import name 'RATE'"),
    "all names of a module": ("from no_such_names_of_ours import *\n", "ImportError: built for"),
    "a function's default": ("def RATE(n=1 / 0):\n    return n\n", "ZeroDivisionError"),
    "an exit": ("if 1 > 0:\n    RATE = 1\n    raise SystemExit('train')\n", "SystemExit: train"),
}  # fmt: skip


@pytest.mark.parametrize("what", NEEDED)
@pytest.mark.parametrize("is_partial", [False, True])
def test_what_raises_and_is_needed_refuses_with_its_reason(written, tmp_path, what, is_partial):
    (tmp_path / "no_such_names_of_ours.py").write_text("raise ImportError('built for another')\n")
    before, words = NEEDED[what]
    uses = "\n    def asked(self):\n        return RATE\n\n"
    with pytest.raises(TargetError, match=f"cannot be imported: it raises {words}"):
        written("print('training')\n" * is_partial + SOURCE + uses + before)


def test_names_of_a_module_are_not_needed_where_the_class_has_all_of_its_own(written, tmp_path):
    (tmp_path / "no_such_tools_of_ours.py").write_text("raise ImportError('built for another')\n")
    loaded = written(f"from no_such_tools_of_ours import *\n{SOURCE}")
    assert loaded.left_out == ("line 1 (an import that raises ImportError)",)


def test_a_patch_of_the_class_that_raises_refuses_it(written):
    with pytest.raises(TargetError, match="raises NameError: name 'undefined' is not defined"):
        written(f"{SOURCE}\nValue.__pow__ = undefined\n")


def test_what_reads_a_name_whose_statement_raised_reads_no_older_one(written):
    loaded = written(f"{SOURCE}\nk = 1\nk = 1 / 0\ntwice = k * 2\nk = 5\nthrice = k * 3\n")
    assert not hasattr(loaded.module, "twice")
    assert vars(loaded.module)["thrice"] == 15
    assert loaded.left_out[0].endswith("(an assignment that raises ZeroDivisionError, an assignme"
                                       "nt)")  # fmt: skip


def test_what_raises_because_of_what_was_left_out_is_not_blamed(written):
    loaded = written(f"{SOURCE}\nx = Value(2.0)\ny = x\nraise RuntimeError('{{}}'.format(x))\n")
    first = len(SOURCE.splitlines()) + 2
    assert loaded.left_out == (f"lines {first}-{first + 2} (an assignment, a statement)",)
    loaded = written(f"{SOURCE}\nx = Value(2.0)\nraise RuntimeError\n")
    assert loaded.left_out[0].endswith("(an assignment, a statement that raises RuntimeError)")


def test_a_class_that_is_not_there_is_refused_with_what_was_raised(written):
    with pytest.raises(TargetError, match="'Value'; it defines no class; at line 2 it raises OSE"):
        written("x = 1\nraise OSError('gone')\n")


def test_a_setting_of_a_module_that_is_not_installed_stops_nothing(written):
    draws = "\n    def draw(self):\n        return plt.plot([self.data])\n\n"
    source = "import no_such_plots.pyplot as plt\nplt.rcParams['figure.figsize'] = (1, 2)\n"
    assert written(source + SOURCE + draws).left_out == ("no_such_plots (not installed)",)


def test_a_module_target_that_raises_is_refused(tmp_path, monkeypatch, written):
    written(SOURCE + "\nraise RuntimeError('too old')\n", name="raising_module.py")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TargetError, match="cannot be imported: it raises RuntimeError: too old"):
        load("raising_module:Value")


def test_a_file_in_a_package_that_raises_is_executed_once(written, tmp_path):
    (tmp_path / "raisingpkg").mkdir()
    (tmp_path / "raisingpkg" / "core.py").write_text("")
    source = f"from . import core\n{SOURCE}\nraise RuntimeError('x')\n"
    first, second = (written(source, name="raisingpkg/engine.py") for _ in range(2))
    assert first.cls is second.cls
    assert first.left_out == second.left_out != ()
