"""FAULTS: known bugs of autodiff engines, one row each, with what such an engine prints.

A failing engine is diagnosed with a fault only if the fault's prediction explains every number
seen, on the counterexample and on each question asked after it, or if its mechanism was seen at
work by the law it breaks. The sources are public reports, named as ``repository#thread``.
"""

from __future__ import annotations

from verify.faults.fault import Fault
from verify.faults.in_graphs import GRAPH_FAULTS
from verify.faults.in_laws import FORMULA_FAULTS, LAW_FAULTS
from verify.faults.in_operations import OPERATION_FAULTS

FAULTS: tuple[Fault, ...] = (*OPERATION_FAULTS, *GRAPH_FAULTS, *FORMULA_FAULTS, *LAW_FAULTS)
BY_CODE: dict[str, Fault] = {fault.code: fault for fault in FAULTS}
