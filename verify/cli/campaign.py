"""``gradverify campaign``: a run of hours, in shards that are kept as they come."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from verify import __version__
from verify.campaign import SHARD, STEPS, SuiteError
from verify.campaign.explore import helpers
from verify.campaign.sharded import (
    Asked,
    Cluster,
    Crew,
    CrewError,
    Driver,
    Ending,
    Journal,
    JournalError,
    Limit,
    Merged,
    Processes,
)
from verify.cli import exit_codes
from verify.cli.campaign_progress import told
from verify.cli.campaign_terms import settle
from verify.cli.opening import opened, opened_network, overrides_of, refusal_code
from verify.cli.planning import UsageError, forms_of, laws_of
from verify.cli.run import deliver
from verify.cli.store import folder_of
from verify.cli.streams import complain, reason, silence
from verify.engines import Subject, TargetError
from verify.engines.isolation import GoneError, Isolated, TaskError

DEFAULT_SECONDS = 900.0
"""How long a campaign takes that is not told when to end."""


def campaign_command(options: argparse.Namespace) -> int:
    """Begin a campaign or go on with it, and report; the exit code."""
    folder = folder_of(options.report_dir, options.target) / "campaign"
    try:
        with silence():
            engine = opened(options)
            network = None
            if options.network is not None:
                network = opened_network(options.network, options.seed, STEPS, options)
        asked = asked_of(options, engine, network)
        settle(folder, asked, engine, options.fresh)
        for process in (engine, network):
            if isinstance(process, Isolated):
                process.close()  # each shard has its own
        return _session(options, folder, asked, engine, network)
    except TargetError as error:
        return _refuse(str(error), refusal_code(error))
    except GoneError as error:
        return _refuse(str(error), exit_codes.NO_ENGINE)
    except (UsageError, JournalError, CrewError) as error:
        return _refuse(str(error), exit_codes.USAGE)
    except OSError as error:
        return _refuse(f"{folder} cannot be written: {reason(error)}", exit_codes.USAGE)
    except (SuiteError, TaskError) as error:
        return _refuse(_doubt(str(error)), exit_codes.IN_DOUBT)


def asked_of(options: argparse.Namespace, engine: Subject, network: object) -> Asked:
    """What the options ask for. Raises UsageError."""
    overrides = overrides_of(options, options.target)
    return Asked(
        target=options.target,
        seed=options.seed,
        forms=forms_of(options.ops, engine) or tuple(engine.facts.spellings),
        laws=tuple(law.code for law in laws_of(options.select, options.ignore, network)),
        network=options.network,
        programs=options.shard_programs or SHARD.programs,
        points=options.shard_points or SHARD.points,
        case_timeout=options.case_timeout,
        memory=options.memory,
        in_process=options.in_process,
        overrides=json.dumps(overrides, sort_keys=True) if overrides else "",
        suite=__version__,
    )


def _session(
    options: argparse.Namespace, folder: Path, asked: Asked, engine: Subject, network: object
) -> int:
    among = (*asked.forms, *helpers(asked.forms, engine))
    with Journal(folder) as journal, told(asked) as progress:
        driver = Driver(asked, journal, _limit(options), Merged(asked, among), progress)
        ending = _driven(driver, options)
        chosen, merged = driver.chosen(), Merged(asked, among)
        for name, result in journal.results():
            if name in chosen:
                merged.add(name, result)
    document = merged.document(engine, network, ending.interrupted)
    code = deliver(document, options, folder)
    if ending.in_doubt:
        return _refuse(_doubt(ending.trouble), exit_codes.IN_DOUBT)
    if ending.trouble:
        return _refuse(ending.trouble, exit_codes.USAGE)
    return code


def _driven(driver: Driver, options: argparse.Namespace) -> Ending:
    crew: Crew
    try:
        crew = (
            Cluster(options.scheduler)
            if options.scheduler is not None
            else Processes(options.workers or os.cpu_count() or 1)
        )
    except KeyboardInterrupt:
        return Ending(interrupted=True)
    try:
        return driver.run(crew)
    finally:
        crew.close()


def _limit(options: argparse.Namespace) -> Limit:
    seconds = options.max_time
    if seconds is None and options.max_shards is None and options.cases is None:
        seconds = DEFAULT_SECONDS
    return Limit(seconds, options.max_shards, options.cases)


def _doubt(why: str) -> str:
    return f"IN DOUBT: the suite itself failed ({why}). This says nothing about your engine"


def _refuse(sentence: str, code: int) -> int:
    complain(sentence)
    return code
