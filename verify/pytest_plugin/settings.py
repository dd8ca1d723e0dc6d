"""From pytest's options and configuration to an engine and the questions about it."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from verify.campaign import DEFAULT, QUICK
from verify.campaign.by_law import Examiner, Question, questions
from verify.configuration import said_of
from verify.engines import TargetError
from verify.engines.isolation import DEFAULT_LIMITS, LEAST_MEMORY, Isolated, Limits
from verify.laws import LAWS, SEVERITIES
from verify.networks import Driven
from verify.opening import laws_for, limits_of, network_of, subject_for
from verify.oracles import bench
from verify.pytest_plugin.expected import Expected, ExpectedError, read_expected

NO_ENGINE = (
    "verify.conformance needs an engine: give --gradverify-engine=package.module:Class, or "
    "path/file.py:Class (or gradverify_engine in pytest's configuration)"
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A session's engine, and what is asked of it.

    Attributes:
        again: the options that make the same examination again.
        fail_on: the least severity that fails a test.
        asked: the questions that are tests.
        known: all that could be asked of this engine, whatever is selected.
        expected: the entries of xfail lists.
        examiner: answers the questions.
    """

    again: str
    fail_on: str
    asked: tuple[Question, ...]
    known: tuple[Question, ...]
    expected: tuple[Expected, ...]
    examiner: Examiner

    def entry_of(self, question: Question) -> Expected | None:
        """The entry that a question's test is expected to fail by: the first that fits."""
        return next((entry for entry in self.expected if entry.fits(question)), None)


KEY = pytest.StashKey[Prepared]()


def prepared(config: pytest.Config) -> Prepared:
    """The session's engine, loaded when it is first asked for.

    Raises:
        UsageError: in one sentence, if an option cannot be used.
    """
    if KEY not in config.stash:
        try:
            config.stash[KEY] = _prepare(config)
        except (TargetError, ExpectedError, ValueError) as error:
            raise pytest.UsageError(str(error)) from None
    return config.stash[KEY]


def _prepare(config: pytest.Config) -> Prepared:
    target, network = _target(config, "engine"), _target(config, "network")
    if not target:
        raise ValueError(NO_ENGINE)
    quick, seed = bool(_option(config, "quick")), _seed(_option(config, "seed"))
    fail_on = _option(config, "fail-on") or "error"
    if fail_on not in SEVERITIES:
        raise ValueError(f"--gradverify-fail-on is {', '.join(SEVERITIES)}, not {fail_on!r}")
    try:
        laws = laws_for(
            _option(config, "select") or None, _option(config, "ignore") or None, bool(network)
        )
    except ValueError as error:
        raise ValueError(f"--gradverify-select or --gradverify-ignore: {error}") from None
    expected = tuple(one for file in _files(config) for one in read_expected(file))
    limits = _limits(config)
    overrides = _said_of(config, target)
    engine = _closing(config, subject_for(target, limits, overrides))
    made = None
    if network:
        driven = Driven(target, overrides)
        opened = network_of(network, limits, quick=quick, seed=seed, driven=driven)
        made = _closing(config, opened)
    return Prepared(
        again=_again(target, network, limits, quick=quick, seed=seed),
        fail_on=fail_on,
        asked=tuple(questions(engine, laws)),
        known=tuple(questions(engine, LAWS)),
        expected=expected,
        examiner=Examiner(engine, bench(), QUICK if quick else DEFAULT, seed, made),
    )


def _option(config: pytest.Config, name: str) -> Any:
    """An option of the command line, else of the configuration."""
    key = f"gradverify_{name.replace('-', '_')}"
    given = config.getoption(key)
    return config.getini(key) if given is None else given


def _limits(config: pytest.Config) -> Limits | None:
    """The limits on the process of an engine; None where it is to run in this one."""
    if _option(config, "in-process"):
        return None
    case, memory = _option(config, "case-timeout"), _option(config, "memory")
    try:
        return limits_of(float(case or DEFAULT_LIMITS.case), int(memory or DEFAULT_LIMITS.memory))
    except ValueError:
        given = f"{case or 'none'!s:.40} and {memory or 'none'!s:.40}"
        raise ValueError(
            "--gradverify-case-timeout is a number of seconds, 0.05 or more, and "
            "--gradverify-memory 0 for no limit or a whole number of megabytes, "
            f"{LEAST_MEMORY} or more; given were {given}"
        ) from None


def _said_of(config: pytest.Config, target: str) -> dict[str, Any] | None:
    """How the engine is driven: as the configuration of the folder that pytest is run in says.

    Else as that beside pytest's own configuration does.
    """
    beside = config.inipath.parent if config.inipath else config.rootpath
    here = said_of(target, config.invocation_params.dir)
    return here if here is not None else said_of(target, beside)


def _closing(config: pytest.Config, opened: Any) -> Any:
    """What was opened; its process, if it has one, ends with the session."""
    if isinstance(opened, Isolated):
        opened.takes_turns = hasattr(config, "workerinput")  # of xdist: every core has its worker
        config.add_cleanup(opened.close)
    return opened


def _seed(given: Any) -> int:
    try:
        seed = int(given or 0)
    except ValueError:
        seed = -1
    if not 0 <= seed < 2**63:
        raise ValueError(f"--gradverify-seed is a whole number, 0 or more, not {given!r:.40}")
    return seed


def _target(config: pytest.Config, name: str) -> str:
    """A target; a file that a configuration names lies beside the configuration."""
    target = str(_option(config, name) or "")
    place, colon, cls = target.rpartition(":")
    given = config.getoption(f"gradverify_{name}") is not None
    if given or not place.endswith(".py") or config.inipath is None:
        return target
    return f"{os.path.relpath(config.inipath.parent / place)}{colon}{cls}"


def _files(config: pytest.Config) -> list[Path]:
    given = config.getoption("gradverify_xfail")
    if given is not None:
        return [config.invocation_params.dir / name for name in given]
    beside = config.inipath.parent if config.inipath else config.rootpath
    return [beside / name for name in config.getini("gradverify_xfail")]


def _again(target: str, network: str, limits: Limits | None, *, quick: bool, seed: int) -> str:
    parts = [f"--gradverify-engine={target}"]
    parts += [f"--gradverify-network={network}"] if network else []
    parts += ["--gradverify-quick"] if quick else []
    parts += [f"--gradverify-seed={seed}"] if seed else []
    if limits is None:
        parts.append("--gradverify-in-process")
    elif limits != DEFAULT_LIMITS:
        parts += [
            f"--gradverify-case-timeout={limits.case:g}",
            f"--gradverify-memory={limits.memory}",
        ]
    return shlex.join(parts)
