"""Case: a Program, a point, and the output's seed."""

from __future__ import annotations

from dataclasses import dataclass

from verify.program.program import Program, ProgramError


@dataclass(frozen=True, slots=True)
class Case:
    """One question to an engine: what are the values and gradients of ``program`` at ``point``?

    Attributes:
        program: what is computed.
        point: one float64 for each input; infinities and nan are legal, as edge cases.
        seed: the cotangent given to the output.

    Raises:
        ProgramError: if the point does not fit the program.
    """

    program: Program
    point: tuple[float, ...]
    seed: float = 1.0

    def __post_init__(self) -> None:
        """Check the point against the program once."""
        if len(self.point) != self.program.n_inputs:
            raise ProgramError(
                f"the program has {self.program.n_inputs} inputs, the point {len(self.point)}"
            )
        for index, value in enumerate((*self.point, self.seed)):
            if type(value) is not float:
                what = f"x{index}" if index < len(self.point) else "the seed"
                raise ProgramError(f"{what} must be a float, not {type(value).__name__}")
