"""One answer for each law and operation, whatever else is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from faulty_engines import DUPLICATE_APPEND, SOURCE, overwriting, replaced
from flint import arb

from verify.campaign import QUICK, Budget
from verify.campaign.by_law import GRAPH, Examiner, Question, questions
from verify.engines import open_engine
from verify.engines.isolation import isolated_engine
from verify.laws import BY_CODE, LAWS, Law
from verify.oracles import BallOracle, Bench, SymbolicOracle

pytestmark = pytest.mark.once

OF_CASES = tuple(law for law in LAWS if law.subject == "case")
ADD_TWICE = replaced(
    SOURCE,
    (
        "            other.grad += out.grad  # add\n",
        "            other.grad += 2 * out.grad  # add\n",
    ),
)


@pytest.fixture
def examiner(engine_file, oracles):
    def make(source=SOURCE, bench=oracles, seed=0, budget=QUICK):
        return Examiner(open_engine(engine_file(source)), bench, budget, seed)

    return make


def asked(examiner, code, about=None):
    return examiner.answer(Question(BY_CODE[code], about))


def test_questions_ask_each_law_of_each_spelling_and_name_them(engine_file):
    engine = open_engine(engine_file())
    names = [question.name for question in questions(engine, LAWS)]
    assert len(set(names)) == len(names)
    subjects = (GRAPH, *engine.facts.spellings)
    of_cases = [f"{law.code}-{about}" for about in subjects for law in OF_CASES]
    assert names == [*of_cases, *(law.code for law in LAWS if law.subject != "case")]
    assert "GRA01-rmul" in names
    assert "GRA01-log" not in names  # the engine has none


def test_right_engine_holds_every_law_of_cases(examiner):
    one = examiner()
    engine = one._subject
    forms = {GRAPH, "add", "rdiv", "pow", "exp", "relu", "sum"}
    answers = {q.name: one.answer(q) for q in questions(engine, OF_CASES) if q.about in forms}
    assert {answer.status for answer in answers.values()} == {"held"}
    assert all(answer.compared for answer in answers.values())


@pytest.mark.parametrize("operation", ["mul", "exp"])
def test_operation_that_overwrites_is_blamed_and_others_are_not(examiner, operation):
    one = examiner(overwriting(operation))
    wrong = asked(one, "GRA01", operation)
    assert wrong.status == "broken"
    assert wrong.findings[0].operation == operation
    assert wrong.failing("error") == wrong.findings
    for other in {"add", "mul", "exp"} - {operation}:
        assert asked(one, "GRA01", other).status == "held"
        assert asked(one, "VAL01", other).status == "held"


def test_answer_is_the_same_alone_and_after_others(examiner):
    source = overwriting("mul")
    one = examiner(source)
    for form in ("tanh", "rmul"):
        asked(one, "GRA01", form)
    alone, after = asked(examiner(source), "GRA01", "mul"), asked(one, "GRA01", "mul")
    assert alone == after
    assert alone.status == "broken"


def test_another_seed_makes_other_cases(examiner):
    counts = {asked(examiner(seed=seed), "GRA01", "div").compared for seed in range(2)}
    assert len(counts) == 2


def test_callers_of_a_broken_operation_are_broken_too(examiner):
    one = examiner(ADD_TWICE)
    for form in ("add", "radd", "sum"):
        wrong = asked(one, "GRA01", form)
        assert (wrong.status, wrong.findings[0].operation) == ("broken", "add"), form
    assert asked(one, "GRA01", "mul").status == "held"


def test_bug_of_the_walk_is_the_graphs_and_hides_gradients_not_values(examiner):
    one = examiner(replaced(SOURCE, *DUPLICATE_APPEND))
    wrong = asked(one, "GRA01", GRAPH)
    assert wrong.status == "broken"
    assert wrong.findings[0].fault == "duplicate-append"
    hidden = asked(one, "GRA01", "add")
    assert hidden.status == "not examined"
    assert hidden.why.startswith("hidden by GRA01-graph, which is broken")
    assert asked(one, "VAL01", "add").status == "held"


def test_finding_that_no_other_test_would_show_fails_here(examiner, monkeypatch):
    one = examiner(ADD_TWICE)
    assert asked(one, "GRA01", "mul").status == "held"
    explored = one._explored("mul")
    about_add = [f for f in explored.findings if f.diagnosis.form == "add"]
    assert about_add  # seen here, and left to the tests of add
    monkeypatch.setitem(one._made, "add", examiner()._explored("add"))
    wrong = asked(one, "GRA01", "mul")
    assert (wrong.status, wrong.findings[0].operation) == ("broken", "add")


def test_engine_that_never_answers_passes_nothing(examiner):
    mute = replaced(SOURCE, ("        self.grad = 1.0\n", "        raise OSError('no')\n"))
    one = examiner(mute, budget=Budget(programs=1, points=3, minimum=1, rounds=1))
    answers = [
        one.answer(q) for q in questions(one._subject, OF_CASES) if q.about in {"add", "exp"}
    ]
    assert {answer.status for answer in answers} == {"broken", "not examined"}
    assert asked(one, "RUN01", "add").status == "broken"


def test_law_that_compares_nothing_is_in_doubt(examiner):
    empty = Law("XXX01", "error", "nothing", "Nothing.", check=lambda engine, book: None)
    answer = examiner().answer(Question(empty))
    assert (answer.status, answer.why) == ("in doubt", "XXX01 compared nothing")


def test_law_with_a_check_of_its_own_is_broken_skipped_or_held(examiner):
    one = examiner()
    assert asked(one, "LIF09").status == "not examined"
    assert asked(one, "LIF09").why == "its values have no zero_grad(), and need none"
    deep = asked(one, "SCL01")
    assert (deep.status, deep.failing("error")) == ("broken", ())
    assert deep.failing("warning") == deep.findings
    assert asked(one, "LIF04").status == "held"


class Off:
    """An oracle whose gradients are wrong."""

    name = "off"

    def answers(self, program, points, seed=1.0):
        found = SymbolicOracle().answers(program, points)
        wrong = [tuple(b and b * arb(1 + 1e-9) for b in answer.adjoints) for answer in found]
        return [replace(a, adjoints=w) for a, w in zip(found, wrong, strict=True)]


def test_oracles_that_disagree_are_in_doubt(examiner):
    answer = asked(examiner(bench=Bench([BallOracle(), Off()])), "GRA01", "mul")
    assert answer.status == "in doubt"
    assert "ball and off disagree" in answer.why


def test_operation_that_lacks_its_minimum_is_in_doubt(examiner):
    one = examiner(budget=Budget(programs=1, points=1, minimum=1000, rounds=0))
    answer = asked(one, "GRA01", "exp")
    assert answer.status == "in doubt"
    assert answer.why.startswith("it was examined less than it should be: operand 0 lacks checked")


EXP_RULE = "            self.grad += out.data * out.grad  # exp\n"
DEADLY_EXP = replaced(
    SOURCE, (EXP_RULE, f"            if self.data < 0: import os; os._exit(0)\n{EXP_RULE}")
)
"""It ends the process as nothing had happened, where another process would not be missed."""
FEW = Budget(programs=3, points=4, minimum=1, rounds=3)


def test_death_of_the_process_fails_what_meets_it_and_nothing_else(engine_file, oracles):
    with isolated_engine(engine_file(DEADLY_EXP)) as subject:
        one = Examiner(subject, oracles, FEW, 0)
        for code in ("RUN04", "GRA01"):  # whatever is selected: a skipped test would look well
            wrong = asked(one, code, "exp")
            assert (wrong.status, wrong.findings[0].law) == ("broken", "RUN04"), code
            assert wrong.findings[0].message == "exp crashes: the process ends with exit code 0"
        assert asked(one, "RUN04", "mul").status == "held"
        assert asked(one, "GRA01", GRAPH).status == "held"


def test_death_while_a_law_is_examined_fails_its_test(engine_file, oracles):
    again = ("        self.grad = 1.0\n",
             "        if self.__dict__.get('used'): import os; os._exit(0)\n"
             "        self.used = True\n        self.grad = 1.0\n")  # fmt: skip
    with isolated_engine(engine_file(replaced(SOURCE, again))) as subject:
        wrong = asked(Examiner(subject, oracles, FEW, 0), "LIF01")
    assert (wrong.status, [finding.law for finding in wrong.findings]) == ("broken", ["RUN04"])
    assert wrong.findings[0].message.startswith("crashes while LIF01 (")
    assert wrong.failing("error")


def test_death_that_no_case_repeats_fails_the_operation_that_met_it(engine_file, oracles, tmp_path):
    mark = tmp_path / "died"
    once = (f"            if not os.path.exists({str(mark)!r}):\n"
            f"                open({str(mark)!r}, 'w').close(); os._exit(7)\n")  # fmt: skip
    source = f"import os\n{replaced(SOURCE, (EXP_RULE, once + EXP_RULE))}"
    mark.touch()
    with isolated_engine(engine_file(source)) as subject:
        one = Examiner(subject, oracles, FEW, 0)
        asked(one, "GRA01", GRAPH)
        mark.unlink()
        wrong = asked(one, "GRA01", "exp")
        assert (wrong.status, wrong.findings[0].law) == ("broken", "RUN04")
        assert "run again one by one, did not do it" in wrong.findings[0].message
        assert asked(one, "GRA01", "mul").status == "held"


def test_engine_that_died_too_often_passes_nothing(engine_file, oracles):
    with isolated_engine(engine_file(DEADLY_EXP)) as subject:
        one = Examiner(subject, oracles, FEW, 0)
        subject.process.deaths = 10**3
        answers = [asked(one, "GRA01", "mul"), asked(one, "GRA01", GRAPH), asked(one, "LIF01")]
    assert {answer.status for answer in answers} == {"in doubt"}
    assert all("had to be started again 1000 times" in answer.why for answer in answers)
