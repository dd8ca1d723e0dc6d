"""Markdown as a reader of CommonMark with tables sees it: tables are tables, words are words."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from report_samples import SAMPLES, WHOLE, documents, hostile

from verify.report import markdown
from verify.report.markdown import CUT, LARGEST, LONG_TABLE, render

pytestmark = pytest.mark.once

FOLDS = re.compile(r"^(<details><summary>\d+ (operations|laws)</summary>|</details>)$")


def tokens(text: str) -> list:
    """Every token, those inside lines too."""
    found = []
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        found += [token, *(token.children or ())]
    return found


def check_inert(document) -> None:
    """No markup but ours: no link, image or emphasis, and no HTML but the folds."""
    found = tokens(render(document))
    kinds = {token.type for token in found}
    assert not kinds & {
        "link_open", "image", "em_open", "strong_open", "s_open", "html_inline", "hr",
        "blockquote_open", "code_block", "ordered_list_open", "softbreak", "hardbreak",
    }  # fmt: skip
    for token in found:
        if token.type == "html_block":
            assert all(FOLDS.match(line) for line in token.content.splitlines() if line), token
        if token.type == "fence":
            assert token.info == "text"
        if token.type == "heading_open":
            assert token.markup in {"#", "##", "###"}
    assert all(c.isprintable() or c == "\n" for c in render(document))


def tables(text: str) -> list[list[list[str]]]:
    """Each table as rows of cells."""
    made: list[list[list[str]]] = []
    inside = False
    for token in tokens(text):
        if token.type == "table_open":
            made.append([])
        elif token.type == "tr_open":
            made[-1].append([])
        elif token.type in {"th_open", "td_open"}:
            inside = True
        elif token.type == "inline" and inside:
            made[-1][-1].append("".join(child.content for child in token.children))
            inside = False
    return made


@pytest.mark.parametrize("name", SAMPLES)
def test_words_of_an_engine_are_inert(name):
    check_inert(SAMPLES[name])


@given(documents())
@settings(max_examples=100)
def test_words_of_any_report_are_inert(document):
    check_inert(document)


@pytest.mark.parametrize(
    "words",
    ["- a", "+ a", "1. a", "12) a", "===", "---", "> a", "    a", "~~~", "```", "# a", "<b>x</b>",
     "&lt;b&gt;", "[a](b)", "![a](b)", "*a*", "a | b", "\\", "a\\", "$x$", "`a", "a``b`"],
)  # fmt: skip
def test_words_are_shown_as_they_are(words):
    """As the title of a finding, its message, its diagnosis and a cell."""
    check_inert(hostile(words))
    law = replace(WHOLE.laws[0], title=words)
    finding = replace(WHOLE.findings[1], message=words)
    found = tokens(render(replace(WHOLE, laws=(law,), findings=(finding,), doubts=())))
    said = ["".join(c.content for c in token.children) for token in found if token.children]
    assert said.count(" ".join(words.split())) == 2


@pytest.mark.parametrize("name", ["whole", "hostile"])
def test_tables_are_tables(name):
    document = SAMPLES[name]
    first, second = tables(render(document))
    supported = [o for o in document.operations if o.supported]
    assert [row[1:] for row in first] == [
        ["checked", "agreed", "mismatched", "undecided"],
        *(list(map(str, (o.checked, o.agreed, o.mismatched, o.undecided))) for o in supported),
    ]
    assert [row[0] for row in second] == ["law", *(law.code for law in document.laws)]
    assert all(len(row) == 5 for row in second)


def test_long_table_is_folded_and_still_a_table():
    operations = tuple(replace(WHOLE.operations[0], name=f"op_{i}") for i in range(LONG_TABLE + 1))
    text = render(replace(WHOLE, operations=operations))
    assert f"<details><summary>{LONG_TABLE + 1} operations</summary>\n\n|" in text
    assert [row[0] for row in tables(text)[0]][1:] == [o.name for o in operations]
    assert "<details>" not in render(replace(WHOLE, operations=operations[1:]))


def test_program_is_shown_as_it_is_whatever_it_holds():
    program = "x0 = 1.0\n````\n<script>\n```"
    finding = replace(WHOLE.findings[0], program=program)
    fences = [t for t in tokens(render(replace(WHOLE, findings=(finding,)))) if t.type == "fence"]
    assert [fence.content for fence in fences] == [f"{program}\n"]


def test_code_between_backquotes_is_code():
    found = tokens(render(WHOLE))
    assert ".grad = ..." in [token.content for token in found if token.type == "code_inline"]


def test_report_fits_a_summary_and_says_that_it_was_cut():
    findings = tuple(replace(WHOLE.findings[0], message="long " * 400) for _ in range(3_000))
    text = render(replace(WHOLE, findings=findings))
    assert 900_000 < len(text.encode()) <= LARGEST < 2**20
    assert text.endswith(f"{CUT}\n")
    assert CUT not in render(WHOLE)


def test_cut_report_is_whole_up_to_the_cut(monkeypatch):
    monkeypatch.setattr(markdown, "LARGEST", 1_000)
    text = render(WHOLE)
    assert len(text.encode()) <= 1_000
    assert text.endswith(f"{CUT}\n")
    assert text.count("```") % 2 == 0


def test_verdict_comes_first():
    first = next(token for token in tokens(render(WHOLE)) if token.type == "inline")
    assert first.content == "lib/engine.py:Value: wrong"
