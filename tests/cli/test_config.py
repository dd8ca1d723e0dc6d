"""``gradverify.toml`` and ``[tool.gradverify]``: defaults of options, or one sentence."""

from __future__ import annotations

import json

import pytest
from faulty_engines import overwriting
from network_sources import RIGHT

from verify import configuration
from verify.cli import main
from verify.cli.main import parser
from verify.configuration import KEYS, ConfigError, configured, said_of
from verify.laws import SEVERITIES

WHOLE = """\
target = "engine.py:Value"
report-dir = "out"
select = ["GRA", "VAL"]
ignore = "ACC"
fail-on = "note"
network = "nn:MLP"
quick = true
seed = 7
baseline = "out/base.json"
known = "out/known.toml"
"""


@pytest.mark.parametrize("own", [True, False], ids=["own file", "pyproject"])
@pytest.mark.parametrize("command", ["run", "gate"])
def test_configuration_sets_defaults_and_the_command_line_wins(tmp_path, own, command):
    name, head = ("gradverify.toml", "") if own else ("pyproject.toml", "[tool.gradverify]\n")
    (tmp_path / name).write_text(head + WHOLE, encoding="utf-8")
    grammar = parser(configured(command, tmp_path))
    options = grammar.parse_args([command])
    assert options.target == "engine.py:Value"
    assert (options.report_dir, options.select, options.ignore) == ("out", "GRA,VAL", "ACC")
    assert (options.fail_on, options.network, options.quick, options.seed) == (
        "note", "nn:MLP", True, 7,
    )  # fmt: skip
    if command == "gate":
        assert (options.baseline, options.known) == ("out/base.json", "out/known.toml")
    given = grammar.parse_args([command, "torch", "--seed", "3"])
    assert (given.target, given.seed) == ("torch", 3)


def test_every_key_is_in_the_sample_and_severities_are_those_of_laws():
    assert {line.split(" ")[0] for line in WHOLE.splitlines()} == set(KEYS)
    assert set(configuration.SEVERITIES) == set(SEVERITIES)


def test_own_file_comes_before_pyproject_and_none_is_no_configuration(tmp_path):
    assert configured("run", tmp_path) == {}
    (tmp_path / "pyproject.toml").write_text("[tool.gradverify]\nseed = 1\n", encoding="utf-8")
    assert configured("run", tmp_path) == {"seed": 1}
    (tmp_path / "gradverify.toml").write_text("seed = 2\n", encoding="utf-8")
    assert configured("run", tmp_path) == {"seed": 2}
    assert configured("replay", tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sed = 1", "there is no key 'sed'; did you mean 'seed'"),
        ("colour = 1", "there is no key 'colour'; there are target"),
        ("seed = true", "seed must be a whole number, not 'True'"),
        ("seed = -1", "seed must be 0 or more"),
        ("quick = 1", "quick must be true or false"),
        ("target = 1", "target must be a text"),
        ('fail-on = "never"', "fail-on is error, warning, note"),
        ("seed =", "is no TOML file"),
    ],
)
def test_what_is_not_known_is_refused_in_a_sentence(tmp_path, text, said):
    (tmp_path / "gradverify.toml").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        configured("run", tmp_path)


@pytest.mark.parametrize(
    "name",
    ["tool.gradverfy", "tool.grad-verify", "tool.GradVerify", "tools.gradverify", "gradverify",
     "gradverfy"],
)  # fmt: skip
def test_table_whose_name_is_misspelt_is_refused_with_the_right_one(tmp_path, name):
    (tmp_path / "pyproject.toml").write_text(f"[{name}]\nseed = 1\n", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        configured("run", tmp_path)
    said = f"there is no table [{name}]; did you mean [tool.gradverify]?"
    assert str(refused.value) == f"pyproject.toml: {said}"


@pytest.mark.parametrize(
    "name",
    ["tool.verify", "tool.gradio", "tool.gradverify-extra", "tool.pytest.gradverfy", "project",
     "tool.gradverify"],
)  # fmt: skip
def test_table_of_another_tool_is_its_own(tmp_path, name):
    (tmp_path / "pyproject.toml").write_text(f"[{name}]\n", encoding="utf-8")
    assert configured("run", tmp_path) == {}


def test_misspelt_table_beside_the_right_one_is_nobodys(tmp_path):
    text = "[tool.gradverify]\nseed = 1\n[tool.gradverfy]\nseed = 2\n"
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    assert configured("run", tmp_path) == {"seed": 1}


def test_run_uses_the_configuration_and_refuses_a_bad_one(
    tmp_path, engine_file, monkeypatch, capsys
):
    engine_file(overwriting("exp"), name="engine")
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "gradverify.toml"
    path.write_text('target = "engine.py:Value"\nselect = ["EDG"]\nreport-dir = "o"\n')
    assert main(["run", "--ops", "exp"]) in {0, 1}
    assert "engine.py:Value" in capsys.readouterr().out
    assert (tmp_path / "o" / "engine-Value" / "report.json").is_file()
    path.write_text("selct = 'EDG'\n")
    assert main(["run"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    with pytest.raises(SystemExit):
        main(["report", "--help"])


OWN = 'target = "lib/engine.py:Value"\n[engine]\nunsupported = ["exp"]\n'


@pytest.mark.parametrize(
    ("target", "is_it"),
    [
        ("lib/engine.py:Value", True),
        ("./lib/engine.py:Value", True),
        ("lib/../lib//engine.py:Value", True),
        ("{folder}/lib/engine.py:Value", True),
        ("linked.py:Value", True),
        ("lib.engine:Value", True),
        ("lib/engine.py:Value@2", True),
        ("lib/engine.py:Other", False),
        ("engine.py:Value", False),
        ("engine:Value", False),
        ("lib/eng\0ine.py:Value", False),
        ("torch", False),
    ],
)
def test_table_is_about_its_class_however_the_target_is_written(
    tmp_path, monkeypatch, target, is_it
):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "engine.py").touch()
    (tmp_path / "engine.py").touch()
    (tmp_path / "linked.py").symlink_to(tmp_path / "lib" / "engine.py")
    (tmp_path / "gradverify.toml").write_text(OWN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = said_of(target.replace("{folder}", str(tmp_path)), tmp_path)
    assert found == ({"unsupported": ["exp"]} if is_it else None)


def test_table_without_a_target_is_about_every_class_and_no_package(tmp_path):
    (tmp_path / "gradverify.toml").write_text(OWN.partition("\n")[2], encoding="utf-8")
    assert said_of("any.py:Class", tmp_path) == {"unsupported": ["exp"]}
    assert said_of("torch", tmp_path) is None


def test_probe_heeds_the_table_however_the_path_is_written(gradverify, engine_file, tmp_path):
    engine_file(name="engine")
    (tmp_path / "gradverify.toml").write_text(OWN.replace("lib/", ""), encoding="utf-8")
    for target in ("engine.py:Value", "./engine.py:Value", f"{tmp_path}/engine.py:Value"):
        done = gradverify("probe", target, "--json")
        assert json.loads(done.out)["overrides"] == {"unsupported": ["exp"]}, target


def test_network_is_built_on_the_engine_as_the_table_drives_it(gradverify, engine_file, tmp_path):
    hidden = RIGHT.replace("self.grad = 0.0", "self.slope = [0.0]").replace(".grad", ".slope[0]")
    engine_file(hidden, name="engine")
    (tmp_path / "gradverify.toml").write_text(
        'target = "engine.py:Value"\n[engine]\ngradient = ".slope[0]"\n', encoding="utf-8"
    )
    asked = ("--network", "engine.py:MLP", "--quick", "--select", "NET04")
    for where in ((), ("--in-process",)):
        done = gradverify("run", *asked, *where)
        assert (done.code, done.err) == (0, ""), where
