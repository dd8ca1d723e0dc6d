"""pytest itself, with the plugin: ids, outcomes, words, xfail lists, workers, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from faulty_engines import SOURCE, overwriting, replaced

from verify.pytest_plugin import OPTIONS
from verify.pytest_plugin.expected import read_expected

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
INSTALLED = any(point.name == "gradverify" for point in entry_points(group="pytest11"))
PLUGIN = () if INSTALLED else ("-p", "verify.pytest_plugin")
ASKED = ("--pyargs", "verify.conformance")
QUICK = ("--gradverify-engine=engine.py:Value", "--gradverify-quick")


@pytest.fixture
def run_pytest(tmp_path):
    """Run pytest in a folder of its own; its exit code and what it printed."""
    inherited = {
        k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "HYPOTHESIS_"))
    }
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])

    def run(*arguments, source=SOURCE):
        (tmp_path / "engine.py").write_text(source, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *PLUGIN, "-p", "no:randomly", *arguments],
            cwd=tmp_path, env={**inherited, "PYTHONPATH": path, "COLUMNS": "200"},
            capture_output=True, text=True, encoding="utf-8", check=False, timeout=120,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return run


def test_workers_run_one_test_for_each_law_and_operation_and_xfails_are_strict(
    run_pytest, tmp_path
):
    (tmp_path / "xfail.toml").write_text(
        '[[xfail]]\ntest = "GRA01:exp"\nreason = "until the rewrite"\n'
        '[[xfail]]\ntest = "test_law[GRA01-neg]"\nreason = "thought to be wrong"\n'
        '[[xfail]]\ntest = "GRA01:log"\nreason = "no log any more"\n',
        encoding="utf-8",
    )
    code, said = run_pytest(
        *ASKED, *QUICK, "-n", "2", "--dist", "loadgroup", "-v", "-rxs",
        "--gradverify-select=GRA01,LIF09,SUP", "--gradverify-xfail=xfail.toml",
        source=overwriting("exp"),
    )  # fmt: skip
    assert code == 1, said
    line = r"(?m)^\[gw\d\] \[ *\d+%\] (\w+) verify\.conformance::test_law\[([^\]]+)\]"
    names = {name: outcome for outcome, name in re.findall(line, said)}
    assert names["GRA01-exp"] == "XFAIL"
    assert names["GRA01-neg"] == "FAILED"
    assert names["LIF09"] == "SKIPPED"
    assert names["GRA01-graph"] == names["GRA01-mul"] == names["SUP01"] == "PASSED"
    assert "GRA01-log" not in names
    assert "[XPASS(strict)] thought to be wrong" in said
    assert "entry 3: no test is 'GRA01:log': is it stale?" in said
    assert "its values have no zero_grad()" in said
    assert "note SUP01 operations not there: not there:" in said
    assert "Traceback" not in said


@pytest.mark.once
def test_failure_is_told_in_the_words_of_the_report_and_runs_again(run_pytest):
    chosen = (*ASKED, *QUICK, "--gradverify-select=GRA01", "-k", "exp or neg")
    code, said = run_pytest(*chosen, source=overwriting("exp"))
    assert code == 1, said
    assert "error GRA01 exp: shared-node overwrite in " in said
    assert "    d %2 / d x0 = 7.38905609893065, but must lie in [8.389056098930642," in said
    assert "Look for `.grad = ...` in exp's backward; it should be `.grad += ...`." in said
    again = re.search(r"again:   pytest (--pyargs) '(.+)' (\S+) (\S+)\n", said)
    assert again is not None
    assert "Traceback" not in said
    assert "items.py" not in said
    assert "1 failed, 1 passed" in said
    code, said = run_pytest(*again.groups(), "-v", source=overwriting("exp"))
    assert code == 1
    assert "verify.conformance::test_law[GRA01-exp] FAILED" in said
    code, said = run_pytest(*chosen[:4], "--lf", "-q", "--tb=no", source=overwriting("exp"))
    assert re.search(r"\n1 failed, \d+ deselected in", said), said


def test_without_an_engine_one_sentence_says_what_is_missing(run_pytest):
    code, said = run_pytest(*ASKED, "-q")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert said.count("ERROR: verify.conformance needs an engine: give --gradverify-engine=") == 1
    assert "Traceback" not in said


def test_other_sessions_import_nothing_but_the_plugin(run_pytest, tmp_path):
    (tmp_path / "test_other.py").write_text("def test_other():\n    assert True\n")
    (tmp_path / "conftest.py").write_text(
        "import sys\n"
        "def pytest_unconfigure():\n"
        "    ours = {m for m in sys.modules if m.split('.')[0] in OURS}\n"
        "    print('HOLDS', *sorted(ours))\n"
        "OURS = ('verify', 'strategies', 'microgradref', 'torch', 'sympy', 'flint', 'rich')\n"
    )
    code, said = run_pytest("--collect-only", "-q", "--gradverify-engine=nowhere.py:Value")
    assert code == 0, said
    assert "HOLDS verify verify.pytest_plugin\n" in said
    assert "test_other.py::test_other" in said


def blocks(page: str, language: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_page_of_the_plugin_tells_every_option_and_its_lists_are_read(tmp_path):
    text = (DOCS / "pytest.md").read_text(encoding="utf-8")
    for name, _, _, _ in OPTIONS:
        assert f"| `--gradverify-{name}" in text
        assert f"`gradverify_{name.replace('-', '_')}`" in text
    configuration, expected = blocks("pytest.md", "toml")
    (tmp_path / "xfail.toml").write_text(expected, encoding="utf-8")
    assert [entry.test for entry in read_expected(tmp_path / "xfail.toml")] == ["GRA01:exp", "*:r*"]
    assert set(re.findall(r"^gradverify_(\w+)", configuration, re.MULTILINE)) <= {
        name.replace("-", "_") for name, _, _, _ in OPTIONS
    }


@pytest.mark.once
def test_example_of_the_plugins_page_runs_with_its_configuration(run_pytest, tmp_path):
    configuration, expected = blocks("pytest.md", "toml")
    (example,) = blocks("pytest.md", "python")
    (tmp_path / "pyproject.toml").write_text(configuration, encoding="utf-8")
    (tmp_path / "xfail.toml").write_text(expected, encoding="utf-8")
    (tmp_path / "test_mine.py").write_text(example, encoding="utf-8")
    code, said = run_pytest(
        *ASKED, "test_mine.py", "--gradverify-select=GRA01,LIF", "-q", "-k", "exp or LIF or right",
        source=overwriting("exp"),
    )  # fmt: skip
    assert code == 1, said
    assert (
        "FAILED test_mine.py::test_gradients_are_right - verify.conformance.ConformanceError"
        in said
    )
    assert "1 xfailed" in said
    assert "1 failed" in said


def test_examples_of_the_interfaces_page_print_what_they_say(tmp_path, monkeypatch, capsys):
    (tmp_path / "engine.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "wrong.py").write_text(overwriting("exp"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    names: dict[str, object] = {"__name__": "examples"}
    printed = ""
    for block in blocks("api.md", "python"):
        exec(block, names)  # noqa: S102 - the page is ours
        printed += capsys.readouterr().out
    assert printed == "".join(blocks("api.md", "text"))
    tests = [value for name, value in names.items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        test()
    monkeypatch.delitem(sys.modules, "engine")


@pytest.mark.once
def test_engine_that_ends_or_holds_up_its_process_fails_the_tests_that_meet_it(run_pytest):
    """In pytest's own process the first would end it with exit code 0, and the other never."""
    rule = "            self.grad += out.data * out.grad  # exp\n"
    chosen = (*ASKED, *QUICK, "--gradverify-case-timeout=0.5", "--gradverify-select=GRA01,RUN0",
              "-k", "exp or neg", "-q")  # fmt: skip
    for line, law, words in (
        ("import os; os._exit(0)", "RUN04", "exp crashes: the process ends with exit code 0"),
        ("while True: pass", "RUN02", "exp hangs: no answer within 0.5 s"),
    ):
        text = f"            if self.data < 0:\n                {line}\n{rule}"
        code, said = run_pytest(*chosen, source=replaced(SOURCE, (rule, text)))
        assert code == 1, said
        assert words in said
        failed = set(re.findall(r"(?m)^FAILED verify\.conformance::test_law\[([^\]]+)\]", said))
        assert {f"{law}-exp", "GRA01-exp"} <= failed, said
        assert not any("neg" in name for name in failed)
        assert "Traceback" not in said
        assert re.search(r"again: .* --gradverify-case-timeout=0\.5 ", said)


@pytest.mark.once
def test_entry_that_fits_several_tests_expects_one_of_them_to_fail(run_pytest, tmp_path):
    (tmp_path / "xfail.toml").write_text(
        '[[xfail]]\ntest = "GRA0?:*exp*"\nreason = "one is wrong"\n'
        '[[xfail]]\ntest = "GRA0?:neg"\nreason = "both are right"\n',
        encoding="utf-8",
    )
    chosen = (*ASKED, *QUICK, "--gradverify-select=GRA", "--gradverify-xfail=xfail.toml", "-q")
    code, said = run_pytest(*chosen, "-k", "exp", source=overwriting("exp"))
    assert code == 0, said
    assert "1 xfailed, 1 xpassed" in said
    for workers in ((), ("-n", "1")):
        code, said = run_pytest(*chosen, *workers, "-k", "exp or neg", source=overwriting("exp"))
        assert code == 1, said
        assert "expected failures that did not happen" in said
        assert "xfail.toml: entry 2: all 2 tests of 'GRA0?:neg' pass" in said
        assert "entry 1" not in said
    code, said = run_pytest(*chosen, "-k", "GRA01-neg", source=overwriting("exp"))
    assert code == 0, said  # the other one was not run
