"""How operations are spelt beyond the spellings of OPS, and where functions of values are kept."""

from __future__ import annotations

import inspect
import operator
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

INFIX: dict[str, Callable[..., Any]] = {
    "{0} + {1}": operator.add,
    "{0} - {1}": operator.sub,
    "{0} * {1}": operator.mul,
    "{0} / {1}": operator.truediv,
    "{0} ** {1}": operator.pow,
    "{0} += {1}": operator.iadd,
    "{0} -= {1}": operator.isub,
    "{0} *= {1}": operator.imul,
    "{0} /= {1}": operator.itruediv,
    "-{0}": operator.neg,
    "abs({0})": abs,
    "sum([{*}])": lambda *values: sum(values),
}
NAMES: dict[str, tuple[str, ...]] = {
    "add": ("add", "plus", "Add", "Sum"),
    "sub": ("sub", "subtract", "minus", "Sub", "Subtract"),
    "mul": ("mul", "multiply", "times", "prod", "Mul", "Multiply"),
    "div": ("div", "divide", "truediv", "Div", "Divide"),
    "neg": ("neg", "negate", "negative", "Neg", "Negate"),
    "pow": ("pow", "power", "Pow", "Power"),
    "power": ("pow", "power", "Pow", "Power"),
    "exp": ("exp", "Exp", "exponential"),
    "log": ("log", "ln", "Log", "Ln"),
    "sqrt": ("sqrt", "Sqrt"),
    "sin": ("sin", "Sin"),
    "cos": ("cos", "Cos"),
    "tanh": ("tanh", "Tanh", "TanH"),
    "sigmoid": ("sigmoid", "Sigmoid", "logistic"),
    "relu": ("relu", "ReLU", "Relu", "reLU"),
    "abs": ("abs", "absolute", "Abs"),
    "max": ("max", "maximum", "Max", "Maximum"),
    "min": ("min", "minimum", "Min", "Minimum"),
}
"""Names of functions, methods and node classes beyond the spellings of OPS, tried after these."""
AXES = frozenset({"axis", "axes", "dim", "dims", "keepdims", "keepdim"})
"""Arguments by which a method of an array shows that it takes no second value."""
PLACES = (
    "functional", "functions", "function", "ops", "operations", "op", "activations", "activation",
    "math", "engine", "nn",
)  # fmt: skip
"""Modules of the same package in which functions of values are usual."""


def neighbours(cls: type, module: ModuleType) -> dict[str, ModuleType]:
    """Modules of the engine's package in which functions of values may be, if they are loaded."""
    found: dict[str, ModuleType] = {}
    for name in {module.__name__, cls.__module__}:
        package, dot, _ = name.rpartition(".")
        while dot or package:
            for path in (package, *(f"{package}.{place}" for place in PLACES)):
                loaded = sys.modules.get(path)
                if loaded is not None and loaded is not module:
                    found[path] = loaded
            package, dot, _ = package.rpartition(".")
        own = sys.modules.get(cls.__module__)
        if own is not None and own is not module and not cls.__module__.startswith("_gradverify"):
            found[cls.__module__] = own
    return dict(sorted(found.items()))


def reduces(function: Callable[..., Any]) -> bool:
    """Whether a second operand would be an axis: ``max`` of one array, not of two values."""
    try:
        return bool(AXES & set(inspect.signature(function).parameters))
    except (TypeError, ValueError):
        return False
