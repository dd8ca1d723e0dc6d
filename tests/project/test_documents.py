"""The documents that are written from tables, and what the README promises to scripts."""

import json
import re
import runpy
import sys
from pathlib import Path

import pytest

from verify.cli import exit_codes
from verify.cli.main import NAMES, parser
from verify.faults import FAULTS
from verify.laws import LAWS

ROOT = Path(__file__).resolve().parents[2]

sys.path.append(str(ROOT / "tools"))  # which the tools import each other from
TABLES = runpy.run_path(str(ROOT / "tools" / "tables.py"))
PAGES = TABLES["pages"]()


@pytest.mark.parametrize("name", PAGES)
def test_page_is_what_the_tables_say(name):
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert written == PAGES[name], "run: python tools/tables.py"


def test_every_law_has_a_page_and_no_page_is_left_over():
    files = {path.stem for path in (ROOT / "docs" / "laws").iterdir()}
    assert files == {law.code for law in LAWS}
    assert all(f"(laws/{law.code}.md)" in PAGES["laws.md"] for law in LAWS)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.code)
def test_page_of_a_law_says_why_and_how(law):
    page = PAGES[f"laws/{law.code}.md"]
    sections = dict(re.findall(r"## (.+)\n\n((?:.+\n)+)", page))
    assert len(sections["Why"]) > 80
    assert len(sections["How it is checked"]) > 60
    assert TABLES["prose"](law.statement) in page


def test_stars_are_escaped_in_prose_and_not_in_code():
    assert TABLES["prose"]("a ** b and `a ** b` | c * d") == r"a \*\* b and `a ** b` \| c \* d"


def test_links_of_the_laws_pages_lead_somewhere():
    for name, text in PAGES.items():
        for link in re.findall(r"\]\(([^)]+)\)", text):
            path = link.partition("#")[0]
            assert (ROOT / "docs" / name).parent.joinpath(path).is_file() or not path, (name, link)


def test_codes_of_laws_and_faults_are_unique():
    for codes in ([law.code for law in LAWS], [fault.code for fault in FAULTS]):
        assert len(set(codes)) == len(codes) > 0


def test_readme_lists_every_exit_code():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    defined = {v for k, v in vars(exit_codes).items() if k.isupper()}
    assert documented == defined


def test_command_line_page_has_every_command_and_option():
    page = PAGES["command-line.md"]
    (commands,) = (a for a in parser()._actions if a.dest == "command")
    sections = dict(re.findall(r"^## gradverify (\w+)\n((?:(?!## ).*\n)*)", page, re.MULTILINE))
    assert list(sections) == list(commands.choices) == list(NAMES)
    for name, command in commands.choices.items():
        options = {o for a in command._actions for o in a.option_strings} - {"-h", "--help"}
        assert set(re.findall(r"(?<=[`, ])--?[\w-]+(?=[`, ])", sections[name])) >= options, name


@pytest.mark.parametrize("name", ["report", "baseline", "case"])
def test_schema_page_has_every_field(name):
    (path,) = (ROOT / "verify").glob(f"*/schema/{name}-1.json")
    fields: set[str] = set()

    def collect(part):
        if isinstance(part, dict):
            fields.update(part.get("properties", {}))
            list(map(collect, part.values()))
        elif isinstance(part, list):
            list(map(collect, part))

    collect(json.loads(path.read_text(encoding="utf-8")))
    shown = re.findall(r"^\| `([^`]+)` \|", PAGES[f"schemas/{name}.md"], re.MULTILINE)
    assert {field.rpartition(".")[2] for field in shown} == fields


def test_ci_runs_the_command_of_the_readme():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- the test command -->\n(?:<!-- .+ -->\n)?```sh\n(.+)\n```", text)
    assert found is not None
    assert found[1].startswith("python3 -m venv ")
    assert found[1].endswith("tox run")
    assert "the test command" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
