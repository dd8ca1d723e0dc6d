"""What git would leave out of a commit that should hold it."""

from __future__ import annotations

from pathlib import Path

from verify.cli.streams import complain


def say_what_git_ignores(*paths: Path) -> None:
    """Say which files git ignores: what is not committed, no gate in CI sees."""
    from verify.gate.checkout import CheckoutError, git

    for path in paths:
        try:
            git("check-ignore", "--quiet", "--", str(path))
        except CheckoutError:  # it is not ignored, or there is no repository
            continue
        complain(f"git ignores {path}: add a line !{path.as_posix()} to .gitignore, and commit it")
