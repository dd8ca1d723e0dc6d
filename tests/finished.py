"""What a process left behind."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finished:
    """What a process left behind."""

    code: int
    out: str
    err: str

    @property
    def refusal(self) -> str:
        """The one sentence on stderr; the test fails if there is anything else."""
        assert "Traceback" not in self.err
        assert self.err.startswith("gradverify: ")
        assert self.err.count("\n") == 1, self.err
        assert self.err.endswith("\n")
        return self.err.removeprefix("gradverify: ").rstrip("\n")
