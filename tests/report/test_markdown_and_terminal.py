"""What a person reads: everything found is there, nothing breaks out, and it fits the terminal."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from faulty_engines import SOURCE, overwriting, replaced
from html_samples import NOTE
from rich.console import Console

from verify.campaign import Budget, Plan, run
from verify.engines import open_engine
from verify.faults import FAULTS
from verify.report import FORMATS, Document
from verify.report.terminal import BANNERS, of_finding, show

pytestmark = pytest.mark.once

SMALL = Budget(programs=1, points=4, minimum=0, rounds=0)
HOSTILE = "| <img src=x onerror=alert(1)> `code` *bold* [a](http://b) # h \\n :smile: \\x1b[31m ]]>"


@pytest.fixture(scope="module")
def documents(tmp_path_factory, oracles) -> dict[str, Document]:
    sources = {
        "right": SOURCE,
        "wrong": replaced(overwriting("mul"), ("math.tanh(self.data)", "math.sin(self.data)")),
        "hostile": SOURCE + f"\n    def sin(self):\n        raise ValueError({HOSTILE!r})\n",
    }
    sources["hostile"] = sources["hostile"].replace("\\\\n", "\\n").replace("\\\\x1b", "\\x1b")
    made = {}
    for name, source in sources.items():
        path = tmp_path_factory.mktemp("engines") / f"{name}.py"
        path.write_text(source)
        document = run(open_engine(f"{path}:Value"), oracles, Plan(SMALL))
        made[name] = replace(document, target=f"{name}.py:Value")
    return made


def markdown(document: Document) -> str:
    return FORMATS["markdown"][1](document)


def terminal(document: Document, width: int = 80, **options) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=width, highlight=False, emoji=False, **options)
    show(document, console, "reports/engine")
    return stream.getvalue()


@pytest.mark.parametrize("name", ["right", "wrong", "hostile"])
def test_every_finding_is_in_every_format(documents, name):
    document = documents[name]
    assert document.findings
    for text in (markdown(document), terminal(document)):
        for finding in document.findings:
            assert finding.law in text
            if finding.replay:
                assert finding.replay in text
        assert text.count("gradverify replay") == sum(bool(f.replay) for f in document.findings)


def test_markdown_shows_the_case_the_number_and_the_enclosure(documents):
    text = markdown(documents["wrong"])
    (finding,) = [f for f in documents["wrong"].findings if f.fault == "overwrite"]
    assert finding.program in text
    assert repr(float.fromhex(finding.actual)) in text
    assert repr(float.fromhex(finding.expected["low"])) in text
    assert "mul: shared-node overwrite" in text


def inert(text: str) -> str:
    """Markdown without its code, and without what is escaped."""
    text = re.sub(r"```text\n.*?\n```", "", text, flags=re.DOTALL)
    text = re.sub(r"^<details><summary>\d+ (operations|laws)</summary>$|^</details>$", "", text,
                  flags=re.MULTILINE)  # fmt: skip
    text = re.sub(r"\\.", "", text)
    return re.sub(r"`[^`\n]*`", "", text)


def test_markdown_of_hostile_words_is_inert(documents):
    text = markdown(documents["hostile"])
    assert "onerror" in text
    left = inert(text)
    assert not set("<>`[]*") & set(left)
    assert "\x1b" not in text
    for line in left.splitlines():
        if "|" in line:
            assert line.startswith("|")
            assert line.count("|") == 6


@pytest.mark.parametrize("words", ["a|b", "a\nb", "a\n\n# b", "<b>", "`x`", "*x*", "a\r\n- b"])
def test_markdown_of_a_hostile_target_is_one_heading(documents, words):
    document = replace(documents["right"], target=words, sentence=words)
    lines = markdown(document).splitlines()
    assert lines[0].startswith("# ")
    assert lines[0].endswith(": certified")
    assert lines[1] == ""
    assert lines[3] == ""
    assert not set("<>*`") & set(inert(lines[0] + lines[2]))


def test_markdown_says_when_nothing_was_found(documents):
    assert "No findings." in markdown(replace(documents["right"], findings=()))


def test_markdown_lists_every_operation(documents):
    text = markdown(documents["right"]).replace("\\_", "_")
    for operation in documents["right"].operations:
        assert f"| {operation.name} |" in text or f" {operation.name}" in text


@pytest.mark.parametrize("name", ["right", "wrong", "hostile"])
def test_terminal_fits_80_columns_but_for_commands(documents, name):
    for line in terminal(documents[name]).splitlines():
        command = re.match(r"Report:| +((again:   )?gradverify replay|script:|test:) ", line)
        assert len(line) <= 80 or command, line


@pytest.mark.parametrize("name", ["right", "wrong", "hostile"])
def test_terminal_without_colour_has_no_control_codes(documents, name):
    text = terminal(documents[name])
    assert all(c.isprintable() or c == "\n" for c in text)


def test_terminal_in_colour_says_the_same(documents):
    plain = terminal(documents["wrong"])
    colour = terminal(documents["wrong"], force_terminal=True, color_system="standard")
    assert "\x1b[" in colour
    assert re.sub(r"\x1b\[[0-9;]*m", "", colour) == plain


def test_terminal_shows_hostile_words_as_they_are(documents):
    text = " ".join(terminal(documents["hostile"]).split())
    assert "[a](http://b)" in text
    assert ":smile:" in text
    assert "\\x1b[31m" in text


def test_terminal_names_script_and_test_of_errors_only(documents):
    text = terminal(documents["wrong"])
    errors = [f for f in documents["wrong"].findings if f.severity == "error"]
    assert errors
    assert text.count("script:  reports/engine/") == text.count("test:    ") == len(errors)
    assert "script:  reports/engine/GRA01-1.py" in text
    assert "test:    reports/engine/test_GRA01_1.py" in text


def test_terminal_says_how_to_mend_whatever_has_a_name(documents):
    findings = tuple(
        replace(NOTE, law=law, severity=severity, fault=fault.code, operation="exp")
        for fault in FAULTS
        for law, severity in (("LIF01", "note"), ("EDG01", "warning"), ("GRA01", "error"))
    )
    text = " ".join(terminal(replace(documents["right"], findings=findings)).split())
    for fault in FAULTS:
        mend = " ".join(fault.mended("exp").split())
        assert text.count(mend) >= 3, fault.code


@pytest.mark.parametrize("status", BANNERS)
def test_terminal_ends_with_the_verdict(documents, status):
    document = replace(documents["right"], status=status, sentence="So it is.")
    last, report = terminal(document).splitlines()[-2:]
    assert last == f"{BANNERS[status][0]}  So it is."
    assert report == "Report: reports/engine/report.html"


def test_terminal_names_the_operation_fault_and_enclosure(documents):
    text = " ".join(terminal(documents["wrong"]).split())
    assert "mul: shared-node overwrite" in text
    assert "but must lie in [" in text
    assert "The same shows in mul_number, rmul" in text
    assert "should be `.grad += ...`" in text


def test_terminal_marks_what_was_not_examined(documents):
    operations = tuple(
        replace(o, lacking={"0": ["nested"]}) if o.name == "add" else o
        for o in documents["right"].operations
    )
    text = terminal(replace(documents["right"], operations=operations))
    (row,) = [line for line in text.splitlines() if line.startswith(" add ")]
    assert "NO" in row.split()


def test_terminal_says_the_doubts(documents):
    text = terminal(replace(documents["right"], doubts=("ball and torch disagree about x0",)))
    assert "IN DOUBT  ball and torch disagree about x0." in text


def test_terminal_says_why_cases_are_undecided(documents):
    text = terminal(replace(documents["right"], undecided={"kink": 1234}))
    assert "1,234 kink" in text
    assert "subdifferential" in text


@pytest.mark.parametrize("diagnosis", ["backward raises ValueError: no.", "", "It is in exp."])
def test_exception_is_told_once(diagnosis):
    said = "backward raises ValueError: no."
    shown = of_finding(replace(NOTE, severity="error", message=said, diagnosis=diagnosis))
    assert shown.count(said) == 1
    assert diagnosis in shown
