"""Hypothesis strategies for programs, points, cases and network shapes."""

from strategies.networks import mlp_shapes
from strategies.points import points
from strategies.programs import Batch, Focus, batches, cases, focuses, programs

__all__ = ["Batch", "Focus", "batches", "cases", "focuses", "mlp_shapes", "points", "programs"]
