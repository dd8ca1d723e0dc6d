"""Is an engine right? From a test of your own, or by pytest with one test for each question.

    pytest --gradverify-engine=mypkg.engine:Value --pyargs verify.conformance

collects, in place of this module, one test for each law and operation. In a test of your own,
``run_conformance`` examines an engine and raises what is wrong with it, and ``assert_case`` and
``check_case`` look at one case, as the strategies draw them. See ``docs/pytest.md`` and
``docs/api.md``.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path

from verify.campaign import DEFAULT, QUICK, Plan, SuiteError
from verify.campaign.run import run
from verify.check import check
from verify.configuration import said_of
from verify.engines import (
    Subject,
)
from verify.engines.isolation import (
    DEFAULT_LIMITS,
    GoneError,
    Isolated,
    TaskError,
)
from verify.laws import SEVERITIES
from verify.networks import UNSAID, Driven
from verify.opening import (
    Codes,
    Target,
    laws_for,
    limits_of,
    network_of,
    subject_for,
)
from verify.oracles import Bench, bench
from verify.program import Case
from verify.program.text import case_text
from verify.report import Document, terminal
from verify.verdict import EngineError, Mismatch, Undecided, Verdict, sentence


class ConformanceError(AssertionError):
    """An engine is wrong; the text says how.

    Attributes:
        document: the report, None for a single case.
    """

    def __init__(self, text: str, document: Document | None = None) -> None:
        super().__init__(text)
        self.document = document


class InDoubtError(Exception):
    """The suite cannot vouch for what it would say; nothing is said about the engine.

    Attributes:
        document: the report, None for a single case.
    """

    def __init__(self, text: str, document: Document | None = None) -> None:
        super().__init__(text)
        self.document = document


def run_conformance(
    engine: Target,
    *,
    network: str | type | None = None,
    quick: bool = False,
    seed: int = 0,
    select: Codes | None = None,
    ignore: Codes | None = None,
    fail_on: str | None = "error",
    case_timeout: float = DEFAULT_LIMITS.case,
    memory: int = DEFAULT_LIMITS.memory,
    in_process: bool = False,
) -> Document:
    """Examine an engine as ``gradverify run`` does.

    Args:
        engine: ``package.module:Class``, ``path/file.py:Class``, or the class. What is named runs
            in a process of its own, so that it cannot end or hold up this one, and is driven as the
            configuration of the current folder says; a class runs here.
        network: a class of networks to examine too, or None.
        quick: a small run.
        seed: makes the run repeatable.
        select: only laws whose code begins so, separated by commas or in a list: ``"GRA,LIF01"``.
        ignore: all laws but those whose code begins so.
        fail_on: the least severity that is raised: ``error``, ``warning`` or ``note``. None raises
            nothing: what was found, and whether it can be trusted, is in the Document.
        case_timeout: seconds for a case of what runs in a process of its own.
        memory: megabytes that it may take once it is loaded, 32 or more; 0 for no limit.
        in_process: whether what is named runs in this process too, without limits.

    Returns:
        The report, if nothing of this severity was found.

    Raises:
        ConformanceError: if something was; its text is the report as a terminal shows it.
        InDoubtError: if the suite cannot vouch for its verdict.
        TargetError: if there is no such engine or network.
        ValueError: if no law is selected, an argument has no such value, or the configuration is
            malformed.
    """
    __tracebackhide__ = True
    if fail_on is not None and fail_on not in SEVERITIES:
        raise ValueError(f"fail_on is {', '.join(SEVERITIES)} or None, not {fail_on!r}")
    if type(seed) is not int or not 0 <= seed < 2**63:
        raise ValueError(f"the seed is a whole number, 0 or more, not {seed!r:.40}")
    laws = laws_for(select, ignore, network is not None)
    limits = None if in_process else limits_of(case_timeout, memory)
    with ExitStack() as opened:
        overrides = said_of(engine, Path.cwd()) if isinstance(engine, str) else None
        subject = subject_for(engine, limits, overrides)
        made = None
        if isinstance(engine, str) and isinstance(subject, Isolated):
            opened.callback(subject.close)
        if network is not None:
            driven = Driven(engine, overrides) if isinstance(engine, str) else UNSAID
            made = network_of(network, limits, quick=quick, seed=seed, driven=driven)
        if isinstance(made, Isolated):
            opened.callback(made.close)
        plan = Plan(QUICK if quick else DEFAULT, seed, laws=laws, network=made)
        try:
            document = run(subject, bench(), plan)
        except (GoneError, SuiteError, TaskError) as error:
            raise InDoubtError(f"the suite itself failed ({error})") from error
    if fail_on is None:
        return document
    severe = SEVERITIES[SEVERITIES.index(fail_on) :]
    if document.status == "in doubt":
        raise InDoubtError(terminal.render(document), document)
    if any(finding.severity in severe for finding in document.findings):
        raise ConformanceError(f"\n{terminal.render(document)}", document)
    return document


def check_case(engine: Target, case: Case) -> Verdict:
    """The verdict on one case, by all the oracles.

    Args:
        engine: as for ``run_conformance``; it is opened once, and what is named runs in a process
            of its own until this one ends.
        case: made of operations that the engine has, see ``operations_of``.

    Raises:
        TargetError: if there is no such engine.
        ValueError: if the engine lacks an operation of the case, or the case's seed is not 1.
        InDoubtError: if the engine's process died so often that no more is asked.
    """
    subject = engine_of(engine)
    if subject.worn_out:
        raise InDoubtError(subject.worn_out)
    if missing := sorted(case.program.forms - set(subject.facts.spellings)):
        raise ValueError(
            f"the engine has no {', '.join(missing)}: draw cases from operations_of(engine)"
        )
    if case.seed != 1.0:
        raise ValueError("engines are given the seed 1: a case with another cannot be checked")
    try:
        (checked,) = check(subject, _bench(), case.program, [case.point])
    except GoneError as error:
        raise InDoubtError(str(error)) from None
    return checked.verdict


def assert_case(engine: Target, case: Case) -> Verdict:
    """As ``check_case``; a number that is wrong, or none at all, is raised.

    Undecided and Inaccurate are returned: the one says nothing, the other is a warning of ACC01.

    Raises:
        ConformanceError: with the program, what was printed and where it must lie.
        InDoubtError: if the oracles disagree.
    """
    __tracebackhide__ = True
    verdict = check_case(engine, case)
    said = f"\n{case_text(case)}\n{sentence(verdict, case.program)}"
    if isinstance(verdict, Undecided) and verdict.reason == "doubt":
        raise InDoubtError(said)
    if isinstance(verdict, Mismatch | EngineError):
        raise ConformanceError(said)
    return verdict


def operations_of(engine: Target) -> tuple[str, ...]:
    """The spellings of operations that an engine has, for ``programs`` and ``cases``.

    Raises:
        TargetError: if there is no such engine.
    """
    return tuple(engine_of(engine).facts.spellings)


def engine_of(engine: Target) -> Subject:
    """An engine from whatever names it; a class or a target is opened once.

    Raises:
        TargetError: in one sentence, if there is none.
    """
    if isinstance(engine, str):
        return _named(engine, Path.cwd())
    return _live(engine) if isinstance(engine, type) else subject_for(engine)


@lru_cache(maxsize=32)
def _named(target: str, folder: Path) -> Subject:
    return subject_for(target, overrides=said_of(target, folder))


@lru_cache(maxsize=32)
def _live(engine: type) -> Subject:
    return subject_for(engine)


@lru_cache(maxsize=1)
def _bench() -> Bench:
    return bench()
