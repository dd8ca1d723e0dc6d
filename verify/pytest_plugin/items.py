"""The tests: one for each question, collected in place of ``verify.conformance``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from verify.campaign import SuiteError
from verify.campaign.by_law import Outcome, Question
from verify.conformance import ConformanceError, InDoubtError
from verify.engines.isolation import GoneError, TaskError
from verify.pytest_plugin import ENTRY, MODULE
from verify.pytest_plugin.expected import Expected
from verify.pytest_plugin.settings import Prepared, prepared
from verify.report import FindingRecord, terminal
from verify.report.words import finding_title, one_line


class StaleWarning(pytest.PytestWarning):
    """An entry of an xfail list fits no test."""


class ConformanceFile(pytest.File):
    """All questions about the session's engine, those of one exploration side by side."""

    def collect(self) -> Iterator[pytest.Item]:
        """One test for each question."""
        session = prepared(self.config)
        for entry in session.expected:
            if not any(map(entry.fits, session.known)):
                self.warn(StaleWarning(f"{entry.where}: no test is {entry.test!r}: is it stale?"))
        for question in session.asked:
            name = f"test_law[{question.name}]"
            yield LawItem.from_parent(
                self, name=name, nodeid=f"{MODULE}::{name}", question=question, session_=session
            )


class LawItem(pytest.Item):
    """One question as a test.

    It fails where the law is broken, and where the suite is in doubt; it is skipped where the law
    cannot be examined. An entry of an xfail list expects the first, never the second.
    """

    def __init__(self, *, question: Question, session_: Prepared, **more: Any) -> None:
        super().__init__(**more)
        self._question, self._prepared = question, session_
        entry = session_.entry_of(question)
        if entry is not None:
            self._expect(entry)
        if self.config.pluginmanager.hasplugin("xdist"):  # with --dist loadgroup: explored once
            self.add_marker(pytest.mark.xdist_group(question.about or question.name))

    def _expect(self, entry: Expected) -> None:
        """A failure; where the entry fits several tests, of one of them at least."""
        count = sum(self._prepared.entry_of(one) is entry for one in self._prepared.known)
        alone = count == 1
        self.add_marker(
            pytest.mark.xfail(reason=entry.reason, raises=ConformanceError, strict=alone)
        )
        if not alone:
            self.user_properties.append((ENTRY, (entry.where, entry.test, count)))

    def runtest(self) -> None:
        """Examine the law.

        Raises:
            ConformanceError: if it is broken.
            InDoubtError: if the suite cannot vouch for its answer.
        """
        try:
            outcome = self._prepared.examiner.answer(self._question)
        except (SuiteError, TaskError) as error:
            raise InDoubtError(f"the suite itself failed ({error})") from None
        except GoneError as error:
            raise InDoubtError(str(error)) from None
        if outcome.status == "in doubt":
            raise InDoubtError(outcome.why)
        if failing := outcome.failing(self._prepared.fail_on):
            raise ConformanceError("\n\n".join(map(self._said, failing)))
        self._remark(outcome)
        if outcome.status == "not examined":
            pytest.skip(one_line(outcome.why))

    def _said(self, finding: FindingRecord) -> str:
        """The report's words; where they blame another operation, through which it was seen."""
        about = self._question.about
        head, _, rest = terminal.of_finding(finding).partition("\n")
        shown = f"{one_line(head)}\n{rest}"
        if about is None or finding.operation in {None, about}:
            return shown
        return f"{shown}\n\n    Seen through {about}."

    def _remark(self, outcome: Outcome) -> None:
        """Findings that do not fail the test are said at the end of the session."""
        for finding in outcome.findings:
            said = f"{finding.severity} {finding.law} {finding_title(finding)}: {finding.message}"
            self.user_properties.append((MODULE, one_line(said)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The finding in the report's words; no traceback but for an error of ours."""
        again = f"pytest --pyargs '{MODULE}::{self.name}' {self._prepared.again}"
        if isinstance(excinfo.value, ConformanceError):
            return f"{excinfo.value}\n\n    again:   {again}"
        if isinstance(excinfo.value, InDoubtError):
            return (
                f"IN DOUBT  {excinfo.value}. This test says nothing about your engine.\n\n"
                f"    again:   {again}"
            )
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the test stands, and its name."""
        return self.path, None, self.name
