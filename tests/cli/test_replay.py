"""``gradverify replay``: still failing, fixed, cannot run; and no file, however bad, is a crash."""

from __future__ import annotations

import json
import shlex
import shutil

import pytest
from faulty_engines import DUPLICATE_APPEND, OPERANDS_IN_A_SET, SOURCE, overwriting, replaced

from verify.cli import main
from verify.program.json_form import case_to_json
from verify.program.text import parse_case

pytestmark = pytest.mark.once
CASE = case_to_json(parse_case("x0 = 2.0\n%1 = mul(x0, x0)"))


@pytest.fixture
def replay(capsys):
    """Replay in this process: (exit code, stdout, stderr)."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["replay", *map(str, arguments)])
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        return code, shown.out, shown.err

    return run


@pytest.fixture
def finding(engine_file, tmp_path, capsys):
    """Run on a source; the target and the file of its finding."""

    def make(source: str, law: str = "GRA01", ops: str = "exp,add"):
        target = engine_file(source, name="engine")
        folder = tmp_path / "reports"
        shutil.rmtree(folder, ignore_errors=True)
        main(["run", target, "--quick", "--ops", ops, "--report-dir", str(folder)])
        capsys.readouterr()
        return target, next(folder.rglob(f"{law}-1.json"))

    return make


def test_finding_replays_on_the_engine_it_was_found_on(finding, replay):
    target, path = finding(overwriting("exp"))
    code, out, err = replay(path)
    assert (code, err) == (1, "")
    assert target in out
    assert "STILL FAILING  GRA01: d %" in out
    assert "but must lie in [" in out


def test_finding_of_a_mended_engine_is_fixed(finding, replay, engine_file):
    _target, path = finding(overwriting("exp"))
    engine_file(SOURCE, name="engine")
    code, out, _err = replay(path)
    assert code == 0
    assert "FIXED" in out


def test_finding_replays_on_another_engine(finding, replay):
    _target, path = finding(overwriting("exp"))
    code, out, _err = replay(path, "--engine", "microgradref:Value")
    assert code == 0
    assert "microgradref:Value" in out
    assert "FIXED" in out


def test_finding_that_shows_in_some_runs_only_is_tried_often(finding, replay):
    source = replaced(SOURCE, *DUPLICATE_APPEND, *OPERANDS_IN_A_SET)
    _target, path = finding(source, ops="add,mul,exp")
    assert replay(path)[0] == 1


def test_bug_that_comes_and_goes_is_not_fixed_because_it_passed_once(replay, engine_file, tmp_path):
    source = replaced(
        SOURCE,
        ("        out = Value(math.exp(self.data), (self,))\n",
         "        Value.calls = getattr(Value, 'calls', 0) + 1\n"
         "        out = Value(math.exp(self.data) * (1 + (Value.calls % 7 == 0)), (self,))\n"),
    )  # fmt: skip
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case_to_json(parse_case("x0 = 2.0\n%1 = exp(x0)"))))
    assert replay(path, "--engine", engine_file(source))[0] == 1


def test_operation_that_raises_replays(finding, replay):
    source = SOURCE + "\n    def sin(self):\n        raise ValueError('no')\n"
    _target, path = finding(source, "RUN01", "sin,add")
    code, out, _err = replay(path)
    assert code == 1
    assert "STILL FAILING  RUN01: %1 raises: ValueError: no" in out


def test_edge_replays_and_is_fixed(finding, replay, engine_file):
    _target, path = finding(SOURCE, "EDG01")
    code, out, _err = replay(path)
    assert code == 1
    assert "STILL FAILING  warning EDG01: exp(800.0) raises OverflowError" in out
    assert replay(path, "--engine", "microgradref:Value")[0] == 0


def test_law_replays_and_is_fixed(finding, replay):
    stale = replaced(SOURCE, ("            node.grad = node.grad if not node._children else 0.0\n",
                              "            pass\n"))  # fmt: skip
    _target, path = finding(stale, "LIF01")
    code, out, _err = replay(path)
    assert code == 1
    assert "STILL FAILING  note LIF01" in out


def test_law_that_can_no_longer_be_examined_is_not_called_fixed(finding, replay, engine_file):
    stale = replaced(
        SOURCE,
        ("        for node in topo:\n"
         "            node.grad = node.grad if not node._children else 0.0\n", ""),
    )  # fmt: skip
    _target, path = finding(stale, "LIF01")
    engine_file(overwriting("add", overwriting("mul", stale)), name="engine")
    code, out, _err = replay(path)
    assert code == 3
    assert "CANNOT RUN  the graphs of add or mul that it needs are wrong at first" in out
    assert replay(path, "--engine", "microgradref:Value")[0] == 0


def test_bare_case_replays_on_the_reference_engine(replay, tmp_path):
    path = tmp_path / "case.json"
    path.write_text(json.dumps(CASE))
    code, out, _err = replay(path)
    assert code == 0
    assert "FIXED" in out
    assert "%1 = mul(x0, x0)" in out


def test_engine_that_lacks_the_operation_cannot_run_it(replay, tmp_path, engine_file):
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case_to_json(parse_case("x0 = 2.0\n%1 = log(x0)"))))
    code, out, _err = replay(path, "--engine", engine_file())
    assert code == 3
    assert "CANNOT RUN  the engine has no log" in out


def test_case_that_cannot_be_decided_is_exit_code_4(replay, tmp_path):
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case_to_json(parse_case("x0 = 0.0\n%1 = relu(x0)"))))
    code, out, _err = replay(path)
    assert code == 4
    assert "UNDECIDED" in out


def test_engine_that_is_gone_is_exit_code_3(finding, replay, tmp_path):
    _target, path = finding(overwriting("exp"))
    (tmp_path / "engine.py").unlink()
    code, _out, err = replay(path)
    assert code == 3
    assert "there is no file" in err


@pytest.fixture
def relative(engine_file, tmp_path, monkeypatch, capsys):
    """Run on an engine named by a relative path; the file of its finding."""

    def make(report_dir: str = "reports"):
        engine_file(overwriting("exp"), name="engine")
        monkeypatch.chdir(tmp_path)
        main(["run", "engine.py:Value", "--quick", "--ops", "exp", "--report-dir", report_dir])
        shown = capsys.readouterr().out
        return next((tmp_path / report_dir).rglob("GRA01-1.json")), shown

    return make


def test_finding_replays_from_another_folder(relative, replay, tmp_path, monkeypatch):
    path, _shown = relative()
    assert str(tmp_path) not in path.read_text()  # the same bytes on every machine
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    code, out, err = replay(path)
    assert (code, err) == (1, "")
    assert "STILL FAILING  GRA01" in out


def test_finding_below_a_linked_folder_replays_from_another_folder(
    relative, replay, tmp_path, monkeypatch
):
    (tmp_path / "far" / "away").mkdir(parents=True)
    (tmp_path / "linked").symlink_to(tmp_path / "far" / "away")
    path, _shown = relative("linked")
    monkeypatch.chdir("/")
    assert replay(path)[0] == 1


def test_file_in_the_current_folder_comes_first(relative, replay, tmp_path, monkeypatch):
    path, _shown = relative()
    (tmp_path / "mended").mkdir()
    (tmp_path / "mended" / "engine.py").write_text(SOURCE)
    monkeypatch.chdir(tmp_path / "mended")
    assert replay(path)[0] == 0


@pytest.mark.parametrize("base", ["no/such", "x" * 5000, "\0"])
def test_finding_whose_base_is_gone_is_exit_code_3(relative, replay, monkeypatch, base):
    path, _shown = relative()
    path.write_text(json.dumps({**json.loads(path.read_text()), "base": base}))
    monkeypatch.chdir("/")
    code, _out, err = replay(path)
    assert code == 3
    assert "there is no file 'engine.py'" in err


def test_base_that_is_no_text_is_exit_code_2(relative, replay):
    path, _shown = relative()
    path.write_text(json.dumps({**json.loads(path.read_text()), "base": 7}))
    check_refused(replay(path))


def test_printed_command_replays_whatever_the_folder_is_called(relative, replay):
    _path, shown = relative("my $reports; it's")
    (line,) = [line for line in shown.splitlines() if "GRA01-1.json" in line]
    label, program, _command, *arguments = shlex.split(line)
    assert (label, program) == ("again:", "gradverify")
    assert len(arguments) == 1
    assert replay(*arguments)[0] == 1


def changed(**fields: object) -> str:
    return json.dumps({**CASE, **fields})


INSTRUCTION = {"op": "mul", "operands": [{"ref": 0}, {"ref": 0}]}
BAD = {
    "empty": "",
    "no JSON": "x0 = 1",
    "truncated": json.dumps(CASE)[:-9],
    "a list": "[]",
    "a string": '"case"',
    "null": "null",
    "nothing in it": "{}",
    "another schema": changed(schema="gradverify/case/2"),
    "a schema that is no text": changed(schema=["gradverify/case/1"]),
    "a report": json.dumps({"schema": "gradverify/report/1"}),
    "an unknown key": changed(__class__="os"),
    "NaN": json.dumps(CASE).replace('"0x1.0000000000000p+1"', "NaN"),
    "a decimal input": changed(inputs=["2.0"]),
    "a number as input": changed(inputs=[2.0]),
    "no inputs": changed(inputs=[]),
    "too many inputs": changed(inputs=["0x1.0000000000000p+1"] * 3, instructions="x"),
    "an unknown operation": changed(instructions=[{**INSTRUCTION, "op": "__import__"}]),
    "an operation that is no text": changed(instructions=[{**INSTRUCTION, "op": 7}]),
    "a later value": changed(instructions=[{"op": "neg", "operands": [{"ref": 1}]}]),
    "a negative value": changed(instructions=[{"op": "neg", "operands": [{"ref": -1}]}]),
    "a true value": changed(instructions=[{"op": "neg", "operands": [{"ref": True}]}]),
    "too few operands": changed(instructions=[{"op": "mul", "operands": [{"ref": 0}]}]),
    "numbers alone": changed(instructions=[{"op": "mul", "operands": [{"int": 1}, {"int": 2}]}]),
    "a huge integer": changed().replace("{\"ref\": 0}]", "{\"int\": 1" + "0" * 400 + "}]"),
    "digits without end": changed().replace('"ref": 0', '"ref": ' + "9" * 6000),
    "nested without end": "[" * 100_000,
    "a finding without a case": json.dumps(
        {"schema": "gradverify/finding/1", "target": "microgradref:Value", "law": "GRA01"}
    ),
    "a finding of no law": json.dumps(
        {"schema": "gradverify/finding/1", "target": "microgradref:Value", "law": "X", "case": CASE}
    ),
    "a law that is a list": json.dumps(
        {"schema": "gradverify/finding/1", "target": "t", "law": ["GRA01"], "case": CASE}
    ),
    "a finding of no target": json.dumps(
        {"schema": "gradverify/finding/1", "target": 3, "law": "GRA01", "case": CASE}
    ),
    "a strange name": changed(instructions=[{**INSTRUCTION, "op": "\x1b[31m\n\u202e"}]),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_bad_file_is_exit_code_2_and_one_sentence(replay, tmp_path, kind):
    path = tmp_path / "bad.json"
    path.write_text(BAD[kind])
    check_refused(replay(path))


def check_refused(result: tuple[int, str, str]) -> None:
    code, out, err = result
    assert (code, out) == (2, ""), err
    assert err.startswith("gradverify: ")
    assert err.count("\n") == 1
    assert all(c.isprintable() for c in err[:-1])
    assert len(err) < 600


@pytest.mark.parametrize("data", [b"\x00\xff\xfe", b"\x80abc", "{}".encode("utf-16"), bytes(99)])
def test_binary_file_is_exit_code_2(replay, tmp_path, data):
    path = tmp_path / "bad.json"
    path.write_bytes(data)
    check_refused(replay(path))


def test_absent_file_and_folder_are_exit_code_2(replay, tmp_path):
    check_refused(replay(tmp_path / "absent.json"))
    check_refused(replay(tmp_path))


def test_huge_file_is_refused_before_it_is_read(replay, tmp_path):
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(2**31)
    check_refused(replay(path))


def test_program_too_long_to_replay_is_refused(replay, tmp_path, monkeypatch):
    monkeypatch.setattr("verify.cli.stored.LARGEST_REPLAY", 3)
    path = tmp_path / "long.json"
    path.write_text(changed(instructions=[INSTRUCTION] * 4))
    check_refused(replay(path))


@pytest.mark.parametrize(("sums", "width"), [(20_001, 1), (2, 50_001)], ids=["long", "wide"])
def test_case_larger_than_any_check_would_end_is_refused(replay, tmp_path, sums, width):
    path = tmp_path / "large.json"
    instruction = {"op": "add", "operands": [{"ref": 0}, {"ref": 0}]}
    if width > 1:
        instruction = {"op": "sum", "operands": [{"ref": 0}] * width}
    path.write_text(changed(instructions=[instruction] * sums))
    result = replay(path)
    check_refused(result)
    assert "a case to replay has at most" in result[2]


@pytest.mark.parametrize(("length", "said"), [(2, False), (3, True)])
def test_long_case_is_announced(replay, tmp_path, monkeypatch, length, said):
    monkeypatch.setattr("verify.cli.replay.LONG_REPLAY", 2)
    path = tmp_path / "long.json"
    path.write_text(changed(instructions=[INSTRUCTION] * length))
    code, out, _err = replay(path)
    assert code == 0
    assert ("the symbolic oracle will take long" in out) is said


@pytest.mark.parametrize("seed", [0.5, 0.0, float("nan")])
def test_seed_other_than_1_is_refused(replay, tmp_path, seed):
    path = tmp_path / "case.json"
    path.write_text(changed(seed=seed.hex()))
    result = replay(path)
    check_refused(result)
    assert "a case with a seed other than 1 cannot be replayed yet" in result[2]


@pytest.mark.parametrize("name", ["", "x" * 5000])
def test_name_that_no_file_can_have_is_exit_code_2(replay, name):
    assert replay(name)[0] == 2
