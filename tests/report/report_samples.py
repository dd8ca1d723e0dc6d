"""Documents for tests of formats: whole ones made by hand, and any that fit the schema."""

from __future__ import annotations

from dataclasses import replace

from html_samples import DOCUMENT, HOSTILE, saying
from hypothesis import strategies as st

from verify.campaign.coverage import SITUATIONS
from verify.laws import LAWS, SEVERITIES
from verify.report import Document, FindingRecord, LawRecord, OperationRecord, ValueRecord
from verify.report.document import STATUSES
from verify.verdict import ADVICE

ENVIRONMENT = {"gradverify": "0.1.0", "python": "3.11.7", "platform": "linux"}
SOURCE = {"file": "lib/engine.py", "line": 4, "methods": {"__mul__": 25, "exp": 40}}
NETWORK = dict.fromkeys(
    (
        "target", "name", "construct", "call", "parameters", "zero_grad", "value", "hidden",
        "last", "order", "trajectory_steps", "undecided_steps", "compounding_steps",
        "compounding_end",
    )
) | {"target": "m:MLP", "name": "m", "construct": "MLP(2, [2, 1])", "call": "{}({})",
     "parameters": ".parameters()", "value": "Value"}  # fmt: skip
WHOLE = replace(
    DOCUMENT,
    environment=ENVIRONMENT,
    engine={**DOCUMENT.engine, "source": SOURCE, "delegates": {"mul": ["__mul__"]}},
    network=NETWORK,
)
"""Something in every field, all of it harmless."""


def hostile(words: str = HOSTILE) -> Document:
    """These words wherever an engine's own words may stand, or a report's reader may find any."""
    told = saying(words)
    findings = tuple(
        replace(f, quantity=words if f.quantity else None, also=(words, words))
        for f in told.findings
    )
    engine = {key: words if isinstance(value, str) else value for key, value in told.engine.items()}
    engine |= {
        "imports": [words], "delegates": {words: [words]}, "unsupported": {words: words},
        "source": {"file": words, "line": 1, "methods": {words: 2}},
    }  # fmt: skip
    network = {key: words if isinstance(value, str) else value for key, value in NETWORK.items()}
    return replace(
        told, findings=findings, engine=engine, environment=dict.fromkeys(ENVIRONMENT, words),
        network=network | {"hidden": words, "last": words, "order": words},
    )  # fmt: skip


SAMPLES = {
    "whole": WHOLE,
    "hostile": hostile(),
    "clean": replace(WHOLE, findings=(), doubts=(), status="certified", network=None),
    "in doubt": replace(WHOLE, findings=(), doubts=(), status="in doubt", laws=()),
    "interrupted": replace(WHOLE, status="interrupted", partial=True, timings={}),
    "nothing": replace(WHOLE, operations=(), findings=(), laws=(), undecided={}),
}

WORDS = st.one_of(st.text(max_size=20), st.text(st.characters(), max_size=20), st.just(HOSTILE))
COUNTS = st.integers(0, 10**6)
HEX = st.floats().map(float.hex)
INTERVALS = st.fixed_dictionaries({"low": HEX, "high": HEX})
MAYBE = st.none() | INTERVALS
CODES = st.sampled_from([law.code for law in LAWS]) | st.just("XYZ99")
VALUES = st.builds(ValueRecord, st.none() | HEX, st.none() | HEX, MAYBE, MAYBE)


@st.composite
def findings(draw: st.DrawFn) -> FindingRecord:
    """Any finding: with the case of a sample, or without."""
    sample = draw(st.sampled_from(WHOLE.findings))
    length = len(sample.values)
    return replace(
        sample,
        law=draw(CODES),
        severity=draw(st.sampled_from(SEVERITIES)),
        title=draw(WORDS.filter(bool)),
        operation=draw(st.none() | WORDS),
        operand=draw(st.none() | COUNTS),
        fault=draw(st.none() | WORDS | st.just("overwrite")),
        count=draw(st.integers(1, 10**6)),
        quantity=draw(st.none() | WORDS),
        expected=draw(MAYBE),
        actual=draw(st.none() | HEX),
        ulps=draw(st.none() | st.floats(0, allow_infinity=True) | COUNTS),
        digits=draw(st.none() | st.integers(0, 17)),
        message=draw(WORDS.filter(bool)),
        diagnosis=draw(WORDS),
        mend=draw(WORDS),
        also=tuple(draw(st.lists(WORDS, max_size=2))),
        flickers=draw(st.booleans()),
        values=tuple(draw(st.lists(VALUES, min_size=length, max_size=length))),
    )


@st.composite
def operations(draw: st.DrawFn) -> OperationRecord:
    """Any operation."""
    numbers = [draw(COUNTS) for _ in range(5)]
    counts = st.dictionaries(st.sampled_from(sorted(SITUATIONS)), COUNTS, max_size=3)
    short = st.lists(st.sampled_from(sorted(SITUATIONS)), min_size=1, max_size=2)
    slots = st.sampled_from(["0", "1"])
    return OperationRecord(
        draw(WORDS), draw(st.booleans()), draw(WORDS), *numbers,
        draw(st.dictionaries(slots, counts)), draw(st.dictionaries(slots, short)),
    )  # fmt: skip


LAW_RECORDS = st.builds(
    LawRecord, CODES, st.sampled_from(SEVERITIES), WORDS,
    st.sampled_from(["held", "broken", "not examined"]), COUNTS, WORDS,
)  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any document that fits the schema."""
    return replace(
        WHOLE,
        target=draw(WORDS),
        seed=draw(COUNTS),
        status=draw(st.sampled_from(STATUSES)),
        sentence=draw(WORDS.filter(bool)),
        totals={name: draw(COUNTS) for name in WHOLE.totals},
        operations=tuple(draw(st.lists(operations(), max_size=2))),
        findings=tuple(draw(st.lists(findings(), max_size=2))),
        engine={
            **WHOLE.engine,
            "name": draw(WORDS),
            "source": draw(st.sampled_from([None, SOURCE])),
        },
        undecided=draw(st.dictionaries(st.sampled_from(sorted(ADVICE)), st.integers(1, 99))),
        laws=tuple(draw(st.lists(LAW_RECORDS, max_size=3))),
        network=draw(st.sampled_from([None, NETWORK])),
        doubts=tuple(draw(st.lists(WORDS, max_size=2))),
        partial=draw(st.booleans()),
        timings=draw(st.dictionaries(WORDS, st.floats(0, 1e9), max_size=1)),
    )
