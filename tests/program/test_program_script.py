"""The Python form: a script with the engine alone, right on a right engine, loud on a wrong one."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from verify.program import FORMS, Case, Instruction, Program, ProgramError, Ref
from verify.program.python_form import to_python

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

X, Y = Ref(0), Ref(1)
SPELLINGS = {form: row.spelling[0] for form, (row, _) in FORMS.items()}
REFERENCE = ("from microgradref import Value",)
PRODUCT = Case(Program(2, (Instruction("mul", (X, Y)),)), (3.0, -2.0))
BROKEN = """
class Number:
    def __init__(self, data, parents=()):
        self.data, self.parents, self.grad = data, parents, 0.0

    def __mul__(self, other):
        return Number(self.data * other.data, ((self, other.data), (other, other.data)))

    def backward(self):
        for parent, partial in self.parents:
            parent.grad += partial
"""


def script(
    case: Case, expected: Sequence[tuple[float, float]], imports: Sequence[str] = REFERENCE,
    name: str = "Value", output: tuple[float, float] | None = None,
) -> str:  # fmt: skip
    return to_python(
        case, imports=imports, construct=f"{name}({{}})", spellings=SPELLINGS, primal=".data",
        gradient=".grad", backward=".backward()", expected=expected, output=output,
    )  # fmt: skip


def run(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = folder / "repro.py"
    path.write_text(text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-I", str(path)], capture_output=True, text=True, check=False, timeout=60
    )


def exactly(*numbers: float) -> list[tuple[float, float]]:
    return [(x, x) for x in numbers]


EVERY_SPELLING = Case(
    Program(
        2,
        (
            Instruction("add", (2, X)),          # %2 = 4
            Instruction("iadd", (Ref(2), Y)),    # %3 = 8, %2 stays 4
            Instruction("sum", (Ref(2), Ref(3), X)),  # %4 = 14
            Instruction("max", (Ref(4), Y)),     # %5 = 14
            Instruction("pow", (Ref(5), -1)),    # %6 = 1/14
            Instruction("imul", (Ref(6), 28)),   # %7 = 2
            Instruction("abs", (Ref(7),)),       # %8 = 2
            Instruction("neg", (Ref(8),)),       # %9 = -2
            Instruction("power", (2.0, Ref(9))),  # %10 = 1/4
            Instruction("sub", (Ref(10), -0.25)),  # %11 = 1/2
            Instruction("div", (-1, Ref(11))),   # %12 = -2
        ),
    ),
    (2.0, 4.0),
)  # fmt: skip


def test_script_passes_on_a_right_engine(tmp_path: Path) -> None:
    done = run(script(PRODUCT, exactly(-2.0, 3.0), output=(-6.0, -6.0)), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "value of v2: expected [-6.0, -6.0], actual -6.0",
        "d v2 / d x0: expected [-2.0, -2.0], actual -2.0",
        "d v2 / d x1: expected [3.0, 3.0], actual 3.0",
    ]


def test_script_fails_on_a_broken_engine_and_prints_the_number(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text(BROKEN, encoding="utf-8")
    imports = ("import sys", f"sys.path.insert(0, {str(tmp_path)!r})", "from broken import Number")
    done = run(script(PRODUCT, exactly(-2.0, 3.0), imports, "Number"), tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert "d v2 / d x0: expected [-2.0, -2.0], actual -2.0\n" in done.stdout
    assert "d v2 / d x1: expected [3.0, 3.0], actual -2.0   WRONG\n" in done.stdout


def test_script_fails_on_a_wrong_value(tmp_path: Path) -> None:
    done = run(script(PRODUCT, exactly(-2.0, 3.0), output=(-6.1, -6.05)), tmp_path)
    assert done.returncode == 1
    assert "value of v2: expected [-6.1, -6.05], actual -6.0   WRONG\n" in done.stdout


def test_script_allows_both_ends_of_the_bounds_and_no_nan(tmp_path: Path) -> None:
    assert run(script(PRODUCT, [(-2.0, 7.0), (-7.0, 3.0)]), tmp_path).returncode == 0
    overflow = Case(Program(1, (Instruction("sub", (X, X)),)), (float("inf"),))
    done = run(script(overflow, exactly(0.0), output=(0.0, 0.0)), tmp_path)
    assert done.returncode == 1
    assert "actual nan   WRONG" in done.stdout


def test_script_spells_every_kind_of_template(tmp_path: Path) -> None:
    text = script(EVERY_SPELLING, [(0.1, 5.0)] * 2, output=(-2.0000001, -1.9999999))
    for line in (
        "v2 = 2 + x0", "v3 = v2\nv3 += x1", "v4 = sum([v2, v3, x0])", "v5 = v4.max(x1)",
        "v6 = v5 ** (-1)", "v7 = v6\nv7 *= 28", "v8 = abs(v7)", "v9 = -v8", "v10 = 2.0 ** v9",
        "v11 = v10 - -0.25", "v12 = -1 / v11",
    ):  # fmt: skip
        assert f"\n{line}\n" in text
    assert (
        "value of v12: expected [-2.0000001, -1.9999999], actual -2.0" in run(text, tmp_path).stdout
    )


def test_script_keeps_numbers_exactly(tmp_path: Path) -> None:
    steps = (Instruction("mul", (X, float("inf"))), Instruction("power", (-2, Y)))
    case = Case(Program(2, steps), (0.1 + 0.2, float("nan")))
    text = script(case, [(float("-inf"), 5e-324), (-0.0, 1e22)])
    assert "x0 = Value(0.30000000000000004)\nx1 = Value(float('nan'))\n" in text
    assert "v2 = x0 * float('inf')\nv3 = (-2) ** x1\n" in text
    assert "x0.grad, float('-inf'), 5e-324)" in text
    assert "x1.grad, -0.0, 1e+22)" in text
    compile(text, "repro.py", "exec")


def test_script_spells_the_seed_as_a_factor(tmp_path: Path) -> None:
    case = Case(PRODUCT.program, PRODUCT.point, 0.5)
    done = run(script(case, exactly(-1.0, 1.5), output=(-6.0, -6.0)), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_script_lets_an_input_that_nothing_reaches_have_no_gradient(tmp_path: Path) -> None:
    (tmp_path / "absent.py").write_text(
        BROKEN.replace("self.grad = data, parents, 0.0", "self.grad = data, parents, None").replace(
            "parent.grad += partial", "parent.grad = (parent.grad or 0) + partial"
        ),
        encoding="utf-8",
    )
    imports = ("import sys", f"sys.path.insert(0, {str(tmp_path)!r})", "from absent import Number")
    case = Case(Program(3, (Instruction("mul", (Y, Y)),)), (1.0, 4.0, 1.0))
    assert run(script(case, exactly(0.0, 8.0, 0.0), imports, "Number"), tmp_path).returncode == 0
    done = run(script(case, exactly(1.0, 8.0, 0.0), imports, "Number"), tmp_path)
    assert done.returncode == 1
    assert "d v3 / d x0: expected [1.0, 1.0], actual None   WRONG" in done.stdout


def test_script_refuses_a_form_without_spelling() -> None:
    with pytest.raises(ProgramError, match="%2: there is no spelling of mul"):
        to_python(
            PRODUCT, imports=(), construct="V({})", spellings={}, primal=".data", gradient=".grad",
            backward=".backward()", expected=exactly(1.0, 1.0),
        )  # fmt: skip


def test_script_refuses_bounds_that_do_not_fit() -> None:
    with pytest.raises(ProgramError, match="2 inputs, the expected gradients 1"):
        script(PRODUCT, exactly(1.0))
