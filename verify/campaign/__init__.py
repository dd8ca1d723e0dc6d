"""Generate, check, shrink, diagnose, report."""

from verify.campaign.budget import DEFAULT, QUICK, Budget
from verify.campaign.explore import SuiteError
from verify.campaign.plan import Plan
from verify.campaign.run import run

__all__ = ["DEFAULT", "QUICK", "Budget", "Plan", "SuiteError", "run"]
