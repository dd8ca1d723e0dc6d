"""The same seed gives the same bytes in every format, timings aside: twice, and on another Python.

On another Python the versions that a report names are other ones, and that alone. It is the one
that GRADVERIFY_OTHER_PYTHON names, or of those in tox's environments the farthest from this one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from faulty_engines import overwriting

from verify.report import FORMATS, Document
from verify.report.read import document_from_json
from verify.report.terminal import render as terminal

ROOT = Path(__file__).resolve().parents[2]
TIMED = {"report.json", "report.html", "report.junit.xml"}
"""Files that say how long the run took."""


def others() -> list[str]:
    """Other Pythons that have what the suite needs."""
    here = f"py{sys.version_info.major}{sys.version_info.minor}"
    named = os.environ.get("GRADVERIFY_OTHER_PYTHON")
    made = sorted((ROOT / ".tox").glob("py3*/bin/python"), key=_away)
    found = [named] if named else [str(path) for path in made if path.parts[-3] != here]
    return [path for path in found if _runs(path)]


def _away(python: Path) -> int:
    """How many versions lie between a tox environment's Python and this one."""
    return abs(int(python.parts[-3].removeprefix("py3")) - sys.version_info.minor)


def _runs(python: str) -> bool:
    probe = [python, "-W", "ignore", "-c", "import torch, flint, sympy, hypothesis, rich"]
    try:
        return subprocess.run(probe, capture_output=True, check=False, timeout=60).returncode == 0
    except OSError:
        return False


def report(folder: Path, python: str, hash_seed: str) -> dict[str, bytes]:
    """Run on an engine wrong in mul; every file of the report, and what the terminal showed."""
    folder.mkdir()
    source = overwriting("mul") + "\n    def sin(self):\n        raise ValueError('no')\n"
    (folder / "engine.py").write_text(source)
    done = subprocess.run(
        [python, "-m", "verify", "run", "engine.py:Value", "--quick", "--ops", "add,mul,exp,sin"],
        cwd=folder, capture_output=True, check=False, timeout=300,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "COLUMNS": "80", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    files = [path for path in folder.glob("reports/*/*") if path.is_file()]  # not the corpus
    made = {path.name: path.read_bytes() for path in files}
    assert {name for name, _ in FORMATS.values()} <= set(made)
    return {**made, "stdout": done.stdout}


def timeless(files: dict[str, bytes]) -> tuple[Document, dict[str, bytes]]:
    """The document without timings and versions, and each file that says nothing of them."""
    document = document_from_json(files["report.json"].decode())
    assert document.timings["seconds"] > 0
    environment = dict.fromkeys(document.environment, "any")
    rest = {name: text for name, text in files.items() if name not in TIMED}
    return replace(document, timings={}, environment=environment), rest


def check_same(first: dict[str, bytes], second: dict[str, bytes]) -> None:
    (one, files), (two, again) = timeless(first), timeless(second)
    assert json.loads(FORMATS["json"][1](one)) == json.loads(FORMATS["json"][1](two))
    for name, (_, render) in FORMATS.items():
        assert render(one) == render(two), name
    assert terminal(one) == terminal(two)
    assert files == again


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> dict[str, bytes]:
    return report(tmp_path_factory.mktemp("bytes") / "first", sys.executable, "1")


def test_two_processes_with_other_hash_seeds_write_the_same_bytes(first, tmp_path):
    check_same(first, report(tmp_path / "second", sys.executable, "2"))


def test_rendering_the_stored_report_gives_the_files_of_the_run(first):
    document = document_from_json(first["report.json"].decode())
    for name, render in FORMATS.values():
        assert render(document).encode() == first[name]


def test_another_python_writes_the_same_bytes(first, tmp_path):
    pythons = others()
    if not pythons:
        pytest.skip("no other Python with torch, flint, sympy, hypothesis and rich is here")
    check_same(first, report(tmp_path / "other", pythons[-1], "3"))
