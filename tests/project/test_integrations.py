"""The workflow, the action and the hook: valid by schemas that are not ours, and safe."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from verify.cli.main import parser
from verify.cli.workflow import WORKFLOW

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "github" / "gradverify.yml"
ACTION = ROOT / "action.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"


def load(path: Path):
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def validated(schema: str, path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("vendor.github-workflows", EXAMPLE),
        ("custom.github-workflows-require-timeout", EXAMPLE),
        ("vendor.github-actions", ACTION),
    ],
)
def test_file_is_accepted_by_the_schema_that_github_users_check_with(schema, path, tmp_path):
    done = validated(schema, path)
    assert done.returncode == 0, done.stdout
    broken = tmp_path / path.name
    text = path.read_text(encoding="utf-8")
    broken.write_text(re.sub(r"(timeout-minutes|using): .+", r"\1: [nonsense]", text))
    assert validated(schema, broken).returncode == 1


def test_example_is_what_init_writes():
    assert EXAMPLE.read_text(encoding="utf-8") == WORKFLOW


def test_inputs_never_reach_a_shell_but_by_the_environment():
    for path in (ACTION, EXAMPLE):
        scripts = re.findall(r"run: (?:\|\n((?:        .+\n)+)|(.+))", path.read_text("utf-8"))
        assert scripts
        assert not [s for s in scripts if "${{" in "".join(s)]


def test_hook_runs_a_command_that_there_is():
    (hook,) = load(HOOKS)
    assert {"id", "name", "entry", "language"} <= set(hook)
    assert hook["language"] == "python"
    assert hook["pass_filenames"] is False
    program, *arguments = shlex.split(hook["entry"])
    assert program == "gradverify"
    assert parser().parse_args(arguments).command == "gate"


@pytest.mark.parametrize(
    ("target", "against", "more", "expected"),
    [
        ("", "", "", []),
        ("a b.py:V", "--x;ls", "--quick --seed 3",
         ["a b.py:V", "--against=--x;ls", "--quick", "--seed", "3"]),
    ],
)  # fmt: skip
def test_action_hands_its_inputs_on_as_they_are(tmp_path, target, against, more, expected):
    step = next(s for s in load(ACTION)["runs"]["steps"] if s.get("name") == "gate")
    stub = tmp_path / "gradverify"
    stub.write_text('#!/bin/sh\nfor a in "$@"; do echo "$a"; done\n')
    stub.chmod(0o755)
    environment = {"TARGET": target, "AGAINST": against, "ARGUMENTS": more}
    done = subprocess.run(
        ["/bin/bash", "-eo", "pipefail", "-c", step["run"]],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", **environment},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["gate", *expected]
