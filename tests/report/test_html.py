"""The page: everything found is on it, for every reader, and no words break out of it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from html_samples import DOCUMENT, HOSTILE, NOTE, WRONG, saying

from verify.faults import BY_CODE as FAULTS
from verify.laws import BY_CODE
from verify.report import FORMATS
from verify.report.html_style import SCRIPT, policy
from verify.report.kill_matrix import KillMatrix, KillRecord
from verify.report.kill_matrix_html import to_html
from verify.report.words import visible

pytestmark = pytest.mark.once

VOID = {"meta", "br", "rect", "path", "img", "hr"}


class Reader(HTMLParser):
    """Every element with its attributes, all words outside style and script, and what is open."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag
        if tag not in {"bdi", "b", "code"}:
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"style", "script"}:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def tags(self) -> list[str]:
        return [tag for tag, _ in self.elements]

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def render(document=DOCUMENT) -> str:
    return FORMATS["html"][1](document)


@pytest.fixture(scope="module")
def page() -> Reader:
    return Reader(render())


def test_page_is_closed_and_ids_are_its_own(page):
    assert page.open == []
    ids = Counter(a["id"] for _, a in page.elements if a.get("id"))
    assert set(ids.values()) == {1}
    naming = ("aria-labelledby", "aria-describedby")
    used = [a[k] for _, a in page.elements for k in naming if k in a]
    assert used
    assert set(used) <= set(ids)
    assert {a["href"].removeprefix("#") for a in page.all("a")} <= set(ids)


def test_verdict_comes_first_and_says_what_was_compared(page):
    start = page.text.index("Wrong lib/engine.py:Value")
    places = ["1 error in 20 cases.", "gradients compared 90", "GRA01 mul: shared-node"]
    assert [start, *map(page.text.index, places)] == sorted([start, *map(page.text.index, places)])


def test_doubts_come_before_findings():
    text = Reader(render()).text
    assert text.index("torch and sympy disagree about %4") < text.index("The program as a graph")
    assert "torch and sympy" not in Reader(render(replace(DOCUMENT, doubts=()))).text


def test_finding_says_what_where_why_and_how_to_mend_and_see_it_again(page):
    for words in (
        "d/dx0 of %2 * %2 + x0", "let %2 = x0 * x1", "at x0 = 3.0, x1 = 2.0",
        "must lie in [25.0, 25.0]", "the engine gives 13.0", "digits that agree 0",
        "The first wrong gradient is that of x0.", "Likely fix. Look for .grad = ....",
        "The same shows in imul.", "The same case passes in some runs.",
        BY_CODE["GRA01"].statement, BY_CODE["GRA01"].why[:60], "gradverify replay GRA01-1.json",
        "Script: GRA01-1.py", "Test: test_GRA01_1.py", "Fingerprint 0123456789ab",
        "in 12 cases", "No script: what is not there cannot be run.",
    ):  # fmt: skip
        assert words in page.text, words


def test_coverage_says_ok_low_and_not_met(page):
    row = page.text[page.text.index("negative tie") :]
    assert "mul 0 \u2713 20 \u2713 4" in row
    assert "\u2717 low 0" in row


def test_laws_undecided_oracles_and_environment_are_there(page):
    for words in ("\u2717 broken", "not examined", "the engine has none", "1 kink (the point is at",
                  "PyTorch 20 cases", "cut at shared values 1", "python 3.11"):  # fmt: skip
        assert words in page.text, words


def test_fix_of_a_warning_is_that_of_its_fault(page):
    assert f"Likely fix. {FAULTS['overflow'].mend}" in page.text


def test_law_nobody_knows_gives_its_code_alone():
    odd = replace(WRONG, law="XYZ99", fault=None)
    text = Reader(render(replace(DOCUMENT, findings=(odd,), laws=()))).text
    assert "XYZ99 mul: wrong gradient" in text
    assert "The law" not in text


def test_headings_are_in_order_and_every_table_is_named(page):
    levels = [int(tag[1]) for tag in page.tags() if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert page.tags().count("table") == page.tags().count("caption") > 3
    assert all(head.get("scope") in {"col", "row"} for head in page.all("th"))


def test_landmarks_and_keyboard(page):
    assert [tag for tag in page.tags() if tag in {"header", "main", "footer"}] == [
        "header", "main", "footer",
    ]  # fmt: skip
    assert page.all("html")[0]["lang"] == "en"
    first = page.all("a")[0]
    assert (first["class"], first["href"]) == ("skip", "#main")
    regions = [a for _, a in page.elements if a.get("role") == "region"]
    assert all(region["tabindex"] == "0" and region["aria-label"] for region in regions)
    assert len({region["aria-label"] for region in regions}) == len(regions)


def test_page_loads_nothing_and_runs_one_known_script(page):
    assert page.tags().count("script") == 1
    assert not {"src", "srcset", "action", "ping"} & {k for _, a in page.elements for k in a}
    assert not [k for _, a in page.elements for k in a if k.startswith("on")]
    assert all((a.get("href") or "#").startswith("#") for _, a in page.elements)
    (given,) = [a for a in page.all("meta") if "http-equiv" in a]
    assert given["content"] == policy()
    assert "default-src 'none'" in policy()
    assert f"<script>{SCRIPT}</script>" in render()


def test_page_has_the_same_bytes_each_time():
    assert render() == render()


def test_hostile_words_make_no_element_and_no_control_character():
    calm, hostile = saying("calm"), saying(HOSTILE)
    shown = render(hostile)
    assert Reader(shown).tags() == Reader(render(calm)).tags()
    assert all(c.isprintable() or c == "\n" for c in shown)
    shown.encode("utf-8")
    text = Reader(shown).text
    assert "\\x1b[31mred" in text
    assert "\\u202egnirts" in text
    assert "<script>alert(1)</script>" in text
    assert "more characters)" in text
    assert text.count("long" * 2000) == 2  # the two programs, which may be long


def test_svg_of_every_finding_is_well_formed():
    for svg in re.findall(r"<svg.*?</svg>", render(saying(HOSTILE)), re.DOTALL):
        ET.fromstring(svg)  # noqa: S314


@pytest.mark.parametrize("status", ["certified", "wrong", "in doubt", "interrupted", "stopped"])
def test_every_status_is_a_word_and_a_tone(status):
    shown = render(replace(DOCUMENT, status=status, findings=(), partial=True))
    text = Reader(shown).text
    assert f"{status.capitalize()} lib/engine.py" in text
    assert "No findings." in text
    assert "This report is partial" in text


def test_run_without_cases_shows_no_empty_table():
    totals = dict.fromkeys(DOCUMENT.totals, 0)
    empty = replace(DOCUMENT, totals=totals, findings=(NOTE,), laws=(), undecided={}, doubts=())
    shown = Reader(render(empty))
    assert shown.tags().count("table") == 0
    assert shown.open == []


def test_kill_matrix_page_names_faults_and_survivors():
    kill = KillRecord("overwrite-mul", "overwrite", 0, "GRA01", ("overwrite",), True, (), 1, 0.2)
    alive = replace(kill, plant="overwrite-exp", law=None, named=(), own=False)
    matrix = KillMatrix((kill, alive), {"overwrite-mul": ("GRA01",)},
                        dict.fromkeys(("overwrite-mul", "overwrite-exp"), "overwrite"),
                        ("GRA01",))  # fmt: skip
    shown = Reader(to_html(matrix))
    assert shown.open == []
    assert "1 of 2 hunts killed" in shown.text
    assert "overwrite-exp, seed 0: nothing found" in shown.text


@pytest.mark.parametrize(
    ("words", "shown"),
    [("plain \u00e9 \u05d0", "plain \u00e9 \u05d0"), ("a\x1b[0m", "a\\x1b[0m"),
     ("\u202eab", "\\u202eab"), ("\ud83d", "\\ud83d"), ("a\tb\r\n", "a\\tb\\r\n"),
     ("12345678", "12345\u2026 (3 more characters)")],
)  # fmt: skip
def test_visible_words_are_harmless(words, shown):
    assert visible(words, 5 if words.isdigit() else 100) == shown
