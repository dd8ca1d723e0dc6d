"""The smallest case that fails as a failing case does."""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import suppress
from dataclasses import dataclass, field

from verify.campaign.finding import FAILURES, died_of, law, law_family, place_of
from verify.check import Checked, check, judged
from verify.engines import Observation, UnderTest, subject_of
from verify.engines.isolation import GoneError
from verify.laws import DEADLY
from verify.oracles import VOID, BallAlone, Bench
from verify.program import Case
from verify.program.floats import FLOATS
from verify.questions import is_tree
from verify.shrink import Work, shrink

TRIES_OF_A_FLICKER = 12
"""How often a case is tried before it is said not to fail, once an engine has been inconsistent."""
PROBES = 10
"""How often a failing case is run again to see whether it fails every time."""
MAX_DEATHS = 8
"""Processes that may die for one case to become smaller; each costs the time that a hang takes."""


@dataclass
class Shrinking:
    """Makes failing cases small.

    Args:
        engine: the engine under test.
        bench: all the oracles, for the last word on a shrunk case.

    Attributes:
        avoided: forms that ended the engine's process meanwhile.
    """

    engine: UnderTest
    bench: Bench
    avoided: set[str] = field(default_factory=set)

    def smallest(
        self, checked: Checked, broken: Set[str], work: Work, *, in_trees: bool
    ) -> tuple[Checked, int]:
        """The smallest case that fails in the same way, and how often it is tried to see it.

        Args:
            checked: a failing case.
            broken: forms that are known to be broken; none of them is brought in.
            work: what may be tried; it is lessened by what is.
            in_trees: whether to keep to trees.

        Raises:
            GoneError: if the engine cannot be started again.
        """
        wanted = law_family(checked)
        certain = BallAlone()
        work.runs = tries = self._tries(checked, certain)

        def fails(case: Case) -> bool:
            if in_trees and not is_tree(case.program):
                return False
            avoided = self.avoided | subject_of(self.engine).left_out
            if avoided & (case.program.forms - checked.case.program.forms):
                return False
            return self._failure(case, certain, wanted, tries) is not None

        ranks = {  # never an operation that is known to be broken: its bug would hide this one
            form: max(1, len(methods))
            for form, methods in self.engine.facts.delegates.items()
            if form not in broken
        }
        small = shrink(checked.case, fails, ranks, work)
        if tries > 1:  # a step may have been refused by luck
            small = shrink(small, fails, ranks, work)
        return self._failure(small, self.bench, wanted, 4 * tries) or checked, tries

    def deadly(self, checked: Checked, known: Set[str]) -> Checked:
        """The smallest case that ends the engine's process in the same way, by few and brief tries.

        Args:
            checked: a case that ends it.
            known: forms that are known to do so; none of them is brought in.
        """
        subject, wanted, left = subject_of(self.engine), law(checked), MAX_DEATHS
        certain, floats = BallAlone(), FLOATS[self.engine.facts.float_width]

        def dies(case: Case) -> bool:
            nonlocal left
            (truth,) = certain.truths(case.program, [case.point], floats)
            if left <= 0 or subject.worn_out or any(t.reason in VOID for t in truth.troubles):
                return False
            seen = subject.step(case.program, case.point, brief=True)
            died = seen.failure is not None and DEADLY.get(seen.failure.kind) == wanted
            left -= died
            return died

        with suppress(GoneError):
            ranks = {form: 1 for form in self.engine.facts.delegates if form not in known}
            begin = next((one for one in _singles(checked) if dies(one)), checked.case)
            small = shrink(begin, dies, ranks)
            seen = subject.step(small.program, small.point, brief=False)
            (again,) = self.judged(small, seen, self.bench)
            return again if died_of(again) and law(again) == wanted else checked
        return checked

    def judged(self, case: Case, seen: Observation, bench: Bench) -> list[Checked]:
        """The verdict on what was seen of a case."""
        facts = self.engine.facts
        truths = bench.truths(case.program, [case.point], FLOATS[facts.float_width])
        return judged(case.program, [case.point], [seen], truths, facts)

    def _tries(self, checked: Checked, certain: Bench) -> int:
        """1 if the case fails every time, else enough that it is unlikely to be missed."""
        again = [
            self._failure(checked.case, certain, law_family(checked), 1) for _ in range(PROBES)
        ]
        return 1 if all(again) else TRIES_OF_A_FLICKER

    def _failure(self, case: Case, bench: Bench, wanted: str, tries: int) -> Checked | None:
        """The case, run until it fails in the same way, at most ``tries`` times."""
        for _ in range(tries):
            (found,) = check(self.engine, bench, case.program, [case.point])
            if isinstance(found.verdict, FAILURES) and law_family(found) == wanted:
                return found
            if died_of(found):
                self.avoided |= place_of(found)
                return None
        return None


def _singles(checked: Checked) -> Iterator[Case]:
    """Each instruction of a case by itself, on the values that its operands have there."""
    program, values = checked.case.program, checked.truth.enclosure.primals
    if len(program.instructions) == 1:
        return
    for index, _ in program.steps():
        single, refs = program.alone(index)
        point = tuple(
            checked.case.point[ref] if ref < program.n_inputs else float(values[ref].mid())
            for ref in refs
        )
        yield Case(single, point)
