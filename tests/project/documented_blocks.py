"""Code blocks of the documents, and what is to be done with each.

The language of a fenced block says how it is tried:

* ``console``: lines after ``$ `` are run (``> `` continues one) and the rest is compared with what
  they print; ``...`` on a line of its own stands for lines left out. A command that fails must be
  followed by ``$ echo $?``, so that the reader sees the exit code.
* ``sh``: every command must succeed. ``python``: runs as a script. ``pycon``: a doctest,
  which goes on from block to block.
* ``diff``: applied to the files of the page. ``toml``, ``yaml``, ``json``: must be written to a
  file that a later command reads, or be steps of a workflow.
* ``text``: a sample of something; no command may stand in it. ``{toctree}`` and the like are for
  the site, which is built with warnings as errors.

A comment before a block, which readers do not see, says more: ``<!-- file: NAME -->`` writes it to
a file, ``<!-- steps -->`` means steps of a GitHub workflow, ``<!-- not run: REASON -->`` leaves it
alone. ``<!-- given: PATH as NAME -->`` anywhere copies a file or folder of this repository first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = {
    "docs/api.md": "tests/plugin/test_plugin.py",
    "docs/pytest.md": "tests/plugin/test_plugin.py",
    "docs/targets.md": "tests/project/test_target_pages.py",
    "docs/history.md": "tests/cli/test_history.py",
}
"""Pages whose blocks are run by a test of their own."""
RUN = ("console", "sh", "python", "pycon", "diff")
DATA = ("toml", "yaml", "json")
MARK = re.compile(r"<!-- (file|given|not run|steps)(?:: (.+?))? -->")
COMMAND = re.compile(r"^ *(\$ |gradverify )", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of a page, or the copying of a file that the page is given.

    Attributes:
        language: of the fence; ``given`` for a copy; ``text`` for an indented block.
        text: what stands in it.
        line: its first line in the page, from 1.
        mark: kind of the comment before it, or empty.
        said: what that comment says.
    """

    language: str
    text: str
    line: int
    mark: str = ""
    said: str = ""

    @property
    def is_tried(self) -> bool:
        """Whether a test does something with it."""
        return not self.is_for_the_site and self.language != "text" and self.mark != "not run"

    @property
    def is_for_the_site(self) -> bool:
        """Whether it is a directive of MyST, which builds the page."""
        return self.language.startswith("{")


def documents() -> list[str]:
    """Every page whose blocks are run here, by its path in the repository."""
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    names = [page.relative_to(ROOT).as_posix() for page in pages]
    return [name for name in names if name not in ELSEWHERE]


def blocks_of(text: str) -> list[Block]:
    """The blocks of a page, in order."""
    found: list[Block] = []
    mark = ("", "")
    for token in MarkdownIt("commonmark").parse(text):
        line = (token.map or [0])[0] + 1
        if token.type == "html_block":
            marks = [(kind, said or "") for kind, said in MARK.findall(token.content)]
            found += [
                Block("given", "", line, kind, said) for kind, said in marks if kind == "given"
            ]
            mark = next((m for m in marks if m[0] != "given"), ("", ""))
        elif token.type in {"fence", "code_block"}:
            language = token.info.strip() if token.type == "fence" else "text"
            found.append(Block(language, token.content, line, *mark))
            mark = ("", "")
    return found


def complaint(block: Block) -> str | None:
    """Why a block cannot be tried as it stands; None if it can, or needs not be."""
    if block.mark == "not run":
        return None if len(block.said) > 10 else "a block that is not run must say why"
    if block.language == "text":
        found = COMMAND.search(block.text)
        return "a command in a block that nobody runs: make it `console`" if found else None
    if block.language in DATA and block.mark not in {"file", "steps"}:
        return f"{block.language} that nothing reads: give it a file, or say why it is not run"
    known = block.language in (*RUN, *DATA, "given") or block.is_for_the_site
    return None if known else f"a block of the language {block.language!r} is never tried"


@dataclass(frozen=True)
class Step:
    """One command of a console block, and the lines that must come out of it."""

    command: str
    expected: tuple[str, ...]


def steps_of(block: Block) -> list[Step]:
    """The commands of a console block with their outputs."""
    steps: list[tuple[list[str], list[str]]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            steps.append(([line[2:]], []))
        elif line.startswith("> ") and steps and not steps[-1][1]:
            steps[-1][0].append(line[2:])
        elif not steps:
            raise ValueError(f"line {block.line}: output before the first command")
        else:
            steps[-1][1].append(line)
    return [Step("\n".join(command), tuple(lines)) for command, lines in steps]


NOISE = (
    (re.compile(r"\b\d+(\.\d+)? ?s\b"), "N s"),
    (re.compile(r"\b\d+\.\d+x \(\d+\.\d+ to \d+\.\d+ over"), "Nx (N to N over"),
    (re.compile(r"\b[0-9a-f]{7,9} \("), "REVISION ("),
)
"""Times, ratios of times and revisions, which no two runs have in common."""


def quiet(line: str) -> str:
    """A line of output without what no two runs have in common."""
    for pattern, name in NOISE:
        line = pattern.sub(name, line)
    return line.rstrip()


def matches(expected: tuple[str, ...], actual: list[str]) -> bool:
    """Whether an output is what was shown; ``...`` stands for any number of lines."""
    if not expected:
        return not actual
    first, *rest = expected
    if first.strip() == "...":
        return any(matches(tuple(rest), actual[at:]) for at in range(len(actual) + 1))
    if not actual or quiet(first) != quiet(actual[0]):
        return False
    return matches(tuple(rest), actual[1:])


def refreshed(expected: tuple[str, ...], actual: list[str]) -> list[str]:
    """What is shown, each line that is right but for its numbers mended."""
    at = 0
    made = []
    for line in expected:
        blank = re.sub(r"[\d,.]+", "N", line.rstrip())
        same = (i for i in range(at, len(actual)) if re.sub(r"[\d,.]+", "N", actual[i]) == blank)
        found = next(same, None) if line.strip() not in {"", "..."} else None
        made.append(line if found is None else actual[found])
        at = at if found is None else found + 1
    return made
