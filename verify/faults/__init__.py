"""The catalogue of known bugs. To add one: a row in FAULTS."""

from verify.faults.fault import SCOPES, Fault
from verify.faults.mechanics import Local, Prediction, Sweep
from verify.faults.table import BY_CODE, FAULTS

__all__ = ["BY_CODE", "FAULTS", "SCOPES", "Fault", "Local", "Prediction", "Sweep"]
