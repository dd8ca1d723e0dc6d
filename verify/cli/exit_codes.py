"""Exit codes: a contract with scripts and CI."""

CLEAN = 0
"""Nothing found at the level of --fail-on."""
FINDINGS = 1
"""The engine is wrong, or broke a law at the level of --fail-on."""
USAGE = 2
"""Bad usage, configuration or input file; or the report cannot be written."""
NO_ENGINE = 3
"""The engine could not be loaded, or is no engine."""
IN_DOUBT = 4
"""The suite itself is in doubt: oracles disagree, nothing or too little checked, internal error."""
INTERRUPTED = 130
"""Stopped by Ctrl-C; the report is partial and says so."""
