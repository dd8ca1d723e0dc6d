"""Campaigns: a run of hours, made of shards that any process of any machine can examine."""

from verify.campaign.sharded.crews import Cluster, Crew, CrewError, Processes
from verify.campaign.sharded.drive import Driver, Ending, Limit, State
from verify.campaign.sharded.journal import Journal, JournalError
from verify.campaign.sharded.merged import Merged
from verify.campaign.sharded.shard import Asked, Shard, shards

__all__ = [
    "Asked",
    "Cluster",
    "Crew",
    "CrewError",
    "Driver",
    "Ending",
    "Journal",
    "JournalError",
    "Limit",
    "Merged",
    "Processes",
    "Shard",
    "State",
    "shards",
]
