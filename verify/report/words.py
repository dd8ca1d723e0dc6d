"""Words that more than one format uses."""

from __future__ import annotations

from verify.faults import BY_CODE
from verify.report.document import Document, FindingRecord
from verify.verdict import ADVICE

LONGEST = 2_000
"""Characters of somebody's words that a report shows; what is left out is counted."""

MOST_LEFT_OUT = 12
"""Places in a file that are named one by one."""


def visible(text: str, longest: int = LONGEST) -> str:
    r"""Somebody's words, harmless: what would not print is spelt out, what is too long is cut.

    Control characters, ANSI escapes, right-to-left overrides and lone surrogates become escapes
    such as ``\x1b``; line breaks stay.
    """
    shown = "".join(
        c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode("ascii")
        for c in text[:longest]
    )
    more = len(text) - longest
    return f"{shown}\u2026 ({more:,} more characters)" if more > 0 else shown


def one_line(text: str, longest: int = LONGEST) -> str:
    """As ``visible``, on one line."""
    return visible(" ".join(text.split()), longest)


def number(hexadecimal: str | None) -> str:
    """A stored float as the shortest text that reads back the same."""
    return "no gradient" if hexadecimal is None else repr(float.fromhex(hexadecimal))


def between(expected: dict[str, str]) -> str:
    """A stored enclosure as text."""
    return f"[{number(expected['low'])}, {number(expected['high'])}]"


def engine_words(document: Document) -> str:
    """``primal .data   gradient .grad   backward .backward()   no zero_grad``."""
    e = document.engine
    found = f"primal {e['primal']}   gradient {e['gradient']}"
    if lacks := e.get("lacks"):
        return f"{found}   " + "   ".join(f"no {ability}" for ability in lacks)
    return f"{found}   backward {e['backward']}   {e['zero_grad'] or 'no zero_grad'}"


def finding_title(finding: FindingRecord) -> str:
    """``exp: shared-node overwrite``, ``recursion``, ``mul: wrong gradient``."""
    fault = BY_CODE.get(finding.fault or "")
    what = fault.name if fault else finding.title
    return (
        f"{finding.operation}: {what}"
        if finding.operation and finding.severity == "error"
        else what
    )


def digits_words(finding: FindingRecord) -> str:
    """``0 digits agree``, ``1 digit agrees``; empty where nothing was compared."""
    if finding.digits is None:
        return ""
    return "1 digit agrees" if finding.digits == 1 else f"{finding.digits} digits agree"


def comparison_words(finding: FindingRecord) -> str:
    """``d %3 / d x0 = 3.9, but must lie in [4.0, 4.0] (1 digit agrees, 2.3e+14 ulp away)``.

    Where no digit agrees, a distance in units of the last one says nothing more. Empty where no
    number was compared.
    """
    if not (finding.expected and finding.quantity):
        return ""
    distance = [digits_words(finding)]
    if finding.digits and finding.ulps is not None and finding.ulps != float("inf"):
        distance.append(f"{finding.ulps:.2g} ulp away")
    said = ", ".join(part for part in distance if part)
    printed = f"{one_line(finding.quantity)} = {number(finding.actual)}"
    where = f"but must lie in {between(finding.expected)}"
    return f"{printed}, {where} ({said})" if said else f"{printed}, {where}"


def mend_words(finding: FindingRecord) -> str:
    """What to look for in the engine: the finding's own words, else its fault's; may be empty."""
    if finding.mend or finding.fault not in BY_CODE:
        return finding.mend
    return BY_CODE[finding.fault].mended(finding.operation)


def callers(finding: FindingRecord) -> tuple[str, ...]:
    """The operations that fail because they call the finding's; none where it is in no operation.

    A bug of the walk shows in every operation: a few by name would point at them.
    """
    return finding.also if finding.operation else ()


def undecided_words(document: Document) -> list[str]:
    """Each reason with its count and what it means."""
    return [
        f"{count:,} {reason} ({ADVICE[reason]})" for reason, count in document.undecided.items()
    ]


def laws_words(document: Document) -> str:
    """How many laws held, which are broken, and which could not be examined; empty without any."""
    groups: dict[str, list[str]] = {}
    for law in document.laws:
        broken = {"error": "broken", "warning": "with warnings", "note": "noted"}[law.severity]
        groups.setdefault(broken if law.status == "broken" else law.status, []).append(law.code)
    parts = []
    for status in ("held", "broken", "with warnings", "noted", "not examined"):
        codes = groups.get(status, [])
        named = f" ({' '.join(codes)})" if status != "held" else ""
        if codes:
            parts.append(f"{len(codes)} {status}{named}")
    lacks = document.engine.get("lacks", {}).values()
    return "; ".join([", ".join(parts), *lacks]) if parts else ""


def left_unexamined(document: Document) -> dict[str, list[str]]:
    """The laws that were not examined, by the reason why."""
    reasons: dict[str, list[str]] = {}
    for law in document.laws:
        if law.status == "not examined" and law.why:
            reasons.setdefault(law.why, []).append(law.code)
    return reasons


def class_name(target: str) -> str:
    """``Value`` of ``lesson.ipynb:Value@3``; a target that names no class is its own name."""
    return target.rpartition(":")[2].partition("@")[0]


def left_out_words(document: Document) -> str:
    """What of the engine's file was not executed; empty if all was."""
    said = [one_line(part, 200) for part in document.engine.get("left_out", ())]
    more = f", and {len(said) - MOST_LEFT_OUT} more" if len(said) > MOST_LEFT_OUT else ""
    return ", ".join(said[:MOST_LEFT_OUT]) + more


def network_words(document: Document) -> str:
    """What was found out about the network, and how long its training was followed."""
    found = document.network or {}
    said = f"{found['target']}   {found['construct']}"
    if found["hidden"] is not None:
        said += f"   {found['hidden']}, last layer {found['last']}; parameters {found['order']}"
    if found["trajectory_steps"] is not None:
        said += f"; {found['trajectory_steps']:,} training steps followed, gradients set to 0 "
        said += (
            "before each, all inside their enclosures; enclosures carried on from the start decide "
        )
        said += f"{found['compounding_steps']:,} of them"
    return said
