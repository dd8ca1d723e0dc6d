"""What the package promises as a whole."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import microgradref

PACKAGE = Path(microgradref.__file__).parent
FILES = sorted(PACKAGE.glob("*.py"))


def test_package_imports_the_standard_library_only() -> None:
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                continue
            for name in names:
                top = name.split(".")[0]
                assert top == "microgradref" or top in sys.stdlib_module_names, file.name


def test_package_is_typed_and_its_files_are_small() -> None:
    assert (PACKAGE / "py.typed").exists()
    for file in FILES:
        assert len(file.read_text(encoding="utf-8").splitlines()) < 300, file.name


def test_package_exports_what_it_lists() -> None:
    assert all(hasattr(microgradref, name) for name in microgradref.__all__)
