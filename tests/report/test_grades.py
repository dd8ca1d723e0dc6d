"""The table of many engines: a row for each, inert whatever their names are."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from report_samples import WHOLE

from verify.report.grades import COLUMNS, Grade, grade_of, sentence, to_csv, to_markdown, to_text
from verify.report.grades_html import to_html

RIGHT = Grade("a.py:Value", "certified", (), 0, 1, 2, 11, 3_860, "a-Value/report.html")
WRONG = Grade("b.py:Value", "wrong", ("exp: overwrite", "mul: sign"), 2, 0, 0, 9, 12, "b/r.html")
NONE = Grade("c.py:Value", "no engine", ("it has no backward",))
HOSTILE = Grade('=1+1|<script>"\x1b[31m*[x](y)', "crashed", ("=cmd()\n<b>|",), report="a b/?.html")
GRADES = [RIGHT, WRONG, NONE, HOSTILE]


class Text(HTMLParser):
    """The words of a page, its links, and whether it has a script of somebody else's."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.scripts = 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.scripts += tag == "script"
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data):
        self.words.append(data)


def test_row_says_what_the_report_says():
    grade = grade_of(WHOLE, "x/report.html")
    severities = [finding.severity for finding in WHOLE.findings]
    assert (grade.engine, grade.verdict) == (WHOLE.target, WHOLE.status)
    assert grade.errors == severities.count("error") == len(grade.wrong) > 0
    assert grade.warnings == severities.count("warning") > 0
    assert grade.notes == severities.count("note")
    assert grade.operations == sum(o.supported for o in WHOLE.operations) > 0
    assert grade.gradients == WHOLE.totals["gradients"] > 0


def test_row_of_a_doubt_says_which():
    grade = grade_of(replace(WHOLE, status="in doubt", findings=(), doubts=("they differ",)), "x")
    assert (grade.verdict, grade.wrong) == ("in doubt", ("they differ",))


def test_sentence_counts_each_verdict():
    assert sentence([RIGHT, RIGHT, NONE]) == "3 engines: 2 certified, 1 no engine."
    assert sentence([RIGHT]) == "1 engine: 1 certified."


def test_text_has_a_line_for_each_engine_and_for_each_error():
    assert to_text([RIGHT, WRONG, NONE]).splitlines() == [
        "engine      verdict    errors  warnings",
        "a.py:Value  certified       0         1",
        "b.py:Value  wrong           2         0",
        "    exp: overwrite",
        "    mul: sign",
        "c.py:Value  no engine       -         -",
        "    it has no backward",
    ]
    assert "\x1b" not in to_text(GRADES)


def test_text_is_wrapped_at_80_columns():
    said = to_text([replace(NONE, wrong=("what is not there " * 15,))])
    assert max(map(len, said.splitlines())) <= 80
    assert said.count("not there") == 15


def test_csv_reads_back_and_calculates_nothing():
    head, *rows = csv.reader(io.StringIO(to_csv(GRADES)))
    assert tuple(head) == COLUMNS
    assert rows[0] == ["a.py:Value", "certified", "0", "1", "2", "11", "3860", "", RIGHT.report]
    assert rows[1][7] == "exp: overwrite; mul: sign"
    assert rows[2][2:7] == [""] * 5
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert rows[3][0].startswith("'=1+1")


def test_markdown_is_one_table_whatever_names_say():
    rendered = MarkdownIt("commonmark").enable("table").render(to_markdown(GRADES))
    page = Text(rendered)
    assert rendered.count("<tr>") == 1 + len(GRADES)
    assert rendered.count("<td") == len(COLUMNS) * len(GRADES)
    assert not page.links
    assert '=1+1|<script>"\\x1b[31m*[x](y)' in "".join(page.words)


def test_html_links_to_each_report_and_is_inert():
    page = Text(to_html(GRADES))
    assert page.links == ["#main", "a-Value/report.html", "b/r.html", "a%20b/%3F.html"]
    assert page.scripts == 1
    words = "".join(page.words)
    assert "1 of 4 engines are certified" in words
    assert '=1+1|<script>"\\x1b[31m*[x](y)' in words
    assert "exp: overwrite; mul: sign" in words
