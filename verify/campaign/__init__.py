"""Generate, check, shrink, diagnose, report."""

from verify.campaign.budget import DEFAULT, QUICK, QUICK_STEPS, SHARD, STEPS, Budget
from verify.campaign.corpus import Kept, Recall, recall
from verify.campaign.explore import SuiteError
from verify.campaign.plan import Plan
from verify.campaign.replay import Replay, replayed
from verify.campaign.run import run

__all__ = [
    "DEFAULT",
    "QUICK",
    "QUICK_STEPS",
    "SHARD",
    "STEPS",
    "Budget",
    "Kept",
    "Plan",
    "Recall",
    "Replay",
    "SuiteError",
    "recall",
    "replayed",
    "run",
]
