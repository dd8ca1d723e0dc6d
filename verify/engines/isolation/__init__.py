"""An engine in a worker process: what it does to a process, it does to that one."""

from verify.engines.isolation.isolated import Isolated, isolated_engine
from verify.engines.isolation.limits import DEFAULT_LIMITS, LEAST_MEMORY, Limits
from verify.engines.isolation.process import GoneError
from verify.engines.isolation.running import TaskError

__all__ = [
    "DEFAULT_LIMITS",
    "LEAST_MEMORY",
    "GoneError",
    "Isolated",
    "Limits",
    "TaskError",
    "isolated_engine",
]
