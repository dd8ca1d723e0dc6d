"""The table of laws: codes are unique, severities legal, and every edge is what others agree on."""

from __future__ import annotations

import re

import pytest

from verify.engines import observe, open_engine
from verify.laws import BY_CODE, LAWS, SEVERITIES
from verify.laws.edges import EDGES, breach_of
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
    assert {severity[c] for c in ("VAL01", "GRA01", "GRA02", "RUN01", "LIF02")} == {"error"}
    assert {severity[c] for c in severity if c.startswith("EDG")} == {"warning"}
    assert {severity[c] for c in ("SCL01", "DET01")} == {"warning"}
    assert {severity[c] for c in ("LIF01", "SUP01")} == {"note"}


def test_laws_of_the_random_part_have_no_check_of_their_own():
    assert {law.code for law in LAWS if law.check is None} == {"VAL01", "GRA01", "GRA02", "RUN01"}


def test_every_edge_belongs_to_a_law_and_every_edge_law_has_one():
    assert {edge.code for edge in EDGES} == {c for c in BY_CODE if c.startswith("EDG")}


def test_no_edge_is_there_twice():
    texts = [case_text(parse_case(edge.case)) for edge in EDGES]
    assert len(texts) == len(set(texts))


@pytest.fixture(scope="module", params=["torch", "microgradref:Value"])
def trusted(request):
    return open_engine(request.param)


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge.case.replace("\n", " "))
def test_edge_is_what_trusted_engines_do(trusted, edge):
    """An independent check of the table: PyTorch was not asked when it was written."""
    case = parse_case(edge.case)
    assert case.program.instructions[0].form in trusted.facts.spellings
    breach = breach_of(edge, case, observe(trusted, case))
    assert breach is None, breach


def test_trusted_engines_break_no_law(trusted):
    for law in LAWS:
        if law.subject == "engine":
            breaches = law.examine(trusted).breaches
            assert breaches == [], (law.code, breaches)
