"""Campaigns without an engine: what is asked, and results that are made up."""

from __future__ import annotations

import random
from dataclasses import asdict
from typing import Any

from verify import __version__
from verify.campaign.sharded import Asked, Shard
from verify.campaign.sharded.result import line_of
from verify.campaign.sharded.shard import FORM
from verify.program import Case, Instruction, Program, Ref
from verify.program.json_form import case_to_json
from verify.program.text import case_text
from verify.report import FindingRecord

FORMS = ("add", "mul", "exp")
ASKED = Asked(
    "engine.py:Value", 0, FORMS, ("VAL01", "GRA01", "RUN01", "LIF01", "LIF02", "EDG01"), None, 4, 4,
    10.0, 2048, True, "", __version__,
)  # fmt: skip


def finding(name: str, length: int, point: float, count: int, also=()) -> dict[str, Any]:
    """A finding whose case is a chain of exponentials."""
    program = Program(1, tuple(Instruction("exp", (Ref(i),)) for i in range(length)))
    case = Case(program, (point,))
    record = FindingRecord(
        fingerprint=name, law="GRA01", severity="error", title="gradients", operation="exp",
        operand=0, fault=None, count=count, case=case_to_json(case),
        program=case_text(case), quantity=None, expected=None, actual=None, ulps=None, digits=None,
        message=f"{name} at {point}", also=tuple(also),
    )  # fmt: skip
    return asdict(record)


def result(seed: int, form: str = "exp") -> dict[str, Any]:
    """A result that could be one of random cases, drawn from a seed."""
    chance = random.Random(seed)
    agree, wrong = chance.randrange(50), chance.randrange(5)
    names = chance.sample(["a" * 12, "b" * 12, "c" * 12], chance.randrange(3))
    return {
        "programs": chance.randrange(9), "gradients": 3 * agree, "disagreements": 0,
        "verdicts": {"Agree": agree, "Mismatch": wrong}, "undecided": {},
        "oracles": {"ball": agree}, "symbolic": {"whole": agree},
        "doubts": [f"doubt {chance.randrange(99)}"],
        "widths": {str(-chance.randrange(1600)): agree + 1},
        "by_form": {form: {"Agree": agree, "Mismatch": wrong}},
        "coverage": [[form, 0, {"checked": agree, "shared": chance.randrange(9)}]],
        "findings": [
            finding(name, chance.randrange(1, 4), chance.choice((1.0, 2.0, 0.3)), wrong + 1,
                    chance.sample(["sub", "neg"], chance.randrange(3)))
            for name in names
        ],
        "cut_short": chance.choice(("", "", "it died")),
    }  # fmt: skip


def made_up(asked: Asked, shard: Shard) -> str:
    """Stands for ``examine``: as fast as a function can be, and as pure."""
    if shard.part == FORM:
        return line_of(shard, result(shard.seed(asked.seed), shard.name))
    if shard.part == "whole":
        return line_of(shard, result(1))
    return line_of(shard, {"laws": [], "law_doubts": [], "findings": []})
