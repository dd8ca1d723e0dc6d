"""A run: repeatable, its numbers add up, and every operand position reaches its minimum."""

from __future__ import annotations

from dataclasses import replace

import pytest
from faulty_engines import DUPLICATE_APPEND, SOURCE, overwriting, replaced

from verify.campaign import DEFAULT, QUICK, Budget, Plan, run
from verify.campaign.coverage import SITUATIONS, Coverage
from verify.campaign.explore import Explorer, derived_seed
from verify.engines import open_engine
from verify.laws import SEVERITIES
from verify.program import FORMS
from verify.report import FORMATS, Document
from verify.report.document import STATUSES

pytestmark = pytest.mark.once
SMALL = Budget(programs=1, points=4, minimum=0, rounds=0)


@pytest.fixture(scope="module")
def reference(oracles) -> Document:
    return run(open_engine("microgradref:Value"), oracles, Plan(QUICK))


@pytest.fixture
def document(engine_file, oracles):
    """The document of a small run on an engine's source."""

    def make(source: str = SOURCE, seed: int = 0, budget: Budget = SMALL, **plan) -> Document:
        target = engine_file(source, name="engine")
        return run(open_engine(target), oracles, Plan(budget, seed, **plan))

    return make


def as_json(document: Document) -> str:
    return FORMATS["json"][1](replace(document, timings={}))


@pytest.mark.parametrize(
    "source",
    [SOURCE, overwriting("mul"), replaced(SOURCE, *DUPLICATE_APPEND)],
    ids=["right", "overwrite", "duplicate"],
)
def test_same_seed_gives_the_same_bytes(document, source):
    assert as_json(document(source, seed=3)) == as_json(document(source, seed=3))


def test_other_seed_gives_other_programs(document):
    assert as_json(document(seed=3)) != as_json(document(seed=4))


def test_derived_seeds_are_the_same_everywhere():
    assert derived_seed(0, 1) == 0xA5CABE61309CBDB1
    assert len({derived_seed(a, b) for a in range(9) for b in range(9)}) == 81


def test_timings_are_the_only_numbers_that_differ(document):
    assert set(document().timings) == {"seconds"}


@pytest.mark.parametrize(
    "source",
    [SOURCE, overwriting("add"), SOURCE + "\n    def sin(self):\n        raise ValueError('no')\n"],
    ids=["right", "wrong", "raising"],
)
def test_totals_add_up(document, source):
    found = document(source)
    totals = found.totals
    verdicts = ("agreed", "mismatched", "undecided", "engine_errors")
    assert totals["cases"] == sum(totals[name] for name in verdicts)
    assert totals["undecided"] == sum(found.undecided.values())
    supported = [o for o in found.operations if o.supported]
    assert totals["cases"] == sum(o.checked for o in supported)
    assert all(o.checked == o.agreed + o.mismatched + o.undecided for o in supported)
    assert totals["programs"] >= len(supported)
    assert totals["gradients"] >= totals["agreed"]


def test_every_case_is_answered_by_every_oracle(reference):
    cases = reference.totals["cases"]
    assert [reference.oracles[name] for name in ("ball", "symbolic", "torch")] == [cases] * 3
    assert reference.oracles["whole"] + reference.oracles["cut"] == cases
    assert reference.totals["oracle_disagreements"] == 0


def test_reference_engine_is_certified_with_every_minimum_reached(reference):
    assert reference.status == "certified"
    assert [f for f in reference.findings if f.severity != "note"] == []
    assert {o.name for o in reference.operations} == set(FORMS)
    for operation in reference.operations:
        assert operation.supported
        assert operation.lacking == {}
        assert operation.checked > 0
        for counts in operation.coverage.values():
            assert counts["checked"] >= QUICK.minimum
            assert set(counts) <= set(SITUATIONS)


def test_undecided_is_at_most_one_in_fifty(reference):
    assert 50 * reference.totals["undecided"] <= reference.totals["cases"]


def test_enclosures_are_narrow(reference):
    assert float.fromhex(reference.oracles["median_relative_radius"]) < 1e-14


def test_document_says_what_it_ran_on(reference):
    assert reference.target == "microgradref:Value"
    assert {"gradverify", "python", "platform", "torch", "sympy"} <= set(reference.environment)
    assert reference.engine["primal"] == ".data"
    assert reference.status in STATUSES
    assert not reference.partial


def test_coverage_below_the_minimum_is_in_doubt(document):
    found = document(budget=replace(SMALL, minimum=10**6))
    assert found.status == "in doubt"
    assert "examined less than they should be" in found.sentence
    assert any(o.lacking for o in found.operations)


def test_findings_come_before_doubt_about_coverage(document):
    assert document(overwriting("mul"), budget=replace(SMALL, minimum=10**6)).status == "wrong"


def test_further_rounds_reach_the_minimum(engine_file, oracles):
    target = engine_file()
    budget = Budget(programs=1, points=4, minimum=6, rounds=40)
    engine = open_engine(target)
    hurried = Explorer(engine, oracles, replace(budget, rounds=0), 0, ("mul", "exp", "add"))
    hurried.run()
    assert hurried.coverage.lacking(6)
    patient = Explorer(engine, oracles, budget, 0, ("mul", "exp", "add"))
    patient.run()
    assert patient.coverage.lacking(6) == {}


def test_engine_without_operations_is_in_doubt(document):
    """Nothing was checked: that is no pass."""
    bare = "class Value:\n    def __init__(self, data): self.data, self.grad = data, 0.0\n"
    found = document(bare + "    def backward(self): pass\n")
    assert found.status == "in doubt"
    assert "Nothing was checked" in found.sentence
    assert found.totals["cases"] == 0


def test_no_time_is_no_certificate(document):
    found = document(budget=replace(SMALL, seconds=0, minimum=1))
    assert found.status == "in doubt"
    assert found.totals["cases"] == 0
    assert found.partial


def test_little_time_that_misses_the_minimum_says_so(document, monkeypatch):
    ticks = iter([0.0] + [0.0] * 3 + [9.0] * 10**6)
    monkeypatch.setattr("verify.campaign.explore.time.monotonic", lambda: next(ticks))
    found = document(budget=replace(SMALL, seconds=1, minimum=1))
    assert 0 < found.totals["programs"] < 4
    assert found.status == "in doubt"
    assert "Give the run more --max-time." in found.sentence


def test_only_the_wanted_forms_are_examined(document):
    found = document(overwriting("mul"), forms=("exp", "add"))
    assert [o.name for o in found.operations if o.checked] == ["add", "exp"]
    assert [f for f in found.findings if f.severity == "error"] == []


@pytest.mark.parametrize("operation", ["sub", "neg", "exp", "relu"])
def test_operation_examined_alone_is_examined_in_full(document, operation):
    """Operations of one value alone share no result: others are lent, or a bug would hide."""
    budget = replace(SMALL, programs=2, minimum=1, rounds=20)
    found = document(overwriting(operation), forms=(operation,), budget=budget)
    assert found.status == "wrong"
    assert {f.fault for f in found.findings if f.severity == "error"} == {"overwrite"}
    assert [o.name for o in found.operations if o.checked] == [operation]
    right = document(forms=(operation,), budget=budget)
    assert right.status == "certified"
    (examined,) = [o for o in right.operations if o.checked]
    assert all(counts["shared"] and counts["nested"] for counts in examined.coverage.values())


def test_unsupported_operations_are_listed_with_the_reason(document):
    found = {o.name: o for o in document().operations}
    assert not found["log"].supported
    assert found["log"].why == "there is no log"
    assert found["log"].checked == 0


def test_findings_are_ordered_by_severity_and_replayable(document):
    found = document(replaced(overwriting("mul"), ("math.tanh(self.data)", "1.0")))
    ranks = [SEVERITIES.index(f.severity) for f in found.findings]
    assert ranks == sorted(ranks, reverse=True)
    replays = [f.replay for f in found.findings if f.replay]
    assert len(set(replays)) == len(replays)
    assert all((f.replay is None) == (f.case is None) for f in found.findings)


def test_fingerprint_is_that_of_the_bug_and_not_of_the_run(document):
    def errors(seed: int) -> set[str]:
        found = document(overwriting("tanh"), seed=seed).findings
        return {f.fingerprint for f in found if f.severity == "error"}

    assert errors(0) == errors(1)
    assert len(errors(0)) == 1
    assert errors(0) != {
        f.fingerprint for f in document(overwriting("exp")).findings if f.severity == "error"
    }


def test_default_budget_asks_for_more_than_the_quick_one():
    assert DEFAULT.programs > QUICK.programs
    assert DEFAULT.minimum >= QUICK.minimum >= 1


def test_coverage_counts_nothing_of_an_undecided_case(oracles, engine_file):
    from verify.check import check
    from verify.program.text import parse_case

    engine = open_engine(engine_file())
    case = parse_case("x0 = 0.0\n%1 = relu(x0)")
    checked = check(engine, oracles, case.program, [case.point])
    coverage = Coverage(("relu",))
    coverage.add(case.program, checked)
    assert all(not counts for counts in coverage.counts.values())
