"""Generated programs: legal by construction, about what was asked, the same from the same bytes."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from strategies import Batch, Focus, batches, cases, focuses, programs
from strategies.dice import Dice
from strategies.programs import BYTES, build
from strategies.sketch import LARGEST
from strategies.trimming import BYTES as KEEPS
from strategies.trimming import trimmed
from verify.oracles import BallOracle
from verify.program import FORMS, Case, Instruction, Program, Ref
from verify.program.reals import FLOAT64
from verify.program.text import case_text

ALL = tuple(FORMS)
SEED = ("add", "mul", "radd", "tanh")
FOCUSES = focuses(ALL)
PROGRAMS = 10
GOLDEN = "21aa73823daf0ccb566840297b5c448eece1d0eac1ff8620be060e0308b83c20"


def stream(*name: object) -> bytes:
    """Bytes that are the same everywhere."""
    return hashlib.shake_256(repr(name).encode()).digest(BYTES)


def made(focus: Focus, number: int, forms: tuple[str, ...] = ALL, exact: bool = False) -> Batch:
    data = stream(focus.form, focus.slot, number)
    return build(Dice(data), forms, focus, 12, exact)


def sample() -> list[Batch]:
    """300 batches, every focus six times."""
    return [made(focus, number) for focus in FOCUSES for number in range(6)]


def test_focuses_name_every_value_of_every_form_once() -> None:
    assert len(FOCUSES) == len(set(FOCUSES))
    for form, (_, kinds) in FORMS.items():
        slots = [focus.slot for focus in FOCUSES if focus.form == form]
        assert slots == [i for i, k in enumerate(kinds.replace("*", "vv")) if k == "v"]


@settings(max_examples=100, deadline=None)
@given(st.sets(st.sampled_from(ALL), min_size=1).map(sorted), st.data())
def test_programs_use_only_the_forms_allowed(forms: list[str], data: st.DataObject) -> None:
    program = data.draw(programs(forms))
    assert {instruction.form for instruction in program.instructions} <= set(forms)


@settings(max_examples=60, deadline=None)
@given(batches())
def test_batches_hold_legal_programs_and_at_least_one_point(batch: Batch) -> None:
    assert Program(batch.program.n_inputs, batch.program.instructions) == batch.program
    assert 1 <= len(batch.points) <= 12
    assert [case.point for case in batch.cases()] == list(batch.points)
    assert all(case.program is batch.program and case.seed == 1.0 for case in batch.cases())


@settings(max_examples=60, deadline=None)
@given(cases(SEED, Focus("tanh", 0)))
def test_cases_are_about_their_focus(case: Case) -> None:
    assert "tanh" in {instruction.op for instruction in case.program.instructions}


def values(case: Case) -> list[float]:
    """Every primal in plain floats."""
    found = list(case.point)
    for _, step in case.program.steps():
        xs = [found[o.index] if isinstance(o, Ref) else o for o in step.operands]
        found.append(step.row.primal(FLOAT64, *xs))
    return found


def test_points_are_legal_and_comfortable_for_the_ball_oracle() -> None:
    reasons: Counter[str] = Counter()
    for batch in sample():
        for answer in BallOracle().answers(batch.program, list(batch.points)):
            reasons["points"] += 1
            reasons["troubled"] += bool(answer.troubles)
            reasons.update({trouble.reason for trouble in answer.troubles})
        for case in batch.cases():
            assert max(map(abs, values(case)[batch.program.n_inputs :]), default=0.0) <= LARGEST
    assert reasons["points"] > 2000
    assert reasons["domain"] == 0
    assert reasons["overflow"] + reasons["underflow"] <= 0.002 * reasons["points"]  # of adjoints
    assert reasons["troubled"] <= 0.02 * reasons["points"]


def test_kinks_are_visited_now_and_then() -> None:
    kinks = 0
    for number in range(400):
        batch = made(Focus("relu", 0), number, exact=True)
        answers = BallOracle().answers(batch.program, list(batch.points))
        kinks += any(t.reason == "kink" for answer in answers for t in answer.troubles)
    assert 1 <= kinks <= 40


def facts(batch: Batch, focus: Focus) -> set[str]:
    """Which of the guarantees of design 8 a program keeps for its focus."""
    program = batch.program
    steps = [(i, step) for i, step in program.steps() if step.form == focus.form]
    at = [step.operands[focus.slot] for _, step in steps if focus.slot < len(step.operands)]
    shared = [operand.index for operand in at if isinstance(operand, Ref)]
    (answer,) = BallOracle().answers(program, [batch.points[0]])
    laws = {
        "reached": bool(shared),
        "nested": any(index >= program.n_inputs for index in shared),
        "shared": any(program.uses()[index] > 1 for index in shared),
        "twin": len(shared) > len(set(shared)),
        "same node": any(len(step.refs) > len(set(step.refs)) for _, step in steps),
        "weighted": any(not answer.adjoints[index].contains(1) for index, _ in steps),
    }
    return {name for name, kept in laws.items() if kept}


LEAST = {"reached": 9, "nested": 3, "shared": 6, "twin": 4, "weighted": 4, "same node": 2}
"""Of ten programs about any one focus."""


@pytest.mark.parametrize("focus", FOCUSES, ids=lambda focus: f"{focus.form}-{focus.slot}")
def test_programs_keep_the_guarantees_for_every_focus(focus: Focus) -> None:
    counts: Counter[str] = Counter()
    for number in range(PROGRAMS):
        counts.update(facts(made(focus, number), focus))
    for law, least in LEAST.items():
        if law != "same node" or FORMS[focus.form][1] in {"vv", "*"}:
            assert counts[law] >= least, law


def test_programs_keep_the_guarantees_of_a_small_engine() -> None:
    counts: Counter[str] = Counter()
    for focus in focuses(SEED):
        for number in range(PROGRAMS):
            batch = made(focus, number, SEED)
            assert {step.form for step in batch.program.instructions} <= set(SEED)
            counts.update(facts(batch, focus))
    total = PROGRAMS * len(focuses(SEED))
    assert counts["reached"] == total
    for law in ("nested", "shared", "twin", "weighted"):
        assert counts[law] > total / 2, law


MOSTLY = {
    "reached": 0.99, "nested": 0.7, "shared": 0.9, "twin": 0.8, "weighted": 0.85, "same node": 0.6,
}  # fmt: skip
"""Of all programs, the share that keeps each guarantee."""


@pytest.mark.parametrize("law", MOSTLY)
def test_programs_keep_each_guarantee_mostly(law: str) -> None:
    about = [f for f in FOCUSES if law != "same node" or FORMS[f.form][1] in {"vv", "*"}]
    kept = [law in facts(made(focus, n), focus) for focus in about for n in range(PROGRAMS)]
    assert sum(kept) >= MOSTLY[law] * len(kept)


@pytest.mark.parametrize("focus", FOCUSES, ids=lambda focus: f"{focus.form}-{focus.slot}")
def test_exact_programs_use_an_input_that_is_a_plain_number(focus: Focus) -> None:
    inputs = exact = 0
    for number in range(PROGRAMS):
        batch = made(focus, number, exact=True)
        first = batch.program.instructions[0]
        refs = [o.index for o in first.operands if isinstance(o, Ref)]
        if first.form == focus.form and refs[0] < batch.program.n_inputs:
            inputs += 1
            exact += any(point[refs[0]] in {0.0, 1.0, -1.0} for point in batch.points)
    assert inputs >= 5
    assert exact >= 3


def digest(batches_made: list[Batch]) -> str:
    texts = [case_text(case) for batch in batches_made for case in batch.cases()]
    return hashlib.sha256("\n\n".join(texts).encode()).hexdigest()


def test_programs_from_the_same_bytes_are_the_same() -> None:
    assert digest(sample()) == digest(sample())


def test_programs_from_the_same_bytes_are_the_same_on_every_python() -> None:
    assert digest(sample()) == GOLDEN


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=BYTES, max_size=BYTES))
def test_programs_come_from_any_bytes(data: bytes) -> None:
    for focus in FOCUSES[::7]:
        assert build(Dice(data), ALL, focus, 4).points


def test_programs_from_no_bytes_are_simple() -> None:
    batch = build(Dice(b""), ALL, Focus("tanh", 0), 4)
    assert len(batch.program.instructions) <= 2


def test_programs_shrink_to_little_more_than_what_fails() -> None:
    found = find(
        programs(),
        lambda program: any(step.op == "tanh" for step in program.instructions),
        settings=settings(
            max_examples=500, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    assert len(found.instructions) <= 2
    assert found.n_inputs == 2


def test_trimmed_programs_are_legal_needed_and_about_what_they_were() -> None:
    shorter = 0
    for focus in FOCUSES:
        whole = made(focus, 1)
        program, points = trimmed(whole.program, whole.points, bytes(KEEPS), focus.form)
        before, after = ({i.form for i in p.instructions} for p in (whole.program, program))
        assert focus.form in after or focus.form not in before
        assert points
        assert set(points) <= set(whole.points)
        used = {ref for step in program.instructions for ref in step.refs}
        assert used >= set(range(program.n_inputs, program.output))
        for answer in BallOracle().answers(program, list(points)):
            assert "domain" not in {trouble.reason for trouble in answer.troubles}
        shorter += len(program.instructions) < len(whole.program.instructions)
        assert len(program.instructions) <= 3
    assert shorter > len(FOCUSES) / 2


def test_programs_that_keep_everything_are_not_trimmed() -> None:
    whole = made(Focus("mul", 0), 3)
    assert trimmed(whole.program, whole.points, b"\x02" * KEEPS) == (whole.program, whole.points)


def test_trimming_puts_the_chosen_operand_in_place() -> None:
    exp, tanh = Instruction("exp", (Ref(0),)), Instruction("tanh", (Ref(1),))
    whole = Program(2, (exp, tanh, Instruction("mul", (Ref(2), Ref(3)))))
    points = ((0.5, 0.25),)
    assert trimmed(whole, points, b"\xff\xff\x00") == (Program(2, (exp,)), points)
    assert trimmed(whole, points, b"\xff\xff\x01") == (Program(2, (tanh,)), points)
    middle = Program(2, (tanh, Instruction("mul", (Ref(0), Ref(2)))))
    assert trimmed(whole, points, b"\x00\xff\xff") == (middle, points)


def test_trimming_leaves_what_would_not_be_legal_or_wanted() -> None:
    steps = (Instruction("exp", (Ref(0),)), Instruction("log", (Ref(1),)))
    whole, points = Program(1, steps), ((-0.5,),)
    assert trimmed(whole, points, b"\x00\xff") == (whole, points)
    assert trimmed(whole, points, b"\xff\x00", "log") == (whole, points)
    assert trimmed(whole, points, b"\xff\x00") == (Program(1, steps[:1]), points)
    assert trimmed(Program(1, steps[:1]), points, b"\x00") == (Program(1, steps[:1]), points)
