"""Every command and code block of every document is run; what it is said to print, it prints.

How a block is tried is told in ``documented_blocks``. The blocks of one page run once, in their
order, in one folder. ``GRADVERIFY_REFRESH_DOCS=1`` mends numbers in outputs instead of failing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from documented_blocks import (
    ELSEWHERE,
    ROOT,
    Block,
    Step,
    blocks_of,
    complaint,
    documents,
    matches,
    refreshed,
    steps_of,
)
from ruamel.yaml import YAML
from warm_gradverify import warm

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the warm process forks"),
]
BLOCKS = {name: blocks_of((ROOT / name).read_text(encoding="utf-8")) for name in documents()}
TRIED = [name for name, blocks in BLOCKS.items() if any(block.is_tried for block in blocks)]
SEPARATOR = "\x1e"
GIT = shutil.which("git") or "git"
NOT_RUN = {
    "README.md": 2,
    "CONTRIBUTING.md": 2,
    "docs/campaigns.md": 2,
    "docs/configuration.md": 1,
    "docs/engines-from-pypi.md": 1,
    "docs/engines.md": 5,
    "docs/how-to/ci.md": 1,
    "docs/how-to/own-engine.md": 1,
    "docs/sort-question.md": 2,
    "docs/speed.md": 1,
}
"""How many blocks of each page nobody runs; each says why in the page."""


@pytest.fixture(scope="session")
def commands() -> Iterator[dict[str, str]]:
    """An environment in which ``gradverify`` and ``python`` are those under test."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("HYPOTHESIS_", "GIT_"))},
            "PATH": os.pathsep.join([place, str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
            "PYTHONUTF8": "1", "COLUMNS": "80", "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1",
            "GITHUB_STEP_SUMMARY": os.devnull,
            "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org",
        }  # fmt: skip
        environment.pop("GITHUB_ACTIONS", None)
        (folder / "python").symlink_to(sys.executable)
        with warm(folder, environment):
            yield environment


@pytest.mark.parametrize("name", BLOCKS)
def test_no_block_is_passed_over(name):
    said = [(block.line, why) for block in BLOCKS[name] if (why := complaint(block))]
    assert not said


def test_blocks_that_are_not_run_are_few_and_listed():
    counted = {
        name: count
        for name, blocks in BLOCKS.items()
        if (count := sum(block.mark == "not run" for block in blocks))
    }
    assert counted == NOT_RUN


@pytest.mark.parametrize("name", ELSEWHERE)
def test_page_that_is_run_elsewhere_is_named_there(name):
    assert (ROOT / name).is_file()
    assert f'"{Path(name).name}"' in (ROOT / ELSEWHERE[name]).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TRIED)
def test_blocks_of_the_page_do_what_it_says(name, commands, tmp_path):
    page = Page(name, tmp_path, commands)
    for block in BLOCKS[name]:
        if block.is_tried:
            page.run(block)
    assert page.steps > 0


class Page:
    """The folder of a page, in which its blocks are run."""

    def __init__(self, name: str, folder: Path, environment: dict[str, str]) -> None:
        self.name, self.folder, self.environment = name, folder, environment
        self.steps = 0
        self.conversation = ""

    def run(self, block: Block) -> None:
        """Do with a block what its language and mark ask for."""
        self.steps += 1
        where = f"{self.name}, line {block.line}"
        if block.language == "given":
            self.given(block.said)
        elif block.mark == "file":
            self.write(block, where)
        elif block.mark == "steps":
            self.workflow(block, where)
        else:
            getattr(self, block.language)(block, where)

    def given(self, said: str) -> None:
        """Copy a file or folder of the repository."""
        source, _, name = said.partition(" as ")
        target = self.folder / (name or Path(source).name)
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        copy(ROOT / source, target)

    def write(self, block: Block, where: str) -> None:
        """Write a block to a file, if it is what it claims to be."""
        path = self.folder / block.said
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
        if block.language in {"toml", "json"}:
            {"toml": tomllib.loads, "json": json.loads}[block.language](block.text)
        if block.language == "yaml":
            schema = "github-workflows" if ".github" in block.said else "pre-commit-config"
            valid_yaml(schema, path, where)

    def workflow(self, block: Block, where: str) -> None:
        """Steps of a GitHub workflow: valid by its schema, and what they run succeeds."""
        text = "".join(f"      {line}\n" for line in block.text.splitlines())
        head = "on: push\njobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n"
        path = self.folder / "workflow.yml"
        path.write_text(head + text, encoding="utf-8")
        valid_yaml("github-workflows", path, where)
        (job,) = YAML(typ="safe").load(path)["jobs"].values()
        for step in job["steps"]:
            if "run" in step:
                done = self.bash(step["run"])
                allowed = {0, 1} if step.get("continue-on-error") else {0}
                demand(done.returncode in allowed, f"{where}: {done.stdout}{done.stderr}")
            if step.get("uses") == "REPOSITORY@REVISION":
                inputs = YAML(typ="safe").load(ROOT / "action.yml")["inputs"]
                assert set(step["with"]) <= set(inputs), where

    def console(self, block: Block, where: str) -> None:
        """Commands of one shell, one after the other, with what they print."""
        steps = steps_of(block)
        script = "".join(f"{step.command}\n__=$?; echo; echo {SEPARATOR}$__; (exit $__)\n"
                         for step in steps)  # fmt: skip
        done = self.bash(script, "exec 2>&1\n")
        outputs = re.findall(rf"(.*?)\n{SEPARATOR}(\d+)\n", done.stdout, re.DOTALL)
        assert len(outputs) == len(steps), (where, done.stdout)
        for index, (step, (output, code)) in enumerate(zip(steps, outputs, strict=True)):
            following = steps[index + 1].command if index + 1 < len(steps) else ""
            said = f"{where}: $ {step.command}\nends with {code}, which is not shown:\n{output}"
            demand(code == "0" or following == "echo $?", said)
            self.compare(step, output.replace(str(self.folder), "/home/you"), where)

    def compare(self, step: Step, output: str, where: str) -> None:
        """An output with what is shown of it."""
        actual = [line.rstrip() for line in output.rstrip("\n").splitlines()]
        expected = step.expected
        while expected and not expected[-1].strip():
            expected = expected[:-1]
        if os.environ.get("GRADVERIFY_REFRESH_DOCS"):
            refresh(self.name, step.expected, refreshed(step.expected, actual))
            return
        shown = "\n".join(expected)
        said = f"{where}: $ {step.command}\nshown:\n{shown}\nprinted:\n{output}"
        demand(matches(expected, actual), said)

    def sh(self, block: Block, where: str) -> None:
        """Commands that succeed."""
        done = self.bash(block.text)
        demand(done.returncode == 0, f"{where}: {done.stdout}{done.stderr}")

    def python(self, block: Block, where: str) -> None:
        """A script that ends well."""
        command = [sys.executable, "-W", "error", "-c", block.text]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        demand(done.returncode == 0, f"{where}: {done.stderr}")

    def pycon(self, block: Block, where: str) -> None:
        """A conversation with Python, by doctest; it goes on from block to block of a page."""
        assert ">>> " in block.text, where
        self.conversation += f"{block.text}\n"
        said = self.folder.parent / f"{self.folder.name}.txt"
        said.write_text(self.conversation, encoding="utf-8")
        options = ["-o", "ELLIPSIS", "-o", "NORMALIZE_WHITESPACE"]
        done = subprocess.run(
            [sys.executable, "-m", "doctest", *options, str(said)], cwd=self.folder,
            env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        demand(done.returncode == 0, f"{where}: {done.stdout}{done.stderr}")

    def diff(self, block: Block, where: str) -> None:
        """A change of the page's files."""
        done = subprocess.run(
            [GIT, "apply", "-"], input=block.text, cwd=self.folder,
            env={**self.environment, "GIT_CEILING_DIRECTORIES": str(self.folder.parent)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        demand(done.returncode == 0, f"{where}: {done.stderr}")

    def bash(
        self, script: str, head: str = "set -eo pipefail\n"
    ) -> subprocess.CompletedProcess[str]:
        """Run a script in the page's folder."""
        return subprocess.run(
            ["/bin/bash", "-c", head + script], cwd=self.folder, env=self.environment,
            capture_output=True, text=True, check=False, timeout=300, stdin=subprocess.DEVNULL,
        )  # fmt: skip


def demand(met: bool, said: str) -> None:
    """Fail with what is said, and without the lines of this file."""
    if not met:
        pytest.fail(said, pytrace=False)


def valid_yaml(schema: str, path: Path, where: str) -> None:
    """A file is accepted by a schema that is not ours."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
    demand(done.returncode == 0, f"{where}: {done.stdout}")


def refresh(name: str, old: tuple[str, ...], new: list[str]) -> None:
    """Put an output in a page in the place of another."""
    page = ROOT / name
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("\n".join(old), "\n".join(new), 1), encoding="utf-8")
