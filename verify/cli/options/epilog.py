"""What a run's exit codes mean, at the end of ``--help``."""

EPILOG = """\
exit codes: 0 clean; 1 findings; 2 bad usage or input, or the report cannot be written;
3 the engine cannot be loaded; 4 the suite itself is in doubt; 130 stopped by Ctrl-C
"""
