"""Depth, width, many paths, memory: measured so that a busy machine names nobody."""

from __future__ import annotations

import sys
from pathlib import Path

import broken_engines as broken
import pytest
from faulty_engines import SOURCE, overwriting, replaced

from verify.engines import open_engine
from verify.laws import BY_CODE, measures
from verify.laws.chains import DEEP, SHALLOW
from verify.laws.measures import steps_of, superlinear
from verify.laws.scale import bytes_per_operation


def test_recursion_is_said_with_the_depth_it_reaches(breaches):
    (breach,) = breaches("SCL01")
    assert breach.message.endswith("is the deepest it can take: beyond, RecursionError")
    about = int(breach.message.split("about ")[1].split()[0])
    assert 100 < about < SHALLOW
    assert (breach.operation, breach.fault) == ("add", "recursion")


DOES_NOT_ADD = replaced(
    SOURCE, ("            self.grad += out.grad  # add\n", "            raise OSError\n")
)
NEITHER = replaced(
    DOES_NOT_ADD,
    ("            self.grad += other.data * out.grad  # mul\n", "            raise OSError\n"),
)


def limited(nodes: int, error: str) -> str:
    limit = f"        if len(topo) > {nodes}:\n            raise {error}\n"
    return replaced(broken.DEEP, ("        self.grad = 1.0\n", f"{limit}        self.grad = 1.0\n"))


def test_depth_that_is_said_is_the_depth_that_is_reached(breaches):
    """1,232 additions make 1,234 values, the most that this engine takes."""
    (breach,) = breaches("SCL01", limited(1234, "RecursionError('too deep')"))
    assert breach.message == (
        "a chain of about 1230 operations (add) is the deepest it can take: beyond, RecursionError"
    )


def test_depth_beyond_the_first_chain_is_said_to_a_percent(breaches):
    (breach,) = breaches("SCL01", limited(40_000, "MemoryError('no')"))
    about = int(breach.message.split("about ")[1].split()[0])
    assert 39_500 <= about <= 40_000
    assert breach.message.endswith("beyond, MemoryError: no")
    assert breach.fault is None


def test_gradient_that_is_lost_at_depth_is_said(breaches):
    source = replaced(
        broken.DEEP,
        ("        for node in reversed(topo):\n", "        for node in reversed(topo[-9000:]):\n"),
    )
    (breach,) = breaches("SCL04", source)
    assert breach.message.endswith("the gradient is 0.0 and not 1")
    assert not breaches("SCL01", source)


def test_sort_without_recursion_takes_the_whole_chain(examine, explore):
    book = examine("SCL01", broken.DEEP)
    assert (book.compared, book.breaches) == (2, [])
    assert explore(broken.DEEP) == []


@pytest.fixture
def _recursion_limit():
    before = sys.getrecursionlimit()
    yield
    sys.setrecursionlimit(before)


RAISED = "import sys\nsys.setrecursionlimit(10**6)\n"


@pytest.mark.usefixtures("_recursion_limit")
def test_raised_recursion_limit_may_kill_another_process_but_not_this_one(examine):
    """Through `map` each call takes a piece of C's stack, which ends before a million calls."""
    through_c = replaced(
        SOURCE,
        ("                for child in node._children:\n                    build(child)\n",
         "                list(map(build, node._children))\n"),
    )  # fmt: skip
    book = examine("SCL01", RAISED + through_c)
    (breach,) = book.breaches
    assert breach.message.startswith("a chain of about ")
    assert breach.message.split("beyond, ")[1] in {"the interpreter crashes", "RecursionError"}
    # From 3.12 on Python counts calls through C, and refuses before C's stack ends.
    about = int(breach.message.split("about ")[1].split()[0])
    assert book.compared == (1 if about < SHALLOW else 2)
    assert breach.fault == "recursion"


@pytest.mark.usefixtures("_recursion_limit")
def test_raised_recursion_limit_that_suffices_is_right(examine):
    """Since Python 3.11 a call from Python to Python takes none of C's stack."""
    book = examine("SCL01", RAISED + SOURCE)
    assert (book.compared, book.breaches) == (2, [])


@pytest.mark.usefixtures("_recursion_limit")
def test_long_chain_that_cannot_be_asked_elsewhere_is_not_passed_over(engine_file):
    target = engine_file(RAISED + SOURCE)
    engine = open_engine(target)
    Path(target.rpartition(":")[0]).unlink()
    book = BY_CODE["SCL01"].examine(engine)
    assert (book.compared, book.breaches) == (1, [])
    assert book.skipped.startswith("100,000 were not tried: the engine cannot be asked in another")


def test_list_of_visited_nodes_is_not_asked_for_the_long_chain(breaches):
    (breach,) = breaches("SCL01", broken.DEEP_SEEN_IN_A_LIST)
    assert breach.message.startswith(f"a chain of {DEEP:,} add was not tried")
    assert breach.fault == "quadratic-walk"


def test_list_of_visited_nodes_is_quadratic(breaches):
    (breach,) = breaches("SCL02", broken.SEEN_IN_A_LIST)
    assert breach.fault == "quadratic-walk"
    assert breaches("SCL02") == []


def test_walk_of_every_path_is_named_without_walking_them(breaches):
    found = breaches("SCL03", broken.VISITS_EVERY_PATH)
    assert [(b.operation, b.fault) for b in found] == [(None, "exponential-walk")]
    assert len(found[0].case.program.instructions) <= 5
    assert breaches("SCL03") == []


def test_work_for_every_path_that_is_no_python_is_timed(breaches):
    found = breaches("SCL03", broken.COUNTS_PATHS_IN_C)
    assert {b.fault for b in found} == {"exponential-walk"}


def test_diamond_s_gradient_must_be_right(breaches):
    source = replaced(
        SOURCE, ("            node._backward()\n", "            node._backward()\n" + CLIPPED)
    )
    assert not breaches("SCL03", source)
    (add,) = breaches("SCL04", source)
    assert add.message.startswith("60 levels of add give the gradient 1000000.0, but it must lie")
    assert add.expected.low <= 2.0**60 <= add.expected.high
    assert (add.operation, add.fault) == ("add", None)


@pytest.mark.parametrize(
    ("source", "compared"), [(overwriting("add"), 3), (DOES_NOT_ADD, 2), (NEITHER, 0)]
)
def test_diamond_of_an_operation_that_is_wrong_anyway_is_no_second_finding(
    examine, source, compared
):
    book = examine("SCL03", source)
    assert (book.compared, book.breaches) == (compared, [])
    assert bool(book.skipped) == (compared == 0)


CLIPPED = (
    "            for child in node._children:\n                child.grad = min(child.grad, 1e6)\n"
)


@pytest.mark.parametrize("code", ["SCL01", "SCL02", "SCL03"])
@pytest.mark.parametrize("target", ["microgradref:Value", "torch"])
def test_trusted_engines_scale_every_time(code, target):
    engine = open_engine(target)
    for _ in range(3):
        assert BY_CODE[code].examine(engine).breaches == []


def test_steps_are_lines_and_calls_and_always_as_many():
    def loop(n):
        for _ in range(n):
            abs(n)

    counts = [steps_of(lambda n=n: loop(n)) for n in (10, 20, 30, 10)]
    assert counts[0] == counts[3]
    assert counts[1] - counts[0] == counts[2] - counts[1] >= 30


def test_counting_steps_leaves_a_debugger_and_a_profiler_in_place():
    def trace(*_args):
        return None

    before = sys.gettrace(), sys.getprofile()
    sys.settrace(trace)
    sys.setprofile(trace)
    try:
        steps_of(lambda: abs(1))
        kept = sys.gettrace(), sys.getprofile()
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])
    assert kept == (trace, trace)


def clocked(monkeypatch, seconds):
    """Measure with a clock that says what an action of each size takes."""
    now = [0.0]
    monkeypatch.setattr(measures.time, "process_time", lambda: now[0])

    def prepare(size):
        def action():
            now[0] += seconds(size)

        return action

    return prepare


@pytest.mark.parametrize(
    ("exponent", "named"), [(1.0, False), (1.1, False), (1.4, False), (1.6, True), (2.0, True)]
)
def test_time_is_named_if_it_is_nearer_to_what_is_suspected(monkeypatch, exponent, named):
    prepare = clocked(monkeypatch, lambda size: size**exponent)
    assert superlinear(prepare, 512, 4096, 64) == named


def test_one_quiet_attempt_is_enough_to_be_acquitted(monkeypatch):
    """A machine that is busy for two attempts makes the large graph slow, and then no more."""
    calls = []

    def seconds(size):
        calls.append(size)
        busy = size == 4096 and calls.count(4096) <= 2 * measures.REPEATS
        return size * (100 if busy else 1)

    assert not superlinear(clocked(monkeypatch, seconds), 512, 4096, 64)
    assert calls.count(4096) == 3 * measures.REPEATS


def test_memory_of_an_operation_is_that_of_its_node(engine_file):
    slim = bytes_per_operation(open_engine("microgradref:Value"))
    assert 80 < slim < 400
    line = "        self.data = float(data)\n"
    ballast = replaced(SOURCE, (line, f"{line}        self.ballast = bytes(10_000)\n"))
    fat = open_engine(engine_file(ballast))
    thin = bytes_per_operation(open_engine(engine_file(SOURCE)))
    assert 10_000 < bytes_per_operation(fat) - thin < 10_300  # the bytes and their member


def test_memory_that_python_does_not_give_is_unknown():
    assert bytes_per_operation(open_engine("torch")) is None


def test_memory_of_an_engine_without_operations_is_unknown(engine_file):
    source = SOURCE.replace("__add__", "one").replace("__mul__", "other")
    assert bytes_per_operation(open_engine(engine_file(source))) is None
