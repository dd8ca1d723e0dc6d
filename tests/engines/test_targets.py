"""Of a file what defines the class is executed, and nothing that trains or plots with it."""

from __future__ import annotations

import sys

import pytest
from faulty_engines import SOURCE

from verify.engines import TargetError, open_engine
from verify.engines.loading import Loaded, load

TRAINS = """

import random
import atexit as plt

print("begin")
random.seed(1337)
N = 1_000
rate = 0.05 * N
x = Value(2.0)
y = x * x
y.label = "y"
weights = [Value(random.uniform(-1, 1)) for _ in range(N)]

for step in range(10**12):
    loss = sum(w * x for w in weights)
    loss.backward()
    for w in weights:
        w.data -= rate * w.grad

with open("/no/such/folder/log.txt", "w") as log:
    log.write("trained")

plt.plot([x.data], [y.data])
plt.show()


def predict(x):
    return weights[0] * x


if __name__ == "__main__":
    raise SystemExit("the script was run")
assert y.data == 5, "never"
"""


def has(loaded: Loaded, name: str) -> bool:
    return name in vars(loaded.module)


def test_a_script_that_trains_is_loaded_without_training(written, capsys):
    loaded = written(SOURCE + TRAINS)
    assert capsys.readouterr().out == ""
    assert loaded.cls(1.5).data == 1.5
    assert {name for name in ("N", "rate", "predict", "plt") if has(loaded, name)} == {
        "N", "rate", "predict", "plt",
    }  # fmt: skip
    assert not any(has(loaded, name) for name in ("x", "y", "weights", "loss", "log"))


def test_what_was_left_out_is_said_with_its_lines(written):
    first = len(SOURCE.splitlines()) + 1
    said = written(SOURCE + TRAINS).left_out
    lines = TRAINS.splitlines()

    def line(text: str) -> int:
        return first + next(k for k, found in enumerate(lines) if found.startswith(text))

    assert said == (
        f"line {line('print')} (a call)",
        f"lines {line('x = ')}-{line('plt.show')} (an assignment, a loop, a with block, a call)",
        f"line {line('assert')} (an assertion)",
    )
    engine = open_engine(written(SOURCE + TRAINS).target)
    assert engine.facts.left_out == said


def test_a_file_that_only_defines_has_nothing_left_out(written):
    assert written(SOURCE).left_out == ()
    assert open_engine("microgradref:Value").facts.left_out == ()


PATCHED = {
    "attribute": "Value.extra = Value.__add__\n",
    "lambda": "Value.extra = lambda self: self\n",
    "setattr": "setattr(Value, 'extra', 1)\n",
    "loop": "for name in ('extra', 'more'):\n    setattr(Value, name, getattr(math, 'exp'))\n",
    "loop over items": "NAMES = {'extra': 1}\nfor k, v in NAMES.items():\n"
    "    setattr(Value, k, v)\n",
    "maker": "def make(n):\n    return lambda self: n\nfor n in ('extra',):\n"
    "    made = make(n)\n    setattr(Value, n, made)\n",
    "made": "def make(n):\n    return lambda self: n\nValue.extra = make(3)\n",
    "installer": "def install():\n    for n in ('extra',):\n        setattr(Value, n, 1)\n"
    "install()\n",
    "installer of a parameter": "def install(cls, v):\n    cls.extra = v\ninstall(Value, 3)\n",
    "decorator": "def grown(cls):\n    cls.extra = 1\n    return cls\n@grown\nclass Value(Value):\n"
    "    pass\n",
    "replaced": "def grown(cls):\n    cls.extra = 1\n    return cls\nValue = grown(Value)\n",
    "branch": "import sys\nif sys.version_info >= (3, 0):\n    Value.extra = 1\n",
    "checking": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import no_such\n"
    "Value.extra = 1\n",
    "registered": "import functools\nValue.__lt__ = lambda a, b: False\n"
    "functools.total_ordering(Value)\nValue.extra = Value.__le__\n",
    "try": "try:\n    import no_such\nexcept ImportError:\n    no_such = None\nValue.extra = 1\n",
}  # fmt: skip


@pytest.mark.parametrize("how", PATCHED)
def test_what_changes_the_class_after_its_definition_is_executed(written, how):
    loaded = written(SOURCE + PATCHED[how])
    assert hasattr(loaded.cls, "extra")
    assert loaded.left_out == ()


NEEDED = {
    "a registry that is filled": (
        "def made():\n    return {}\nRULES = made()\nRULES['a'] = 1\nRULES.update(b=2)\n",
        "return sorted(RULES)", ["a", "b"]),
    "what a helper needs": (
        "def base():\n    return 3\ndef helper():\n    return FACTOR\nFACTOR = base()\n",
        "return helper()", 3),
    "a table made in a loop": (
        "TABLE = []\nfor k in range(3):\n    TABLE.append(k)\n", "return TABLE", [0, 1, 2]),
    "a file": (
        "with open(__file__) as file:\n    SIZE = len(file.read())\n", "return SIZE > 10", True),
    "a name among those of the module": (
        "globals()['FACTOR'] = 3\nglobals().update(MORE=4)\n", "return FACTOR * MORE", 12),
    "a local of the same name as a value of the training": (
        "", "loss = 2\n        return loss", 2),
}  # fmt: skip


@pytest.mark.parametrize("what", NEEDED)
def test_what_the_class_needs_is_executed_whatever_it_is(written, what):
    before, body, expected = NEEDED[what]
    source = f"{SOURCE}\n    def asked(self):\n        {body}\n\n{before}\n"
    loaded = written(source + "loss = Value(1.0) * 2\nprint(loss)\n")
    assert loaded.cls(1.0).asked() == expected
    assert not has(loaded, "loss")
    assert len(loaded.left_out) == 1


NOT_NEEDED = {
    "a loop that binds a constant again": (
        "N = 3\nfor N in range(4):\n    print(N)\n", "return N", 3),
    "a call that changes a local of the same name": (
        "N = [3]\ndef tidy():\n    N = {}\n    N[0] = 4\n    global LATE\n    LATE = 1\n"
        "tidy()\n", "return (N, 'LATE' in globals())", ([3], False)),
    "a value of the name of something in the class's body": (
        "def made():\n    return 1\nscale = made()\n", "return 'scale' in globals()", False),
}  # fmt: skip


@pytest.mark.parametrize("what", NOT_NEEDED)
def test_what_the_class_does_not_need_is_not_executed(written, what):
    before, body, expected = NOT_NEEDED[what]
    source = f"{SOURCE}\n    scale = 2\n    twice = scale * 2\n"
    loaded = written(f"{source}\n    def asked(self):\n        {body}\n\n{before}\n")
    assert loaded.cls(1.0).asked() == expected
    assert len(loaded.left_out) == 1


def test_what_reads_a_value_that_was_left_out_does_not_read_an_older_one(written):
    loaded = written(SOURCE + "\ndef made():\n    return 2\nk = 1\nk = made()\ntwice = k * 2\n")
    assert vars(loaded.module)["k"] == 1
    assert not has(loaded, "twice")


def test_functions_beside_the_class_that_are_operations_get_what_they_need(written):
    more = "\ndef made():\n    return [3]\nCACHE = made()\ndef log(v):\n    return CACHE\n"
    loaded = written(SOURCE + more + "def train():\n    return DATA\nDATA = made()\n")
    assert loaded.module.log(1) == [3]
    assert not has(loaded, "DATA")


def test_a_training_loop_that_touches_the_class_is_not_run(written):
    more = (
        "\ndef net():\n    1 / 0\nmlp = net()\nfor k in range(3):\n    Value.count = mlp.step()\n"
    )
    loaded = written(SOURCE + more)
    assert not hasattr(loaded.cls, "count")
    assert loaded.left_out == (f"lines {SOURCE.count(chr(10)) + 4}-{SOURCE.count(chr(10)) + 6} "
                               "(an assignment, a loop)",)  # fmt: skip


def test_what_cannot_be_executed_because_of_what_was_left_out_is_left_out_too(written):
    more = "\ndef made():\n    return 3\nk = made()\ntwice = k * 2\ndef f(n=k):\n    return n\n"
    loaded = written(SOURCE + more + "class Other:\n    size = twice\n")
    assert not any(has(loaded, name) for name in ("k", "twice", "f", "Other"))
    assert "an assignment, a definition" in loaded.left_out[0]


def test_annotations_that_are_never_evaluated_stay_unevaluated(written):
    source = SOURCE.replace("def __add__(self, other)", "def __add__(self: NoSuch, other)")
    assert written("from __future__ import annotations\n" + source).left_out == ()


# modules that are not installed

DRAWS = """\
from no_such_drawing import Digraph, graph as g
import no_such_plots.pyplot as plt
import no_such_numbers as np
"""
METHOD = """
    def draw(self) -> "Digraph":
        return Digraph(format="svg")

    def same(self, other: np.ndarray | None):
        return isinstance(other, (np.ndarray, np.float64))
"""


def test_missing_modules_that_the_class_does_not_compute_with_do_not_stop_it(written):
    loaded = written(DRAWS + SOURCE + METHOD)
    assert loaded.left_out == (
        "no_such_drawing (not installed)",
        "no_such_plots (not installed)",
        "no_such_numbers (not installed)",
    )
    value = loaded.cls(2.0)
    assert not value.same(3)
    with pytest.raises(ModuleNotFoundError, match=r"no_such_drawing\.Digraph is used"):
        value.draw()


def test_a_stand_in_is_nobody_else_s(written):
    written(DRAWS + SOURCE)
    assert not [name for name in sys.modules if name.startswith("no_such")]
    with pytest.raises(ModuleNotFoundError):
        __import__("no_such_drawing")


def test_a_definition_that_uses_a_missing_module_is_left_out(written):
    more = "\n@np.jit\ndef fast():\n    pass\n\nclass Net(np.Module):\n    pass\n"
    loaded = written(DRAWS + SOURCE + more)
    assert not has(loaded, "fast")
    assert not has(loaded, "Net")
    first = len((DRAWS + SOURCE).splitlines()) + 2
    assert loaded.left_out[0] == f"lines {first}-{first + 5} (a definition)"


@pytest.mark.parametrize(
    "change",
    [("math.exp(self.data)", "np.exp(self.data)"), ("float(data)", "np.float64(data)"),
     ("class Value:", "class Value(np.ndarray):")],
)  # fmt: skip
def test_a_missing_module_that_the_class_computes_with_refuses_it(written, change):
    assert change[0] in SOURCE
    with pytest.raises(TargetError, match="needs the module 'no_such_numbers', which is not inst"):
        written(DRAWS + SOURCE.replace(*change))


def test_the_optional_import_of_a_module_is_left_to_the_file(written):
    optional = "try:\n    import no_such_numbers as np\nexcept ImportError:\n    np = None\n"
    loaded = written(optional + SOURCE)
    assert loaded.module.np is None
    assert loaded.left_out == ()


def test_missing_modules_of_a_module_target_and_of_a_sibling(written, tmp_path, monkeypatch):
    (tmp_path / "helping.py").write_text("import no_such_drawing\nBASE = object\n")
    assert written("import helping\n" + SOURCE).left_out == ("no_such_drawing (not installed)",)
    written(DRAWS + SOURCE, name="as_a_module.py")
    monkeypatch.chdir(tmp_path)
    assert len(load("as_a_module:Value").left_out) == 3


# packages and repositories


@pytest.mark.parametrize("line", ["from .core import Base", "from mypkg.core import Base",
                                  "from . import core\nBase = core.Base",
                                  "import mypkg.core\nBase = mypkg.core.Base"])  # fmt: skip
@pytest.mark.parametrize("has_init", [True, False])
def test_a_file_inside_a_package_imports_from_it(written, tmp_path, line, has_init):
    package = tmp_path / "mypkg"
    package.mkdir()
    if has_init:
        (package / "__init__.py").write_text("from .core import Base\n")
    (package / "core.py").write_text("class Base:\n    base = True\n")
    loaded = written(f"{line}\n{SOURCE}", name="mypkg/engine.py")
    assert loaded.module.Base.base


def test_a_package_s_own_import_of_the_file_gives_the_same_class(written, tmp_path):
    package = tmp_path / "ownpkg"
    package.mkdir()
    (package / "__init__.py").write_text("from .engine import Value\nfrom .net import MLP\n")
    (package / "core.py").write_text("")
    (package / "net.py").write_text("from .engine import Value\nclass MLP:\n    of = Value\n")
    loaded = written(f"from . import core\n{SOURCE}\nprint('training')\n", name="ownpkg/engine.py")
    assert sys.modules["ownpkg.net"].MLP.of is loaded.cls
    assert loaded.module.__name__ == "ownpkg.engine"
    assert load(f"{package / 'engine.py'}:Value").cls is loaded.cls


def test_another_package_of_the_same_name_is_not_taken_for_it(written, tmp_path):
    for number in (1, 2):
        folder = tmp_path / str(number) / "twicepkg"
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("")
        (folder / "core.py").write_text(f"NUMBER = {number}\n")
        loaded = written(f"from .core import NUMBER\n{SOURCE}", name=f"{number}/twicepkg/engine.py")
        assert vars(loaded.module)["NUMBER"] == number


def test_a_file_of_a_package_that_was_rewritten_is_read_again(written, tmp_path):
    (tmp_path / "againpkg").mkdir()
    (tmp_path / "againpkg" / "core.py").write_text("")
    for number in (1, 2):
        source = f"from . import core\n{SOURCE}\nNUMBER = {number}\n"
        loaded = written(source, name="againpkg/engine.py")
        assert vars(loaded.module)["NUMBER"] == number


def test_imports_are_looked_for_up_to_the_root_of_the_repository(written, tmp_path):
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / "tools_of_repo").mkdir()
    (tmp_path / "repo" / "tools_of_repo" / "maths.py").write_text("FOUND = 1\n")
    (tmp_path / "outside_of_repo.py").write_text("")
    source = f"from tools_of_repo.maths import FOUND\nimport outside_of_repo\n{SOURCE}"
    loaded = written(source, name="repo/deep/down/engine.py")
    assert vars(loaded.module)["FOUND"] == 1
    assert loaded.left_out == ("outside_of_repo (not installed)",)


# several definitions

TWICE = (
    SOURCE + "\nKIND = 'first'\n\n" + SOURCE.replace("import math\n", "") + "\n    second = True\n"
)


def test_an_earlier_definition_is_chosen_by_its_number(written):
    assert not hasattr(written(TWICE, "Value@1").cls, "second")
    assert written(TWICE, "Value@2").cls.second
    loaded = written(TWICE)
    assert loaded.cls.second
    assert loaded.source["line"] > written(TWICE, "Value@1").source["line"]


def test_an_earlier_definition_keeps_what_changed_it_before_the_next(written):
    source = "class Value:\n    pass\n\ndef f(self):\n    return 1\n\nValue.f = f\nValue.g = 1\n"
    source += "\nclass Value:\n    pass\n\nValue.late = 1\n"
    first = written(source, "Value@1").cls
    assert first().f() == 1
    assert (first.g, hasattr(first, "late")) == (1, False)
    assert hasattr(written(source, "Value@2").cls, "late")


def test_an_earlier_definition_sees_the_helpers_of_its_time(written):
    source = (
        "def helper():\n    return 1\n\nclass Value:\n    def f(self):\n        return helper()\n"
    )
    source += "\ndef helper():\n    return 2\n\nclass Value:\n    pass\n"
    sees = written(source, "Value@1").cls().f()
    assert sees == 1


@pytest.mark.parametrize("number", ["0", "-1", "x", "", "1.5", "99999999", "٣"])
def test_an_ordinal_that_is_no_number_is_refused(written, number):
    with pytest.raises(TargetError, match="after @ comes which definition"):
        written(SOURCE, f"Value@{number}")


def test_an_ordinal_that_is_too_large_says_how_many_there_are(written):
    with pytest.raises(TargetError, match="defines Value 2 times: there is no Value@3"):
        written(TWICE, "Value@3")
    with pytest.raises(TargetError, match="defines Value once: there is no"):
        written(SOURCE, "Value@2")


def test_an_ordinal_of_a_module_is_refused():
    with pytest.raises(TargetError, match="name its file"):
        load("microgradref:Value@1")


# scripts of reports


@pytest.mark.parametrize("target", ["Value", "Value@1"])
def test_imports_of_a_script_that_trains_work_alone_and_do_not_train(written, target, capsys):
    source = TWICE + TRAINS + PATCHED["loop"] + PATCHED["installer"].replace("extra", "third")
    loaded = written(source, target)
    names: dict[str, object] = {}
    exec("\n".join(loaded.imports), names)  # noqa: S102 - lines of our own making
    assert set(vars(names["Value"])) == set(vars(loaded.cls))
    assert hasattr(names["Value"], "third") == (target == "Value")
    assert capsys.readouterr().out == ""


def test_imports_of_a_file_in_a_package_work_alone(written, tmp_path):
    (tmp_path / "alonepkg").mkdir()
    (tmp_path / "alonepkg" / "core.py").write_text("BASE = 1\n")
    for more in ("", "print('training')\n"):
        loaded = written(f"from .core import BASE\n{SOURCE}\n{more}", name="alonepkg/engine.py")
        names: dict[str, object] = {}
        for name in [name for name in sys.modules if name.startswith("alonepkg")]:
            del sys.modules[name]
        exec("\n".join(loaded.imports), names)  # noqa: S102
        assert names["engine"].BASE == 1
