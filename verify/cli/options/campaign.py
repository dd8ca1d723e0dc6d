"""The options of ``gradverify campaign``."""

from __future__ import annotations

import argparse
import re

from verify.cli.defaults import DEFAULT_TARGET
from verify.cli.options.isolation import add_isolation
from verify.cli.options.types import natural, positive

EPILOG = """\
exit codes: 0 clean; 1 findings; 2 bad usage, or results cannot be written, or no scheduler;
3 the engine cannot be loaded; 4 the suite itself is in doubt; 130 stopped by Ctrl-C. After any of
them the same command goes on from where it stopped.
"""
UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def add_campaign(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    campaign = commands.add_parser(
        "campaign",
        help="check an engine for hours, on all cores or on a cluster",
        description="Check an engine for as long as you like. Results are kept shard by shard: "
        "whatever ends a campaign, the same command goes on from there.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    campaign.add_argument(
        "target", nargs="?", default=DEFAULT_TARGET, metavar="TARGET",
        help="the engine, as for run (default: %(default)s)",
    )  # fmt: skip
    _extent(campaign)
    campaign.add_argument("--seed", type=natural, default=0, help="makes the campaign repeatable")
    campaign.add_argument("--ops", metavar="NAMES", help="only these operations or spellings")
    campaign.add_argument("--select", metavar="LAWS", help="only laws whose code begins so")
    campaign.add_argument("--ignore", metavar="LAWS", help="all laws but those")
    campaign.add_argument("--network", metavar="TARGET", help="a class of networks to check too")
    campaign.add_argument(
        "--fail-on", choices=("error", "warning", "note"), default="error",
        help="the least severity that makes the exit code 1 (default: error)",
    )  # fmt: skip
    campaign.add_argument(
        "--report-dir", default="reports", metavar="DIR",
        help="where reports go; the campaign is in campaign/ of the engine's (default: reports/)",
    )  # fmt: skip
    campaign.add_argument("--json", metavar="FILE", help="write the JSON report there too")
    campaign.add_argument(
        "--no-corpus", action="store_true", help="do not keep what fails for later runs"
    )
    campaign.add_argument(
        "--fresh", action="store_true", help="throw away the results that are there"
    )
    campaign.set_defaults(formats=[])
    add_isolation(campaign)


def _extent(campaign: argparse.ArgumentParser) -> None:
    campaign.add_argument(
        "--max-time", type=duration, metavar="TIME",
        help="hand out no shard after this time: 90, 90s, 15m, 8h (default: 15m, unless another "
        "limit is given)",
    )  # fmt: skip
    campaign.add_argument(
        "--max-shards", type=positive, metavar="N", help="shards in all, those there included"
    )
    campaign.add_argument("--cases", type=positive, metavar="N", help="cases in all")
    campaign.add_argument(
        "--workers", type=positive, metavar="N", help="processes (default: one for each core)"
    )
    campaign.add_argument(
        "--scheduler", metavar="ADDRESS", help="a Dask cluster's, tcp://host:8786, instead"
    )
    campaign.add_argument(
        "--shard-programs", type=positive, metavar="N", help="random programs in a shard"
    )
    campaign.add_argument(
        "--shard-points", type=positive, metavar="N", help="points tried on each program"
    )


def duration(text: str) -> float:
    """Seconds of ``90``, ``90s``, ``1.5m``, ``8h`` or ``2d``."""
    found = re.fullmatch(r"(\d{1,12}(?:\.\d{1,9})?) ?([smhd]?)", text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no time such as 90s, 15m or 8h")
    return float(found[1]) * UNITS[found[2]]
