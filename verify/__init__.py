"""The harness: is every gradient of an engine right, with proof?

The names below are the interface for a person's own tests, see ``docs/api.md``. Each is imported
when it is first used: ``import verify`` is instant, and a pytest that loads our plugin with it.
"""

from importlib import import_module

__version__ = "0.1.0"

PLACES = {
    "verify.conformance": (
        "ConformanceError", "InDoubtError", "assert_case", "check_case", "operations_of",
        "run_conformance",
    ),
    "verify.engines": ("TargetError",),
    "verify.program": ("Case", "Instruction", "Program", "Ref"),
    "verify.report": ("Document", "FindingRecord"),
    "verify.verdict": ("Agree", "EngineError", "Inaccurate", "Mismatch", "Undecided", "Verdict"),
}  # fmt: skip
"""Module -> what it gives to the interface."""
HOME = {name: module for module, names in PLACES.items() for name in names}

__all__ = ["__version__", *sorted(HOME)]  # noqa: PLE0604 - names of the table


def __getattr__(name: str) -> object:
    """A name of the interface, from the module it is at home in."""
    if name not in HOME:
        raise AttributeError(f"module 'verify' has no attribute {name!r}")
    found: object = getattr(import_module(HOME[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """The interface."""
    return sorted({*globals(), *HOME})
