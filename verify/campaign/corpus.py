"""Cases that failed once are checked first, whatever the seed: what was found is not lost again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verify.campaign.finding import FAILURES, Finding, law
from verify.campaign.replay import TRIES
from verify.check import Checked, check
from verify.diagnose import diagnose
from verify.engines import UnderTest, subject_of
from verify.engines.isolation import GoneError
from verify.laws import BY_CODE
from verify.oracles import BallAlone, Bench
from verify.program import Case
from verify.verdict import Agree


@dataclass(frozen=True, slots=True)
class Kept:
    """A case of the corpus: the finding it was kept for, and the case."""

    fingerprint: str
    law: str
    case: Case


@dataclass(frozen=True, slots=True)
class Recalled:
    """A case of the corpus that fails, and the finding it makes today."""

    kept: Kept
    finding: Finding


@dataclass(frozen=True, slots=True)
class Recall:
    """What became of the cases of the corpus.

    Attributes:
        failing: those that fail.
        passed: how many pass; they stay, and guard.
        undecided: how many the oracles could not decide.
        not_run: how many use an operation that the engine has not, or that was not asked for, or
            were left out because the engine had died too often.
    """

    failing: tuple[Recalled, ...] = ()
    passed: int = 0
    undecided: int = 0
    not_run: int = 0

    @property
    def sentence(self) -> str:
        """``3 cases replayed, all pass``; empty without any case."""
        count = len(self.failing) + self.passed + self.undecided
        if not count and not self.not_run:
            return ""
        said = f"{count:,} case{'s' * (count != 1)} replayed, "
        failing = len(self.failing)
        if failing:
            said += f"{failing:,} fail{'s' * (failing == 1)}" if count > 1 else "it fails"
        elif self.passed == count and count:
            said += "all pass" if count > 1 else "it passes"
        else:
            said += f"{self.passed:,} pass{'es' * (self.passed == 1)}"
        said += f", {self.undecided:,} undecided" if self.undecided else ""
        return said + (f", {self.not_run:,} cannot run" if self.not_run else "")


def belongs(code: str) -> bool:
    """Whether a case of this law is kept: those of laws that look for it anew are always there."""
    return code in BY_CODE and BY_CODE[code].check is None


def recall(
    engine: UnderTest,
    bench: Bench,
    corpus: Sequence[Kept],
    forms: Sequence[str] | None = None,
    laws: Sequence[str] = (),
) -> Recall:
    """Check the cases of a corpus.

    Args:
        engine: the engine under test.
        bench: the oracles; a failure is one only if all of them say so.
        corpus: the cases.
        forms: the forms that are examined; None for all that the engine has.
        laws: codes of the laws that are examined; cases of others are left out.
    """
    able = set(engine.facts.spellings) & set(engine.facts.spellings if forms is None else forms)
    wanted = [kept for kept in corpus if not laws or kept.law in laws]
    runnable = [k for k in wanted if k.case.program.forms <= able]
    failing: list[Recalled] = []
    passed = 0
    subject = subject_of(engine)
    asked = 0
    for kept in runnable:
        if subject.worn_out:
            break
        asked += 1
        try:
            seen = _seen(subject, bench, kept.case)
        except GoneError:
            asked -= 1
            break
        if isinstance(seen.verdict, FAILURES):
            failing.append(Recalled(kept, _finding(subject, seen)))
        elif isinstance(seen.verdict, Agree):
            passed += 1
    undecided = asked - len(failing) - passed
    return Recall(tuple(failing), passed, undecided, len(wanted) - asked)


def _seen(engine: UnderTest, bench: Bench, case: Case) -> Checked:
    """The case, run until it does not pass: an engine may pass by luck.

    The ball oracle alone asks; what it refuses, all the oracles have the last word on.
    """
    certain = BallAlone()
    for _ in range(TRIES):
        (found,) = check(engine, certain, case.program, [case.point])
        if not isinstance(found.verdict, Agree):
            break
    else:
        return found
    for _ in range(TRIES):
        (found,) = check(engine, bench, case.program, [case.point])
        if not isinstance(found.verdict, Agree):
            break
    return found


def _finding(engine: UnderTest, checked: Checked) -> Finding:
    found = diagnose(engine, checked)
    return Finding(law(checked), checked, found, 1, found.also)
