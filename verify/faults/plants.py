"""PLANTS: the engines in which one fault is planted, and LEFT_OUT: the faults that have none."""

from __future__ import annotations

from verify.faults.planting import Plant
from verify.faults.plants_in_graphs import in_graphs
from verify.faults.plants_in_laws import in_laws
from verify.faults.plants_in_operations import in_operations

PLANTS: tuple[Plant, ...] = (*in_operations(), *in_graphs(), *in_laws())
"""Every planted engine; a network's faults are planted in networks."""

LEFT_OUT: dict[str, str] = {
    "abs'(0) = 1 (micrograd_c#4)": "1 lies in abs's subdifferential [-1, 1]: at a kink any slope "
    "of it is right, and EDG08 notes which",
    "norm at 0 gives nan (pytorch#2421)": "a scalar engine has no norm; sqrt at 0 is the edge of "
    "its domain, where EDG02 takes the limit or a refusal",
    "untaken branch leaks nan (jax#5798)": "a branch in a scalar engine is Python's own `if`: what "
    "is not taken is not in the graph",
    "backward of a batch, shapes, broadcasting": "scalars have no shape",
    "forward-mode and higher derivatives": "the engines meant have reverse mode and first "
    "derivatives only",
    "two roots sharing an intermediate give 44, not 32": "planted as interior-kept, which is what "
    "it is; LIF03 shows it",
    "operation differs after the first call (stale cache, autobw.torch#7)": "marks that "
    "stay on nodes are planted as stale-visited; a partial that an operation keeps from the first "
    "backward(), or uses up in it, is something else and has no name of its own: LIF04 is the law "
    "that it breaks",
    "gradient of x ** n for an integer n, whose test passed by luck (tinygrad#9217)": "the report "
    "does not say what the gradient was; wrong slopes of powers are planted as dropped-factor, "
    "ignored-exponent and power-as-exponential",
    "what goes wrong with checkers themselves": "is about us: see tests/campaign/test_doubt.py",
}
"""Faults of public reports that have no planted engine of their own, and why."""
