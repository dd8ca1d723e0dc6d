"""Shrinking takes a bounded amount of work, counted and not timed, in each case and in all."""

from __future__ import annotations

import pytest
from faulty_engines import SOURCE, overwriting, replaced

from verify.campaign import QUICK, findings
from verify.campaign.explore import Explorer
from verify.diagnose.diagnosis import MOST_EXPLAINED
from verify.engines import open_engine
from verify.program import Case, Instruction, Program, Ref
from verify.shrink import LARGE, MAX_WORK, Work, shrink

pytestmark = pytest.mark.once
SHALLOW = replaced(
    SOURCE,
    ("        def build(node):\n            if node not in seen:\n",
     "        def build(node, depth=0):\n            if node not in seen and depth < 50:\n"),
    ("                    build(child)\n", "                    build(child, depth + 1)\n"),
)  # fmt: skip


def chain(length: int) -> Case:
    steps = [Instruction("mul", (Ref(k), Ref(k))) for k in range(length)]
    return Case(Program(1, tuple(steps)), (1.0,))


def size(case: Case) -> int:
    return len(case.program.instructions)


def test_large_case_is_made_small_by_few_tries():
    """Where no earlier output fails: one instruction after another would take thousands."""
    steps = chain(400).program.instructions
    last = Instruction("add", (Ref(400), Ref(0)))
    case = Case(Program(1, (*steps, last)), (1.0,))
    tried: list[int] = []

    def fails(case: Case) -> bool:
        tried.append(size(case))
        return size(case) >= 40 and case.program.instructions[-1].op == "add"

    assert size(shrink(case, fails, work=Work(tries=60, instructions=100_000))) < 80
    assert len(tried) <= 60


def test_work_is_counted_by_instruction_and_by_run():
    for runs in (1, 12):
        tried: list[int] = []
        work = Work(instructions=3_000, runs=runs)
        shrink(chain(50), lambda case, seen=tried: bool(seen.append(size(case))), work=work)
        assert runs * sum(tried) <= 3_000 < runs * (sum(tried) + 51)


def test_work_of_one_case_is_bounded():
    tried: list[int] = []
    shrink(chain(300), lambda case: bool(tried.append(size(case))))
    assert sum(tried) <= MAX_WORK


@pytest.fixture
def spent(monkeypatch):
    """The instructions that each shrinking of a campaign tries."""
    seen: list[int] = []
    real = findings.Shrinking.smallest

    def smallest(self, checked, broken, work, *, in_trees):
        before = work.instructions
        found = real(self, checked, broken, work, in_trees=in_trees)
        seen.append(before - max(0, work.instructions))
        return found

    monkeypatch.setattr(findings.Shrinking, "smallest", smallest)
    return seen


def test_bug_that_only_deep_graphs_show_is_found_by_bounded_work(engine_file, oracles, spent):
    explorer = Explorer(open_engine(engine_file(SHALLOW)), oracles, QUICK, 0)
    explorer.run()
    found = explorer.collector.result()
    assert [f.law for f in found] == ["GRA01"]
    (finding,) = found
    assert LARGE < MOST_EXPLAINED < size(finding.checked.case) < 70
    assert finding.diagnosis.fault is None
    assert "No smaller case was found" in finding.diagnosis.sentence
    assert sum(spent) <= findings.ALL_WORK + findings.LEAST_WORK * len(spent)


def test_small_bug_beside_a_deep_one_is_still_made_small(engine_file, oracles):
    """Even after all the work is spent."""
    engine = open_engine(engine_file(overwriting("exp", SHALLOW)))
    explorer = Explorer(engine, oracles, QUICK, 0, ("exp", "add", "mul"))
    explorer.collector._left = 0
    explorer.run()
    named = {f.diagnosis.fault: f for f in explorer.collector.result()}
    assert size(named["overwrite"].checked.case) <= 3
