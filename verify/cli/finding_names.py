"""The words by which a person calls a finding, the same for every command."""

from __future__ import annotations


def is_called(wanted: str, law: object, fingerprint: object, file: object) -> bool:
    """Whether ``wanted`` means this finding.

    Args:
        wanted: ``GRA01-1`` (its file, with or without ``.json``), ``GRA01`` (its law), or the first
            digits of its fingerprint.
        law: the finding's.
        fingerprint: the finding's.
        file: the name of its file; ``None`` if it has none.
    """
    if not wanted:
        return False
    names = [str(law), str(file).removesuffix(".json")]
    return wanted.removesuffix(".json") in names or str(fingerprint).startswith(wanted)
