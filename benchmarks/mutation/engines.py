"""Mutation testing of engines against ``gradverify run``, not against unit tests.

    python benchmarks/mutation/engines.py [--only reference,network,micrograd]
                                          [--survivors] [--again]

Three campaigns: the reference engine, the reference network and training, and micrograd 0.1.0 from
PyPI (beside its own two tests). Every mutant is written to a scratch copy and the command lines are
run on it; a mutant is killed if an exit code is not 0. Results go to ``engines.json`` beside this
file, one row a mutant; a row that is there already is kept unless ``--again``, so a run that was
stopped goes on where it was; ``--survivors`` runs those again that are alive. Exit code 1 if a
mutant survives that ``survivors.toml`` does not explain, or if a reason there explains none.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from engine_mutants import Mutant, mutants_of, raising
from engine_runs import Outcome, preload, run

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RESULTS = HERE / "engines.json"
REASONS = HERE / "survivors.toml"
MICROGRAD = "micrograd==0.1.0"


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is mutated and what must notice.

    Attributes:
        name: what the campaign is called in the results.
        package: the package that is copied.
        files: those of its files that are mutated.
        commands: the next is run where those before it exit with 0.
        beside: another command to compare with, or empty.
        printing: definitions that print or draw, in the files that are mutated.
        unseen: files that the harness never runs: they draw, or are a user's own training loop.

    Neither is mutated. That the harness never sees them is checked: the command also exits with 0
    where all of that raises.
    """

    name: str
    package: str
    files: tuple[str, ...]
    commands: tuple[str, ...]
    beside: str = ""
    printing: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()


CAMPAIGNS = (
    Campaign(
        "micrograd",
        "micrograd",
        ("engine.py",),
        (
            "gradverify run micrograd/engine.py:Value --quick -x",
            "gradverify run micrograd/engine.py:Value --quick -x "
            "--require add,sub,mul,div,neg,pow,relu,sum,iadd,isub,imul,idiv",
        ),
        "pytest -x -q -p no:cacheprovider test_engine.py",
        ("Value.__repr__",),
    ),
    Campaign(
        "reference",
        "microgradref",
        ("value.py", "powers.py", "kinks.py", "walk.py", "ieee.py", "errors.py"),
        ("gradverify run microgradref:Value --quick -x --fail-on note",),
        printing=(
            "Value.operands", "Value.expression", "Value.graph", "Value._repr_svg_",
            "Value.__repr__", "outside",
        ),
        unseen=("expression.py", "graph.py", "layout.py", "svg.py", "text.py"),
    ),
    Campaign(
        "network",
        "microgradref",
        ("network.py",),
        (
            "gradverify run microgradref:Value --network microgradref:MLP --select NET -x "
            "--fail-on note",
        ),
        printing=("Neuron.__repr__", "Layer.__repr__", "MLP.__repr__"),
        unseen=("training.py",),
    ),
)  # fmt: skip


def main() -> int:
    """Run the campaigns that are asked for; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--only", help="campaigns, separated by commas (default: all)")
    parser.add_argument("--again", action="store_true", help="run what has a result already too")
    parser.add_argument("--survivors", action="store_true", help="run what is alive again")
    options = parser.parse_args()
    wanted = options.only.split(",") if options.only else [c.name for c in CAMPAIGNS]
    preload()
    rows = {} if not RESULTS.exists() else json.loads(RESULTS.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        for campaign in CAMPAIGNS:
            if campaign.name in wanted:
                known = _known(rows.get(campaign.name, ()), options)
                folder = _copy(campaign, Path(scratch) / campaign.name)
                rows[campaign.name] = _run(campaign, folder, known, rows)
    return _verdict(rows)


def _known(rows: Iterable[dict[str, Any]], options: argparse.Namespace) -> dict[str, Any]:
    """The results that are kept, by what they are known by."""
    if options.again:
        return {}
    return {_key(row): row for row in rows if row.get("killed_by") or not options.survivors}


def _copy(campaign: Campaign, folder: Path) -> Path:
    """A copy of the package alone, and of micrograd's tests, where the commands are run."""
    folder.mkdir()
    if campaign.package == "microgradref":
        package = ROOT / "microgradref"
    else:
        package = Path(find_spec(campaign.package).submodule_search_locations[0])
    shutil.copytree(
        package, folder / campaign.package, ignore=shutil.ignore_patterns("__pycache__")
    )
    if campaign.beside:
        (folder / "test_engine.py").write_bytes(_micrograd_tests(folder))
    return folder


def _micrograd_tests(folder: Path) -> bytes:
    """Micrograd's two tests, which only its source distribution holds."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    subprocess.run([*pip, "--dest", str(folder), MICROGRAD], check=True)  # noqa: S603 - pip
    (archive,) = folder.glob("micrograd-*.tar.gz")
    shutil.unpack_archive(archive, folder / "sdist", filter="data")
    (tests,) = folder.glob("sdist/*/test/test_engine.py")
    return tests.read_bytes()


def _run(
    campaign: Campaign, folder: Path, known: dict[str, Any], everything: dict[str, Any]
) -> list[dict[str, Any]]:
    """One row for each mutant."""
    for command in filter(None, (*campaign.commands, campaign.beside)):
        outcome = run(command, folder)
        if outcome.code != 0:
            raise SystemExit(f"without a mutation already, {command} gives {outcome}")
    outcome = _run_without_printing(campaign, folder)
    if outcome.code != 0:
        raise SystemExit(f"what prints is seen by {campaign.commands[0]}: {outcome}")
    rows = []
    for name in campaign.files:
        path = folder / campaign.package / name
        mutants = mutants_of(f"{campaign.package}/{name}", path)
        original = path.read_text(encoding="utf-8")
        for mutant in mutants:
            row = _row(campaign, mutant)
            if row["kind"] == "code":
                known_row = known.get(_key(row))
                row = known_row or {**row, **_tried(campaign, folder, path, mutant)}
            rows.append(row)
            if len(rows) % 20 == 0:
                _save({**everything, campaign.name: [*rows, *_not_yet(known, rows)]})
            print(f"\r{campaign.name} {name} {len(rows)}", end="", file=sys.stderr, flush=True)
        path.write_text(original, encoding="utf-8")
    _save({**everything, campaign.name: rows})
    return rows


def _run_without_printing(campaign: Campaign, folder: Path) -> Outcome:
    """The first command, where all that prints or draws raises."""
    package = folder / campaign.package
    kept = {name: (package / name).read_bytes() for name in (*campaign.files, *campaign.unseen)}
    for name, source in kept.items():
        wanted = None if name in campaign.unseen else campaign.printing
        (package / name).write_text(raising(source.decode(), wanted), encoding="utf-8")
    try:
        return run(campaign.commands[0], folder)
    finally:
        for name, source in kept.items():
            (package / name).write_bytes(source)


def _not_yet(known: dict[str, Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    done = {_key(row) for row in rows}
    return [row for key, row in known.items() if key not in done]


def _row(campaign: Campaign, mutant: Mutant) -> dict[str, Any]:
    kind = "printing" if mutant.definition in campaign.printing else mutant.kind
    return {
        "module": mutant.module,
        "line": mutant.line,
        "definition": mutant.definition,
        "tool": mutant.tool,
        "operator": mutant.operator,
        "before": mutant.before,
        "after": mutant.after,
        "kind": kind,
    }


def _tried(campaign: Campaign, folder: Path, path: Path, mutant: Mutant) -> dict[str, Any]:
    path.write_text(mutant.source, encoding="utf-8")
    for command in campaign.commands:
        tried = _told(command, run(command, folder))
        if tried["killed_by"]:
            break
    if campaign.beside:
        beside = run(campaign.beside, folder)
        tried["beside"] = {"killed": beside.code != 0, "code": beside.code}
    return tried


def _told(command: str, outcome: Outcome) -> dict[str, Any]:
    return {
        "killed_by": command if outcome.code != 0 else None,
        "code": "time limit" if outcome.code is None else outcome.code,
        "law": outcome.law,
        "said": outcome.said[:160],
        "seconds": outcome.seconds,
    }


def _key(row: dict[str, Any]) -> str:
    """What a mutant is known by, whatever its line number."""
    return "\n".join(row[part] for part in ("module", "definition", "operator", "before", "after"))


def _save(rows: dict[str, Any]) -> None:
    """Write the results, one mutant a line, in an order that does not change."""
    campaigns = []
    for name in sorted(rows):
        lines = [json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows[name]]
        campaigns.append(f"{json.dumps(name)}: [\n" + ",\n".join(lines) + "\n]")
    RESULTS.write_text("{\n" + ",\n".join(campaigns) + "\n}\n", encoding="utf-8")


def _reasons() -> dict[tuple[str, ...], str]:
    """For every mutant that has a reason to survive, whether it is equivalent or a gap."""
    reasons = tomllib.loads(REASONS.read_text(encoding="utf-8"))["reason"]
    return {tuple(mutant): r["verdict"] for r in reasons for mutant in r["mutants"]}


def _verdict(rows: dict[str, Any]) -> int:
    """Print the counts; 1 if a survivor has no reason, or a reason no survivor."""
    reasons = _reasons()
    unused, failed = set(reasons), False
    print()
    for name, found in rows.items():
        tried = [row for row in found if row["kind"] == "code"]
        alive = [row for row in tried if not row["killed_by"]]
        left_out = dict(Counter(row["kind"] for row in found if row["kind"] != "code"))
        print(
            f"{name}: {len(tried)} mutants, {len(tried) - len(alive)} killed; not run: {left_out}"
        )
        verdicts = Counter(reasons.get(_change(row), "UNEXPLAINED") for row in alive)
        print(f"  survivors: {dict(verdicts)}")
        for row in alive:
            unused.discard(_change(row))
            if _change(row) not in reasons:
                failed = True
                print(f"  {row['module']}:{row['line']} {row['before']} -> {row['after']}")
    for change in sorted(unused):
        print(f"  a reason explains no survivor: {' | '.join(change)}")
    return int(failed or bool(unused))


def _change(row: dict[str, Any]) -> tuple[str, ...]:
    return row["module"], row["definition"], row["before"], row["after"]


if __name__ == "__main__":
    sys.exit(main())
