"""An engine as the laws ask it in a worker: whatever it raises, it raises as an ``Exception``."""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any

from verify.engines.raised import RaisedError


class Contained:
    """An engine, or a network, that ends nothing; whatever else it has, this has too.

    Laws expect what an engine raises to be an ``Exception``. A ``KeyboardInterrupt`` is no
    interruption here: no key reaches a worker, see INTERRUPTS.
    """

    def __init__(self, subject: Any) -> None:
        """Make one."""
        vars(self)["_subject"] = subject

    def __getattr__(self, name: str) -> Any:
        """Its own; a method is kept, so that a graph of many operations is asked for it once."""
        found = getattr(self._subject, name)
        if not isinstance(found, MethodType):
            return found
        vars(self)[name] = made = contained(found)
        return made

    def __setattr__(self, name: str, value: Any) -> None:
        """Its own too."""
        setattr(self._subject, name, value)


def contained(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function; raises RaisedError in place of what is no ``Exception``."""

    def call(*operands: Any, **named: Any) -> Any:
        try:
            return function(*operands, **named)
        except Exception:
            raise
        except BaseException as error:
            raise RaisedError(error) from error

    return call
