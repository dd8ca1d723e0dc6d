"""The tables of the page: operations, coverage, laws, what was undecided, oracles, environment."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from verify.laws import BY_CODE
from verify.report.document import Document, LawRecord, OperationRecord
from verify.report.html_parts import facts, table, text
from verify.report.words import laws_words, undecided_words

SITUATIONS = (
    "checked", "shared", "nested", "held", "both", "cotangent", "zero", "one", "minus one",
    "negative", "tie",
)  # fmt: skip
MEANT = (
    'Cases: <span class="good">\u2713</span> often enough, '
    '<span class="bad">\u2717 low</span> below '
    "the minimum, \u2013 not met or not asked for. Shared: used more than once; nested: itself an "
    "intermediate; held: its gradient already holds something; both: the same node in both "
    "positions; cotangent: the incoming gradient is neither 0 nor 1; tie: equal to another operand "
    "that is a distinct node; the rest are its value."
)


def _section(name: str, title: str, content: str) -> str:
    return (
        f'<section aria-labelledby="{name}"><h2 id="{name}">{title}</h2>\n{content}</section>'
        if content
        else ""
    )


def _code(name: str) -> str:
    return f"<code>{text(name, 80)}</code>"


UNREACHED = '<td class="n none">not reached</td>'
"""The cases of an operation before which the run ended: no zero that looks like a result."""


def operations(document: Document) -> str:
    """What was examined of each spelling, and what is not there."""
    rows = [
        (
            _code(o.name), f"{o.checked:,}" if o.checked else UNREACHED, f"{o.agreed:,}",
            _wrong(o.mismatched), f"{o.inaccurate:,}", f"{o.undecided:,}",
        )
        for o in document.operations
        if o.supported
    ]  # fmt: skip
    heads = ("operation", "#cases", "#agreed", "#wrong", "#digits lost", "#undecided")
    shown = table("Cases whose program was built around each operation", heads, rows, "Operations")
    missing = [o for o in document.operations if not o.supported]
    if missing:
        items = "".join(
            f'<li>{_code(o.name)} <span class="quiet">{text(o.why, 200)}</span></li>'
            for o in missing
        )
        shown += (
            f'<details class="card"><summary>{len(missing)} not there</summary><ul>{items}</ul>'
            "</details>"
        )
    return _section("operations", "Operations", shown)


def _wrong(count: int) -> str:
    return f'<td class="n low">\u2717 {count:,}</td>' if count else "0"


def coverage(document: Document) -> str:
    """How often each situation occurred at each operand position."""
    rows = [row for o in document.operations if o.supported for row in _positions(o)]
    heads = ("operation", "operand", *(f"#{name}" for name in SITUATIONS))
    shown = table("How often each operand was in each situation", heads, rows, "Coverage")
    return _section("coverage", "Coverage", f'<p class="quiet">{MEANT}</p>{shown}' if rows else "")


def _positions(operation: OperationRecord) -> Iterator[list[str]]:
    for slot in sorted(operation.coverage):
        counts, lacking = operation.coverage[slot], operation.lacking.get(slot, [])
        cells = [_cell(counts.get(name, 0), name in lacking) for name in SITUATIONS]
        yield [_code(operation.name), text(slot, 20), *cells]


def _cell(count: int, low: bool) -> str:
    if low:
        return f'<td class="n low">\u2717 low {count:,}</td>'
    if not count:
        return '<td class="n none">\u2013</td>'
    return f'<td class="n"><span class="good">\u2713</span> {count:,}</td>'


def laws(document: Document) -> str:
    """What became of each law."""
    rows = [
        (text(law.code, 40), text(law.title, 200), _status(law), f"{law.compared:,}", _why(law))
        for law in document.laws
    ]
    heads = ("law", "title", "status", "#compared", "what it says")
    caption = f"{escape(laws_words(document))}."
    return _section("laws", "Laws", table(caption, heads, rows, "Laws") if rows else "")


def _status(law: LawRecord) -> str:
    if law.status == "held":
        return '<td class="good">\u2713 held</td>'
    if law.status == "broken":
        sign = {"error": "\u2717 broken", "warning": "! warning", "note": "noted"}
        kind = "low" if law.severity == "error" else ""
        return f'<td class="{kind}">{escape(sign.get(law.severity, "broken"))}</td>'
    return f'<td class="none">{text(law.status, 40)}</td>'


def _why(law: LawRecord) -> str:
    known = BY_CODE.get(law.code)
    said = escape(known.statement) if known else ""
    why = f'<br><span class="quiet">{text(law.why)}</span>' if law.why else ""
    return f'<td class="words">{said}{why}</td>'


def undecided(document: Document) -> str:
    """Each reason for which cases could not be decided."""
    rows = "".join(f"<li>{text(words)}</li>" for words in undecided_words(document))
    said = (
        "<p>These cases say nothing about the engine: at them right and wrong cannot be told "
        f"apart.</p><ul>{rows}</ul>"
    )
    return _section("undecided", "Undecided", f'<div class="card">{said}</div>' if rows else "")


def oracles(document: Document) -> str:
    """Who answered, and how narrow the enclosures were."""
    found = document.oracles
    radius = found.get("median_relative_radius")
    pairs = [
        ("ball arithmetic", f"{found['ball']:,} cases"),
        ("symbolic derivatives", f"{found['symbolic']:,} cases"),
        ("of these whole", f"{found['whole']:,}"),
        ("cut at shared values", f"{found['cut']:,}"),
        ("PyTorch", f"{found['torch']:,} cases"),
        ("disagreements", f"{document.totals['oracle_disagreements']:,}"),
    ]
    if radius is not None:
        pairs.append(("median relative radius", f"{float.fromhex(radius):.1e}"))
    return _section("oracles", "Oracles", f'<div class="card">{facts(pairs)}</div>')


def environment(document: Document) -> str:
    """The engine as it was found, versions, and time."""
    engine = document.engine
    pairs = [
        (text(name, 40), f"<code>{text(str(engine[key] or 'none'), 200)}</code>")
        for name, key in (
            ("made by", "construct"), ("value", "primal"), ("gradient", "gradient"),
            ("backward", "backward"), ("zeroing", "zero_grad"),
        )
    ]  # fmt: skip
    pairs += [("note", text(note, 300)) for note in engine.get("notes", ())]
    pairs += [(text(k, 40), text(v, 100)) for k, v in sorted(document.environment.items())]
    pairs += [(text(k, 40), f"{v:.1f}") for k, v in sorted(document.timings.items())]
    shown = f'<div class="card">{facts(pairs)}</div>'
    return _section("environment", "Engine and environment", shown)
