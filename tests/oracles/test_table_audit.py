"""The table of operations against SymPy, mpmath and torch: every row, every form, every slot."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import mpmath
import pytest
import sympy
from flint import arb

from verify.oracles import Answer, BallOracle, TorchOracle, bench
from verify.oracles.arb_system import ArbSystem, precision
from verify.program import OPS, Instruction, Op, Program, Ref, ops
from verify.program.reals import FLOAT64

VALUES = (0.7, -1.25, 2.5, 0.03125, -0.3, 1.75, 4.0, 1.0, -3.0)
NUMBERS = (2, -1, 0.5, 3, -1.5, 2.0, 1, 0)
ENOUGH = 5


class Plain:
    """SymPy's own functions, under the names that OPS uses: nothing of the oracle's."""

    exp, log, sqrt, sin, cos = sympy.exp, sympy.log, sympy.sqrt, sympy.sin, sympy.cos
    tanh, absolute, maximum, minimum = sympy.tanh, sympy.Abs, sympy.Max, sympy.Min

    @staticmethod
    def power(x: Any, y: Any) -> Any:
        return x**y

    @staticmethod
    def relu(x: Any) -> Any:
        return sympy.Max(x, 0)

    @staticmethod
    def sigmoid(x: Any) -> Any:
        return 1 / (1 + sympy.exp(-x))

    @staticmethod
    def total(xs: Any) -> Any:
        return sympy.Add(*xs)


MEANING: dict[str, Any] = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b, "neg": lambda x: -x, "pow": mpmath.power, "power": mpmath.power,
    "exp": mpmath.exp, "log": mpmath.log, "sqrt": mpmath.sqrt, "sin": mpmath.sin,
    "cos": mpmath.cos, "tanh": mpmath.tanh, "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "relu": lambda x: x if x > 0 else mpmath.mpf(0), "abs": abs, "max": max, "min": min,
    "sum": lambda *xs: mpmath.fsum(xs),
}  # fmt: skip
"""What each name means to anybody, in-place ones by the name without its i."""


def meaning(op: Op) -> Any:
    return MEANING.get(op.name) or MEANING[op.name[1:]]


def grid(kinds: str) -> list[tuple[float, ...]]:
    """Operands of a form, legal or not."""
    columns = [VALUES if kind == "v" else NUMBERS for kind in kinds]
    return list(itertools.islice(itertools.product(*columns), 0, None, 7 if len(kinds) > 1 else 1))


def legal(op: Op, operands: tuple[float, ...]) -> bool:
    """Inside the domain and off the kinks."""
    inside = all(
        m.quantity > 0 if m.relation == ">" else m.quantity != 0 for m in op.domain(*operands)
    )
    return inside and all(q != 0 for q in op.kinks(*operands))


def points(op: Op, kinds: str) -> list[tuple[float, ...]]:
    return [operands for operands in grid(kinds) if legal(op, operands)]


def enclosed(expression: Any) -> arb:
    """A constant SymPy expression as a ball, from SymPy's own digits."""
    digits = sympy.N(expression, 60)
    return arb(f"[{digits} +/- {abs(digits) * sympy.Float('1e-55') + sympy.Float('1e-80')}]")


def audit(op: Op, kinds: str) -> list[str]:
    """What is wrong with a row's partials, as SymPy sees its primal; empty if nothing."""
    found = []
    symbols = sympy.symbols(f"s:{len(kinds)}", real=True)
    for operands in points(op, kinds):
        exact = dict(zip(symbols, map(rational, operands), strict=True))
        numbers = [exact[s] if k == "n" else s for s, k in zip(symbols, kinds, strict=True)]
        expression = op.primal(Plain, *numbers)
        for slot in (i for i, kind in enumerate(kinds) if kind == "v"):
            truth = enclosed(sympy.diff(expression, symbols[slot]).subs(exact))
            if not agrees(partial(op, slot, kinds, operands), truth):
                found.append(f"{op.name}: slot {slot} at {operands}")
    return found


def rational(x: float) -> sympy.Rational:
    """A float as SymPy's exact fraction."""
    return sympy.Rational(*x.as_integer_ratio())


def balls_of(kinds: str, operands: tuple[float, ...]) -> list[Any]:
    """Balls for values, numbers as they are."""
    return [arb(x) if kind == "v" else x for kind, x in zip(kinds, operands, strict=True)]


def partial(op: Op, slot: int, kinds: str, operands: tuple[float, ...]) -> arb:
    """The row's partial in exact ball arithmetic."""
    system = ArbSystem(0)
    with precision(300):
        balls = balls_of(kinds, operands)
        value = op.primal(system, *balls)
        return arb(op.partial(slot)(system, value, *balls))


def agrees(ours: arb, truth: arb) -> bool:
    """Overlap, and tight enough for that to mean something."""
    return bool(ours.overlaps(truth)) and (ours.is_zero() or ours.rel_accuracy_bits() > 60)


ROWS = [
    pytest.param(op, kinds.replace("*", "vvv"), id=name)
    for op in OPS
    for kinds, name in op.forms.items()
]


@pytest.mark.parametrize(("op", "kinds"), ROWS)
def test_partials_are_derivatives_of_the_primal(op: Op, kinds: str) -> None:
    seen = points(op, kinds)
    assert len(seen) >= ENOUGH
    assert op.domain is ops._positive or any(min(operands) < 0 for operands in seen)
    assert audit(op, kinds) == []


@pytest.mark.parametrize(("op", "kinds"), ROWS)
def test_audit_catches_a_partial_off_by_a_millionth_of_a_millionth(op: Op, kinds: str) -> None:
    for slot, rule in enumerate(op.partials):
        if kinds[slot] == "n":
            continue

        def off(m: Any, y: Any, *operands: Any, rule: Any = rule) -> Any:
            return rule(m, y, *operands) + arb(1e-12)

        planted = replace(op, partials=(*op.partials[:slot], off, *op.partials[slot + 1 :]))
        assert len(audit(planted, kinds)) >= ENOUGH


@pytest.mark.parametrize(("op", "kinds"), ROWS)
def test_primal_means_what_its_name_says(op: Op, kinds: str) -> None:
    with mpmath.workdps(60), precision(300):
        for operands in points(op, kinds):
            truth = meaning(op)(*map(mpmath.mpf, operands))
            ours = op.primal(ArbSystem(0), *balls_of(kinds, operands))
            assert agrees(arb(ours), arb(f"[{mpmath.nstr(truth, 55)} +/- 1e-50]")), operands


def alone(op: Op, kinds: str, operands: tuple[float, ...]) -> tuple[Program, tuple[float, ...]]:
    """A program of one instruction, and its point."""
    point = tuple(x for kind, x in zip(kinds, operands, strict=True) if kind == "v")
    refs = map(Ref, range(len(point)))
    made = tuple(next(refs) if k == "v" else x for k, x in zip(kinds, operands, strict=True))
    return Program(len(point), (Instruction(op.name, made),)), point


def ball(program: Program, point: tuple[float, ...]) -> Answer:
    (answer,) = BallOracle().answers(program, [point])
    return answer


@pytest.mark.parametrize(("op", "kinds"), ROWS)
def test_accuracy_covers_torch_and_python(op: Op, kinds: str) -> None:
    for operands in points(op, kinds):
        program, point = alone(op, kinds, operands)
        (torch,), ours = TorchOracle().answers(program, [point]), ball(program, point)
        assert all(map(arb.contains, ours.primals, torch.primals)), operands
        assert all(map(arb.contains, ours.adjoints, torch.adjoints)), operands
        assert ours.primals[-1].contains(arb(op.primal(FLOAT64, *operands))), operands
        assert not ours.troubles


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_accuracy_is_stated_with_its_reason(op: Op) -> None:
    assert op.accuracy >= 1
    assert f"\n* {op.accuracy}: " in (ops.__doc__ or "")


LIMITED = [row for row in ROWS if row.values[0].domain is not ops.everywhere]  # type: ignore[union-attr]
EDGES = (0.0, -0.0, -5e-324, -1.0, -2.5, 0.5)
EDGE_NUMBERS = (-1, 0, 0.5, -0.5, 0.0, -2)


@pytest.mark.parametrize(("op", "kinds"), LIMITED)
def test_outside_the_domain_the_ball_oracle_says_so(op: Op, kinds: str) -> None:
    columns = [EDGES if kind == "v" else EDGE_NUMBERS for kind in kinds]
    outside = [operands for operands in itertools.product(*columns) if not legal(op, operands)]
    assert len(outside) >= (1 if kinds == "vn" and "div" in op.name else 3)
    for operands in outside:
        answer = ball(*alone(op, kinds, operands))
        assert [t.reason for t in answer.troubles] == ["domain"], operands
        assert set(answer.primals) == set(answer.adjoints) == {None}


OUTSIDE: list[tuple[str, tuple[float, ...]]] = [
    ("log", (0.0,)), ("log", (-1.0,)), ("sqrt", (0.0,)), ("sqrt", (-1.0,)),
    ("div", (1.0, 0.0)), ("div", (0.0, -0.0)), ("idiv", (1.0, 0.0)),
    ("power", (0.0, 1.0)), ("power", (-1.0, 2.0)),
]  # fmt: skip
OUTSIDE_POWERS = [(0.0, 0), (0.0, -1), (0.0, 0.5), (-1.0, 0.5), (0.0, 1.5), (-2.0, -0.5)]
INSIDE_POWERS = [(0.0, 1), (0.0, 2), (-1.0, -1), (-1.0, 0), (-2.0, 3.0), (5e-5, 0.5), (0.0, 2.0)]


@pytest.mark.parametrize(("name", "point"), OUTSIDE)
def test_domain_ends_where_calculus_says(name: str, point: tuple[float, ...]) -> None:
    refs = tuple(map(Ref, range(len(point))))
    answer = ball(Program(len(point), (Instruction(name, refs),)), point)
    assert [t.reason for t in answer.troubles] == ["domain"]


def test_domain_of_a_power_depends_on_the_number() -> None:
    for points_of, reasons in ((OUTSIDE_POWERS, {"domain"}), (INSIDE_POWERS, set())):
        for x, n in points_of:
            answer = ball(Program(1, (Instruction("pow", (Ref(0), n)),)), (x,))
            assert {t.reason for t in answer.troubles} == reasons, (x, n)


@pytest.mark.parametrize("n", [float("nan"), float("inf"), -float("inf"), 1e300, 2**53])
def test_exponents_beyond_reason_are_undecided_and_never_an_accident(n: float) -> None:
    program = Program(1, (Instruction("pow", (Ref(0), n)),))
    for truth in bench().truths(program, [(1.5,), (-2.0,)]):
        assert truth.troubles[0].reason in {"domain", "overflow", "underflow"}
        assert not truth.doubts


KINKED = [row for row in ROWS if row.values[0].kinks is not ops.smooth]  # type: ignore[union-attr]


@pytest.mark.parametrize(("op", "kinds"), KINKED)
def test_at_a_kink_every_subgradient_is_allowed_and_no_more(op: Op, kinds: str) -> None:
    for operands in [(-1.25, -1.25), (0.0, -0.0)] if len(kinds) == 2 else [(0.0,), (-0.0,)]:
        answer = ball(*alone(op, kinds, operands))
        assert [t.reason for t in answer.troubles if t.reason != "wide"] == ["kink"]
        lowest = -1 if op.name == "abs" else 0
        for adjoint in answer.adjoints[:-1]:
            assert all(adjoint.contains(arb(slope)) for slope in (lowest, 0.5, 1))
            assert not adjoint.contains(arb(1.0001))
            assert not adjoint.contains(arb(lowest - 0.0001))


def test_table_has_kinks_where_it_should() -> None:
    assert {op.name for op in OPS if op.kinks is not ops.smooth} == {"relu", "abs", "max", "min"}
    assert {op.name for op in OPS if op.domain is not ops.everywhere} == {
        "div", "idiv", "pow", "power", "log", "sqrt"
    }  # fmt: skip
