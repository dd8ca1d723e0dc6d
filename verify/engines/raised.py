"""What somebody's code raises that is no ``Exception``, as ``GeneratorExit`` is none."""

from __future__ import annotations

import os

MARK = "GRADVERIFY_WORKER"
"""The variable that names a worker: its children have it too, wherever they went."""
INTERRUPTS: tuple[type[BaseException], ...] = () if MARK in os.environ else (KeyboardInterrupt,)
"""What the user ends a run by. In a worker it is the engine that raises it: no key reaches it."""


class RaisedError(Exception):
    """Something was raised that our own code, which expects an ``Exception``, would not catch.

    Attributes:
        raised: what it was.
    """

    def __init__(self, raised: BaseException) -> None:
        """Keep it."""
        super().__init__(type(raised).__name__)
        self.raised = raised
