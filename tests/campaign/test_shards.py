"""Shards: their order and seeds, what they give anywhere, and what is merged of them."""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from faulty_engines import SOURCE, overwriting, replaced
from hypothesis import given
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parent))
from sharded_samples import ASKED, FORMS, finding, result

from strategies import focuses
from strategies.dice import Dice
from verify.campaign.budget import SHARD
from verify.campaign.explore import SuiteError
from verify.campaign.sharded import Merged, Shard, shards
from verify.campaign.sharded.examine import (
    EXACT_EACH,
    _explore,
    _explorer,
    _opened,
    examine,
)
from verify.campaign.sharded.merged import joined
from verify.campaign.sharded.result import line_of, read_line
from verify.campaign.sharded.shard import FORM, LAWS, WHOLE
from verify.campaign.sharded.widths import BINS, histogram, median
from verify.engines import Here, open_engine
from verify.program import Instruction, Program, Ref
from verify.report import FORMATS
from verify.report.read import document_from_json, finding_of

CASES = ("VAL01", "GRA01", "GRA02", "RUN01")
SEEDS = st.lists(st.integers(0, 10**6), min_size=1, max_size=6)


def test_shards_come_in_rounds_after_the_whole_and_the_laws():
    order = list(islice(shards(ASKED), 9))
    assert order == [
        Shard(WHOLE), Shard(LAWS, "LIF"), Shard(LAWS, "EDG"),
        *(Shard(FORM, form, number) for number in (0, 1) for form in FORMS),
    ]  # fmt: skip


def test_shards_end_where_there_are_no_random_cases():
    assert list(shards(replace(ASKED, laws=("LIF01",)))) == [Shard(LAWS, "LIF")]


def test_seed_of_a_shard_is_its_own_and_stays():
    seeds = {s.seed(campaign) for campaign in (0, 1) for s in islice(shards(ASKED), 100)}
    assert len(seeds) == 200
    assert Shard(FORM, "mul", 3).seed(7) == 7583971253520185784


@given(st.lists(st.floats(5e-324, 1e300), min_size=1))
def test_median_of_a_histogram_is_the_median_to_a_bin(widths):
    found, true = median(histogram(widths)), statistics.median_high(widths)
    assert found is not None
    assert true <= found <= true * (1 + 1 / BINS) or math.isclose(found, true, rel_tol=1e-9)


def test_median_of_nothing_and_of_exact_numbers():
    assert median(histogram([])) is None
    assert median(histogram([0.0, 0.0, 1.0])) == 0.0
    assert median(histogram([math.inf])) == math.inf


@given(st.lists(st.floats(0, 1e300)), st.lists(st.floats(0, 1e300)))
def test_histograms_of_parts_add_up(some, others):
    assert histogram(some) + histogram(others) == histogram([*some, *others])


def merged_of(parts) -> Merged:
    merged = Merged(ASKED)
    for name, part in parts:
        merged.add(name, part)
    return merged


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    path = tmp_path_factory.mktemp("engine") / "engine.py"
    path.write_text(SOURCE)
    return Here(open_engine(f"{path}:Value"))


@given(seeds=SEEDS, data=st.data())
def test_merging_heeds_no_order_and_no_repetition(seeds, engine, data):
    parts = [(f"form-exp-{number}", result(seed)) for number, seed in enumerate(seeds)]
    shuffled = data.draw(st.permutations([*parts, *parts]))
    written = [
        FORMATS["json"][1](merged_of(order).document(engine, None, interrupted=False))
        for order in (parts, shuffled)
    ]
    assert written[0] == written[1]


@given(SEEDS)
def test_merged_counts_are_the_sums(seeds):
    parts = [result(seed) for seed in seeds]
    merged = merged_of((f"form-exp-{n}", part) for n, part in enumerate(parts))
    assert merged.tally.cases == sum(sum(part["verdicts"].values()) for part in parts)
    assert merged.tally.gradients == sum(part["gradients"] for part in parts)
    assert merged.by_form["exp"]["Mismatch"] == sum(p["verdicts"]["Mismatch"] for p in parts)
    found = [item for part in parts for item in part["findings"]]
    assert set(merged.findings) == {item["fingerprint"] for item in found}
    for name, one in merged.findings.items():
        own = [item for item in found if item["fingerprint"] == name]
        assert one.count == sum(item["count"] for item in own)
        lengths = [len(item["case"]["instructions"]) for item in own]
        assert one.case is not None
        assert len(one.case["instructions"]) == min(lengths)


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from([1.0, 2.0, 0.3])), min_size=3))
def test_joining_findings_is_associative_and_commutative(drawn):
    a, b, c, *_ = (finding_of(finding("a", n, x, n, ("neg",) * (n - 1))) for n, x in drawn)
    b = replace(b, flickers=True)
    assert joined(a, b) == joined(b, a)
    assert joined(a, b).flickers
    assert joined(joined(a, b), c) == joined(a, joined(b, c))


def test_doubts_that_are_kept_are_few_and_the_same_in_any_order():
    parts = [(f"form-exp-{n}", {**result(n), "doubts": [f"doubt {n}"]}) for n in range(50)]
    first, second = merged_of(parts), merged_of(reversed(parts))
    assert first.tally.doubt_sentences == second.tally.doubt_sentences
    assert len(first.tally.doubt_sentences) == 20


def asked_of(target, **changes):
    return replace(ASKED, target=target, laws=CASES, **changes)


@pytest.mark.once
def test_shard_gives_the_same_bytes_in_any_process(engine_file):
    """Here and isolated, alone and after others, with another hash seed."""
    asked = asked_of(engine_file(overwriting("mul"), "engine"), in_process=False)
    shard = Shard(FORM, "add", 2)
    line = examine(asked, shard)
    examine(asked, Shard(FORM, "mul", 0))
    assert examine(asked, shard) == line
    script = (
        "import sys, ast; from verify.campaign.sharded import Asked, Shard\n"
        "from verify.campaign.sharded.examine import examine\n"
        "asked, shard = (ast.literal_eval(text) for text in sys.argv[1:])\n"
        "sys.stdout.write(examine(Asked(*asked), Shard(*shard)))"
    )
    plain = [tuple(getattr(one, name) for name in one.__slots__) for one in (asked, shard)]
    done = subprocess.run(
        [sys.executable, "-c", script, *map(repr, plain)],
        env={**os.environ, "PYTHONHASHSEED": "7"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == line
    here = read_line(examine(replace(asked, in_process=True), shard))
    assert here == read_line(line)


def test_what_one_shard_leaves_in_an_engine_is_not_there_in_the_next(engine_file):
    """An engine that counts its nodes, and goes wrong after a while, is asked afresh each time."""
    source = replaced(
        SOURCE,
        ("        self.data = float(data)\n",
         "        Value.made = getattr(Value, 'made', 0) + 1\n"
         "        self.data = float(data) + (Value.made > 2500)\n"),
    )  # fmt: skip
    asked = asked_of(engine_file(source, "engine"), in_process=False)
    lines = [examine(asked, Shard(FORM, "add", number)) for number in (0, 1, 0)]
    assert lines[0] == lines[2]


def test_findings_of_the_whole_are_counted_once_and_shrunk_once(engine_file):
    asked = asked_of(engine_file(overwriting("mul"), "engine"))
    whole, other, own = (
        read_line(examine(asked, shard))[1]["findings"]
        for shard in (Shard(WHOLE), Shard(FORM, "exp", 0), Shard(FORM, "mul", 0))
    )
    assert [item["fault"] for item in whole] == ["overwrite"]
    assert other == []  # mul is known to be broken, so programs about exp have none
    assert [item["fingerprint"] for item in own] == [whole[0]["fingerprint"]]
    assert own[0]["case"] == whole[0]["case"]


def test_every_position_gets_its_minimum_from_one_shard(engine_file):
    asked = asked_of(engine_file(), programs=SHARD.programs // 4, points=SHARD.points)
    merged = Merged(asked, asked.forms)
    for form in FORMS:
        shard = Shard(FORM, form, 0)
        merged.add(*read_line(examine(asked, shard)))
    assert merged.coverage.lacking(SHARD.minimum // 4) == {}


def test_shard_asks_its_own_engine_and_no_other(engine_file):
    target = engine_file()
    first, second = (Here(open_engine(target)) for _ in range(2))
    asked = asked_of(target)
    for own in (first, second):
        assert _explorer(asked, Shard(FORM, "add", 0), own).collector.engine is own


def test_report_knows_how_wide_an_engine_s_numbers_are(engine_file):
    subject = Here(open_engine(engine_file()))
    subject.engine.facts = replace(subject.facts, float_width=32)
    merged = merged_of([("form-exp-0", result(5))])
    merged.document(subject, None, interrupted=False)
    assert merged.tally.float_width == 32


def test_every_position_gets_its_share_of_exact_inputs():
    asked_for = []

    class Recorder:
        cut_short = ""

        def examine(self, focus, exact, data):
            asked_for.append((focus, exact, data))

    wanted = focuses(("mul", "exp"))
    _explore(Recorder(), wanted * 2 * EXACT_EACH, 5)
    exact = [focus for focus, is_exact, _ in asked_for if is_exact]
    assert exact == wanted * 2
    assert len({data for *_, data in asked_for}) == len(asked_for)


def test_bytes_of_a_program_do_not_run_out(engine_file):
    """Beyond their end every choice is the simplest: all points would be alike."""
    asked = asked_of(engine_file(), programs=16, points=SHARD.points)
    seen = []
    choose = Dice.below

    def below(self, n):
        found = choose(self, n)
        seen.append(self._at <= len(self._data))
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Dice, "below", below)
        examine(asked, Shard(FORM, "mul", 0))
    assert all(seen)


def test_laws_are_examined_as_in_a_run(engine_file):
    asked = replace(ASKED, target=engine_file())
    found = read_line(examine(asked, Shard(LAWS, "LIF")))[1]
    assert [law["code"] for law in found["laws"]] == ["LIF02", "LIF01"]  # the severest first
    assert {item["law"] for item in found["findings"]} == {"LIF01"}


def test_worker_of_another_version_is_refused():
    with pytest.raises(SuiteError, match=r"a worker has gradverify .*, the campaign 0\.0"):
        examine(replace(ASKED, suite="0.0"), Shard(WHOLE))


def test_report_of_a_campaign_is_a_report(engine):
    document = merged_of([("form-exp-0", result(5))]).document(engine, None, interrupted=False)
    text = FORMATS["json"][1](document)
    assert FORMATS["json"][1](document_from_json(text)) == text
    assert document.sentence.endswith("A campaign of 1 shard.")
    for _, render in FORMATS.values():
        assert render(document)


def test_line_reads_back_and_any_change_is_seen():
    shard = Shard(FORM, "exp", 0)
    line = line_of(shard, result(3))
    assert read_line(line) == (shard.id, json.loads(json.dumps(result(3))))
    assert read_line(line.replace('"programs":', '"programs":1')) is None
    assert read_line(line.replace("form-exp-0", "form-exp-1")) is None


def test_a_worker_and_its_engine_take_turns():
    """One core a worker: the answer is there before the oracles begin, whatever becomes of both."""
    asked = replace(ASKED, target="microgradref:Value", in_process=False)
    program = Program(1, (Instruction("exp", (Ref(0),)), Instruction("exp", (Ref(1),))))
    with _opened(asked) as subject:
        collect = subject.begin([(program, [(0.5,)])])
        subject.close()
        ((seen,),) = collect()
        assert not subject.process.is_alive  # it was not asked again
    assert seen.primals[-1] == math.exp(math.exp(0.5))
