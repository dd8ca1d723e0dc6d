"""Is an engine right? From a test of your own, or by pytest with one test for each question.

    pytest --gradverify-engine=mypkg.engine:Value --pyargs verify.conformance

collects, in place of this module, one test for each law and operation. In a test of your own,
``run_conformance`` examines an engine and raises what is wrong with it, and ``assert_case`` and
``check_case`` look at one case, as the strategies draw them. See ``docs/pytest.md`` and
``docs/api.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import Any

from verify.campaign import DEFAULT, QUICK, QUICK_STEPS, STEPS, Plan, SuiteError
from verify.campaign.run import run
from verify.check import check
from verify.configuration import said_of
from verify.engines import (
    Here,
    OperatorEngine,
    Subject,
    TargetError,
    UnderTest,
    loaded_from,
    open_engine,
    subject_of,
)
from verify.engines.isolation import (
    DEFAULT_LIMITS,
    GoneError,
    Isolated,
    Limits,
    TaskError,
    isolated_engine,
)
from verify.laws import LAWS, SEVERITIES, Law, selected
from verify.oracles import Bench, bench
from verify.program import Case
from verify.program.text import case_text
from verify.report import Document, terminal
from verify.verdict import EngineError, Mismatch, Undecided, Verdict, sentence

Target = str | type | UnderTest
"""An engine: ``package.module:Class`` or ``path/file.py:Class``, the class itself, or an Engine.
What is named is opened in a process of its own; a class runs in this one."""


Codes = str | Sequence[str]
"""Beginnings of codes of laws: ``"GRA,LIF01"`` or ``["GRA", "LIF01"]``."""


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
        memory: megabytes that it may take once it is loaded; 0 for no limit.
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
    laws = laws_for(select, ignore, network is not None)
    limits = None if in_process else limits_of(case_timeout, memory)
    with ExitStack() as opened:
        overrides = said_of(engine, Path.cwd()) if isinstance(engine, str) else None
        subject = subject_for(engine, limits, overrides)
        made = None
        if isinstance(engine, str) and isinstance(subject, Isolated):
            opened.callback(subject.close)
        if network is not None:
            made = network_of(network, limits, quick=quick, seed=seed)
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


def subject_for(
    engine: Target,
    limits: Limits | None = DEFAULT_LIMITS,
    overrides: Mapping[str, Any] | None = None,
) -> Subject:
    """An engine ready to be asked: what a target names in a process of its own, all else here.

    Args:
        engine: what it is.
        limits: on the process; None to open what a target names in this one too.
        overrides: how what a target names is driven, where probing finds out something else.

    Raises:
        TargetError: in one sentence, if there is none.
    """
    if isinstance(engine, type):
        return Here(OperatorEngine(loaded_from(engine)))
    if not isinstance(engine, str):
        if not hasattr(engine, "facts"):
            raise TargetError(f"{engine!r:.60} is neither a class nor the name of one")
        return subject_of(engine)
    if limits is None:
        return Here(open_engine(engine, overrides))
    return isolated_engine(engine, limits, overrides)


def limits_of(case_timeout: float, memory: int) -> Limits:
    """The limits on the process of an engine. Raises ValueError."""
    if not 0.05 <= case_timeout < 2**63:
        raise ValueError(f"the case timeout is in seconds, 0.05 or more, not {case_timeout!r:.40}")
    if not 0 <= memory < 2**63:
        raise ValueError(f"the memory is in megabytes, 0 for no limit, not {memory!r:.40}")
    return Limits(case_timeout, memory)


@lru_cache(maxsize=1)
def _bench() -> Bench:
    return bench()


def network_of(
    network: str | type, limits: Limits | None = DEFAULT_LIMITS, *, quick: bool, seed: int
) -> Any:
    """A network from its class, or what names it; that runs in a process of its own.

    Raises:
        TargetError: in one sentence, if there is none.
    """
    from verify.networks import Network, open_network
    from verify.networks.network import NetworkFacts, open_seeded

    steps = QUICK_STEPS if quick else STEPS
    if isinstance(network, str):
        if limits is None:
            return open_network(network, seed=seed, steps=steps)
        return Isolated(open_seeded, (network, seed, steps), NetworkFacts, limits)
    return Network(loaded_from(network), seed=seed, steps=steps)


def laws_for(select: Codes | None, ignore: Codes | None, has_network: bool) -> tuple[Law, ...]:
    """The laws that are selected, those of networks only where there is one.

    Raises:
        ValueError: if a prefix fits no law, or no law is left.
    """
    laws = selected(LAWS, _in_a_text("select", select), _in_a_text("ignore", ignore))
    kept = tuple(law for law in laws if has_network or law.subject != "network")
    if laws and not kept:
        raise ValueError("the laws selected are about networks, and no network is named")
    if not kept:
        raise ValueError("no law is left: what is ignored takes away all that is selected")
    return kept


def _in_a_text(name: str, codes: Codes | None) -> str | None:
    if codes is None or isinstance(codes, str):
        return codes
    if isinstance(codes, list | tuple) and all(isinstance(code, str) for code in codes):
        return ",".join(codes)
    raise ValueError(f"{name} is a text such as 'GRA,LIF01' or a list of such, not {codes!r:.40}")
