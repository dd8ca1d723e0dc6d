"""The pytest plugin: one test for each law and operation, where they are asked for.

    pytest --gradverify-engine=mypkg.engine:Value --pyargs verify.conformance

pytest loads this module in every session, so it imports pytest alone; everything else is imported
once ``verify.conformance`` is among the arguments. See ``docs/pytest.md``.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

MODULE = "verify.conformance"
ENTRY = f"{MODULE}, expected"
"""Property of the test of an entry that fits several: where it is, what it says, how many."""
FILE = Path(__file__).parents[1] / "conformance.py"

OPTIONS: tuple[tuple[str, str, dict[str, object], str], ...] = (
    ("engine", "string", {"metavar": "TARGET"},
     "the engine: package.module:Class or path/file.py:Class"),
    ("network", "string", {"metavar": "TARGET"}, "a class of networks, examined too"),
    ("quick", "bool", {"action": "store_true", "default": None}, "a small examination"),
    ("seed", "string", {"metavar": "N"}, "makes other random cases (default: 0)"),
    ("select", "string", {"metavar": "LAWS"},
     "only laws whose code begins so, separated by commas: GRA,LIF01"),
    ("ignore", "string", {"metavar": "LAWS"}, "all laws but those whose code begins so"),
    ("fail-on", "string", {"metavar": "SEVERITY"},
     "the least severity that fails: error, warning or note (default: error)"),
    ("case-timeout", "string", {"metavar": "SECONDS"},
     "what takes longer hangs; loading and laws have more (default: 10)"),
    ("memory", "string", {"metavar": "MB"},
     "what the engine may take once it is loaded; 0: no limit (default: 2048)"),
    ("in-process", "bool", {"action": "store_true", "default": None},
     "run the engine in pytest's own process, without limits: for --pdb"),
    ("xfail", "linelist", {"action": "append", "metavar": "FILE"},
     "a TOML file of tests that are expected to fail, each with its reason"),
)  # fmt: skip
"""Name, type in a configuration, how the command line takes it, and what it does."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Each option on the command line, and in pytest's configuration with underscores."""
    group = parser.getgroup("gradverify", f"gradverify (for --pyargs {MODULE})")
    for name, kind, how, what in OPTIONS:
        group.addoption(f"--gradverify-{name}", help=what, **how)
        parser.addini(f"gradverify_{name.replace('-', '_')}", what, type=kind)  # type: ignore[arg-type]


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Load the engine before anything is collected: what is wrong is said in one sentence.

    Raises:
        UsageError: if there is no engine, or an option cannot be used.
    """
    if any(_is_ours(argument) for argument in session.config.args):
        from verify.pytest_plugin.settings import prepared

        prepared(session.config)


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Collector | None:
    """Our tests in place of the module ``verify.conformance``, where it was asked for."""
    if not _is_the_file(module_path) or not parent.session.isinitpath(module_path):
        return None
    from verify.pytest_plugin.items import ConformanceFile

    made: pytest.Collector = ConformanceFile.from_parent(parent, path=module_path, nodeid=MODULE)
    return made


def pytest_sessionfinish(session: pytest.Session) -> None:
    """An entry of an xfail list that fits several tests has failed, if none of them did."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and _unmet(reporter) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Entries whose tests all pass, and findings that fail no test, each in a line."""
    if unmet := _unmet(terminalreporter):
        terminalreporter.section("gradverify: expected failures that did not happen")
        for where, test, count in unmet:
            terminalreporter.write_line(f"{where}: all {count} tests of {test!r} pass", red=True)
    said = {
        str(value): None
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == MODULE
    }
    if said:
        terminalreporter.section("gradverify: findings that fail no test")
        for line in said:
            terminalreporter.write_line(line)


def _unmet(reporter: pytest.TerminalReporter) -> list[tuple[str, str, int]]:
    """Entries that fit several tests, all of which were run and passed."""
    passed = Counter(
        tuple(value)
        for report in reporter.stats.get("xpassed", ())
        for name, value in getattr(report, "user_properties", ())
        if name == ENTRY
    )
    return [entry for entry, count in passed.items() if count == entry[2]]


def _is_ours(argument: str) -> bool:
    """Whether an argument names ``verify.conformance``, or a test of it."""
    name = argument.partition("::")[0]
    return name == MODULE or _is_the_file(Path(name))


def _is_the_file(path: Path) -> bool:
    return path.name == FILE.name and path.resolve() == FILE.resolve()
