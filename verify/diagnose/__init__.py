"""Where and what the bug is: the first wrong instruction, and what explains everything."""

from verify.diagnose.diagnosis import Diagnosis, diagnose

__all__ = ["Diagnosis", "diagnose"]
