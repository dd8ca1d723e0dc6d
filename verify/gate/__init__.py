"""Did a change break what worked? Two snapshots of an engine, compared; nothing here runs a suite.

Every outcome that is not a comparison of two whole examinations is a doubt, and never a pass.
"""

from verify.gate.compare import Comparison, Line, Policy, compare
from verify.gate.known import Known, KnownError, read_known
from verify.gate.snapshot import Seen, Snapshot, SnapshotError, snapshot_of
from verify.gate.speed import Speed

__all__ = [
    "Comparison",
    "Known",
    "KnownError",
    "Line",
    "Policy",
    "Seen",
    "Snapshot",
    "SnapshotError",
    "Speed",
    "compare",
    "read_known",
    "snapshot_of",
]
