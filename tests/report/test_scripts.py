"""Scripts and tests of findings: they need the engine alone, fail while it is wrong, then pass."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from html_samples import DOCUMENT, ENGINE, HOSTILE, NOTE, WARNING, WRONG, exactly, saying

import verify.cli.store as store
from verify.campaign import DEFAULT, Budget, Plan, run
from verify.engines import open_engine
from verify.faults.planting import plain
from verify.faults.plants import PLANTS
from verify.laws import LAWS
from verify.program import FORMS
from verify.program.json_form import case_to_json
from verify.program.text import parse_case
from verify.report import pytest_file, script
from verify.report.exhibit import NEEDS_MORE, NUMBERS, exhibit, why_not
from verify.report.exhibit_laws import BODIES

GLANCE = Budget(programs=1, points=7, minimum=0, rounds=0)
SLOW = ("DET02", "SCL01", "SCL02", "SCL04")
"""Laws that are looked at only for faults that no other shows."""
ALONE = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTEST_ADDOPTS"}}
SAMPLE = list({plant.fault: plant for plant in PLANTS}.values())
"""One planted engine for each fault."""
SHARES = 6
"""In how many parts the faults are tried: a start of pytest for each finding takes minutes."""
UNSHOWN = {"recursion", "quadratic-walk", "missing-operation", "exponential-walk"}
"""Faults whose laws no short script shows: depth, time, and what is not there."""


def started(path: Path) -> subprocess.CompletedProcess[str]:
    """Run a script, or a test with pytest, away from here; of ours nothing can be imported."""
    test = path.name.startswith("test_")
    # -S would hide pytest too; -I hides this project, which the environment names by a path
    command = ["-I", "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path)]
    blocked = "import sys; sys.modules.update(verify=None, strategies=None, torch=None)\n"
    if not test:
        text = f"{blocked}import runpy; runpy.run_path({str(path)!r}, run_name='__main__')"
        command = ["-I", "-S", "-c", text]
    return subprocess.run(
        [sys.executable, *command], cwd=path.parent.parent if test else "/", env=ALONE,
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def written(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*-[0-9].py")) + sorted(folder.rglob("test_*_[0-9].py"))


@pytest.mark.once
@pytest.mark.parametrize("share", range(SHARES))
def test_scripts_of_each_fault_fail_and_pass_once_it_is_mended(
    share, tmp_path, monkeypatch, oracles
):
    monkeypatch.chdir(tmp_path)
    engines = {plant: _reported(plant, oracles) for plant in SAMPLE[share::SHARES]}
    files = written(tmp_path / "reports")
    outcomes = _outcomes(files)
    assert outcomes == dict.fromkeys(files, "failed")
    for engine in engines.values():
        engine.write_text(plain(), encoding="utf-8")
    assert _outcomes(files) == dict.fromkeys(files, "passed")


def _reported(plant, oracles) -> Path:
    """Plant a fault in a file of its own and write its report, which has scripts; the file."""
    engine = Path("lib") / f"{plant.fault.replace('-', '_')}_engine.py"
    engine.parent.mkdir(exist_ok=True)
    engine.write_text(plant.source, encoding="utf-8")
    opened = open_engine(f"{engine}:Value")
    laws = tuple(law for law in LAWS if law.code not in SLOW)
    document = run(opened, oracles, Plan(GLANCE, forms=_forms(opened, plant), laws=laws))
    if not document.findings:  # a glance is too short for a fault that shows in few cases
        document = run(opened, oracles, Plan(DEFAULT, seed=1, until="note"))
    assert store.write(document, "reports") is None
    assert document.findings, plant.fault
    shown = written(store.folder_of("reports", document.target))
    assert shown or plant.fault in UNSHOWN, plant.fault
    return engine


def _forms(engine, plant) -> tuple[str, ...]:
    """The spellings of the operation in which a fault is planted, and two to join values by."""
    there = engine.facts.spellings
    about = {"add", "mul", plant.operation or "exp"}
    return tuple(form for form in there if form in about or FORMS[form][0].name in about)


def _outcomes(files: list[Path]) -> dict[Path, str]:
    """What became of each script, run alone, and of each test, all run by one pytest."""
    scripts = [path for path in files if not path.name.startswith("test_")]
    found = {}
    for path in scripts:
        done = started(path)
        assert "import" not in done.stderr, (path, done.stderr)
        found[path] = {0: "passed", 1: "failed"}.get(done.returncode, done.stderr)
    tests = [path for path in files if path not in found]
    command = ["-I", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rA", "--tb=no"]
    # files of several folders have one name here; a person runs one folder's, or one
    command += ["--import-mode=importlib", *map(str, tests)]
    done = subprocess.run(
        [sys.executable, *command], cwd=tests[0].parents[2], env=ALONE, capture_output=True,
        text=True, check=False, timeout=120,
    )  # fmt: skip
    for path in tests:
        lines = [x for x in done.stdout.splitlines() if f"{path.parent.name}/{path.name}::" in x]
        assert len(lines) == 1, (path, done.stdout, done.stderr)
        found[path] = {"FAILED": "failed", "PASSED": "passed"}.get(lines[0].split()[0], lines[0])
    return found


def test_every_law_has_a_script_or_a_reason():
    known = NUMBERS | set(BODIES) | set(NEEDS_MORE)
    for law in LAWS:
        assert law.code in known or law.code[:3] in {"EDG", "NET"}, law.code
    assert "a network" in why_not(DOCUMENT, replace(NOTE, law="NET02"))


def test_script_says_what_is_wrong_and_how_to_mend_it():
    text = script.render(DOCUMENT, WRONG, "../..")
    for words in ("# GRA01 mul: shared-node overwrite", "# To mend it: Look for `.grad = ...`.",
                  "# The law: The gradient of every input", "v3 = v2 * v2",
                  "compare('d v4 / d x0', number(x0.grad), 25.0, 25.0)",
                  "sys.path.insert(0, str(ROOT / 'lib'))", "from engine import Value"):  # fmt: skip
        assert words in text, words
    assert text == script.render(DOCUMENT, WRONG, "../..")


def test_test_is_one_function_with_readable_assertions():
    text = pytest_file.render(DOCUMENT, WRONG, "../..")
    assert "def test_GRA01_1():" in text
    assert "    assert actual == 25.0, (\n" in text
    assert "d v4 / d x0 is {actual!r}, but must be {25.0!r}" in text


def test_there_is_none_without_a_case_or_a_spelling():
    assert script.render(DOCUMENT, NOTE) is None
    assert pytest_file.render(DOCUMENT, NOTE) is None
    assert exhibit(DOCUMENT, replace(WRONG, case={"schema": "other"})) is None
    lost = replace(DOCUMENT, engine={**ENGINE, "spellings": {}})
    assert script.render(lost, WRONG) is None
    assert exhibit(DOCUMENT, replace(WARNING, law="SCL02")) is None


def test_edge_allows_what_its_table_allows():
    text = script.render(DOCUMENT, WARNING)
    assert "compare('value of v1', v1.data, float('inf'), float('inf'))" in text
    nan = parse_case("x0 = -1.0\n%1 = log(x0)")
    engine = {**ENGINE, "spellings": {"log": "log({0})"}}
    found = replace(WARNING, law="EDG04", case=case_to_json(nan))
    text = script.render(replace(DOCUMENT, engine=engine), found)
    assert "from engine import Value, log" in text
    assert "except Exception:\n    # to refuse is right here\n    raise SystemExit(0)" in text
    assert "compare('value of v1', v1.data, None, None)" in text


def test_wrong_intermediate_gradient_is_compared():
    found = replace(WRONG, law="GRA02", quantity="d %4 / d %2", expected=exactly(12.0))
    assert "compare('d v4 / d v2', number(v2.grad), 12.0, 12.0)" in script.render(DOCUMENT, found)
    assert "d v4 / d v2" not in script.render(DOCUMENT, WRONG)


def test_wrong_value_is_compared():
    found = replace(WRONG, law="VAL01", quantity="%2", expected=exactly(6.0))
    assert "compare('value of v2', v2.data, 6.0, 6.0)" in script.render(DOCUMENT, found)


@pytest.mark.parametrize("form", [script, pytest_file])
def test_hostile_words_stay_in_comments(form):
    calm, hostile = (saying(words) for words in ("calm", HOSTILE))
    for a, b in zip(calm.findings[:2], hostile.findings[:2], strict=True):
        text = form.render(hostile, b, "../..")
        compile(text, "repro.py", "exec")
        text.encode("utf-8")
        assert all(c.isprintable() or c == "\n" for c in text)
        other = form.render(calm, a, "../..")
        assert text.partition("def number")[2] == other.partition("def number")[2] != ""
        above = text.partition("def number")[0].splitlines()
        assert len([line for line in above if line and not line.startswith("#")]) == 10


@pytest.mark.parametrize("place", ["engine.py", "a b/my-engine.v2.py", "json.py", "o'c\u00e9.py"])
@pytest.mark.parametrize("root", ["..", None])
def test_engine_is_found_from_anywhere(tmp_path, place, root):
    path = tmp_path / place
    path.parent.mkdir(exist_ok=True)
    path.write_text("print('here')\n" + plain(), encoding="utf-8")
    document = replace(DOCUMENT, target=f"{place}:Value")
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "GRA01-1.py").write_text(script.render(document, WRONG, root), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(reports / "GRA01-1.py")], capture_output=True, text=True,
        check=False, timeout=60, cwd=tmp_path if root is None else "/", encoding="utf-8",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("here\n")


NAN = "class Value:\n    def __init__(self, x):\n        self.data, self.grad = x, 0.0\n"
NAN += "    def log(self):\n        return Value({})\n    def backward(self):\n        pass\n"


@pytest.mark.parametrize(("gives", "code"), [("float('nan')", 0), ("0.0", 1), ("1j", 1)])
def test_nan_is_asked_for_where_nothing_else_is_right(tmp_path, gives, code):
    (tmp_path / "engine.py").write_text(NAN.format(gives), encoding="utf-8")
    engine = {**ENGINE, "spellings": {"log": "{0}.log()"}}
    document = replace(DOCUMENT, target="engine.py:Value", engine=engine)
    case = case_to_json(parse_case("x0 = -1.0\n%1 = log(x0)"))
    found = replace(WARNING, law="EDG04", case=case, replay="EDG04-1.json")
    for form in (script, pytest_file):
        path = tmp_path / "reports" / form.name_of(found)
        path.parent.mkdir(exist_ok=True)
        path.write_text(form.render(document, found, ".."), encoding="utf-8")
        done = started(path)
        assert done.returncode == code, (path.name, done.stdout, done.stderr)


@pytest.mark.parametrize(("high", "code"), [(25.0, 1), (36.0, 0)])
def test_number_outside_its_enclosure_is_said_to_be_wrong(tmp_path, high, code):
    (tmp_path / "engine.py").write_text(plain(), encoding="utf-8")
    document = replace(DOCUMENT, target="engine.py:Value")
    seen = replace(WRONG.values[1], adjoint_range={"low": (9.0).hex(), "high": high.hex()})
    found = replace(WRONG, values=(WRONG.values[0], seen, *WRONG.values[2:]))
    path = tmp_path / "GRA01-1.py"
    path.write_text(script.render(document, found, "."), encoding="utf-8")
    done = started(path)
    assert done.returncode == code, (done.stdout, done.stderr)
    assert ("actual 36.0   WRONG" in done.stdout) == bool(code)
    test = tmp_path / "reports" / "test_GRA01_1.py"
    test.parent.mkdir()
    test.write_text(pytest_file.render(document, found, ".."), encoding="utf-8")
    done = started(test)
    assert done.returncode == code, done.stdout
    assert ("d v4 / d x1 is 36.0, but must lie in [9.0, 25.0]" in done.stdout) == bool(code)


def test_class_with_another_name_is_imported_by_the_name_given():
    odd = {**ENGINE, "construct": "Number({})"}
    assert "x0 = Value(3.0)" in script.render(replace(DOCUMENT, engine=odd), WRONG)


def test_engine_without_a_file_or_module_keeps_its_own_import():
    torch = {**ENGINE, "imports": ["import torch"], "construct": "torch.tensor({})"}
    text = script.render(replace(DOCUMENT, target="torch", engine=torch), WRONG)
    assert "import torch\n" in text
    assert "x0 = torch.tensor(3.0)" in text
    assert "isinstance" not in text


def test_findings_files_are_written_and_older_ones_forgotten(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = store.folder_of("out", DOCUMENT.target)
    assert store.write(DOCUMENT, "out") is None
    names = {path.name for path in folder.iterdir()}
    ours = {"GRA01-1.py", "test_GRA01_1.py", "EDG01-1.py", "test_EDG01_1.py", "report.html"}
    assert ours <= names
    mine = {"test_mine.py", "notes-1.py", "conftest.py"}
    for name in mine:
        (folder / name).write_text("mine")
    assert store.write(replace(DOCUMENT, findings=(WRONG,)), "out") is None
    left = {path.name for path in folder.iterdir()}
    assert names - left == {"EDG01-1.json", "EDG01-1.py", "test_EDG01_1.py"}
    assert left >= mine
