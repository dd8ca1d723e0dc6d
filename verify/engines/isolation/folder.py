"""The working folder, which an engine may delete: our own process is in it, and its report."""

from __future__ import annotations

import os
from contextlib import suppress


class WorkingFolder:
    """The working folder as it is when this is made; nothing where it is gone already."""

    def __init__(self) -> None:
        """Remember it."""
        self._path: str | None = None
        with suppress(OSError):
            self._path = os.getcwd()  # noqa: PTH109 - Path.cwd() is the same

    def restore(self) -> None:
        """Make it again, empty, if it was deleted; libraries that load themselves late need one."""
        if self._path is None:
            return
        try:
            os.getcwd()  # noqa: PTH109
        except OSError:
            with suppress(OSError):
                os.makedirs(self._path, exist_ok=True)  # noqa: PTH103
                os.chdir(self._path)
