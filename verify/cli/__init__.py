"""The command line. Nothing heavy is imported until a command needs it: ``--help`` is instant."""

from verify.cli.main import main

__all__ = ["main"]
