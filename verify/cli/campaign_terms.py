"""What a campaign was begun with: it goes on with the same, or says what differs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from verify.campaign.sharded import Asked
from verify.campaign.sharded.journal import NAME as RESULTS
from verify.cli.planning import UsageError
from verify.cli.store import write_whole
from verify.engines import Subject

NAME = "campaign.json"
SCHEMA = "gradverify/campaign/1"
OPTIONS = {
    "forms": "operations",
    "laws": "laws",
    "programs": "programs in a shard",
    "points": "points",
    "case_timeout": "--case-timeout",
    "memory": "--memory",
    "in_process": "--in-process",
    "overrides": "table [engine] of the configuration",
    "suite": "version of gradverify",
    "engine": "version of the engine",
}
"""How what was asked is called in a sentence; the rest by its own name."""


def settle(folder: Path, asked: Asked, engine: Subject, fresh: bool) -> None:
    """Begin the campaign, or make sure that it is the one that was begun.

    Args:
        folder: of the campaign; made if it is not there.
        asked: what is asked now.
        engine: whose facts and source tell whether it is still the same.
        fresh: whether to throw away what is there.

    Raises:
        UsageError: if it is another.
        OSError: if it cannot be read or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    terms = {"schema": SCHEMA, **asdict(asked), "engine": fingerprint(engine)}
    text = json.dumps(terms, indent=2, sort_keys=True) + "\n"
    if fresh:
        path.unlink(missing_ok=True)
        (folder / RESULTS).unlink(missing_ok=True)
    if not path.exists():
        if (folder / RESULTS).exists() and (folder / RESULTS).stat().st_size:
            raise UsageError(f"{folder} holds results and no {NAME}; --fresh throws them away")
        write_whole(path, text)
        return
    before = _read(path)
    now = json.loads(text)
    differing = [key for key in now if before.get(key) != now[key]]
    if differing:  # the engine's facts differ with what is said of it: that is told first
        first = min(differing, key=lambda key: key == "engine")
        raise UsageError(_sentence(folder, first, before, now))


def fingerprint(engine: Subject) -> str:
    """Sixteen digits that change with what the engine can do, and with the file it is written in.

    Of a class that uses other files of ours or yours, a change in those is not seen.
    """
    facts = json.dumps(asdict(engine.facts), sort_keys=True)
    digest = hashlib.sha256(facts.encode("utf-8", "surrogatepass"))
    source = engine.facts.source
    if source is not None and Path(source["file"]).is_file():
        digest.update(Path(source["file"]).read_bytes())
    return digest.hexdigest()[:16]


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
        if isinstance(found, dict) and found.get("schema") == SCHEMA:
            return found
    except (ValueError, RecursionError):
        pass
    raise UsageError(f"{path} is not of a campaign of this version; --fresh throws it away")


def _sentence(folder: Path, key: str, before: dict[str, Any], now: dict[str, Any]) -> str:
    name = OPTIONS.get(key, f"--{key}")
    old, new = (str(terms.get(key)) for terms in (before, now))
    short = f" ({old} then, {new} now)" if len(old) + len(new) < 60 and key != "engine" else ""
    return (
        f"the campaign in {folder} was begun with another {name}{short}; ask for the same, or "
        "begin anew with --fresh or another --report-dir"
    )
