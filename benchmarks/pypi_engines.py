"""Small engines from PyPI, unmodified: each is driven with no configuration, or refused and why.

    python benchmarks/pypi_engines.py                 # all, into a temporary folder
    python benchmarks/pypi_engines.py micrograd pygrad --folder /tmp/engines --full

Each package is installed alone (``pip install --no-deps --target``) into a folder outside
the repository, with the packages that its engine imports where it has any; several call
their module ``micrograd``. The rest, NumPy too, is of the interpreter that runs this.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 900


@dataclass(frozen=True)
class Engine:
    """A package, its engine, and what its engine imports besides."""

    package: str
    target: str
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The package without its version."""
        return self.package.partition("==")[0]


ENGINES = (
    Engine("micrograd==0.1.0", "micrograd.engine:Value"),
    Engine("nanograd==1.0.4", "nanograd.tensor:Tensor", ("graphviz", "pyopencl")),
    Engine("pygrad==0.1.0", "pygrad.core:Variable", ("matplotlib", "numpy<2")),
    Engine("atomgrad==0.3.0", "atomgrad.atom:Atom"),
    Engine("backprop-lib==0.1.0", "backprop.engine:Value"),
    Engine("bitgrad==0.1.2", "bitgrad.engine:Value", ("graphviz",)),
    Engine("coregrad==0.1.0", "coregrad.engine:Scalar", ("graphviz",)),
    Engine("deep-autograd==0.0.2", "deep_autograd.engine:Value"),
    Engine("delgrada==0.1.2", "delgrada.scalar:Scalar"),
    Engine("femtograd==0.0.5", "femtograd.femtograd:value"),
    Engine("grad-mlp==0.1.1", "micrograd.engine:Value", ("graphviz",)),
    Engine("gradflow-kit==0.1.3", "micrograd.node:Node", ("graphviz",)),
    Engine("kaitorch==0.1.0", "kaitorch.core:Scalar"),
    Engine("learngrad==0.2.1", "learngrad.engine:Value"),
    Engine("lilgrad==0.6.0", "micrograd.engine:Value"),
    Engine("micrograd-andrews==0.1.8", "micrograd_andrews.engine:Value", ("graphviz",)),
    Engine("micrograd-ds==0.1.1", "micrograd.engine:Value"),
    Engine("micrograd-hk==0.1.1", "micrograd_hk.engen:Value"),
    Engine("micrograd-viz==0.2.0", "micrograd.engine:Value"),
    Engine("micrograd2023==1.0.1", "micrograd2023.engine:Value", ("nbdev", "graphviz")),
    Engine("miniad==0.1.1", "miniad.tensor:Tensor"),
    Engine("nano-autograds==1.1.1", "autograd.core.engine:Value", ("graphviz",)),
    Engine("nanograd-aman==0.1.0", "nanograd.engine:Value"),
    Engine("nanograd-bgriebel==0.1.4", "nanograd_bgriebel:Value"),
    Engine("omnigrad==0.2.3", "omnigrad.diffengine:Value"),
    Engine("opengrad==0.0.1", "opengrad.engine:Value"),
    Engine("propgrad==0.1.1", "propgrad.engine:Value"),
    Engine("pyfit==1.0.2", "pyfit.engine:Scalar"),
    Engine("quantagrad==0.1.0", "quantagrad.engine:Nodes"),
    Engine("robingrad==0.1.0", "robingrad.tensor:Tensor", ("graphviz",)),
    Engine("scalargrad==1.0.5", "scalargrad.core:Scalar"),
    Engine("tardigrad==0.1.0", "tardigrad.value:Value", ("graphviz",)),
    Engine("tardigrad==0.1.0", "tardigrad.tensor:Tensor", ("graphviz",)),
    Engine("tonygrad==2.0.0", "tonygrad.engine:Value"),
    Engine("axon-drop==0.0.9", "drop._scalar:scalar"),
)


def main(arguments: list[str] | None = None) -> int:
    """Install, run and print the table."""
    options = _options().parse_args(arguments)
    chosen = [e for e in ENGINES if not options.names or e.name in options.names]
    folder = Path(options.folder or tempfile.mkdtemp(prefix="engines-")).resolve()
    if folder.is_relative_to(ROOT):
        sys.stderr.write("the folder must lie outside the repository\n")
        return 2
    print("| package | engine | spellings | gradients | verdict | errors | warnings |")
    print("|---|---|---|---|---|---|---|")
    for engine in chosen:
        print(f"| {' | '.join(_row(engine, folder, full=options.full))} |", flush=True)
    print(f"\nReports: {folder}", file=sys.stderr)
    return 0


def _options() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    made.add_argument("names", nargs="*", help="packages (default: all)")
    made.add_argument("--folder", help="where to install (default: a temporary folder)")
    made.add_argument("--full", action="store_true", help="the default budget, not the quick one")
    return made


def _row(engine: Engine, folder: Path, *, full: bool) -> Iterator[str]:
    yield f"{engine.package.replace('==', ' ')}"
    yield f"`{engine.target}`"
    place = folder / engine.name
    failed = _installed(engine, place)
    if failed:
        yield from ("", "", f"not installed: {failed}", "", "")
        return
    code, said, report = _run(engine, place, folder / "reports" / engine.name, full=full)
    if report is None:
        yield from ("", "", f"refused ({code}): {said}", "", "")
        return
    yield str(len(report["engine"]["spellings"]))
    yield f"{report['totals']['gradients']:,}"
    single = ", float32" if report["engine"]["float_width"] == 32 else ""
    yield report["status"] + single
    errors = [f for f in report["findings"] if f["severity"] == "error"]
    yield "; ".join(dict.fromkeys(map(_named, errors)))
    warnings = [f["law"] for f in report["findings"] if f["severity"] == "warning"]
    yield " ".join(dict.fromkeys(warnings))


def _named(finding: dict[str, Any]) -> str:
    fault = f" `{finding['fault']}`" if finding["fault"] else ""
    return f"{finding['law']}{' ' + finding['operation'] if finding['operation'] else ''}{fault}"


def _installed(engine: Engine, place: Path) -> str | None:
    """Install the package alone and what it needs; why not, if it cannot be."""
    if place.is_dir():
        return None
    pip = [sys.executable, "-m", "pip", "install", "-q", "--target", str(place)]
    for what in (["--no-deps", engine.package], list(engine.needs)):
        if what:
            done = subprocess.run([*pip, *what], capture_output=True, text=True, check=False)  # noqa: S603 - pip, and the packages named above
            if done.returncode:
                return (done.stderr.strip().splitlines() or ["pip failed"])[-1]
    return None


def _run(
    engine: Engine, place: Path, reports: Path, *, full: bool
) -> tuple[int, str, dict[str, Any] | None]:
    """The exit code, what was said, and the report if there is one."""
    arguments = ["run", engine.target, "--no-corpus", "--report-dir", str(reports)]
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "verify", *arguments, *([] if full else ["--quick"])],
        cwd=place,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(place), str(ROOT)))},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    said = (done.stderr.strip().splitlines() or [""])[-1].removeprefix("gradverify: ")
    found = sorted(reports.glob(f"*{engine.target.rpartition(':')[2]}/report.json"))
    return done.returncode, said, json.loads(found[-1].read_text()) if found else None


if __name__ == "__main__":
    sys.exit(main())
