"""The same bits every time: in one process, and in another with another hash seed."""

from __future__ import annotations

import subprocess
import sys

import broken_engines as broken
import pytest
from faulty_engines import OPERANDS_IN_A_SET, SOURCE, overwriting, replaced

from verify.engines import open_engine
from verify.engines.twin import REPEATS, NoTwinError, bits_elsewhere, bits_here
from verify.laws.determinism import HASH_SEEDS
from verify.program.text import parse_case

CASE = parse_case("x0 = 1.5\nx1 = 2.0\n%2 = mul(x0, x1)\n%3 = add(%2, x0)")
ANSWER = ((3.0).hex(), (1.5).hex())


def test_order_that_is_not_kept_is_said(breaches):
    (breach,) = breaches("DET01", replaced(SOURCE, *OPERANDS_IN_A_SET))
    assert "last bits" in breach.message
    assert breach.fault == "unordered"


def test_every_repeat_is_compared(examine):
    assert examine("DET01").compared == REPEATS - 1


def test_order_by_hash_shows_only_in_another_process(examine):
    assert examine("DET01", broken.ORDERED_BY_HASH).breaches == []
    (breach,) = examine("DET02", broken.ORDERED_BY_HASH).breaches
    assert breach.fault == "unordered"
    assert breach.case is not None


def test_right_engine_prints_the_same_bits_in_every_process(examine):
    book = examine("DET02")
    assert (book.compared, book.breaches) == (len(HASH_SEEDS), [])


def test_gradients_that_differ_by_more_than_last_bits_get_no_name(breaches):
    """Every third gradient is a thousandth too large, from the third on."""
    source = replaced(
        SOURCE,
        ("        self.grad = 1.0\n",
         "        Value.times = getattr(Value, 'times', 0) + (len(topo) > 200)\n"
         "        self.grad = 1.0 if Value.times % 3 else 1.001\n"),
        ("class Value:\n", "class Value:\n    times = 0\n\n"),
    )  # fmt: skip
    (breach,) = breaches("DET01", source)
    assert breach.fault is None


def test_engine_that_differs_within_a_process_is_not_asked_in_another(examine):
    book = examine("DET02", replaced(SOURCE, *OPERANDS_IN_A_SET))
    assert (book.compared, book.skipped) == (0, "its bits already differ within one process")


def test_engine_that_cannot_be_opened_elsewhere_is_skipped(engine_file):
    from pathlib import Path

    from verify.laws import BY_CODE

    target = engine_file()
    engine = open_engine(target)
    Path(target.rpartition(":")[0]).unlink()
    book = BY_CODE["DET02"].examine(engine)
    assert (book.compared, book.breaches) == (0, [])
    assert "cannot be asked in another process: there is no file" in book.skipped


def test_engine_whose_sum_is_wrong_is_not_examined(examine):
    for code in ("DET01", "DET02"):
        assert "wrong on a fresh graph" in examine(code, overwriting("mul")).skipped


def test_twin_prints_what_this_process_prints(engine_file):
    engine = open_engine(engine_file())
    assert bits_here(engine, CASE) == [ANSWER] * REPEATS
    assert bits_elsewhere(engine, CASE, 7) == [ANSWER] * REPEATS


def test_twin_survives_an_engine_that_prints(engine_file):
    source = replaced(SOURCE, ("        topo, seen = [], set()\n",
        "        topo, seen = [], set()\n        print('working on it')\n"))  # fmt: skip
    assert bits_elsewhere(open_engine(engine_file(source)), CASE, 7) == [ANSWER] * REPEATS


def in_the_twin(does: str) -> str:
    """An engine whose class does something when it is defined in the other process."""
    return "import sys\n" + replaced(
        SOURCE,
        ("class Value:\n",
         "class Value:\n    if 'verify.engines.twin' in sys.orig_argv:\n"
         f"        {does}\n\n"),
    )  # fmt: skip


def test_twin_says_what_the_engine_raised(engine_file):
    with pytest.raises(NoTwinError, match="it raises OSError: no"):
        bits_elsewhere(open_engine(engine_file(in_the_twin("raise OSError('no')"))), CASE, 7)


def test_twin_that_does_not_end_is_given_up(engine_file, monkeypatch):
    source = in_the_twin("import time; time.sleep(60)")
    monkeypatch.setattr("verify.engines.twin.SECONDS", 0.5)
    with pytest.raises(NoTwinError, match="it gave no answer within"):
        bits_elsewhere(open_engine(engine_file(source)), CASE, 7)


def test_twin_that_crashes_is_told_from_one_that_refuses(engine_file):
    source = in_the_twin("import os; os.abort()")
    with pytest.raises(NoTwinError, match="it ended with code") as caught:
        bits_elsewhere(open_engine(engine_file(source)), CASE, 7)
    assert caught.value.crashed


@pytest.mark.parametrize("target", ["microgradref:Value", "torch"])
def test_twin_imports_nothing_that_the_engine_does_not(target):
    """Two processes a run: they must start at once."""
    code = (
        "import io, json, sys\n"
        "from verify.engines import twin\n"
        "from verify.program.json_form import case_to_json\n"
        "from verify.program.text import parse_case\n"
        f"case = parse_case({'x0 = 1.5' + chr(10) + '%1 = neg(x0)'!r})\n"
        "sys.stdin = io.StringIO(json.dumps({'case': case_to_json(case), 'salt': 1}))\n"
        f"assert twin.main([{target!r}]) == 0\n"
        "heavy = ('torch', 'flint', 'sympy', 'hypothesis', 'rich')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    heavy = done.stdout.splitlines()[-1]
    assert heavy.startswith("['torch'" if target == "torch" else "[]")
