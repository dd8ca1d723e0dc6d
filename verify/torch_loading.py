"""Import torch late, and without its complaint about an environment that has no NumPy."""

from __future__ import annotations

import warnings
from typing import Any


def load_torch() -> Any:
    """The torch module; importing it takes a second and more, so only where it is used.

    Torch warns on import where NumPy is missing. Nothing here needs NumPy, and a warning before
    the verdict would make a user look for a fault that is not there.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Failed to initialize NumPy", UserWarning)
        import torch
    return torch
