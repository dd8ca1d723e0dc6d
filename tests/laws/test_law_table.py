"""The table of laws: codes are unique, severities legal, and every edge is what others agree on."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

import pytest

from verify.campaign import QUICK, Plan
from verify.campaign.run import Examined, look_at_laws
from verify.engines import observe, open_engine
from verify.laws import BY_CODE, LAWS, SEVERITIES, selected
from verify.laws.cases import truth
from verify.laws.edge_breach import breach_of
from verify.laws.edge_table import EDGES
from verify.oracles import ball
from verify.program.text import case_text, parse_case


def test_codes_are_unique_and_of_one_form():
    assert len(BY_CODE) == len(LAWS)
    assert all(re.fullmatch(r"[A-Z]{3}\d\d", law.code) for law in LAWS)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.code)
def test_law_has_a_severity_and_a_sentence(law):
    assert law.severity in SEVERITIES
    assert law.title
    assert law.statement.endswith(".")
    assert "\n" not in law.statement


def test_wrong_numbers_are_errors_edges_warnings_and_conventions_notes():
    severity = {law.code: law.severity for law in LAWS}
    assert {c for c in severity if severity[c] == "error"} == {
        "VAL01", "GRA01", "GRA02", "RUN01", "RUN02", "RUN03", "RUN04",
        "LIF02", "LIF04", "LIF05", "LIF08", "LIF11", "LIF12", "SCL04",
        "NET01", "NET02", "NET04", "NET05", "NET06",
    }  # fmt: skip
    edges = {c for c in severity if c.startswith("EDG") and severity[c] == "warning"}
    assert edges == {f"EDG0{i}" for i in range(1, 8)}
    slow = {c for c in severity if c[:3] in {"SCL", "DET"}} - {"SCL04"}
    assert {severity[c] for c in slow} == {"warning"}
    assert severity["LIF06"] == "warning"
    assert {c for c in severity if severity[c] == "note"} == {
        "EDG08", "EDG09", "EDG10", "EDG11", "LIF01", "LIF03", "LIF07", "LIF09", "LIF10",
        "NET09", "NET11", "NET13", "SUP01",
    }  # fmt: skip


def test_laws_of_the_random_part_have_no_check_of_their_own():
    assert {law.code for law in LAWS if law.check is None} == {
        "VAL01", "GRA01", "GRA02", "ACC01", "RUN01", "RUN02", "RUN03", "RUN04"
    }  # fmt: skip


def test_every_edge_belongs_to_a_law_and_every_edge_law_has_one():
    """EDG11 compares points with each other, in a table of its own."""
    assert {edge.code for edge in EDGES} == {c for c in BY_CODE if c.startswith("EDG")} - {"EDG11"}


def test_no_edge_is_there_twice():
    texts = [(edge.code, case_text(parse_case(edge.case))) for edge in EDGES]
    assert len(texts) == len(set(texts))


def test_law_and_convention_about_one_case_do_not_contradict_each_other():
    """A case may be in two laws, one of them a convention, if one answer satisfies both."""
    by_case = defaultdict(list)
    for edge in EDGES:
        by_case[case_text(parse_case(edge.case))].append(edge)
    twice = [edges for edges in by_case.values() if len(edges) > 1]
    assert twice
    for edges in twice:
        severities = [BY_CODE[edge.code].severity for edge in edges]
        assert severities.count("note") >= len(edges) - 1


@pytest.fixture(scope="module", params=["torch", "microgradref:Value"])
def trusted(request):
    return open_engine(request.param)


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge.case.replace("\n", " "))
def test_edge_is_what_trusted_engines_do(trusted, edge):
    """An independent check of the table: PyTorch was not asked when it was written."""
    case = parse_case(edge.case)
    assert case.program.instructions[0].form in trusted.facts.spellings
    breach = breach_of(edge, case, observe(trusted, case))
    if trusted.facts.target == "torch" and edge.code == "EDG09":
        form = case.program.instructions[0].form
        slope = {"relu": 1.0, "abs": 0.0, "max": 1.0, "min": 1.0}.get(form)
        assert (None if breach is None else breach.actual) == slope  # as the law's page says
        return
    assert breach is None, breach


EXAMINED = [law for law in LAWS if law.subject == "engine"]


@pytest.mark.parametrize("law", EXAMINED, ids=lambda law: law.code)
def test_trusted_engines_break_no_law(trusted, law):
    """And every law can be examined on them: a law that compares nothing would pass any engine."""
    book = law.examine(trusted)
    if law.code == "EDG09" and trusted.facts.target == "torch":
        assert {breach.operation for breach in book.breaches} == {"relu", "abs", "max", "min"}
        return  # slopes of nan are a convention, and PyTorch has another
    assert book.breaches == []
    if law.code == "LIF09" and trusted.facts.zero_grad is None:
        assert book.skipped  # a tensor has no zero_grad of its own
        return
    assert book.compared > 0
    assert book.skipped == ""


def test_micrograd_breaks_these_laws_and_no_others():
    """PyPI's: the gradients are right, the rest is convention and edges."""
    pytest.importorskip("micrograd")
    engine = open_engine("micrograd.engine:Value")
    books = {law.code: law.examine(engine) for law in EXAMINED}
    assert {code: book.breaches[0].fault for code, book in books.items() if book.breaches} == {
        "EDG01": "overflow",
        "EDG03": "pow-at-zero",
        "EDG04": "silent-complex",
        "EDG09": None,
        "EDG10": None,
        "LIF01": "interior-kept",
        "LIF03": "interior-kept",
        "LIF07": "mixed-points",
        "SCL01": "recursion",
        "DET01": "unordered",
        "SUP01": "missing-operation",
    }
    assert {code for code, book in books.items() if book.skipped} == {"DET02", "LIF09"}
    assert not any(book.empty for book in books.values())


def test_laws_say_why_in_a_paragraph():
    assert all(len(law.why) > 80 and law.why.endswith(".") for law in LAWS)
    assert len({law.why for law in LAWS}) == len(LAWS)


def test_every_law_with_a_check_says_how_it_is_checked_and_has_an_example():
    for law in EXAMINED:
        assert (law.check.__doc__ or "").strip().endswith(".")
        assert law.example


def test_law_that_compares_nothing_is_told_from_one_that_passes():
    nothing = replace(EXAMINED[0], check=lambda engine, book: None)
    assert nothing.examine(None).empty
    held = replace(EXAMINED[0], check=lambda engine, book: book.enter(None))
    skipped = replace(EXAMINED[0], check=lambda engine, book: book.skip("there is no add"))
    assert not held.examine(None).empty
    assert not skipped.examine(None).empty


def test_law_that_compares_nothing_is_written_down_as_such(trusted):
    nothing = replace(EXAMINED[0], check=lambda engine, book: None)
    examined = Examined()
    look_at_laws(trusted, Plan(QUICK, laws=(nothing,)), examined)
    assert [(law.code, law.compared) for law in examined.laws] == [(nothing.code, 0)]


def test_laws_of_networks_are_not_asked_of_engines(trusted):
    network = replace(EXAMINED[0], subject="network", check=lambda net, book: net.layers)
    examined = Examined()
    look_at_laws(trusted, Plan(QUICK, laws=(network,)), examined)
    assert examined == Examined()


def codes(select=None, ignore=None):
    return {law.code for law in selected(LAWS, select, ignore)}


def test_all_laws_are_selected_if_nothing_is_said():
    assert codes() == set(BY_CODE)


def test_selection_goes_by_prefix_in_any_case_and_ignoring_wins():
    assert codes("EDG03") == {"EDG03"}
    assert codes("edg03, scl") == {"EDG03", "SCL01", "SCL02", "SCL03", "SCL04"}
    left = {f"LIF{i:02}" for i in (2, 3, 4, 5, 6, 8, 9, 10, 11, 12)}
    assert codes("LIF", "LIF01,LIF07") == left
    assert codes(None, "L") == {code for code in BY_CODE if not code.startswith("LIF")}
    assert codes("LIF01", "LIF01") == set()


def test_selection_keeps_the_order_of_the_table():
    chosen = [law.code for law in selected(LAWS, "SUP,EDG", None)]
    assert chosen == [law.code for law in LAWS if law.code[:3] in {"SUP", "EDG"}]


@pytest.mark.parametrize("option", ["select", "ignore"])
@pytest.mark.parametrize(
    ("text", "words"),
    [("EDG99", "begins with 'EDG99'; the families are ACC DET EDG GRA LIF"),
     ("EDG01,typo", "begins with 'TYPO'"), ("", "no law is named"), (" , ", "no law is named")],
)  # fmt: skip
def test_selection_that_fits_no_law_is_refused(option, text, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        selected(LAWS, **{"select": None, "ignore": None, option: text})


def test_bug_of_a_law_is_no_breach_of_the_engine():
    """What our own code raises must not be blamed on the engine; what the engine raises must."""
    clumsy = replace(EXAMINED[0], check=lambda engine, book: selected(LAWS, "XYZ", None))
    with pytest.raises(ValueError, match="XYZ"):
        clumsy.examine(None)
    asked = replace(EXAMINED[0], check=lambda engine, book: engine.backward(None))
    (breach,) = asked.examine(open_engine("microgradref:Value")).breaches
    assert breach.message.startswith("could not be examined: AttributeError")


def test_bug_under_an_oracle_is_no_breach_of_the_engine(monkeypatch):
    """A library that an oracle is built on raised, and not the engine that its law asks."""

    def broken(_):
        raise ArithmeticError("a bug of a library")

    case = parse_case("x0 = 2.0\n%1 = exp(x0)\n")
    law = replace(EXAMINED[0], check=lambda engine, book: truth(case, engine))
    engine = open_engine("microgradref:Value")
    monkeypatch.setattr(ball, "arb", broken)
    with pytest.raises(ArithmeticError, match="a bug of a library"):
        law.examine(engine)
