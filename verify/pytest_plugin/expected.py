"""Lists of tests that are expected to fail: TOML, each entry ``[[xfail]]`` with its reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from verify.campaign.by_law import Question
from verify.report.words import one_line

KEYS = ("test", "reason")
EXAMPLE = 'test = "GRA01:exp" and reason = "until the rewrite"'


class ExpectedError(Exception):
    """A list that cannot be used; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Tests that are expected to fail.

    Attributes:
        test: a test's id, ``test_law[GRA01-exp]`` or ``GRA01-exp``; or a law, and perhaps an
            operation, in which ``*`` and ``?`` stand for others: ``GRA01:exp``, ``GRA*:r*``,
            ``LIF01``. A law alone means all its tests.
        reason: why.
        where: file and number of the entry, for messages.
    """

    test: str
    reason: str
    where: str

    def fits(self, question: Question) -> bool:
        """Whether the entry is about this question."""
        inside = re.fullmatch(r"(?:.*::)?test_law\[(.+)\]", self.test)
        name = inside[1] if inside else self.test
        if name == question.name:
            return True
        law, colon, operation = name.partition(":")
        if inside or not fnmatchcase(question.law.code, law):
            return False
        return not colon or fnmatchcase(question.about or "", operation)


def read_expected(path: Path) -> tuple[Expected, ...]:
    """The entries of a list.

    Raises:
        ExpectedError: if it cannot be read or is malformed.
    """
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise ExpectedError(f"{path} cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:  # no TOML, no UTF-8, or a name that no file has
        raise ExpectedError(f"{path} is no TOML file: {one_line(str(error), 200)}") from None
    if other := sorted(set(data) - {"xfail"}):
        raise ExpectedError(f"{path}: there is no {other[0][:40]!r}, only [[xfail]]")
    entries = data.get("xfail", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ExpectedError(f"{path}: write each expected failure as [[xfail]], with {EXAMPLE}")
    found = tuple(_entry(entry, f"{path}: entry {n}") for n, entry in enumerate(entries, 1))
    tests = [expected.test for expected in found]
    if twice := next((test for test in tests if tests.count(test) > 1), None):
        raise ExpectedError(f"{path}: {twice[:40]!r} is there twice")
    return found


def _entry(entry: Mapping[str, Any], where: str) -> Expected:
    if other := sorted(set(entry) - set(KEYS)):
        raise ExpectedError(f"{where} has the key {other[0][:40]!r}; there are {', '.join(KEYS)}")
    for key in KEYS:
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise ExpectedError(f"{where} needs a {key}, as text: {EXAMPLE}")
    test = entry["test"].strip()
    law, colon, operation = test.rpartition("::")[2].partition(":")
    if not law or (colon and not operation):
        raise ExpectedError(f"{where}: {test[:40]!r} names no test; write LAW or LAW:OPERATION")
    return Expected(test, " ".join(entry["reason"].split()), where)
