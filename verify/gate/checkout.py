"""Another revision of the engine, in a folder of its own: the working tree is never touched."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path

SECONDS = 300.0


class CheckoutError(Exception):
    """The revision cannot be had; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A revision in a folder.

    Attributes:
        revision: its short name.
        tree: the folder.
        here: the folder in it that is the current folder in the working tree.
        target: the engine there.
        roots: folders there that its package is imported from.
    """

    revision: str
    tree: Path
    here: Path
    target: str
    roots: tuple[Path, ...]


@contextmanager
def checkout(revision: str, target: str, was: str | None = None) -> Iterator[Checkout]:
    """A revision of the repository of the current folder, until the block ends.

    Args:
        revision: as git names it: ``main``, ``HEAD~1``, a tag, a hash.
        target: the engine in the working tree.
        was: what it was called in the revision, if it was moved or renamed since.

    Raises:
        CheckoutError: if there is no git, repository or revision, or the engine lies elsewhere.
    """
    top = Path(git("rev-parse", "--show-toplevel").decode().rstrip("\n")).resolve()
    try:
        full = git("rev-parse", "--verify", "--end-of-options", revision + "^{commit}")
    except CheckoutError:
        raise CheckoutError(
            f"git knows no revision {revision!r} here; in CI, fetch the history (fetch-depth: 0)"
        ) from None
    name = full.decode().strip()
    target, root = _inside(was or target, top, there=was is None)
    with tempfile.TemporaryDirectory(prefix="gradverify-") as folder:
        tree = Path(folder).resolve()
        packed = io.BytesIO(git("-C", str(top), "archive", name))
        try:
            with tarfile.open(fileobj=packed) as archive:
                archive.extractall(tree, filter="data")
        except (tarfile.TarError, OSError) as error:
            raise CheckoutError(f"{revision} cannot be unpacked: {error}") from None
        here = tree / Path.cwd().resolve().relative_to(top)
        here.mkdir(parents=True, exist_ok=True)
        roots: tuple[Path, ...] = () if root is None else (tree / root,)
        if was and root is None and not _is_a_file(was):  # a package that is here no more
            roots = tuple(dict.fromkeys((here, here / "src", tree, tree / "src")))
        yield Checkout(name[:9], tree, here, target, roots)


def _is_a_file(target: str) -> bool:
    place = target.rpartition(":")[0]
    return place.endswith((".py", ".ipynb")) or "/" in place


def same_target(one: str, other: str) -> bool:
    """Whether two targets name one engine: ``./engine.py:Value`` and ``engine.py:Value``."""

    def plain(target: str) -> str:
        place, _, name = target.rpartition(":")
        return f"{Path(place).as_posix()}:{name}" if _is_a_file(target) else target

    return plain(one) == plain(other)


def _inside(target: str, top: Path, *, there: bool) -> tuple[str, Path | None]:
    """The target as it is named in another tree, and where its package is imported from.

    ``there`` says that the package must be in the working tree too.
    """
    place, _, name = target.rpartition(":")
    if _is_a_file(target):
        path = Path(place).resolve()
        if not path.is_relative_to(top):
            raise CheckoutError(f"{place} lies outside of the repository {top.name}")
        up = Path(*[".."] * len(Path.cwd().resolve().relative_to(top).parts))
        return f"{(up / path.relative_to(top)).as_posix()}:{name}", None
    package = place.split(".")[0]
    found = PathFinder.find_spec(package, [str(Path.cwd())]) or PathFinder.find_spec(package)
    places: list[str | None] = list((found.submodule_search_locations if found else None) or [])
    places = places or [found.origin if found else None]
    origin = Path(str(places[0])).resolve() if places[0] else None
    if origin is None and not there:
        return target, None
    if origin is None or not origin.is_relative_to(top):
        raise CheckoutError(f"{place or target} is not part of the repository {top.name}")
    return target, origin.parent.relative_to(top)


def git(*arguments: str) -> bytes:
    """What git says in the current folder. Raises CheckoutError."""
    try:
        done = subprocess.run(  # noqa: S603 - git, with arguments of ours
            ["git", *arguments],  # noqa: S607 - the user's own git
            capture_output=True, check=False, timeout=SECONDS,
        )  # fmt: skip
    except FileNotFoundError:
        raise CheckoutError("this needs git, which is not installed") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CheckoutError(f"git cannot be run: {error}") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise CheckoutError(f"git: {said[-1] if said else 'it failed'}")
    return done.stdout
