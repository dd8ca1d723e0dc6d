"""What a shard gives, as plain data, and the one line of text that it is kept as."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from verify.campaign.explore import Explorer
from verify.campaign.plan import Examined
from verify.campaign.sharded.shard import Shard
from verify.campaign.sharded.widths import histogram
from verify.report import FindingRecord

Result = dict[str, Any]


def of_exploration(explorer: Explorer, findings: Sequence[FindingRecord]) -> Result:
    """Of random cases: counts, coverage, findings."""
    tally = explorer.tally
    return {
        "programs": tally.programs,
        "gradients": tally.gradients,
        "disagreements": tally.disagreements,
        "verdicts": dict(tally.verdicts),
        "undecided": dict(tally.undecided),
        "oracles": dict(tally.oracles),
        "symbolic": dict(tally.symbolic),
        "widths": {str(number): n for number, n in histogram(tally.widths).items()},
        "doubts": tally.doubt_sentences,
        "by_form": {form: dict(verdicts) for form, verdicts in explorer.by_form.items()},
        "coverage": [
            [focus.form, focus.slot, {name: n for name, n in counts.items() if n}]
            for focus, counts in explorer.coverage.counts.items()
        ],
        "findings": _plain(findings),
        "cut_short": explorer.cut_short,
    }


def of_laws(examined: Examined) -> Result:
    """Of laws with checks of their own."""
    return {
        "laws": [asdict(law) for law in examined.laws],
        "law_doubts": examined.doubts,
        "findings": _plain(examined.findings),
    }


def cases_of(result: Result) -> int:
    """How many cases a shard judged."""
    return sum(result.get("verdicts", {}).values())


def line_of(shard: Shard, result: Result) -> str:
    """The line that a result is kept as: the same result gives the same bytes."""
    return _dumps({"shard": shard.id, "digest": _digest(shard.id, result), "result": result}) + "\n"


def read_line(line: str) -> tuple[str, Result] | None:
    """The shard and its result; None if the line is not one that was written whole."""
    try:
        data = json.loads(line)
        name, result = data["shard"], data["result"]
        if line.endswith("\n") and data["digest"] == _digest(name, result):
            return name, result
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return None


def _plain(findings: Sequence[FindingRecord]) -> list[dict[str, Any]]:
    return [_finite(asdict(finding)) for finding in findings]


def _finite(value: Any) -> Any:
    """Infinite distances are null, as in a report."""
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _digest(name: object, result: object) -> str:
    return hashlib.sha256(_dumps([name, result]).encode()).hexdigest()[:16]


def _dumps(data: object) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)
