"""The documents that are written from tables, and what the README promises to scripts."""

import re
import runpy
from pathlib import Path

from verify.cli import exit_codes
from verify.faults import FAULTS
from verify.laws import LAWS

ROOT = Path(__file__).resolve().parents[2]


def test_laws_page_is_what_the_tables_say():
    page = runpy.run_path(str(ROOT / "tools" / "tables.py"))["page"]
    assert (ROOT / "docs" / "laws.md").read_text(encoding="utf-8") == page()


def test_codes_of_laws_and_faults_are_unique():
    for codes in ([law.code for law in LAWS], [fault.code for fault in FAULTS]):
        assert len(set(codes)) == len(codes) > 0


def test_readme_lists_every_exit_code():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    defined = {v for k, v in vars(exit_codes).items() if k.isupper()}
    assert documented == defined


def test_ci_runs_the_command_of_the_readme():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- the test command -->\n```sh\n(.+)\n```", text)
    assert found is not None
    assert found[1].startswith("python3 -m venv ")
    assert found[1].endswith("tox run")
    assert "the test command" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
