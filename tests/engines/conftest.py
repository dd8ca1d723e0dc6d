"""Write a file or a notebook, and load the class in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from notebooks import notebook

from verify.engines.loading import Loaded, load

Written = Callable[..., Loaded]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Write a file and load the class in it."""

    def write(source: str, target: str = "Value", name: str = "engine.py") -> Loaded:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        return load(f"{path}:{target}")

    return write


@pytest.fixture
def taught(tmp_path: Path) -> Written:
    """Write a notebook of some cells and load the class in it."""

    def write(*cells: str, target: str = "Value") -> Loaded:
        path = tmp_path / "lesson.ipynb"
        path.write_text(notebook(cells), encoding="utf-8")
        return load(f"{path}:{target}")

    return write
