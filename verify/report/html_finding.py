"""One finding as HTML: what is wrong, where, how to mend it, and how to see it again."""

from __future__ import annotations

from html import escape

from verify.laws import BY_CODE
from verify.report import pytest_file, script
from verify.report.document import Document, FindingRecord
from verify.report.exhibit import case_of, why_not
from verify.report.expression import derivative, expression
from verify.report.graph_svg import to_svg
from verify.report.html_parts import command, plural, prose, scrolling, text
from verify.report.words import between, callers, finding_title, mend_words, number


def finding_html(document: Document, finding: FindingRecord, place: int) -> str:
    """A finding as an article; ``place`` counts them from 1 and makes its ids."""
    name = f"finding-{place}"
    error = finding.severity == "error"
    seen = f"in {finding.count:,} case{plural(finding.count)}" if error else ""
    parts = [
        f'<article class="card finding {escape(finding.severity)}" aria-labelledby="{name}">',
        f'<div class="finding-head"><span class="tag">{escape(finding.severity)}</span>'
        f'<h3 id="{name}">{text(finding.law)} {text(finding_title(finding))}</h3>'
        f'<span class="quiet">{seen}</span></div>',
    ]
    shown = _program(document, finding, name)
    said = finding.diagnosis if finding.expected and finding.quantity else finding.message
    numbers = _numbers(finding)
    if error:
        parts += [_formula(finding), numbers, f"<p>{prose(said)}</p>" if said else ""]
    else:
        parts += [f"<p>{prose(finding.message)}</p>", numbers]
        if finding.diagnosis and finding.diagnosis not in finding.message:
            parts.append(f"<p>{prose(finding.diagnosis)}</p>")
    if mend := mend_words(finding):
        parts.append(f'<p class="mend"><b>Likely fix.</b> {prose(mend)}</p>')
    parts += _asides(finding)
    rest = [_law(finding), _again(document, finding)]
    parts += _beside(shown, rest) if error else [_folded("Program and graph", shown), *rest]
    return "\n".join([part for part in parts if part] + ["</article>"])


def _asides(finding: FindingRecord) -> list[str]:
    parts = []
    if also := callers(finding):
        names = ", ".join(f"<code>{text(form)}</code>" for form in also)
        parts.append(f"<p>The same shows in {names}.</p>")
    if finding.flickers:
        parts.append("<p>The same case passes in some runs.</p>")
    return parts


def _formula(finding: FindingRecord) -> str:
    """The program as an expression, and what is asked of it."""
    case = case_of(finding)
    lines = None if case is None else expression(case)
    if case is None or lines is None:
        return ""
    asked = derivative(case.program, finding.quantity)
    point = ", ".join(f"x{index} = {value!r}" for index, value in enumerate(case.point))
    *shared, output = lines
    shown = [escape(line) for line in shared]
    shown.append(f'<span class="d">{asked}</span> {escape(output)}'.strip())
    shown.append(f'<span class="d">at {escape(point)}</span>')
    return f'<p class="formula">{chr(10).join(shown)}</p>'


def _numbers(finding: FindingRecord) -> str:
    if not finding.expected:
        return ""
    rows = [("must lie in", f"<code>{escape(between(finding.expected))}</code>")]
    if finding.actual is not None or finding.quantity:
        got = f'<code class="bad">{escape(number(finding.actual))}</code>'
        rows.append(("the engine gives", got))
    if finding.quantity and finding.digits is not None:
        rows.append(("digits that agree", f"{finding.digits}{_distance(finding)}"))
    body = "".join(f'<tr><th scope="row">{what}</th><td>{said}</td></tr>' for what, said in rows)
    what = f"<code>{text(finding.quantity)}</code>" if finding.quantity else "Expected and got"
    shown = f'<table class="numbers"><caption>{what}</caption><tbody>{body}</tbody></table>'
    return scrolling(shown, f"Expected and got, {finding.law} {finding.fingerprint}")


def _distance(finding: FindingRecord) -> str:
    if finding.ulps is None or finding.ulps == float("inf"):
        return ""
    return f' <span class="quiet">({finding.ulps:.2g} ulp away)</span>'


def _program(document: Document, finding: FindingRecord, name: str) -> list[str]:
    parts = []
    who = f"{finding.law}, {name.replace('-', ' ')}"
    picture = to_svg(finding, name, bool(document.engine.get("keeps_intermediates", True)))
    if picture is not None:
        shown = scrolling(picture, f"Graph of {who}")
        parts.append(f"<div><h4>The program as a graph</h4>{shown}</div>")
    if finding.program:
        shown = command(text(finding.program, 20_000), "the program", f"Program of {who}")
        parts.append(f"<div><h4>The program as text</h4>{shown}</div>")
    return parts


def _beside(shown: list[str], rest: list[str]) -> list[str]:
    """The graph, and beside it, where there is room, all that can be read."""
    graph = shown[:1] if len(shown) > 1 else []
    return ['<div class="look">', *graph, "<div>", *shown[len(graph) :], *rest, "</div></div>"]


def _law(finding: FindingRecord) -> str:
    law = BY_CODE.get(finding.law)
    if law is None:
        return ""
    why = f'<p class="quiet">{prose(law.why)}</p>' if law.why else ""
    return f"<h4>The law</h4><p>{escape(law.statement)}</p>{why}"


def _again(document: Document, finding: FindingRecord) -> str:
    """The replay command, the script, the test, the fingerprint."""
    parts = []
    who = f"{finding.law} {text(finding.fingerprint, 40)}"
    if finding.replay:
        line = f"gradverify replay {finding.replay}"
        said = "To see it again, in this page\u2019s folder"
        parts += [f"<h4>{said}</h4>", command(text(line), "the command", f"Replay {who}")]
    for form, what, use in (
        (script, "Script", "needs the engine alone; run it where gradverify was run"),
        (pytest_file, "Test", "for the engine\u2019s test suite; needs pytest"),
    ):
        source, name = form.render(document, finding), form.name_of(finding)
        if source is not None and name is not None:
            shown = command(text(source, 40_000), f"the {what.lower()}", f"{what} {who}")
            words = f"{what}: {text(name)} ({use})"
            parts.append(f"<details><summary>{words}</summary>{shown}</details>")
    if script.render(document, finding) is None:
        parts.append(f'<p class="quiet">No script: {escape(why_not(document, finding))}.</p>')
    parts.append(f'<p class="quiet">Fingerprint <code>{text(finding.fingerprint, 40)}</code></p>')
    return "\n".join(parts)


def _folded(title: str, parts: list[str]) -> str:
    if not parts:
        return ""
    inside = f'<div class="look">{"".join(parts)}</div>'
    return f"<details><summary>{title}</summary>{inside}</details>"
