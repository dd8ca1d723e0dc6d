"""The commits that touched a file, and where the file lay in each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from verify.gate.checkout import CheckoutError, git


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that touched a file.

    Attributes:
        revision: its full hash.
        subject: the first line of its message.
        date: the committer's, ISO 8601.
        path: the file in it, relative to the repository: files are renamed.
    """

    revision: str
    subject: str
    date: str
    path: str

    @property
    def short(self) -> str:
        """As many digits as a report shows."""
        return self.revision[:9]


def commits_of(path: Path, most: int | None = None) -> list[Commit]:
    """The commits that touched a file, the oldest first; renames are followed.

    Args:
        path: the file; its repository is that of the current folder.
        most: only the latest so many.

    Raises:
        CheckoutError: if there is no git or repository, or it never held the file.
    """
    top = top_folder()
    if not path.resolve().is_relative_to(top):
        raise CheckoutError(f"{path} lies outside of the repository {top.name}")
    limit = [f"--max-count={most}"] if most is not None else []
    said = git(
        "-c", "core.quotePath=false", "log", "--follow", "--name-only",
        "--format=%x01%H%x00%cI%x00%s", *limit, "--", str(path),
    ).decode(errors="replace")  # fmt: skip
    found = []
    for block in said.split("\x01")[1:]:
        head, *names = [line for line in block.splitlines() if line]
        revision, date, subject = head.split("\x00", 2)
        found.append(Commit(revision, subject, date, names[-1] if names else ""))
    if not found:
        raise CheckoutError(f"git knows no commit of {path}: is it committed?")
    return found[::-1]


def top_folder() -> Path:
    """The repository of the current folder. Raises CheckoutError."""
    return Path(git("rev-parse", "--show-toplevel").decode().rstrip("\n")).resolve()
