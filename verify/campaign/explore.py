"""Generate and check: Hypothesis draws, programs are built around each operand position in turn."""

from __future__ import annotations

import hashlib
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import partial

from strategies import Focus, focuses
from strategies.crowd import CROWDED, after, again, crowd
from strategies.dice import Dice, stretched
from strategies.ladder import ladders
from strategies.points import Point
from strategies.programs import BYTES, JOINERS, build, bytes_for
from verify.campaign.budget import Budget
from verify.campaign.coverage import EXACT, Coverage
from verify.campaign.finding import FAILURES
from verify.campaign.findings import Collector
from verify.campaign.tally import Tally
from verify.check import Checked, check
from verify.engines import UnderTest, describe, subject_of
from verify.engines.isolation import GoneError
from verify.oracles import BallAlone, Bench
from verify.program import Program
from verify.program.floats import FLOATS
from verify.shrink import fewest

Progress = Callable[[int, int, int], None]
"""Called with programs done, programs planned and failures so far."""
Enough = Callable[[], bool]
"""Whether what was found is enough, so that no more need be examined."""
Make = Callable[[Sequence[str]], Program | None]
"""A program of some forms, or None where there is none."""


class SuiteError(Exception):
    """The suite itself failed: exit code 4. It says nothing about the engine."""


class Explorer:
    """The random part of a run.

    Args:
        engine: the engine under test.
        bench: the oracles.
        budget: how much to examine.
        seed: makes the run repeatable.
        forms: which of the engine's forms to examine; default all it supports.
        among: the forms that programs are made of besides those; default those that join two
            values, where ``forms`` has none.
    """

    def __init__(
        self,
        engine: UnderTest,
        bench: Bench,
        budget: Budget,
        seed: int,
        forms: Sequence[str] | None = None,
        among: Sequence[str] | None = None,
    ) -> None:
        self.forms = tuple(engine.facts.spellings if forms is None else forms)
        self.tally = Tally(float_width=engine.facts.float_width)
        others = helpers(self.forms, engine) if among is None else among
        self._among = tuple(dict.fromkeys((*self.forms, *others)))
        self.coverage = Coverage(self.forms, self._among)
        self._subject = subject_of(engine)
        self.collector = Collector(self._subject, bench)
        self.by_form: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.out_of_time = False
        self.interrupted = False
        self.gone = ""
        self._bench, self._budget, self._seed = bench, budget, seed
        self._ends = time.monotonic() + budget.seconds if budget.seconds is not None else None
        self._draws = 0
        self._round = [(focus, False) for focus in focuses(self.forms)]
        self._planned = len(self._round) * budget.programs
        self._enough: Enough = lambda: False

    def run(self, progress: Progress = lambda *_: None) -> None:
        """Examine all that the budget gives."""
        self.begin(progress)
        self.finish(progress)

    def begin(self, progress: Progress, enough: Enough = lambda: False) -> None:
        """One program for each position: most bugs show here, in a second.

        Then all operations on one value: what one leaves on its operand, another may overwrite. And
        each by itself at many magnitudes, for what its formula loses at some of them.
        """
        self._enough = enough
        if self._round:
            self._draw(self._round, self._counting(progress, 0))
            self.examine_crowd()
            self.examine_ladders()

    def finish(self, progress: Progress, enough: Enough = lambda: False) -> None:
        """The rest of the budget, then positions that have not reached their minimum."""
        self._enough = enough
        more = range(1, self._budget.programs)  # one of them with inputs that are exactly 0 or 1
        rest = [(focus, number == 1) for number in more for focus, _ in self._round]
        if rest:
            self._draw(rest, self._counting(progress, len(self._round)))
        for _ in range(self._budget.rounds):
            lacking = self.coverage.lacking(self._budget.minimum)
            if not lacking or self._late():
                break
            # Hypothesis begins every draw with the simplest bytes, so a few for each position
            again = [(focus, bool(EXACT & set(short))) for focus, short in lacking.items()] * 4
            self._draw(again, lambda _done: self._counting(progress, self._planned)(0))

    def _counting(self, progress: Progress, before: int) -> Callable[[int], None]:
        return lambda done: progress(before + done, self._planned, self._failures())

    def _failures(self) -> int:
        return self.tally.verdicts["Mismatch"] + self.tally.verdicts["EngineError"]

    def _draw(self, plan: Sequence[tuple[Focus, bool]], progress: Callable[[int], None]) -> None:
        """Let Hypothesis draw the bytes of one program for each focus of the plan."""
        from hypothesis import HealthCheck, Phase, given, seed, settings
        from hypothesis import strategies as st

        todo = list(reversed(plan))
        broken: list[Exception] = []
        self._draws += 1

        @seed(derived_seed(self._seed, self._draws))
        @settings(
            max_examples=len(todo),
            database=None,
            derandomize=False,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        )
        @given(st.binary(min_size=BYTES, max_size=BYTES))
        def examine(data: bytes) -> None:
            if not todo or self._late() or broken:
                return
            try:
                self.examine(*todo.pop(), data)
            except GoneError as error:
                self.gone = str(error)
            except Exception as error:  # noqa: BLE001 - Hypothesis would run it again
                broken.append(error)
            progress(len(plan) - len(todo))

        examine()
        if broken:
            raise SuiteError(describe(broken[0])) from broken[0]

    def _late(self) -> bool:
        self.out_of_time = self.out_of_time or (
            self._ends is not None and time.monotonic() > self._ends
        )
        return self.out_of_time or bool(self.cut_short) or self._enough()

    @property
    def cut_short(self) -> str:
        """Why the engine could not be asked to the end; empty if it could."""
        return self.gone or self._subject.worn_out

    def examine_crowd(self) -> None:
        """Programs of all operations not known to be broken: on leaves, values and each other."""
        if len(self.forms) == 1:
            return  # the whole is examined elsewhere
        for nested in (False, True):
            self._check_crowd(partial(crowd, nested=nested), CROWDED)
        for inner in self.forms:
            self._check_crowd(partial(after, inner, point=CROWDED[0]), CROWDED[:1], inner)

    def _check_crowd(self, make: Make, points: Sequence[Point], inner: str = "") -> None:
        """If it fails, the fewest forms that do: one instruction after another would take long."""
        forms = self._sound()
        rounds = (focus for focus, _ in self._round if inner in {"", focus.form})
        about = next((focus for focus in rounds if focus.form in forms), None)
        if about is None or self._late():
            return
        if (program := make(forms)) is None:
            return

        def fails(some: Sequence[str]) -> bool:
            made = make(some)
            found = () if made is None else check(self._subject, BallAlone(), made, points)
            return any(isinstance(one.verdict, FAILURES) for one in found)

        try:
            found = check(self._subject, self._bench, program, points)
            if any(isinstance(one.verdict, FAILURES) for one in found):
                program = make(fewest(forms, fails)) or program
                found = check(self._subject, self._bench, program, points)
            self._take(about, program, found)
        except GoneError as error:
            self.gone = str(error)

    def examine_ladders(self) -> None:
        """Each operation alone, from small numbers to large ones, and on its own results."""
        about = {focus.form: focus for focus, _ in reversed(self._round)}
        reach = FLOATS[self.tally.float_width].reach
        alone = [(form, made) for form in self.forms for made in ladders(form, reach)]
        alone += [(form, made) for form in self.forms for made in again(form)]
        for form, made in alone:
            if form in self._deadly or self._late():
                continue
            try:
                self._check(about[form], made.program, made.points)
            except GoneError as error:
                self.gone = str(error)

    def examine(self, focus: Focus, exact: bool, data: bytes) -> None:
        """Build one program from bytes, check it at its points, keep what is found.

        Raises:
            KeyboardInterrupt: if an interrupt came and got lost.
        """
        if self.interrupted:
            raise KeyboardInterrupt
        if focus.form in self._deadly:
            return  # every program of it would end the engine's process, as is known
        forms = self._sound(but=focus.form)
        dice = Dice(stretched(data, bytes_for(self._budget.points)))
        batch = build(dice, forms, focus, self._budget.points, exact)
        self._check(focus, batch.program, batch.points)

    @property
    def _deadly(self) -> set[str]:
        return self.collector.deadly | self._subject.left_out

    def _sound(self, but: str = "") -> list[str]:
        """The forms to make programs of: none that is known to be broken, but one."""
        broken = self.collector.quarantined | self._deadly
        return [form for form in self._among if form == but or form not in broken]

    def _check(self, focus: Focus, program: Program, points: Sequence[tuple[float, ...]]) -> None:
        self._take(focus, program, check(self._subject, self._bench, program, points))

    def _take(self, focus: Focus, program: Program, checked: Sequence[Checked]) -> None:
        """Count what was seen of a program, and keep what failed."""
        self.tally.programs += 1
        for oracle in self._bench.oracles:
            self.tally.oracles[oracle.name] += len(checked)
        for one in checked:
            self.tally.add(one)
            self.by_form[focus.form][type(one.verdict).__name__] += 1
            if isinstance(one.verdict, FAILURES):
                self.collector.add(one, focus)
        self.coverage.add(program, checked)


def helpers(forms: Sequence[str], engine: UnderTest) -> Sequence[str]:
    """Operations that join two values, where none was asked for: without one nothing is shared."""
    if any(form in JOINERS for form in forms):
        return ()
    return [form for form in JOINERS if form in engine.facts.spellings][:2]


def derived_seed(*parts: object) -> int:
    """A seed for one part of a run, the same on every machine."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:8], "big")
