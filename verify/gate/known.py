"""Known failures: findings that are lived with, each for a reason, until a date, with its case."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from verify.laws import BY_CODE

KEYS = ("fingerprint", "law", "operation", "reason", "expires", "case")


class KnownError(Exception):
    """A file of known failures that cannot be used; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Known:
    """A finding that does not close the gate.

    Attributes:
        fingerprint: which finding.
        law: the law that it breaks.
        reason: why it is lived with.
        operation: the operation that it sits in, or None.
        expires: the last day on which it is; None for ever.
        case: file of the counterexample, as the file names it, or None.
    """

    fingerprint: str
    law: str
    reason: str
    operation: str | None = None
    expires: date | None = None
    case: str | None = None

    def has_expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.expires is not None and self.expires < today


def read_known(path: Path) -> tuple[Known, ...]:
    """The known failures of a TOML file.

    Raises:
        KnownError: if it cannot be read or is malformed.
    """
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise KnownError(f"{path} cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        said = " ".join(str(error).split())[:200]
        raise KnownError(f"{path} is no TOML file: {said}") from None
    if other := sorted(set(data) - {"known"}):
        raise KnownError(f"{path}: there is no {other[0][:40]!r}, only [[known]]")
    entries = data.get("known", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise KnownError(f"{path}: write each known failure as [[known]]")
    found = tuple(_entry(entry, f"{path}: entry {n}") for n, entry in enumerate(entries, 1))
    names = [known.fingerprint for known in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise KnownError(f"{path}: {twice} is there twice")
    return found


def _entry(entry: Mapping[str, Any], where: str) -> Known:
    if other := sorted(set(entry) - set(KEYS)):
        raise KnownError(f"{where} has the key {other[0][:40]!r}; there are {', '.join(KEYS)}")
    for key in ("fingerprint", "law", "reason"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise KnownError(f"{where} needs a {key}, as text")
    for key in ("operation", "case"):
        if not isinstance(entry.get(key, ""), str):
            raise KnownError(f"{where}: {key} is no text")
    if entry["law"] not in BY_CODE:
        raise KnownError(f"{where}: there is no law {entry['law'][:40]!r}")
    if not re.fullmatch(r"[0-9a-f]{12}", entry["fingerprint"]):
        raise KnownError(f"{where}: a fingerprint has twelve hexadecimal digits")
    expires = entry.get("expires")
    if expires is not None and (not isinstance(expires, date) or isinstance(expires, datetime)):
        raise KnownError(f"{where}: expires is a date, expires = 2027-01-31")
    return Known(
        entry["fingerprint"], entry["law"], entry["reason"].strip(), entry.get("operation"),
        expires, entry.get("case"),
    )  # fmt: skip
