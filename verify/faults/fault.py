"""What a known bug is."""

from __future__ import annotations

from dataclasses import dataclass

from verify.faults.walks import Predict

REFLECTED = {
    "rsub": ("`__rsub__`", "-"),
    "rdiv": ("`__rtruediv__`", "/"),
    "rpow": ("`__rpow__`", "**"),
}
"""The methods that Python calls for a number on the left where the order matters."""
REFLECTED_IN_GENERAL = ("`__rsub__` (or `__rtruediv__`, `__rpow__`)", "-")
SCOPES = ("operation", "graph", "formula", "law")


@dataclass(frozen=True, slots=True)
class Fault:
    """One known bug.

    Attributes:
        code: stable name for reports.
        name: what people call it.
        scope: ``operation`` if it sits in one operation, ``graph`` if in the walk, ``formula`` if
            an operation is computed by a formula that loses digits, ``law`` if the check of a law
            sees its mechanism at work.
        what: what the engine does, in the words of a diagnosis; ``{form}`` is the operation.
        mend: what to look for and what it should be; ``{form}`` is the operation, ``{method}``
            and ``{sign}`` are those that Python calls for a number on its left.
        seen: where it happened.
        predict: the ways in which an engine may have the bug in some forms (those that run the
            same method), each with what it then prints; None where numbers do not tell it.
        with_it: codes of faults that the same mistake brings along.
    """

    code: str
    name: str
    scope: str
    what: str
    mend: str
    seen: str
    predict: Predict | None = None
    with_it: tuple[str, ...] = ()

    def mended(self, form: str | None) -> str:
        """What to do, in the words of a report; ``form`` is the operation it was seen in."""
        method, sign = REFLECTED.get(form or "", REFLECTED_IN_GENERAL)
        return self.mend.format(form=form or "it", method=method, sign=sign)
