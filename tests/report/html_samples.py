"""Documents made by hand: one finding of each kind, and words that want to break out."""

from __future__ import annotations

from dataclasses import replace

from verify.program.json_form import case_to_json
from verify.program.text import case_text, parse_case
from verify.report import Document, FindingRecord, LawRecord, OperationRecord, ValueRecord

HOSTILE = (
    "</pre></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'`&amp; \x1b[31mred\x07 "
    "\u202egnirts\u2066 \ud800 \x00 ]]> --> {{x}} \r\n\u2028# import os; os.abort()\n"
    + "long"
    * 2500
)
"""Markup, quotes, ANSI, right-to-left overrides, a lone surrogate, NUL, 10,000 characters."""


def exactly(x: float) -> dict[str, str]:
    """The enclosure of one number."""
    return {"low": x.hex(), "high": x.hex()}


def value(primal: float, adjoint: float, right: float | None = None) -> ValueRecord:
    """What was seen of a value whose gradient should be ``right``."""
    adjoint_range = exactly(adjoint if right is None else right)
    return ValueRecord(primal.hex(), adjoint.hex(), exactly(primal), adjoint_range)


SHARED = parse_case("x0 = 3.0\nx1 = 2.0\n%2 = mul(x0, x1)\n%3 = mul(%2, %2)\n%4 = add(%3, x0)")
"""d/dx0 = 2 x0 x1^2 + 1 = 25; an engine that assigns in mul prints 13, or so."""
WRONG = FindingRecord(
    fingerprint="0123456789ab", law="GRA01", severity="error", title="wrong gradient",
    operation="mul", operand=0, fault="overwrite", count=12, case=case_to_json(SHARED),
    program=case_text(SHARED), quantity="d %4 / d x0", expected=exactly(25.0),
    actual=(13.0).hex(), ulps=4.5e15, digits=0, message="mul: d %4 / d x0 = 13.0",
    diagnosis="The first wrong gradient is that of x0.", mend="Look for `.grad = ...`.",
    also=("imul",), flickers=True, replay="GRA01-1.json", instruction=2,
    values=(
        value(3.0, 13.0, 25.0), value(2.0, 36.0), value(6.0, 12.0), value(36.0, 1.0),
        value(39.0, 1.0),
    ),
)  # fmt: skip
EDGE = parse_case("x0 = 800.0\n%1 = exp(x0)")
WARNING = FindingRecord(
    fingerprint="ba9876543210", law="EDG01", severity="warning",
    title="overflow and saturation", operation="exp", operand=None, fault="overflow", count=1,
    case=case_to_json(EDGE), program=case_text(EDGE), quantity=None, expected=None, actual=None,
    ulps=None, digits=None, message="exp(800.0) raises OverflowError", replay="EDG01-1.json",
)  # fmt: skip
NOTE = replace(
    WARNING, fingerprint="c0ffee000000", law="SUP01", severity="note",
    title="operations not there", operation=None, fault="missing-operation", case=None,
    program=None, message="not there: log", replay=None,
)  # fmt: skip
ENGINE = {
    "name": "engine.py", "primal": ".data", "gradient": ".grad", "backward": ".backward()",
    "zero_grad": ".zero_grad()", "construct": "Value({})", "imports": ["from engine import Value"],
    "spellings": {"add": "{0} + {1}", "mul": "{0} * {1}", "exp": "{0}.exp()"},
    "unsupported": {"log": "there is no log"}, "keeps_intermediates": True, "delegates": {},
}  # fmt: skip
DOCUMENT = Document(
    target="lib/engine.py:Value", seed=7, status="wrong", sentence="1 error in 20 cases.",
    totals={
        "programs": 4, "cases": 20, "gradients": 90, "agreed": 8, "mismatched": 12,
        "inaccurate": 0, "undecided": 1, "engine_errors": 0, "oracle_disagreements": 0,
    },
    operations=(
        OperationRecord("mul", True, "", 20, 8, 12, 0, 0, {"0": {"checked": 20, "shared": 4}},
                        {"0": ["tie"]}),
        OperationRecord("log", False, "there is no log", 0, 0, 0, 0, 0, {}, {}),
    ),
    findings=(WRONG, WARNING, NOTE),
    engine=ENGINE,
    environment={"python": "3.11", "gradverify": "0.1.0"},
    oracles={
        "ball": 20, "symbolic": 20, "torch": 20, "whole": 19, "cut": 1,
        "median_relative_radius": (1e-15).hex(),
    },
    undecided={"kink": 1},
    laws=(
        LawRecord("GRA01", "error", "wrong gradient", "broken", 20),
        LawRecord("LIF09", "note", "zero_grad()", "not examined", 0, "the engine has none"),
    ),
    doubts=("torch and sympy disagree about %4",),
    timings={"seconds": 1.5},
)  # fmt: skip


def saying(words: str) -> Document:
    """The document with these words in every place that comes from the engine."""
    told = [
        replace(
            f, message=words, title=words, diagnosis=words, mend=words, also=(words,),
            fault=None, operation=words, program=words if f.program else None,
        )
        for f in DOCUMENT.findings
    ]  # fmt: skip
    return replace(
        DOCUMENT, target=f"{words[:3000]}.py:Value", sentence=words, findings=tuple(told),
        engine={**ENGINE, "name": words, "construct": words}, doubts=(words,),
        environment={"python": words},
        operations=tuple(replace(o, name=words, why=words) for o in DOCUMENT.operations),
        laws=tuple(replace(law, title=words, why=words) for law in DOCUMENT.laws),
    )  # fmt: skip
