"""The terminal: nothing an engine says is a command to it, and narrow ones are enough."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from report_samples import SAMPLES, WHOLE, documents, hostile
from rich.console import Console

from verify.report.terminal import render, show

pytestmark = pytest.mark.once

COMMAND = re.compile(r"Report: | +(again:   )?gradverify replay | +(script|test): ")
SGR = re.compile(r"\x1b\[[0-9;]*m")


def shown(document, width: int, **options) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=width, highlight=False, emoji=False, **options)
    show(document, console, "reports/engine")
    return stream.getvalue()


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize("name", SAMPLES)
def test_every_line_but_commands_fits(name, width):
    for line in shown(SAMPLES[name], width).splitlines():
        assert len(line) <= width or COMMAND.match(line), line


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_but_text_reaches_the_terminal(name):
    assert all(c.isprintable() or c == "\n" for c in shown(SAMPLES[name], 80))
    colour = shown(SAMPLES[name], 80, force_terminal=True, color_system="truecolor")
    assert "\x1b[" in colour
    assert all(c.isprintable() or c == "\n" for c in SGR.sub("", colour))


@given(documents())
@settings(max_examples=60)
def test_nothing_but_text_of_any_report_reaches_the_terminal(document):
    text = render(document)
    assert all(c.isprintable() or c == "\n" for c in text)
    assert all(len(line) <= 80 or COMMAND.match(line) for line in text.splitlines())


def test_escape_of_an_engine_is_spelt_out():
    """Its colour, its cursor movements, the title of the window, a link, the bell."""
    text = shown(hostile("a\x1b[2Jb\x1b]0;title\x07c\x1b]8;;http://x\x1b\\d\x9b1me\rf\bg"), 80)
    plain = "".join(text.split())
    assert "a\\x1b[2Jb\\x1b]0;title\\x07c\\x1b]8;;http://x\\x1b\\d\\x9b1mef\\x08g" in plain


def test_markup_of_rich_is_text():
    text = shown(hostile("[red]x[/red] [/] [link=http://a]b[/link]"), 80)
    assert "[red]x[/red]" in text
    assert "[link=http://a]" in "".join(text.split())


@pytest.mark.parametrize("width", [60, 75, 76, 80])
def test_table_keeps_all_its_numbers(width):
    lines = shown(WHOLE, width).splitlines()
    (head,) = [line.split() for line in lines if line.strip().startswith("operation ")]
    (row,) = [line.split() for line in lines if line.strip().startswith("mul ")]
    assert head[-4:] == ["checked", "agreed", "wrong", "undecided"]
    assert row[-4:] == ["20", "8", "12", "0"]
    situations = ["shared", "nested", "held", "both"] if width >= 76 else ["covered"]
    assert head[1:-4] == situations
    assert len(row) == len(head)
    if width < 76:
        assert row[1] == "NO"  # ties are lacking


@pytest.mark.parametrize("width", [76, 80, 83, 84, 100])
def test_table_keeps_all_its_numbers_with_lost_digits_too(width):
    (first, *others) = WHOLE.operations
    most = replace(first, name="imul_number", checked=123456, agreed=123456, inaccurate=6)
    lines = shown(replace(WHOLE, operations=(most, *others)), width).splitlines()
    (head,) = [line for line in lines if line.strip().startswith("operation ")]
    (row,) = [line.split() for line in lines if line.strip().startswith("imul_number ")]
    assert head.split()[-5:] == ["checked", "agreed", "wrong", "lossy", "undecided"]
    assert len(row) == len(head.split()) == 10
    assert row[5:7] == ["123456", "123456"]
    assert not [line for line in lines if "…" in line]
    assert ("shared  nested" in head) == (width >= 84)


def test_errors_come_first_and_the_verdict_last():
    lines = shown(WHOLE, 80).splitlines()
    kinds = [line.split()[0] for line in lines if re.match(r"  (error|warning|note) ", line)]
    assert kinds == ["error", "warning", "note"]
    assert lines[-2].startswith("WRONG  ")


def test_number_is_shown_with_its_enclosure_and_digits():
    text = " ".join(shown(WHOLE, 80).split())
    assert "d %4 / d x0 = 13.0, but must lie in [25.0, 25.0] (0 digits agree)" in text


def test_stored_report_shows_no_file_that_may_not_be_there():
    assert "reports/" not in render(WHOLE)
    assert "gradverify replay" not in render(WHOLE)
