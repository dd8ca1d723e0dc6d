"""Laws: properties every correct engine has. To add one: a function in its family's file."""

from verify.laws.behaviour import BEHAVIOUR_LAWS
from verify.laws.edges import EDGE_LAWS
from verify.laws.law import SEVERITIES, Breach, Law
from verify.laws.network import NETWORK_LAWS
from verify.laws.numbers import NUMBERS

LAWS: tuple[Law, ...] = (*NUMBERS, *EDGE_LAWS, *BEHAVIOUR_LAWS, *NETWORK_LAWS)
BY_CODE: dict[str, Law] = {law.code: law for law in LAWS}

__all__ = ["BY_CODE", "LAWS", "SEVERITIES", "Breach", "Law"]
