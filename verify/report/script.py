"""The standalone script of a finding: the engine alone, what it must print and what it prints.

It exits with 1 while the engine is wrong there, and if the engine raises; with 0 once it is mended.
There is none of SCL01 (a chain too long to print), SCL02 and SCL03 (about time), DET02 (several
processes), SUP01 (nothing to run), LIF06 (no program), of the laws of networks, and of a case that
fails only after other programs.
"""

from __future__ import annotations

import ast
import textwrap
from pathlib import PurePosixPath, PureWindowsPath

from verify.engines.portable import MARK
from verify.laws import BY_CODE
from verify.report.document import Document, FindingRecord
from verify.report.exhibit import RETURN, Check, Exhibit, exhibit
from verify.report.words import class_name, finding_title, mend_words, one_line

COMPARE = """\
outside = False


def compare(what, actual, low, high):
    global outside
    right = actual != actual if low is None else low <= actual <= high
    outside = outside or not right
    expected = "nan" if low is None else f"[{low!r}, {high!r}]"
    print(f"{what}: expected {expected}, actual {actual!r}{'' if right else '   WRONG'}")
"""


def name_of(finding: FindingRecord) -> str | None:
    """The script's file: ``GRA01-1.py`` beside ``GRA01-1.json``; None without a case."""
    return None if finding.replay is None else f"{finding.replay.removesuffix('.json')}.py"


def render(document: Document, finding: FindingRecord, root: str | None = None) -> str | None:
    """A finding as a standalone script, or None where no script can show it.

    Args:
        document: the report, for how the engine is spelt.
        finding: one of its findings.
        root: the folder that gradverify was run in, relative to the script's; None if the script is
            to be run in that folder.
    """
    found = exhibit(document, finding)
    if found is None:
        return None
    lines = [
        *header(finding, "Exits with 1 while the engine is wrong here, with 0 once it is not.")
    ]
    lines += [*imports(document, found, root), "", *number(document), "", COMPARE, ""]
    for step in found.body:
        if isinstance(step, Check):
            ends = f"{step.low}, {step.high}"
            lines.append(f"compare({step.what!r}, {step.actual}, {ends})")
        else:
            lines.append(step.replace(RETURN, "    raise SystemExit(0)"))
    return "\n".join([*lines, "raise SystemExit(int(outside))", ""])


def header(finding: FindingRecord, use: str) -> list[str]:
    """Comments that say what is wrong, which law says so, and how to mend it."""
    law = BY_CODE.get(finding.law)
    parts = [
        one_line(f"{finding.law}  {finding_title(finding)}", 200),
        one_line(finding.message),
        one_line(finding.diagnosis),
        f"The law: {law.statement}" if law else "",
        f"To mend it: {one_line(mend_words(finding))}" if mend_words(finding) else "",
        f"{use} Written by gradverify; finding {one_line(finding.fingerprint, 40)}.",
    ]
    lines = []
    for part in parts:
        wrapped = textwrap.wrap(part, 96, break_on_hyphens=False)
        lines += [*(f"# {line}" for line in wrapped), *(["#"] if wrapped else [])]
    lines[-1] = ""
    return lines


def imports(document: Document, found: Exhibit, root: str | None) -> list[str]:
    """The lines that make the engine available, from wherever the script is started."""
    place, name = document.target.rpartition(":")[0], class_name(document.target)
    needs = [f"import {module}" for module in found.needs]
    if not place:
        return [*needs, *document.engine["imports"]]
    if any(line.startswith(MARK) for line in document.engine["imports"]):
        return [*needs, *_read(document, found, root)]
    names = ", ".join((name, *found.functions))
    taken = [f"{each} = engine.{each}" for each in (name, *found.functions)]
    is_file = place.endswith(".py")
    path = PurePosixPath(place) if "\\" not in place else PureWindowsPath(place)
    lines = [*needs, *(["import importlib.util"] if is_file and not _plain(path.stem) else [])]
    lines += ["import sys", "from pathlib import Path", "", *_root(root)]
    folder = f"ROOT / {path.parent.as_posix()!r}" if is_file and path.parent.name else "ROOT"
    lines.append(f"sys.path.insert(0, str({folder}))  # where the engine is")
    if not is_file and place.replace(".", "").isidentifier():
        return [*lines, f"from {place} import {names}  # noqa: E402"]
    if not is_file:
        return [*lines, "import importlib", f"engine = importlib.import_module({place!r})", *taken]
    if _plain(path.stem):
        return [*lines, f"from {path.stem} import {names}  # noqa: E402"]
    spec = f"importlib.util.spec_from_file_location('engine', ROOT / {path.as_posix()!r})"
    lines += [f"spec = {spec}", "engine = importlib.util.module_from_spec(spec)"]
    lines += ["sys.modules['engine'] = engine", "spec.loader.exec_module(engine)"]
    return [*lines, *taken]


def _read(document: Document, found: Exhibit, root: str | None) -> list[str]:
    """The lines that read what defines the class out of a file: see verify.engines.portable."""
    *lines, taken = document.engine["imports"]
    mark = next(k for k, line in enumerate(lines) if line.startswith(MARK))
    path = ast.literal_eval(lines[mark].removeprefix(MARK).removesuffix(")"))
    lines[mark : mark + 1] = [*_root(root), f"PLACE = ROOT / {path!r}"]
    return [*lines, taken, *(f"{each} = engine.{each}" for each in found.functions)]


def _plain(stem: str) -> bool:
    """Whether a file can be imported by its name: it hides no module of the standard library."""
    import keyword
    import sys

    return (
        stem.isidentifier() and not keyword.iskeyword(stem) and stem not in sys.stdlib_module_names
    )


def _root(root: str | None) -> list[str]:
    if root is None:
        return ["ROOT = Path.cwd()  # run this where gradverify was run"]
    return [f"ROOT = Path(__file__).resolve().parent / {root!r}  # where gradverify was run"]


def number(document: Document) -> list[str]:
    """A function that reads a gradient, which engines keep as a number, a value or None."""
    place, name = document.target.rpartition(":")[0], class_name(document.target)
    helpers = document.engine.get("helpers", ())
    lines = ["", *helpers, ""] if helpers else []
    lines += ["", "def number(gradient):", "    if gradient is None:", "        return 0.0"]
    if document.engine["primal"].endswith(".item()"):
        lines += ["    if hasattr(gradient, 'item'):", "        gradient = gradient.item()"]
    if place:
        primal = document.engine["primal"]
        lines += [f"    if isinstance(gradient, {name}):", f"        gradient = gradient{primal}"]
    return [*lines, "    return float(gradient)", ""]
