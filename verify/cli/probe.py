"""``gradverify probe``: what was found out about an engine, and how it is driven."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from verify.cli import exit_codes
from verify.cli.opening import opened, refusal_code
from verify.cli.streams import complain, say, silence
from verify.engines import Facts, TargetError
from verify.engines.engine import one_line
from verify.program import OPS

FORMAT = "gradverify-probe-1"
SAID = {
    "construct": "a value of a number", "primal": "its number", "gradient": "its gradient",
    "backward": "differentiated by", "zero_grad": "zeroed by",
}  # fmt: skip
KEYS = {"zero_grad": "zero-grad", "float_width": "float-width"}
"""Keys of the configuration that are spelt otherwise than the facts."""


def probe_command(options: argparse.Namespace) -> int:
    """Open the engine and say what was found; the exit code."""
    try:
        with silence():
            facts = opened(options).facts
    except TargetError as error:
        complain(str(error))
        return refusal_code(error)
    if options.json:
        say(json.dumps(as_data(facts), indent=2))
    else:
        say("\n".join(_lines(facts)))
    return exit_codes.CLEAN


def as_data(facts: Facts) -> dict[str, Any]:
    """The facts as JSON has them."""
    return {"format": FORMAT, **asdict(facts)}


def _lines(facts: Facts) -> Iterator[str]:
    yield f"{one_line(facts.target)}   {one_line(facts.name)}"
    yield ""
    for key, said in SAID.items():
        found = getattr(facts, key)
        yield f"  {said:<22}{one_line(found or 'nothing of its own')}{_origin(facts, key)}"
    yield f"  {'computes with':<22}float{facts.float_width}{_origin(facts, 'float_width')}"
    kept = "keep their gradients" if facts.keeps_intermediates else "keep no gradients: not checked"
    yield f"  {'intermediates':<22}{kept}"
    forgotten = "cannot be assigned" if facts.reset is None else f"forgotten by = {facts.reset}"
    yield f"  {'a gradient is':<22}{one_line(forgotten)}"
    for note in facts.notes:
        yield f"  note: {one_line(note, 400)}"
    yield ""
    yield f"  {'operation':<14}spelt"
    for op in OPS:
        for form in op.forms.values():
            if form in facts.spellings:
                given = "   (configuration)" if form in _given(facts, "spellings") else ""
                yield f"  {form:<14}{one_line(facts.spellings[form])}{given}"
    if facts.unsupported:
        yield ""
        yield f"  {'not there':<14}why"
    for form, why in facts.unsupported.items():
        yield f"  {form:<14}{one_line(why)}"


def _origin(facts: Facts, key: str) -> str:
    return "   (configuration)" if KEYS.get(key, key) in facts.overrides else ""


def _given(facts: Facts, key: str) -> dict[str, Any]:
    found: dict[str, Any] = facts.overrides.get(key, {})
    return found
