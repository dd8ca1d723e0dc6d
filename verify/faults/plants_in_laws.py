"""Engines whose fault a formula or a law gives away."""

from __future__ import annotations

from collections.abc import Iterator

from verify.faults.planting import Plant, on_lines, replacing
from verify.faults.plants_in_graphs import sorting


def in_laws() -> Iterator[Plant]:
    """Every fault of formulas, lifecycle, scale, edges and determinism."""
    yield Plant("tanh-by-exponentials", "tanh", replacing((TANH, QUOTIENT)))
    half = "        y = (math.tanh(a / 2) + 1) / 2\n"
    yield Plant("sigmoid-by-difference", "sigmoid", replacing((SIGMOID, half)))
    logs = "        y = math.exp(n * math.log(a)) if a > 0 else a**n\n"
    yield Plant("power-by-logarithms", "pow", replacing(("        y = a**n\n", logs)))
    two = replacing(
        (
            "        y = _exp(a)\n",
            "        y = 2.0 ** (a * 1.4426950408889634) if abs(a) < 700 else _exp(a)\n",
        )
    )
    yield Plant("exp-by-power-of-two", "exp", two)
    angle = replacing(("        y = math.cos(a)\n", "        y = math.sin(math.pi / 2 - a)\n"))
    yield Plant("rounded-angle", "cos", angle)
    yield Plant("interior-kept", "", replacing((RESET, "")))
    yield Plant("stale-visited", "", replacing(*STALE))
    yield Plant("mixed-points", "mul", on_lines("mul", (0, 1), _live))
    yield Plant("recursion", "", sorting(RECURSIVE))
    yield Plant("exponential-walk", "", sorting(EVERY_PATH))
    yield Plant("quadratic-walk", "", replacing(*LISTED))
    yield Plant("unordered", "", replacing(("tuple(children)", "set(children)")))
    bare = on_lines("pow", (0,), lambda x, _p: f"{x}.grad += {BARE_POWER} * out.grad")
    yield Plant("pow-at-zero", "pow", bare)
    complex_too = ("    return math.nan if isinstance(y, complex) else y\n", "    return y\n")
    kept = ("        self.data = float(data)\n", "        self.data = data\n")
    yield Plant("silent-complex", "pow", replacing(complex_too, kept))
    yield Plant("saturation", "tanh", replacing((TANH, OVERFLOWING)))
    yield Plant("overflow", "exp", replacing((EXP, EXP.replace("_exp(a)", "math.exp(a)"))))
    relu = ("0.0 if a <= 0 else a, (self,))  # relu", "a if a > 0 else 0.0, (self,))  # relu")
    yield Plant("nan-swallowed", "relu", replacing(relu))
    for name in ("radd", "rsub", "rmul", "rtruediv", "rpow"):
        renamed = (f"    def __{name}__", f"    def {name}")
        yield Plant("missing-operation", name, replacing(renamed))


def _live(operand: str, partial: str) -> str:
    """The other operand's value as it is when backward runs."""
    return f"{operand}.grad += {'other' if partial == 'b' else 'self'}.data * out.grad"


BARE_POWER = "n * (a ** (n - 1) if a >= 0 else _power(a, n - 1))"
TANH = "        y = math.tanh(a)\n"
QUOTIENT = """\
        e = _exp(2 * a)
        y = (e - 1) / (e + 1)
"""
OVERFLOWING = """\
        e = math.exp(2 * abs(a))
        y = math.tanh(a) if e < 1e100 else math.copysign((e - 1) / (e + 1), a)
"""
SIGMOID = "        y = 1 / (1 + _exp(-a))\n"
EXP = """\
        y = _exp(a)
        out = Value(y, (self,))  # exp
"""
RESET = """\
        for node in order:
            if node._children:
                node.grad = 0.0
"""
STALE = (
    ("        self.grad = 0.0\n", "        self.grad = 0.0\n        self._visited = False\n"),
    ("            elif node not in seen:\n", "            elif not node._visited:\n"),
    ("                seen.add(node)\n", "                node._visited = True\n"),
)
LISTED = (
    ("order, seen, todo = [], set(), ", "order, seen, todo = [], [], "),
    ("seen.add(node)", "seen.append(node)"),
)
RECURSIVE = """\
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for child in node._children:
                    visit(child)
                order.append(node)

        visit(self)
        return order
"""
EVERY_PATH = """\
        order, seen = [], set()

        def visit(node):
            for child in node._children:
                visit(child)
            if node not in seen:
                seen.add(node)
                order.append(node)

        visit(self)
        return order
"""
