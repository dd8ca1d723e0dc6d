"""Laws: properties every correct engine has. To add one: a function and a row in its family."""

from dataclasses import replace

from verify.laws.determinism import DETERMINISM_LAWS
from verify.laws.edges import EDGE_LAWS
from verify.laws.examining import examine
from verify.laws.large import LARGE_LAWS
from verify.laws.law import SEVERITIES, Book, Breach, Law, selected
from verify.laws.lifecycle import LIFECYCLE_LAWS
from verify.laws.mends import MENDS
from verify.laws.network import NETWORK_LAWS
from verify.laws.numbers import NUMBERS
from verify.laws.scale import SCALE_LAWS
from verify.laws.support import SUPPORT_LAWS, requiring
from verify.laws.surroundings import SURROUNDINGS_LAWS
from verify.verdict import DEADLY

_ROWS = (
    *NUMBERS,
    *SURROUNDINGS_LAWS,
    *EDGE_LAWS,
    *LIFECYCLE_LAWS,
    *SCALE_LAWS,
    *LARGE_LAWS,
    *DETERMINISM_LAWS,
    *SUPPORT_LAWS,
    *NETWORK_LAWS,
)
LAWS: tuple[Law, ...] = tuple(replace(law, mend=MENDS.get(law.code, "")) for law in _ROWS)
BY_CODE: dict[str, Law] = {law.code: law for law in LAWS}

__all__ = [
    "BY_CODE",
    "DEADLY",
    "LAWS",
    "SEVERITIES",
    "Book",
    "Breach",
    "Law",
    "examine",
    "requiring",
    "selected",
]
