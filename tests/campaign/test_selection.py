"""Which laws a run looks at, and where it stops."""

from __future__ import annotations

import pytest
from faulty_engines import SOURCE, overwriting

from verify.campaign import QUICK, Plan, run
from verify.engines import open_engine
from verify.laws import BY_CODE, LAWS, Book, Law, selected

pytestmark = pytest.mark.once


def of(engine_file, oracles, source=SOURCE, **plan):
    return run(open_engine(engine_file(source)), oracles, Plan(QUICK, **plan))


def test_laws_that_are_not_selected_find_nothing(engine_file, oracles):
    laws = selected(LAWS, "SCL,EDG", "EDG03")
    document = of(engine_file, oracles, overwriting("mul"), laws=laws)
    assert {law.code[:3] for law in document.laws} == {"SCL", "EDG"}
    assert "EDG03" not in {law.code for law in document.laws}
    assert all(f.law[:3] in {"SCL", "EDG"} for f in document.findings)
    assert document.totals["cases"] == 0
    assert "Random cases were not selected." in document.sentence


def test_ignored_law_of_random_cases_is_not_reported(engine_file, oracles):
    laws = selected(LAWS, None, "GRA")
    document = of(engine_file, oracles, overwriting("mul"), laws=laws)
    assert not any(f.law.startswith("GRA") for f in document.findings)


def test_run_stops_at_the_first_finding_that_is_enough(engine_file, oracles):
    document = of(engine_file, oracles, overwriting("mul"), until="error")
    assert document.status == "wrong"
    assert document.partial
    assert [f.fault for f in document.findings if f.severity == "error"] == ["overwrite"]
    assert document.totals["programs"] < 40


def test_a_note_does_not_stop_a_run_that_waits_for_an_error(engine_file, oracles):
    document = of(engine_file, oracles, until="error")
    assert document.status == "certified"
    assert not document.partial
    assert {f.severity for f in document.findings} == {"warning", "note"}


def test_run_that_stops_at_a_note_certifies_nothing(engine_file, oracles):
    document = of(engine_file, oracles, until="note")
    assert document.status == "stopped"
    assert document.partial


def test_law_that_compares_nothing_puts_the_run_in_doubt(engine_file, oracles):
    def idle(_engine: object, _book: Book) -> None:
        return

    laws = (*selected(LAWS, "GRA", None), Law("LIF99", "error", "idle", "Nothing.", check=idle))
    document = of(engine_file, oracles, laws=laws)
    assert document.status == "in doubt"
    assert document.sentence.startswith("LIF99 compared nothing")


def test_law_that_cannot_be_examined_says_why_and_is_no_doubt(engine_file, oracles):
    def absent(_engine: object, book: Book) -> None:
        book.skip("the engine has no wings")

    laws = (*selected(LAWS, "GRA", None), Law("LIF99", "error", "absent", "None.", check=absent))
    document = of(engine_file, oracles, laws=laws)
    assert document.status == "certified"
    assert [law.why for law in document.laws if law.code == "LIF99"] == ["the engine has no wings"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--select", "XYZ"), "no law's code begins with 'XYZ'"),
        (("--ignore", ""), "no law is named"),
        (("--select", "GRA", "--ignore", "GRA"), "no law is left"),
        (("--select", "NET"), "name one with --network"),
    ],
)
def test_selection_of_nothing_is_exit_code_2(gradverify, engine_file, arguments, sentence):
    done = gradverify("run", engine_file(), *arguments)
    assert done.code == 2
    assert sentence in done.refusal


def test_first_finding_at_the_command_line(gradverify, engine_file):
    done = gradverify("run", engine_file(overwriting("exp")), "-x", "--quick", "--ops", "exp,add")
    assert done.code == 1
    assert "stopped at the first" in " ".join(done.out.split())


def test_codes_are_known():
    assert BY_CODE["ACC01"].severity == "warning"
